"""
What cannot be believed: parts of a snapshot that are missing, old, zero or unexplained.

Each check names its doubt as a hold. None of them ever replaces an absent figure by another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.decision import Situation
from counterpoise.core.exposure import holdings_by_source
from counterpoise.core.foreign import after_move, resumed
from counterpoise.core.orders import Fill, Hold, HoldReason
from counterpoise.core.policy.policy import Holding, Policy, Target
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import plain

PRICES_APART_MAX = Decimal("0.05")  # of the other price: more is no basis but an error
CLOCK_STEP_MAX_MS = 1_000  # a time further ahead than this is no time of ours


def instrument_doubt(
    snapshot: Snapshot, situation: Situation, policy: Policy, target: Target
) -> Hold | None:
    """Return why position or price of an asset's perpetual cannot be believed, if so."""
    return (
        _unread_instrument(snapshot, target)
        or _stale(snapshot, situation, policy, target)
        or _apart(snapshot, target)
    )


def any_doubt(
    snapshot: Snapshot, situation: Situation, policy: Policy, target: Target
) -> Hold | None:
    """Return why anything about an asset cannot be believed, if so: what is missing comes first."""
    return (
        _unread_instrument(snapshot, target)
        or unread_holdings(snapshot, target)
        or _stale(snapshot, situation, policy, target)
        or _apart(snapshot, target)
        or strange_holdings(
            snapshot, situation, target, hedged=snapshot.positions[target.instrument].gross != 0
        )
    )


def strange_holdings(
    snapshot: Snapshot, situation: Situation, held: Holding, *, hedged: bool
) -> Hold | None:
    """Return why what is shown of an asset cannot be believed, if so; `hedged`: a position is."""
    return (
        _older(snapshot, situation, held)
        or _zero(snapshot, situation, held, hedged=hedged)
        or _expired(situation, held)
    )


def _hold(target: Holding, reason: HoldReason, detail: str) -> Hold:
    return Hold(asset=target.asset, reason=reason, detail=detail)


def _unread_instrument(snapshot: Snapshot, target: Target) -> Hold | None:
    for part, name in (
        (snapshot.instruments, "instrument"),
        (snapshot.marks, "mark price"),
        (snapshot.positions, "position"),
        (snapshot.books, "book"),
    ):
        if target.instrument not in part:
            missing = snapshot.missing_for(target.asset)
            why = f"{missing.what}: {missing.reason}" if missing else f"no {name} was read"
            return _hold(target, HoldReason.SNAPSHOT_INCOMPLETE, why)
    return None


def unread_holdings(snapshot: Snapshot, target: Holding) -> Hold | None:
    """Return what of an asset was not read, if anything was not."""
    missing = snapshot.missing_for(target.asset)
    if missing is not None:
        return _hold(target, HoldReason.SNAPSHOT_INCOMPLETE, f"{missing.what}: {missing.reason}")
    shown = holdings_by_source(snapshot, target)
    absent = [source for source in target.sources if source not in shown]
    if absent:
        detail = f"{', '.join(absent)} did not list {target.asset}; absent is not zero"
        return _hold(target, HoldReason.SNAPSHOT_INCOMPLETE, detail)
    return None


def _stale(snapshot: Snapshot, situation: Situation, policy: Policy, target: Target) -> Hold | None:
    times = {"snapshot": snapshot.started_at_ms, "price": snapshot.marks[target.instrument].at_ms}
    for name, at_ms in times.items():
        if at_ms is None:
            continue
        age_ms = situation.now_ms - at_ms
        if not -CLOCK_STEP_MAX_MS <= age_ms <= policy.snapshot_age_max_ms:
            detail = f"{name} is {age_ms} ms old, at most {policy.snapshot_age_max_ms} allowed"
            return _hold(target, HoldReason.SNAPSHOT_STALE, detail)
    return None


def _apart(snapshot: Snapshot, target: Target) -> Hold | None:
    """
    Doubt a mark price that index or book contradict.

    It counts in portfolio value, so a wrong one would size the orders of every other asset too.
    """
    mark, book = snapshot.marks[target.instrument], snapshot.books[target.instrument]
    for name, other in (("index", mark.index_price), ("middle of the book", book.mid)):
        if other is not None and abs(mark.mark_price - other) > PRICES_APART_MAX * other:
            detail = f"mark price {plain(mark.mark_price)}, {name} {plain(other)}"
            return _hold(target, HoldReason.PRICES_APART, detail)
    return None


def _older(snapshot: Snapshot, situation: Situation, target: Holding) -> Hold | None:
    """Doubt a balance from before one that was believed: another server, or one that lags."""
    memory = situation.memories.get(target.asset)
    for source, at_ms in _changed_at_ms(snapshot, target).items():
        if memory is not None and at_ms < memory.balances_at_ms.get(source, at_ms):
            detail = f"{source} is of {at_ms}, yet {memory.balances_at_ms[source]} was seen before"
            return _hold(target, HoldReason.SNAPSHOT_STALE, detail)
    return None


def _changed_at_ms(snapshot: Snapshot, target: Holding) -> dict[str, int]:
    return {
        balance.source: balance.changed_at_ms
        for balance in snapshot.balances
        if balance.asset == target.asset
        and balance.source in target.sources
        and balance.changed_at_ms is not None
    }


