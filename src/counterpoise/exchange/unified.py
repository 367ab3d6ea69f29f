"""One wallet for everything: every coin held is margin for every perpetual."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from counterpoise.core.units import ONE, ZERO
from counterpoise.exchange.margin import MarginState

CASH = "USDT"
# Of the usual size for a large coin; venues grade it by coin and by how much is held.
COLLATERAL_SHARE = Decimal("0.95")

Worth = Callable[[str], Decimal]  # of one unit of an asset, in cash
StateOf = Callable[[str], MarginState]  # an asset's own wallet and positions


def whole_margin(asset: str, assets: Iterable[str], state_of: StateOf, worth: Worth) -> MarginState:
    """
    Return the margin account of a unified wallet, expressed in `asset`.

    A coin counts as collateral at a share of its worth; a debt counts in full.
    """
    unit = worth(asset)
    if unit == ZERO:  # nothing can be expressed in what has no price
        return state_of(asset)
    wallet = unrealised = initial = maintenance = orders = ZERO
    for name in assets:
        state, rate = state_of(name), worth(name) / unit
        wallet += state.wallet * rate * _share(name, state.wallet)
        unrealised += state.unrealised * rate
        initial += state.initial * rate
        maintenance += state.maintenance * rate
        orders += state.orders * rate
    return MarginState(
        wallet=wallet,
        unrealised=unrealised,
        initial=initial,
        maintenance=maintenance,
        orders=orders,
    )


def _share(asset: str, held: Decimal) -> Decimal:
    return ONE if asset == CASH or held < ZERO else COLLATERAL_SHARE
