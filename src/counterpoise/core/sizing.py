"""From a wanted correction to one order that the exchange takes and the limits allow."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.decision import Check
from counterpoise.core.instrument import Asset, Instrument
from counterpoise.core.limits import LIMIT_OF_REASON, Budget, Cap, bound_price, caps, tightest
from counterpoise.core.orders import HoldReason, Order, Rule
from counterpoise.core.policy.policy import Limits
from counterpoise.core.snapshot import BookTop, Position
from counterpoise.core.units import ZERO, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One asset's perpetual at the moment of a decision. Sizes in the instrument's unit."""

    asset: Asset
    instrument: Instrument
    position: Position
    mark_price: Decimal
    book: BookTop
    wanted: Decimal  # the whole correction, unrounded
    rule: Rule

    @property
    def position_notional(self) -> Decimal:
        """Return the notional of the position, both sides of it, in quote currency."""
        return self.instrument.notional(self.position.gross, self.mark_price)

    @property
    def closable(self) -> Decimal:
        """
        Return how much of the position an order this way may close.

        A side that is too small for any order cannot be closed, and must not keep the other one
        from what it is for.
        """
        found = self.position.closable(self.wanted)
        too_small = self.position.sides is not None and found < self.instrument.size_min
        return ZERO if too_small else found


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOrder:
    """Why no order can be sized."""

    reason: HoldReason
    detail: str
    check: Check | None = None  # the limit that leaves too little


def first_part(closable: Decimal, wanted: Decimal) -> tuple[Decimal, bool]:
    """
    Return the part of a trade that one order may do, and whether that shrinks the position.

    `closable` is how much of the position a trade this way can close. What goes beyond it is two
    orders: the first one closes, the next cycle opens.
    """
    if closable == 0:
        return wanted, False
    return (wanted if abs(wanted) <= closable else closable.copy_sign(wanted)), True


def sized(leg: Leg, limits: Limits, budget: Budget) -> Order | NoOrder:
    """Return the order for a leg, or why none can be sized."""
    part, reduce_only = first_part(leg.closable, leg.wanted)
    cap = tightest(caps(limits, budget, leg.position_notional, reduce_only=reduce_only))
    size = _capped(leg, leg.instrument.rounded(part), cap)
    none = _too_small(leg, size, cap, reduce_only=reduce_only)
    if none is not None:
        return none
    return Order(
        asset=leg.asset,
        instrument=leg.instrument.key,
        symbol=leg.instrument.symbol,
        size=size,
        limit_price=bound_price(leg.instrument, size, leg.mark_price, limits.price_collar),
        mark_price=leg.mark_price,
        notional=leg.instrument.notional(size, leg.mark_price),
        reduce_only=reduce_only,
        rule=leg.rule,
        position_before=leg.position.size,
        completes=size == leg.instrument.rounded(leg.wanted),
    )


def _capped(leg: Leg, size: Decimal, cap: Cap | None) -> Decimal:
    """Cut a size to the cap and to the venue's largest order, keeping its sign."""
    most = abs(size)
    if cap is not None:
        most = min(most, leg.instrument.size_of_notional(cap.notional, leg.mark_price))
    if leg.instrument.size_max is not None:
        most = min(most, leg.instrument.rounded(leg.instrument.size_max))
    return most.copy_sign(size)


def _too_small(leg: Leg, size: Decimal, cap: Cap | None, *, reduce_only: bool) -> NoOrder | None:
    """Say why a size is no order, if it is none: nothing left, or below the venue's minimums."""
    notional = leg.instrument.notional(size, leg.mark_price)
    enough = abs(size) >= leg.instrument.size_min and (
        reduce_only or notional >= leg.instrument.notional_min
    )
    if size != 0 and enough:
        return None
    whole = leg.instrument.notional(leg.wanted, leg.mark_price)
    if cap is not None and cap.notional < whole:
        check = Check(limit=LIMIT_OF_REASON[cap.reason], value=whole, allowed=cap.notional)
        detail = f"{check.limit} leaves {plain(cap.notional)} of {plain(whole)}"
        return NoOrder(reason=cap.reason, detail=detail, check=check)
    least = f"{plain(leg.instrument.size_min)} {leg.instrument.unit}"
    worth = f"{plain(leg.instrument.notional_min)} {leg.instrument.quote}"
    return NoOrder(reason=HoldReason.BELOW_MINIMUM, detail=f"least order {least}, worth {worth}")
