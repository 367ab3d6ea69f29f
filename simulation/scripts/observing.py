"""What is read once a cycle, what is missing of it, and when clock, list and account are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.snapshot import Balance, Snapshot
from counterpoise.errors import (
    AccountChanged,
    DoorRefused,
    SettingsError,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.observer import (
    LISTING_EVERY_S,
    SKEW_EVERY_S,
    SKEW_WIDE_EVERY_S,
    VET_AGAIN_S,
    VET_EVERY_S,
    Observer,
)
from counterpoise.ports import Gateway
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import MAIN, TWO, FakeGateway
from tests.worlds import Row, World

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
OTHER = VenueName("other")
READS = ("balances", "margins", "positions", "marks", "books")
LONG = 50  # turns of the loop
LONG_S = 100_000.0  # a machine that has been up for a while
QUIET = (Unavailable("down"), SnapshotError("html"))


@dataclass(slots=True)
class Examiner:
    """Looks at accounts, and says what it is told to."""

    raises: Exception | None = None
    looks: int = 0

    async def vet(self, _: Gateway) -> None:
        """Look."""
        self.looks += 1
        if self.raises is not None:
            raise self.raises


def _observer(on: Rehearsal, examiner: Examiner | None = None) -> Observer:
    vet = None if examiner is None else examiner.vet
    return Observer({MAIN: on.venue}, TWO.policy, on.desk.clock, vet)


async def _shown(on: Rehearsal, observer: Observer, when: str) -> Snapshot | None:
    """Return a snapshot, or say that there is none."""
    found = await on.outcome(observer.snapshot())
    on.claim("I-9", isinstance(found, Snapshot), f"{when}: {found!r}")
    return found if isinstance(found, Snapshot) else None


def _slow(ended: list[str]) -> Callable[[], Awaitable[object]]:
    """Return a read of books that takes its time, and notes that it came to its end."""

    async def slow() -> object:
        for _ in range(LONG):
            await asyncio.sleep(0)
        ended.append("books")
        return TWO.snapshot.books

    return slow


async def missing(on: Rehearsal) -> None:
    """See that what was not read is said to be missing, for whom it concerns, and empty."""
    observer = _observer(on)
    for error in QUIET:
        for name in READS:
            on.venue.raises = {name: error}
            shown = await _shown(on, observer, f"{name} failed")
            if shown is None:
                continue
            parts = [(part.what, set(part.assets)) for part in shown.missing]
            on.claim("I-9", parts == [(f"main:{name}", {BTC, ETH})], f"missing: {parts}")
            on.claim("I-9", not getattr(shown, name), f"{name} failed and is there")
            whole = all(getattr(shown, other) for other in READS if other != name)
            on.claim("I-38", whole, f"{name} failed, and another is not there")
    on.venue.raises = {}
    shown = await _shown(on, observer, "healed")
    on.claim("I-17", shown is not None and not shown.missing, "missing for ever")


async def shut(on: Rehearsal) -> None:
    """See that a venue that cannot be opened is not read, and all of it is missing until it is."""
    for error in QUIET:
        for name in ("skew_ms", "open"):
            observer = _observer(on)
            on.venue.raises = {name: error}
            on.venue.asked.clear()
            on.claim("I-9", await on.outcome(observer.open()) == frozenset(), "said to be open")
            shown = await _shown(on, observer, f"{name} failed")
            gone = shown is not None and all(shown.missing_for(asset) for asset in (BTC, ETH))
            on.claim("I-9", gone, f"{name} failed, and nothing is missing")
            on.claim("I-9", not set(READS) & set(on.venue.asked), f"read though {name} failed")
            on.venue.raises = {}
            on.claim("I-17", await observer.open() == {MAIN}, "never open again")


async def fatal(on: Rehearsal) -> None:
    """See that what no later read would mend is raised, once the other reads have ended."""
    for error in (Unauthorized("key"), DoorRefused("door")):
        for name in ("open", *READS):
            on.venue.raises = {name: error}
            on.venue.asked.clear()
            found = await on.outcome(_observer(on).snapshot())
            on.claim("A6", found is error, f"{name} was refused, and {found!r}")
    ended: list[str] = []
    vars(on.venue)["books"] = _slow(ended)
    on.venue.raises = {"positions": Unauthorized("key")}
    await on.outcome(_observer(on).snapshot())
    on.claim("A6", ended, "a read goes on behind the back of its cycle")


async def only_ours(on: Rehearsal) -> None:
    """See that no balance comes in that no decision needs."""
    dust = Balance(source="main:spot", asset=Asset("DUST"), quantity=D(1))

    async def balances() -> tuple[Balance, ...]:
        return (*TWO.snapshot.balances, dust)

    vars(on.venue)["balances"] = balances
    shown = await _shown(on, _observer(on), "with a stranger's balance")
    found = {b.asset for b in shown.balances} if shown else set()
    on.claim("I-43", found == {BTC, ETH}, f"balances of {found}")


async def apart(on: Rehearsal) -> None:
    """See that two venues fail apart, and raise what is fatal to either."""
    rows = Row(asset="BTC", spot=D(1)), Row(asset="ETH", spot=D(1), venue=str(OTHER))
    world = World(rows=rows)
    here, there = (FakeGateway(World(rows=(row,)), VenueName(row.venue)) for row in rows)
    observer = Observer({MAIN: here, OTHER: there}, world.policy, on.desk.clock)
    there.raises["positions"] = Unavailable("down")
    shown = await _shown(on, observer, "one of two venues fails")
    parts = [(part.what, set(part.assets)) for part in shown.missing] if shown else []
    on.claim("I-38", parts == [("other:positions", {ETH})], f"missing: {parts}")
    on.claim("I-38", shown and rows[0].key in shown.positions, "the other is not there")
    there.raises = {"balances": Unavailable("down")}
    shown = await _shown(on, observer, "a wallet that nobody needs")
    free = shown is not None and not any(shown.missing_for(asset) for asset in (BTC, ETH))
    on.claim("I-38", free, "a wallet that holds nothing of ours holds an asset")
    there.raises = {}
    for name, gone in (("balances", {BTC, ETH}), ("margins", {BTC, ETH}), ("marks", {BTC})):
        here.raises = {name: Unavailable("down")}
        shown = await _shown(on, observer, f"{name} of one of two venues")
        unseen = {asset for asset in (BTC, ETH) if shown and shown.missing_for(asset)}
        on.claim("I-9", unseen == gone, f"{name} failed where both are held, missing: {unseen}")
    here.raises = {}
    for gateway, gone in ((here, {BTC, ETH}), (there, {ETH})):
        gateway.raises = {"skew_ms": Unavailable("down")}
        on.desk.clock.advance(SKEW_EVERY_S)
        shown = await _shown(on, observer, "one of two venues is shut")
        unseen = {asset for asset in (BTC, ETH) if shown and shown.missing_for(asset)}
        on.claim("I-9", unseen == gone, f"{gateway.venue} is shut, missing: {unseen}")
        gateway.raises = {}
    there.raises = {"positions": Unauthorized("key")}
    ended: list[str] = []
    vars(here)["books"] = _slow(ended)
    found = await on.outcome(observer.snapshot())
    on.claim("A6", isinstance(found, Unauthorized), f"one of two was refused, and {found!r}")
    on.claim("A6", ended, "another venue is read behind the back of its cycle")
    there.raises = {"skew_ms": Unavailable("down")}
    on.desk.clock.advance(SKEW_EVERY_S)
    on.claim("I-38", await observer.open() == {MAIN}, "one that is shut is said to be open")


async def clocks(on: Rehearsal) -> None:
    """See that a venue's clock is asked now and then, soon where it is far off."""
    observer, clock = _observer(on), on.desk.clock
    clock.advance(LONG_S)
    on.venue.timeless = False
    key = TWO["BTC"].key
    at_ms = TWO.snapshot.marks[key].at_ms or 0
    for skew_ms, every_s in ((300, SKEW_EVERY_S), (-900, SKEW_WIDE_EVERY_S), (0, SKEW_EVERY_S)):
        on.venue.skew = skew_ms
        shown = await _shown(on, observer, "of a clock")
        on.claim("C1", observer.skews_ms == {MAIN: skew_ms}, f"measured {observer.skews_ms}")
        told_ms = shown.marks[key].at_ms if shown else None
        on.claim("C1", told_ms == at_ms - skew_ms, f"a price of {at_ms} is told as of {told_ms}")
        on.venue.skew = 7
        clock.advance(every_s - 1)
        await _shown(on, observer, "of a clock")
        on.claim("C1", observer.skews_ms == {MAIN: skew_ms}, "asked sooner than need be")
        clock.advance(1)
    on.venue.timeless = True
    on.venue.skew = 300
    shown = await _shown(on, observer, "of prices without a time")
    none = shown is not None and shown.marks[key].at_ms is None
    on.claim("I-9", none, "a time is made up")


