"""One fresh snapshot a cycle: all reads at once, and what failed said as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from counterpoise.core.doubt import doubts_position
from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, VenueName
from counterpoise.core.orders import Fill
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.scene import venue_of
from counterpoise.core.snapshot import (
    Balance,
    BookTop,
    Margin,
    Mark,
    Missing,
    Position,
    Snapshot,
)
from counterpoise.core.state import AssetMemory
from counterpoise.errors import GatewayError, SnapshotError, Unavailable
from counterpoise.ports import Clock, Gateway

SKEW_EVERY_S = 600.0
SKEW_WIDE_MS = 500  # a clock this far off is measured again soon: somebody may be setting it
SKEW_WIDE_EVERY_S = 10.0
LISTING_EVERY_S = 3_600.0  # contracts change their terms, and not always with notice

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueReading:
    """What one venue answered; a part that failed is empty here and named in `missing`."""

    instruments: tuple[Instrument, ...] = ()
    balances: tuple[Balance, ...] = ()
    margins: tuple[Margin, ...] = ()
    positions: Mapping[InstrumentKey, Position]
    marks: Mapping[InstrumentKey, Mark]
    books: Mapping[InstrumentKey, BookTop]
    missing: tuple[Missing, ...] = ()
    reads: int = 0


class Observer:
    """
    Reads every venue of a portfolio.

    A venue that cannot be opened yet is tried again each cycle; until then its assets are missing.
    """

    def __init__(
        self,
        gateways: Mapping[VenueName, Gateway],
        policy: Policy,
        clock: Clock,
        vet: Callable[[Gateway], Awaitable[None]] | None = None,
    ) -> None:
        """`vet` looks at each venue once, before its first reading counts."""
        self._vet = vet
        self._gateways = gateways
        self._policy = policy
        self._assets = frozenset({*policy.assets, policy.quote})  # a decision needs no other
        self._clock = clock
        self._instruments: dict[VenueName, tuple[Instrument, ...]] = {}
        self._listed_at_s: dict[VenueName, float] = {}
        self._skew_ms: dict[VenueName, int] = {}
        self._skew_at_s: dict[VenueName, float] = {}

    @property
    def skews_ms(self) -> Mapping[VenueName, int]:
        """Return each venue's clock minus ours, as last measured."""
        return self._skew_ms

    async def open(self) -> frozenset[VenueName]:
        """
        Open every venue that is not open yet, and return those that are.

        Raises Unauthorized, DoorRefused and SettingsError, which no later cycle would mend.
        """
        venues = tuple(self._gateways)
        opened = await _all([self._opened(venue, self._policy.assets, []) for venue in venues])
        return frozenset(venue for venue, is_open in zip(venues, opened, strict=True) if is_open)

    async def snapshot(self) -> Snapshot:
        """
        Read everything once.

        Raises Unauthorized, DoorRefused and SettingsError, which no later cycle would mend.
        """
        started_s, started_ms = self._clock.monotonic_s(), self._clock.wall_ms()
        readings = await _all([self._venue(venue) for venue in self._gateways])
        return Snapshot(
            started_at_ms=started_ms,
            started_s=started_s,
            finished_s=self._clock.monotonic_s(),
            reads=sum(reading.reads for reading in readings),
            instruments={i.key: i for reading in readings for i in reading.instruments},
            balances=tuple(b for r in readings for b in r.balances if b.asset in self._assets),
            positions={k: v for reading in readings for k, v in reading.positions.items()},
            marks={k: v for reading in readings for k, v in reading.marks.items()},
            books={k: v for reading in readings for k, v in reading.books.items()},
            margins=tuple(m for reading in readings for m in reading.margins),
            missing=tuple(m for reading in readings for m in reading.missing),
        )

    async def traded(
        self,
        snapshot: Snapshot,
        memories: Mapping[Asset, AssetMemory],
        counted: Callable[[Fill, AssetMemory], bool],
    ) -> Mapping[InstrumentKey, tuple[Fill, ...]]:
        """
        Return the account's trades that may explain each position that is not as believed.

        Asked only where there is something to explain. `counted` says of a trade that the belief
        holds it already. A failed look-up explains nothing, and is not an empty answer.
        """
        strange = [
            (target, memory)
            for target in self._policy.targets
            if (memory := memories.get(target.asset)) is not None
            and target.instrument in snapshot.positions
            and doubts_position(memory, snapshot.positions[target.instrument].size)
        ]
        answers = await _all([self._fills(target, memory) for target, memory in strange])
        return {
            target.instrument: tuple(fill for fill in fills if not counted(fill, memory))
            for (target, memory), fills in zip(strange, answers, strict=True)
            if fills is not None
        }

    async def _fills(self, target: Target, memory: AssetMemory) -> tuple[Fill, ...] | None:
        venue = venue_of(target)
        since_ms = memory.position_at_ms + self._skew_ms.get(venue, 0)
        instrument = next(i for i in self._instruments[venue] if i.key == target.instrument)
        try:
            return await self._gateways[venue].fills(instrument.symbol, since_ms)
        except (Unavailable, SnapshotError):
            return None

    async def _venue(self, venue: VenueName) -> VenueReading:
        """Read one venue, opening it first where that is still to be done."""
        gateway, missing, fatal = self._gateways[venue], list[Missing](), list[GatewayError]()
        hedged = frozenset(t.asset for t in self._policy.targets if venue_of(t) == venue)
        held = frozenset(t.asset for t in self._policy.targets if _holds(t, venue))
        if not await self._opened(venue, hedged | held, missing):
            return VenueReading(positions={}, marks={}, books={}, missing=tuple(missing), reads=1)

        async def read(
            what: str, assets: frozenset[Asset], call: Callable[[], Awaitable[T]], none: T
        ) -> T:
            try:
                return await call()
            except (Unavailable, SnapshotError) as error:
                missing.append(Missing(what=f"{venue}:{what}", assets=assets, reason=error.advice))
            except GatewayError as error:  # raised once the other reads have ended too
                fatal.append(error)
            return none

        nothing = VenueReading(positions={}, marks={}, books={})
        balances, margins, positions, marks, books = await asyncio.gather(
            read("balances", held, gateway.balances, nothing.balances),
            read("margins", hedged | held, gateway.margins, nothing.margins),
            read("positions", hedged, gateway.positions, nothing.positions),
            read("marks", hedged, gateway.marks, nothing.marks),
            read("books", hedged, gateway.books, nothing.books),
        )
        if fatal:
            raise fatal[0]
        return VenueReading(
            instruments=self._instruments[venue],
            balances=balances,
            margins=margins,
            positions=positions,
            marks={key: self._on_our_clock(venue, mark) for key, mark in marks.items()},
            books=books,
            missing=tuple(missing),
            reads=5,
        )

    async def _opened(
        self, venue: VenueName, assets: frozenset[Asset], missing: list[Missing]
    ) -> bool:
        """
        Measure a venue's clock and read its list now and then; say whether it can be read.

        The clock comes first: where it is astray, every signed answer is only a puzzling refusal.
        """
        gateway = self._gateways[venue]
        try:
            if self._clock.monotonic_s() >= self._skew_at_s.get(venue, 0.0):
                self._skew_ms[venue] = await gateway.skew_ms()
                wide = abs(self._skew_ms[venue]) > SKEW_WIDE_MS
                pause_s = SKEW_WIDE_EVERY_S if wide else SKEW_EVERY_S
                self._skew_at_s[venue] = self._clock.monotonic_s() + pause_s
            if self._clock.monotonic_s() >= self._listed_at_s.get(venue, 0.0):
                await self._list(venue)
        except (Unavailable, SnapshotError) as error:
            missing.append(Missing(what=str(venue), assets=assets, reason=error.advice))
            return False
        return True

    async def _list(self, venue: VenueName) -> None:
        """Read what the venue lists, and look at the account the first time."""
        gateway = self._gateways[venue]
        instruments = await gateway.open()
        if self._vet is not None and venue not in self._instruments:
            await self._vet(gateway)
        self._instruments[venue] = instruments
        self._listed_at_s[venue] = self._clock.monotonic_s() + LISTING_EVERY_S

    def _on_our_clock(self, venue: VenueName, mark: Mark) -> Mark:
        if mark.at_ms is None:
            return mark
        return replace(mark, at_ms=mark.at_ms - self._skew_ms.get(venue, 0))


def _holds(target: Target, venue: VenueName) -> bool:
    return any(source.partition(":")[0] == venue for source in target.sources)


async def _all(calls: list[Awaitable[T]]) -> list[T]:
    """Wait for all, then raise the first failure: none is left running behind its cycle's back."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
