"""Positions come in contracts, signed in one mode and not in the other."""

from __future__ import annotations

import pytest

from counterpoise.core.snapshot import Position
from counterpoise.errors import SnapshotError
from counterpoise.venues.okx_answers import positions
from tests.venues.okx.rows import INVERSE, LINEAR, D, Row, answer, position

LISTING = {one.market_id: one for one in (LINEAR, INVERSE)}


def read(*rows: Row) -> Position:
    return positions(answer(*rows), LISTING)[LINEAR.instrument.key]


def test_contracts_become_base_units_with_their_sign() -> None:
    found = read(position("-150"))
    assert (found.size, found.entry_price) == (D("-1.5"), D(88_000))
    assert (found.liquidation_price, found.unrealised_profit) == (D("120000.5"), D("-12.5"))


def test_coin_margined_contracts_become_quote_units() -> None:
    row = position("-30", instId="BTC-USD-SWAP", notionalUsd="3000")
    assert positions(answer(row), LISTING)[INVERSE.instrument.key].size == D(-3_000)


def test_what_is_left_out_of_a_whole_list_is_flat() -> None:
    assert read().size == 0


def test_long_and_short_are_summed_and_a_short_has_no_sign_of_its_own() -> None:
    rows = position("150", posSide="long"), position("50", posSide="short")
    assert read(*rows).size == D(1)
    assert read(position("50", posSide="short")).size == D("-0.5")


@pytest.mark.parametrize(
    "rows",
    [
        (position("1"), position("1")),
        (position("1"), position("1", posSide="long")),
        (position("1", posSide="long"), position("1", posSide="long")),
        (position("1", posSide="long"), position("1", posSide="net")),
        (position("1", posSide="sideways"),),
        (position("-1", posSide="short"),),
        ({**position("1"), "pos": ""},),
        ({**position("1"), "pos": None},),
        (position("1", instId=""),),
        (position("1", upl=""),),
    ],
)
def test_rows_that_contradict_each_other_are_no_position(rows: tuple[Row, ...]) -> None:
    with pytest.raises(SnapshotError):
        read(*rows)


def test_a_contract_of_another_size_than_known_is_noticed() -> None:
    with pytest.raises(SnapshotError, match="worth") as noticed:
        read(position("150", notionalUsd="1350000"))
    assert "do not trade" in noticed.value.hint


def test_a_dollar_that_is_not_quite_a_usdt_is_not() -> None:
    assert read(position("150", notionalUsd="133000")).size == D("1.5")


def test_a_position_in_isolated_margin_is_not_ours_to_close() -> None:
    with pytest.raises(SnapshotError, match="isolated"):
        read(position("150", mgnMode="isolated"))
    assert read(position("0", mgnMode="isolated")).size == 0
