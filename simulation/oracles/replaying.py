"""What a restart would believe is what the living daemon believes."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from counterpoise.beliefs import Beliefs
from counterpoise.core.instrument import Asset
from counterpoise.core.limits import DAY_MS
from counterpoise.core.orders import Intent
from counterpoise.core.state import AssetMemory
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.ports import Identity, Journal

if TYPE_CHECKING:
    from simulation.life import Host
    from simulation.oracles.watch import Oracles

T = TypeVar("T")
# What a restart does not know, and does not need to: how old an unchanged sight is, and since when
# an asset has drifted.
UNKNOWN: Mapping[str, Any] = {"position_at_ms": 0, "seen_at_ms": 0, "drifted_since_ms": None}


@dataclass(slots=True)
class _Reader:
    """A journal that forgets what it is told: a restart that only looks."""

    inner: SqlJournal

    def __post_init__(self) -> None:
        """Read as the journal does."""
        self.memories = self.inner.memories
        self.sent_since = self.inner.sent_since

    memories: Any = None
    sent_since: Any = None

    async def remember(self, *_: object) -> None:
        """Forget it."""


def _at_once(coroutine: Coroutine[object, None, T]) -> T:
    """Run what waits for nothing, and so need not be awaited."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    coroutine.close()
    raise AssertionError("a read of the journal waits for something")


def reborn(host: Host, identity: Identity) -> Beliefs:
    """Return what a daemon that starts now would believe."""
    journal = SqlJournal(
        JournalConfig(url=f"sqlite:///{host.disk.file}", exclusive=False),
        host.clock,
        host.entropy,
    )
    _at_once(journal.open(identity))
    try:
        beliefs = Beliefs(cast("Journal", _Reader(journal)), host.clock, host.policy)
        _at_once(beliefs.begin())
    finally:
        _at_once(journal.close())
    return beliefs


def same_as_reborn(run: Oracles, living: Beliefs, other: Beliefs) -> None:
    """
    Compare what is believed: to be called when nothing is under way.

    Which orders are of the last day is not compared once somebody set the clock.
    """
    ours, theirs = _told_apart(living.memories), _told_apart(other.memories)
    for asset in ours.keys() | theirs.keys():
        if ours.get(asset) != theirs.get(asset):
            run.breach("I-40", f"{asset}: {ours.get(asset)} lives, {theirs.get(asset)} is recorded")
    since_ms = run.truth.now.wall_ms - DAY_MS
    lived = {_counts(intent) for intent in living.recent if intent.sent_at_ms >= since_ms}
    known = {_counts(intent) for intent in other.recent}
    for key, filled in () if run.stepped_s is not None else lived ^ known:
        run.breach("I-40", f"{key}, filled {filled}, is so only in one of both")


def _counts(intent: Intent) -> tuple[str, Decimal | None]:
    """Return what an order counts as: what it filled, None while that may still grow."""
    return str(intent.client_order_id), None if intent.state.live else intent.filled_size


def _told_apart(memories: Mapping[Asset, AssetMemory]) -> dict[Asset, AssetMemory]:
    return {asset: replace(memory, **UNKNOWN) for asset, memory in memories.items()}
