"""Portfolios drawn at random, and figures to draw them with."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

from counterpoise.core.instrument import Kind
from counterpoise.core.policy.policy import Limits, Trigger
from tests.worlds import LOOSE, Row, World

NAMES = ("BTC", "ETH", "SOL", "XRP")
LINEAR_STEPS = ("0.00001", "0.001", "0.1", "1")
INVERSE_STEPS = ("1", "10", "100")


def amounts(low: str, high: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    """Draw a decimal between two others, both included."""
    first, last = (int(Decimal(edge).scaleb(places)) for edge in (low, high))
    return st.integers(first, last).map(lambda units: Decimal(units).scaleb(-places))


def shares(most: int = 10) -> st.SearchStrategy[Decimal]:
    """Draw 0, 0.1, ... up to `most` tenths."""
    return st.integers(0, most).map(lambda tenths: Decimal(tenths) / 10)


@st.composite
def rows(draw: st.DrawFn, asset: str, weight: Decimal) -> Row:
    """Draw one asset, hedged with a linear or an inverse perpetual, long, short or flat."""
    kind = draw(st.sampled_from(Kind))
    inverse = kind is Kind.INVERSE
    price = draw(amounts("1", "60000"))
    step = Decimal(draw(st.sampled_from(INVERSE_STEPS if inverse else LINEAR_STEPS)))
    quantity = draw(amounts("0.01", "500"))
    leaning = draw(amounts("-1.5", "1.5")) * quantity * (price if inverse else 1)
    return Row(
        asset=asset,
        spot=quantity,
        collateral=draw(amounts("0.01", "50")) if inverse else None,
        external=draw(st.none() | amounts("0", "50")),
        size=leaning // step * step,
        price=price,
        weight=weight,
        drift=draw(amounts("0.005", "0.2", 3)),
        kind=kind,
        size_step=step,
        size_min=step * draw(st.sampled_from((1, 1, 1, 5))),
    )


@st.composite
def worlds(draw: st.DrawFn, limits: st.SearchStrategy[Limits] | None = None) -> World:
    """Draw a portfolio of one to four assets that raises no doubt."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(names), max_size=len(names))))
    weights = [Decimal(high - low) / 100 for low, high in pairwise([0, *cuts])]
    return World(
        rows=tuple(draw(rows(*named)) for named in zip(names, weights, strict=True)),
        exposure=draw(shares()),
        trigger=Trigger(return_to=draw(shares())),
        limits=LOOSE if limits is None else draw(limits),
    )


@st.composite
def tight_limits(draw: st.DrawFn) -> Limits:
    """Draw limits of which some bite."""
    notional = amounts("10", "50000")
    return Limits(
        price_collar=draw(amounts("0.0005", "0.02", 4)),
        spread_max=Decimal("0.002"),
        order_notional_max=draw(st.none() | notional),
        position_notional_max=draw(st.none() | notional),
        turnover_day_max=draw(st.none() | notional),
        orders_per_minute_max=draw(st.none() | st.integers(1, 4)),
        leverage_max=draw(st.none() | amounts("0.5", "5", 1)),
    )
