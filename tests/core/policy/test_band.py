"""How far a correction goes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.policy.band import Band, correction, outside
from tests.core.strategies import amounts

D = Decimal
AMOUNTS = amounts("-1000", "1000", 4)
BANDS = st.tuples(amounts("0", "10"), amounts("0", "10")).map(
    lambda edges: Band(inner=min(edges), outer=max(edges))
)
BAND = Band(inner=D(1), outer=D(2))


@pytest.mark.parametrize(
    ("net", "goal", "trade", "begins"),
    [
        ("0", "0", "0", False),
        ("1", "0", "0", False),
        ("1.5", "0", "-0.5", False),  # inside: nothing begins, but one begun goes on
        ("2", "0", "-1", False),  # the edge itself is inside
        ("2.1", "0", "-1.1", True),
        ("-2.1", "0", "1.1", True),
        ("5", "10", "4", True),
    ],
)
def test_a_correction_begins_beyond_the_outer_edge_and_ends_at_the_inner(
    net: str, goal: str, trade: str, *, begins: bool
) -> None:
    assert correction(D(net), D(goal), BAND) == D(trade)
    assert outside(D(net), D(goal), BAND) is begins


@given(AMOUNTS, AMOUNTS, BANDS)
def test_one_correction_is_enough(net: Decimal, goal: Decimal, band: Band) -> None:
    after = net + correction(net, goal, band)
    assert correction(after, goal, band) == 0
    assert not outside(after, goal, band)


@given(AMOUNTS, AMOUNTS, BANDS)
def test_the_mirror_image_gets_the_opposite_trade(net: Decimal, goal: Decimal, band: Band) -> None:
    assert correction(-net, -goal, band) == -correction(net, goal, band)


@given(AMOUNTS, AMOUNTS, BANDS, amounts("0.001", "1000", 3))
def test_k_times_the_amounts_get_k_times_the_trade(
    net: Decimal, goal: Decimal, band: Band, by: Decimal
) -> None:
    larger = Band(inner=band.inner * by, outer=band.outer * by)
    assert correction(net * by, goal * by, larger) == by * correction(net, goal, band)


@given(AMOUNTS, AMOUNTS, BANDS)
def test_a_trade_never_leads_past_the_target(net: Decimal, goal: Decimal, band: Band) -> None:
    trade = correction(net, goal, band)
    assert abs(trade) <= abs(net - goal)
    assert trade * (net - goal) <= 0


@given(AMOUNTS, AMOUNTS, BANDS)
def test_a_narrower_stop_never_trades_less(net: Decimal, goal: Decimal, band: Band) -> None:
    whole = Band(inner=D(0), outer=band.outer)
    assert abs(correction(net, goal, band)) <= abs(correction(net, goal, whole))
