"""One fresh snapshot a cycle: all reads at once, and what failed said as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, SpotKey, VenueName
from counterpoise.core.policy.policy import Holding, Policy
from counterpoise.core.scene import venue_of
from counterpoise.core.snapshot import (
    Balance,
    BookTop,
    Margin,
    Mark,
    Missing,
    Position,
    Snapshot,
    SpotPrice,
)
from counterpoise.errors import (
    AccountChanged,
    DoorRefused,
    GatewayError,
    SettingsError,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.ports import Clock, Gateway

SKEW_EVERY_S = 600.0
SKEW_WIDE_MS = 500  # a clock this far off is measured again soon: somebody may be setting it
SKEW_WIDE_EVERY_S = 10.0
LISTING_EVERY_S = 3_600.0  # contracts change their terms, and not always with notice
VET_EVERY_S = 3_600.0
VET_AGAIN_S = 600.0  # while the account is unfit, or did not say

T = TypeVar("T")
P = TypeVar("P", Mark, SpotPrice)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueReading:
    """What one venue answered; a part that failed is empty here and named in `missing`."""

    instruments: tuple[Instrument, ...] = ()
    balances: tuple[Balance, ...] = ()
    margins: tuple[Margin, ...] = ()
    positions: Mapping[InstrumentKey, Position]
    marks: Mapping[InstrumentKey, Mark]
    books: Mapping[InstrumentKey, BookTop]
    spots: Mapping[SpotKey, SpotPrice] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    reads: int = 0


NOTHING = VenueReading(positions={}, marks={}, books={})


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
        """`vet` looks at each account before its first reading counts, and then hourly."""
        self._vet = vet
        self._gateways = gateways
        self._policy = policy
        self._assets = frozenset({*policy.assets, policy.quote})  # a decision needs no other
        self._clock = clock
        self._concerned = {venue: _concerned(venue, policy) for venue in gateways}
        self._priced = {venue: _priced(venue, policy) for venue in gateways}  # by spot markets
        self._instruments: dict[VenueName, tuple[Instrument, ...]] = {}
        self._listed_at_s: dict[VenueName, float] = {}
        self._vet_at_s: dict[VenueName, float] = {}
        self._unfit: dict[VenueName, str] = {}
        self._skew_ms: dict[VenueName, int] = {}
        self._skew_at_s: dict[VenueName, float] = {}

    @property
    def skews_ms(self) -> Mapping[VenueName, int]:
        """Return each venue's clock minus ours, as last measured."""
        return self._skew_ms

    @property
    def unfit(self) -> Mapping[VenueName, str]:
        """Return why each account that was fit at the start must not be traded on any more."""
        return self._unfit

    async def open(self) -> frozenset[VenueName]:
        """
        Open every venue that is not open yet, and return those that are.

        Raises Unauthorized, DoorRefused and SettingsError, which no later cycle would mend.
        """
        venues = tuple(self._gateways)
        opened = await _all(
            [self._named(venue, self._opened(venue, self._policy.assets, [])) for venue in venues]
        )
        return frozenset(venue for venue, is_open in zip(venues, opened, strict=True) if is_open)

    async def snapshot(self) -> Snapshot:
        """
        Read everything once.

        Raises Unauthorized, DoorRefused and SettingsError, which no later cycle would mend.
        """
        started_s, started_ms = self._clock.monotonic_s(), self._clock.wall_ms()
        readings = await _all([self._named(v, self._venue(v)) for v in self._gateways])
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
            spots={k: v for reading in readings for k, v in reading.spots.items()},
        )

    async def _named(self, venue: VenueName, call: Awaitable[T]) -> T:
        """Have what ends everything name its venue, where that could be one of several."""
        try:
            return await call
        except (Unauthorized, DoorRefused) as error:
            if len(self._gateways) == 1:
                raise
            named = f"venues.{venue}: {error}"
            raise type(error)(named, hint=error.hint, detail=error.detail) from error

    async def _venue(self, venue: VenueName) -> VenueReading:
        """Read one venue, opening it first where that is still to be done."""
        gateway, missing, fatal = self._gateways[venue], list[Missing](), list[GatewayError]()
        (hedged, held), priced = self._concerned[venue], self._priced[venue]
        if not await self._opened(venue, hedged | held | priced, missing):
            return replace(NOTHING, missing=tuple(missing), reads=1)

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

        async def spots() -> Mapping[SpotKey, SpotPrice]:
            return await gateway.spots() if priced else {}  # nobody is asked where none needs it

        balances, margins, positions, marks, books, prices = await asyncio.gather(
            read("balances", held, gateway.balances, NOTHING.balances),
            read("margins", hedged | held, gateway.margins, NOTHING.margins),
            read("positions", hedged, gateway.positions, NOTHING.positions),
            read("marks", hedged, gateway.marks, NOTHING.marks),
            read("books", hedged, gateway.books, NOTHING.books),
            read("spot prices", priced, spots, NOTHING.spots),
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
            spots={key: self._on_our_clock(venue, price) for key, price in prices.items()},
            missing=tuple(missing),
            reads=6 if priced else 5,
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
            if self._clock.monotonic_s() >= self._vet_at_s.get(venue, 0.0):
                await self._vetted_again(venue)
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
            self._vet_at_s[venue] = self._clock.monotonic_s() + VET_EVERY_S
        self._instruments[venue] = instruments
        self._listed_at_s[venue] = self._clock.monotonic_s() + LISTING_EVERY_S

    def look_again(self, venues: frozenset[VenueName]) -> None:
        """Look at accounts and contracts in the next cycle: they refused what was sent."""
        for venue in venues:
            self._listed_at_s.pop(venue, None)
            self._vet_at_s.pop(venue, None)

    async def _vetted_again(self, venue: VenueName) -> None:
        """Look at an account once more: what is wrong now holds it, for nobody is at the start."""
        pause_s = VET_EVERY_S
        try:
            if self._vet is not None:
                await self._vet(self._gateways[venue])
            self._unfit.pop(venue, None)
        except AccountChanged:
            self._vet_at_s[venue] = self._clock.monotonic_s() + VET_AGAIN_S
            raise
        except SettingsError as error:
            self._unfit[venue], pause_s = str(error), VET_AGAIN_S
        except (Unavailable, SnapshotError):  # what it does not say is as it was
            pause_s = VET_AGAIN_S
        self._vet_at_s[venue] = self._clock.monotonic_s() + pause_s

    def _on_our_clock(self, venue: VenueName, price: P) -> P:
        skew_ms = self._skew_ms.get(venue, 0)
        if price.at_ms is None or not skew_ms:
            return price
        return replace(price, at_ms=price.at_ms - skew_ms)


def _concerned(venue: VenueName, policy: Policy) -> tuple[frozenset[Asset], frozenset[Asset]]:
    """Return the assets that are hedged on a venue, and those that are held there."""
    hedged = frozenset(t.asset for t in policy.targets if venue_of(t) == venue)
    return hedged, frozenset(one.asset for one in policy.every if _holds(one, venue))


def _priced(venue: VenueName, policy: Policy) -> frozenset[Asset]:
    """Return the assets whose spot price is read on a venue."""
    needing = (assets for key, assets in policy.spots.items() if key.partition(":")[0] == venue)
    return frozenset().union(*needing)


def _holds(target: Holding, venue: VenueName) -> bool:
    return any(source.partition(":")[0] == venue for source in target.sources)


async def _all(calls: list[Awaitable[T]]) -> list[T]:
    """Wait for all, then raise the first failure: none is left running behind its cycle's back."""
    if len(calls) <= 1:  # as with one venue, every cycle: nothing to wait for beside it
        return [await call for call in calls]
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
