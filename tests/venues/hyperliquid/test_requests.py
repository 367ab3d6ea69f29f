"""Sizes and prices leave in the form that Hyperliquid takes, and never beyond the bound."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.units import is_multiple
from counterpoise.errors import Unsent
from counterpoise.exchange.dialects.desk import recorded
from counterpoise.exchange.dialects.hyperliquid.listings import listing_of, price_allowed
from counterpoise.exchange.listing import Market
from counterpoise.venues.dialect import Terms
from counterpoise.venues.hyperliquid_requests import order_params
from tests.venues.hyperliquid.rows import D, intent, listed

TERMS = Terms(receive_window_ms=5_000, hedged=False)
PERPETUALS = recorded("hyperliquid")[Market.LINEAR]


def sent(size: str = "0.1", price: str = "2000", **changed: object) -> dict[str, object]:
    action = order_params(intent(size, price, **changed), listed(), TERMS)["action"]
    assert isinstance(action, dict)
    (order,) = action["orders"]
    return dict(order)


@pytest.mark.parametrize(
    ("side", "price", "on_the_wire"),
    [
        ("0.1", "2000.1", "2000.1"),
        ("0.1", "2000.19", "2000.1"),  # a buyer never pays more
        ("-0.1", "2000.11", "2000.2"),  # a seller never takes less
        ("0.1", "98765.43", "98765"),
        ("-0.1", "98765.43", "98766"),
        ("0.1", "123456.78", "123456"),
        ("0.1", "0.12", "0.12"),  # two places, of six less four
    ],
)
def test_a_price_of_too_many_figures_is_rounded_to_the_safe_side(
    side: str, price: str, on_the_wire: str
) -> None:
    assert sent(side, price)["p"] == on_the_wire


@given(
    st.sampled_from(PERPETUALS),
    st.decimals(min_value="0.001", max_value="999999", places=2),
    st.booleans(),
)
def test_every_price_that_leaves_is_one_that_the_venue_takes(
    facts: dict[str, object], price: Decimal, buys: bool
) -> None:
    one = listed(**facts)
    try:
        action = order_params(intent("0.1" if buys else "-0.1", str(price)), one, TERMS)["action"]
    except Unsent:
        assert price < 1  # nothing within the bound
        return
    assert isinstance(action, dict)
    shown = D(action["orders"][0]["p"])
    assert price_allowed(listing_of(Market.LINEAR, facts), shown)
    assert shown <= price if buys else shown >= price


def test_a_size_off_the_step_is_not_sent() -> None:
    with pytest.raises(Unsent, match="multiple"):
        sent("0.10001")
    assert is_multiple(D(str(sent("0.1001")["s"])), D("0.0001"))


def test_what_shrinks_says_so() -> None:
    assert sent()["r"] is False
    assert sent(reduce_only=True)["r"] is True


@pytest.mark.parametrize(
    "facts", [{"onlyIsolated": True}, {"marginMode": "strictIsolated"}, {"marginMode": "noCross"}]
)
def test_a_perpetual_without_cross_margin_is_not_traded(facts: dict[str, object]) -> None:
    with pytest.raises(Unsent, match="isolated"):
        order_params(intent(), listed(**facts), TERMS)