def _zero(
    snapshot: Snapshot, situation: Situation, target: Holding, *, hedged: bool
) -> Hold | None:
    memory = situation.memories.get(target.asset) or AssetMemory()
    for source, quantity in holdings_by_source(snapshot, target).items():
        before = memory.balances.get(source)
        if quantity == 0 and (hedged if before is None else before > 0):
            was = "a position stands against it" if before is None else f"was {plain(before)}"
            detail = f"{source} shows zero {target.asset}, {was}; nothing explains it"
            return _hold(target, HoldReason.ZERO_UNEXPLAINED, detail)
    return None


def _expired(situation: Situation, target: Holding) -> Hold | None:
    external = target.external
    if external is None or external.valid_until_ms is None:
        return None
    if situation.now_ms <= external.valid_until_ms:
        return None
    detail = f"the external {plain(external.quantity)} {target.asset} must be declared again"
    return _hold(target, HoldReason.EXTERNAL_EXPIRED, detail)


def believed(memory: AssetMemory, snapshot: Snapshot, target: Holding) -> AssetMemory:
    """Return the memory with the balances of a snapshot that raised no doubt."""
    shown, at_ms = holdings_by_source(snapshot, target), _changed_at_ms(snapshot, target)
    if memory.balances == shown and memory.balances_at_ms == at_ms:
        return memory
    return replace(memory, balances=shown, balances_at_ms=at_ms)


def terms_seen(memory: AssetMemory, snapshot: Snapshot, target: Target) -> AssetMemory:
    """Return the memory with the perpetual's terms, if it has none yet."""
    if memory.terms:
        return memory
    return replace(memory, terms=snapshot.instruments[target.instrument].terms)


def accepted(memory: AssetMemory, snapshot: Snapshot, target: Target) -> AssetMemory:
    """Return the memory with all that a snapshot shows taken as true, at a person's word."""
    position = snapshot.positions[target.instrument]
    seen = Sighting(
        size=position.size, sides=position.sides, at_ms=snapshot.started_at_ms, traded=None
    )
    memory = _confirmed(resumed(believed(memory, snapshot, target)), seen)
    terms = snapshot.instruments[target.instrument].terms
    return replace(
        memory, terms=terms, refusals=0, back_off_until_ms=0, empties=0, empty_until_ms=0
    )


def accepted_holdings(memory: AssetMemory, snapshot: Snapshot, held: Holding) -> AssetMemory:
    """Return the same for an asset without a perpetual of its own."""
    return believed(resumed(memory), snapshot, held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A position as one snapshot showed it."""

    size: Decimal
    at_ms: int  # when the snapshot began
    traded: Decimal | None  # size the account traded since the belief was formed, if asked for
    trades: tuple[Fill, ...] = ()  # those of it, each with its cause
    sides: Sides | None = None  # of the size; None in one-way mode


def position_doubt(
    memory: AssetMemory, seen: Sighting, *, now_ms: int
) -> tuple[AssetMemory, HoldReason | None]:
    """
    Hold the position that was read against the one that is believed.

    A size that our fills or the account's trades explain is believed at once, with whatever the
    trades' causes ask for. An unexplained one is never believed, however long it stands: a read may
    be wrong for hours, and a fill of ours taken back looks the same. It waits for its trades to
    show, or for a person. In hedge mode that holds of each side: an order of ours that worked on
    the wrong one leaves the size right.
    """
    settled_ms = memory.unconfirmed_since_ms
    if settled_ms is not None:
        settled_ms = min(settled_ms, now_ms)  # a clock may have stepped back since
        memory = replace(memory, unconfirmed_since_ms=settled_ms)
        if seen.at_ms < settled_ms:
            return memory, HoldReason.POSITION_UNCONFIRMED
    if memory.position is None or (
        seen.size == memory.position and _same_sides(memory, seen.sides)
    ):
        return _confirmed(memory, seen), None
    if seen.traded is not None and memory.position + seen.traded == seen.size:
        # Not our doing: what somebody else did is not undone within the cooldown.
        return _confirmed(after_move(memory, seen.trades, now_ms, seen.sides), seen), None
    if settled_ms is not None:
        return memory, HoldReason.POSITION_UNCONFIRMED
    since_ms = _strange_since_ms(memory, seen, now_ms)
    memory = replace(memory, strange_position=seen.size, strange_since_ms=since_ms)
    return memory, HoldReason.POSITION_UNEXPLAINED


def _same_sides(memory: AssetMemory, shown: Sides | None) -> bool:
    """Say whether the sides shown are those believed; where either is not known, they may be."""
    return memory.sides is None or shown is None or memory.sides == shown


def _strange_since_ms(memory: AssetMemory, seen: Sighting, now_ms: int) -> int:
    """Return since when this very size is unexplained; never a time that the clock has left."""
    if memory.strange_since_ms is None or memory.strange_position != seen.size:
        return now_ms
    return min(memory.strange_since_ms, now_ms)


def _confirmed(memory: AssetMemory, seen: Sighting) -> AssetMemory:
    return replace(
        memory,
        position=seen.size,
        sides=seen.sides,
        position_at_ms=seen.at_ms,
        seen_at_ms=seen.at_ms,
        unconfirmed_since_ms=None,
        strange_position=None,
        strange_since_ms=None,
    )


def doubts_position(memory: AssetMemory | None, size: Decimal, sides: Sides | None = None) -> bool:
    """Say whether a position differs from the one believed, so that trades must explain it."""
    if memory is None or memory.position is None:
        return False
    return memory.position != size or not _same_sides(memory, sides)
