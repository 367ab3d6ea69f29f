"""One wallet: nothing twice, nothing lost, and a zero only where the whole adds up."""

from __future__ import annotations

import pytest

from counterpoise.core.snapshot import Backing
from counterpoise.errors import SnapshotError
from counterpoise.venues.okx import PROFILE
from counterpoise.venues.okx_answers import funding, margins
from tests.venues.okx.rows import D, Row, answer, coin, wallet

BTC, USDT = coin("BTC", "1.5", "135000"), coin("USDT", "-200.5", "-200.5")


def read(found: Row) -> dict[str, object]:
    rows = margins(answer(found), "main:unified", frozenset())
    return {row.asset: row for row in rows}


def test_every_coin_is_shown_with_what_the_whole_account_backs() -> None:
    rows = margins(answer(wallet(BTC, USDT)), "main:unified", frozenset())
    assert [(row.asset, row.equity) for row in rows] == [("BTC", D("1.5")), ("USDT", D("-200.5"))]
    assert {row.backing for row in rows} == {Backing(equity=D(90_000), maintenance=D("120.5"))}


def test_in_futures_mode_each_coin_backs_its_own() -> None:
    own = coin("BTC", "1.5", "135000", mmr="0.02")
    (row,) = margins(answer(wallet(own, adjEq="", mmr="")), "main:unified", frozenset())
    assert (row.backing, row.maintenance) == (None, D("0.02"))


def test_profit_counts_as_equity_and_not_as_cash() -> None:
    (row,) = margins(
        answer(wallet(coin("BTC", "1.5", "135000", cashBal="1.4"))), "main:unified", frozenset()
    )
    assert (row.equity, row.wallet) == (D("1.5"), D("1.4"))


def test_a_coin_that_is_lost_on_the_way_is_not_taken_for_sold() -> None:
    with pytest.raises(SnapshotError, match="worth"):
        read(wallet(USDT, totalEq="134799.5"))


def test_an_empty_account_is_empty_only_if_it_is_said_to_be_worth_nothing() -> None:
    assert read(wallet()) == {}
    with pytest.raises(SnapshotError, match="worth"):
        read(wallet(totalEq="134799.5"))


def test_what_prices_moved_between_coins_and_sum_does_not_matter() -> None:
    assert read(wallet(BTC, totalEq="135100")).keys() == {"BTC"}


def test_a_coin_without_a_price_is_shown_and_worth_nothing() -> None:
    junk = coin("JUNK", "7", "0", eqUsd="")
    assert read(wallet(BTC) | {"details": [BTC, junk]}).keys() == {"BTC", "JUNK"}
    with pytest.raises(SnapshotError, match="worth"):
        read(wallet(BTC) | {"details": [{**BTC, "eqUsd": ""}]})


@pytest.mark.parametrize(
    "broken",
    [
        wallet(BTC, BTC),
        wallet(BTC, details=None),
        wallet(BTC, totalEq=""),
        wallet(BTC, adjEq=None),
        wallet(BTC, mmr="-1"),
        wallet(coin("BTC", "", "135000")),
        wallet(coin("BTC", "NaN", "135000")),
        wallet(coin("", "1", "1")),
    ],
)
def test_a_wallet_that_makes_no_sense_is_no_wallet(broken: Row) -> None:
    with pytest.raises(SnapshotError):
        read(broken)


@pytest.mark.parametrize(
    "body", [answer(), answer(wallet(BTC), wallet(BTC)), answer(wallet(BTC), code="1"), {}, []]
)
def test_an_answer_without_one_wallet_is_no_answer(body: object) -> None:
    with pytest.raises(SnapshotError):
        margins(body, "main:unified", frozenset())


def test_the_funding_wallet_is_a_balance() -> None:
    (found,) = funding(answer({"ccy": "BTC", "bal": "0.3", "availBal": "0.1"}), "main:funding")
    assert (found.source, found.asset, found.quantity) == ("main:funding", "BTC", D("0.3"))
    with pytest.raises(SnapshotError, match="twice"):
        funding(answer(*[{"ccy": "BTC", "bal": "1"}] * 2), "main:funding")


def test_the_one_wallet_is_read_in_one_way_only() -> None:
    assert not PROFILE.products.keys() & PROFILE.balances.keys()
