"""What moved a position and was not ours: which trades, why, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Cause, Fill, HoldReason
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One change of a position that the journal's own orders do not account for.

    With them it accounts for all: fills of orders plus changes are the position.
    """

    asset: Asset
    instrument: InstrumentKey
    cause: Cause
    size: Decimal  # the instrument's unit, bought positive
    price: Decimal | None  # None: no trade of it is known
    trade_id: str  # the venue's, unique within the instrument; empty where there is none
    venue_order_id: str
    client_order_id: str
    at_ms: int  # of the trade, by the venue's clock
    recorded_at_ms: int


def explaining(
    trades: Sequence[Fill], difference: Decimal, since_ms: int
) -> tuple[Fill, ...] | None:
    """
    Return the trades, oldest first, that add up to `difference`; None where none do.

    First all since `since_ms`, when the position was last as believed. Reads lag and clocks
    differ: a trade of shortly before may be part of it, so then any number of the newest. Not so
    where the sides of a position changed and the whole did not: any old pair adds up to nothing.
    """
    recent = tuple(trade for trade in trades if trade.at_ms >= since_ms)
    older = [tuple(trades[first:]) for first in range(len(trades))]
    for chosen in (recent, *(older if difference else [])):
        if chosen and sum((trade.size for trade in chosen), ZERO) == difference:
            return chosen
    return None


# The worst first: what is done about a move is what its worst trade asks for.
STOPS = {
    Cause.OURS: HoldReason.BOOKS_APART,
    Cause.LIQUIDATION: HoldReason.LIQUIDATED,
    Cause.SETTLEMENT: HoldReason.FORCED,
    Cause.UNKNOWN: HoldReason.FORCED,
}
WAITS = {
    Cause.DELEVERAGING: HoldReason.DELEVERAGED,
    Cause.FOREIGN: HoldReason.FOREIGN_TRADE,
    Cause.COPY: HoldReason.FOREIGN_TRADE,  # which halts the whole account besides
}
WORDS = {
    Cause.OURS: "orders of ours traded more than the journal has of them:",
    Cause.LIQUIDATION: "the exchange liquidated",
    Cause.SETTLEMENT: "the exchange settled",
    Cause.UNKNOWN: "it may have been a liquidation, the exchange does not say:",
}


def after_move(
    memory: AssetMemory, trades: Sequence[Fill], now_ms: int, sides: Sides | None = None
) -> AssetMemory:
    """
    Return the memory after others traded; `memory` still has the position of before.

    What may have been forced stops the instrument until a person has looked; what was somebody's
    own will is left alone for the cooldown. A cause that cannot be read is the worst that fits: a
    liquidation only ever shrinks, in hedge mode one of the sides that are shown now.
    """
    causes = {trade.cause or Cause.FOREIGN for trade in trades} or {Cause.FOREIGN}
    if _grown(memory, trades, sides) and Cause.UNKNOWN in causes:
        causes = (causes - {Cause.UNKNOWN}) | {Cause.FOREIGN}
    worst = next(cause for cause in (*STOPS, *WAITS) if cause in causes)
    memory = replace(memory, correcting=None, corrected_at_ms=now_ms)
    memory = replace(memory, moved=worst, moved_at_ms=now_ms)
    if worst not in STOPS:
        return memory
    size = sum((trade.size for trade in trades if trade.cause is worst), ZERO)
    return stopped(memory, STOPS[worst], f"{WORDS[worst]} {plain(size)}")


def _grown(memory: AssetMemory, trades: Sequence[Fill], sides: Sides | None) -> bool:
    """Say whether nothing of the position shrank."""
    if memory.sides is not None and sides is not None:
        return sides.long >= memory.sides.long and sides.short >= memory.sides.short
    return sum((trade.size for trade in trades), ZERO) * (memory.position or ZERO) >= 0


def stopped(memory: AssetMemory, reason: HoldReason, detail: str) -> AssetMemory:
    """Return the memory with the instrument stopped; the first reason stays until it is lifted."""
    if memory.stopped is not None:
        return memory
    return replace(memory, stopped=reason, stopped_detail=detail)


def resumed(memory: AssetMemory) -> AssetMemory:
    """Return the memory with nothing of others in the way, at a person's word."""
    return replace(memory, stopped=None, stopped_detail="", moved=None, moved_at_ms=0)


def waiting(memory: AssetMemory, *, now_ms: int, cooldown_ms: int) -> HoldReason | None:
    """Return what is waited for after others traded, until the cooldown has passed."""
    if memory.moved not in WAITS or now_ms - min(memory.moved_at_ms, now_ms) >= cooldown_ms:
        return None
    return WAITS[memory.moved]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How the belief of one position turned into another, other than by an order of ours."""

    asset: Asset
    instrument: InstrumentKey
    before: Decimal | None
    after: Decimal | None
    trades: tuple[Fill, ...] = ()  # that explain it
    accepted: bool = False  # at a person's word

    def changes(self, now_ms: int) -> tuple[Change, ...]:
        """Return what the journal must have, so that its sums are the position again."""
        if self.after is None:
            return ()
        difference = self.after - (self.before or ZERO)
        explained = sum((trade.size for trade in self.trades), ZERO) == difference
        if self.before is not None and self.trades and explained:
            return tuple(self._of(trade, now_ms) for trade in self.trades)
        if difference == 0:
            return ()
        cause = Cause.ACCEPTED if self.accepted else Cause.UNKNOWN
        return (self._unexplained(Cause.FOUND if self.before is None else cause, now_ms),)

    def _of(self, trade: Fill, now_ms: int) -> Change:
        return Change(
            asset=self.asset,
            instrument=self.instrument,
            cause=trade.cause or Cause.UNKNOWN,
            size=trade.size,
            price=trade.price,
            trade_id=trade.trade_id,
            venue_order_id=trade.venue_order_id,
            client_order_id=trade.client_order_id,
            at_ms=trade.at_ms,
            recorded_at_ms=now_ms,
        )

    def _unexplained(self, cause: Cause, now_ms: int) -> Change:
        assert self.after is not None
        return Change(
            asset=self.asset,
            instrument=self.instrument,
            cause=cause,
            size=self.after - (self.before or ZERO),
            price=None,
            trade_id="",
            venue_order_id="",
            client_order_id="",
            at_ms=now_ms,
            recorded_at_ms=now_ms,
        )


def by_order(changes: Iterable[Change]) -> list[tuple[Change, ...]]:
    """Return changes by the order that made them; one that no trade is known of stands alone."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.instrument, change.venue_order_id), []).append(change)
    return [tuple(group) for group in groups.values()]


def price_average(changes: Sequence[Change]) -> Decimal | None:
    """Return at what price changes of one instrument traded, by size; None where one is unknown."""
    size = sum((abs(change.size) for change in changes), ZERO)
    worths = [abs(c.size) * c.price for c in changes if c.price is not None]
    return sum(worths, ZERO) / size if size and len(worths) == len(changes) else None