async def listings(on: Rehearsal) -> None:
    """See that what is listed is read again now and then, and at once after a refusal."""
    observer = _observer(on)
    on.desk.clock.advance(LONG_S)
    await observer.snapshot()
    halted = replace(TWO["BTC"], trading=False)
    on.venue.world = TWO.changed(halted)
    shown = await observer.snapshot()
    on.claim("I-28", shown.instruments[halted.key].trading, "listed anew each cycle")
    observer.look_again(frozenset({MAIN}))
    shown = await observer.snapshot()
    on.claim("E3", not shown.instruments[halted.key].trading, "not looked at after a refusal")
    on.venue.world = TWO
    on.desk.clock.advance(LISTING_EVERY_S)
    shown = await observer.snapshot()
    on.claim("I-17", shown.instruments[halted.key].trading, "never listed again")


async def vetted(on: Rehearsal) -> None:
    """See that an account is looked at before it counts, and held for as long as it is unfit."""
    examiner, clock = Examiner(SettingsError("it may withdraw")), on.desk.clock
    clock.advance(LONG_S)
    found = await on.outcome(_observer(on, examiner).snapshot())
    on.claim("I-24", isinstance(found, SettingsError), f"unfit at the start, and {found!r}")
    observer, examiner.raises = _observer(on, examiner), Unavailable("down")
    shown = await _shown(on, observer, "an account that says nothing")
    on.claim("I-24", shown is not None and shown.missing, "not looked at, and it counts")
    examiner.raises, examiner.looks = None, 0
    fit: dict[VenueName, str] = {}
    unfit = {MAIN: "it may withdraw"}
    for error, after_s, wanted in (
        (None, 0.0, fit),
        (SnapshotError("html"), VET_EVERY_S, fit),
        (SettingsError("it may withdraw"), VET_AGAIN_S, unfit),
        (Unavailable("down"), VET_AGAIN_S, unfit),  # silence mends nothing
        (None, VET_AGAIN_S, fit),
    ):
        if after_s:
            clock.advance(after_s - 1)
            await _shown(on, observer, "before its time")
            clock.advance(1)
        examiner.raises, looks = error, examiner.looks
        shown = await _shown(on, observer, f"the account says {error!r}")
        on.claim("E6", shown is not None and not shown.missing, f"{error!r}: not read")
        on.claim("E6", observer.unfit == wanted, f"{error!r}: {observer.unfit}")
        on.claim("I-28", examiner.looks == looks + 1, f"looked {examiner.looks - looks} times")
    on.claim("I-28", examiner.looks == 5, f"{examiner.looks} looks in place of five")


async def changed(on: Rehearsal) -> None:
    """See that a changed mode is raised, once and then now and then; a refusal looks at once."""
    examiner = Examiner()
    observer = _observer(on, examiner)
    on.desk.clock.advance(LONG_S)
    await observer.snapshot()
    examiner.raises = AccountChanged("the margin mode")
    observer.look_again(frozenset({MAIN}))
    found = await on.outcome(observer.snapshot())
    on.claim("E6", isinstance(found, AccountChanged), f"changed, and {found!r}")
    await _shown(on, observer, "a change that was said")
    on.desk.clock.advance(VET_AGAIN_S)
    found = await on.outcome(observer.snapshot())
    on.claim("E6", isinstance(found, AccountChanged), f"changed still, and {found!r}")


SCRIPTS = {
    "missing": rehearsed(missing, shut, only_ours),
    "fails": rehearsed(fatal, apart),
    "asks": rehearsed(clocks, listings, vetted, changed),
}
