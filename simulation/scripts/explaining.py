"""What moved a position that is not as believed, whose it was, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.core.foreign import (
    Turn,
)
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Fill, Intent, IntentState, Origin
from counterpoise.core.state import AssetMemory
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.inquiry import BACK_MS, LIFE_MS, Inquiry
from counterpoise.journal.store import SqlJournal
from counterpoise.naming import Naming
from simulation.scripts.claims import Claims, outcome, waited
from tests.fakes import FakeClock
from tests.sim.gateway import MAIN, TWO, FakeGateway, filled
from tests.sim.parts import clock_now, journal_in_memory, order_for, recorded
from tests.worlds import NOW_MS

D = Decimal
BTC = Asset("BTC")
KEY, ETH_KEY = TWO["BTC"].key, TWO["ETH"].key
SEEN_MS = NOW_MS - 10_000
LATER_MS = NOW_MS + 5_000  # after the journal of these traps was begun
BELIEVED = AssetMemory(position=D(3), position_at_ms=SEEN_MS, seen_at_ms=SEEN_MS)
COPY = "cpmain000412abcdef"


def sold(size: str = "-3", number: int = 1, at_ms: int = NOW_MS, **facts: object) -> Fill:
    """Return a trade of BTC by nobody knows whom."""
    usual: dict[str, object] = {
        "trade_id": str(number),
        "venue_order_id": f"o{number}",
        "instrument": KEY,
        "size": D(size),
        "price": D(50_000),
        "fee": D(0),
        "fee_asset": Asset("USDT"),
        "at_ms": at_ms,
    }
    return Fill(**{**usual, **facts})  # type: ignore[arg-type]


@dataclass
class Asked:
    """An inquiry with what it asks, and what it halted."""

    journal: SqlJournal
    clock: FakeClock
    gateway: FakeGateway = field(default_factory=FakeGateway)
    halted: list[str] = field(default_factory=list)

    async def found(
        self, memory: AssetMemory = BELIEVED, *unsettled: Intent, skew_ms: int = 0
    ) -> tuple[Fill, ...] | None:
        """Return what explains that BTC is shown flat."""

        async def halt(reason: str) -> None:
            self.halted.append(reason)

        naming = Naming(self.journal, "main", halt)
        inquiry = Inquiry({MAIN: self.gateway}, TWO.policy, self.journal, self.clock, naming)
        answer = await inquiry.trades(TWO.snapshot, {BTC: memory}, unsettled, {MAIN: skew_ms})
        return answer.get(KEY)

    async def numbers(self, *trades: Fill, memory: AssetMemory = BELIEVED) -> list[str] | None:
        """Return which of these trades explain it."""
        self.gateway.trades = trades
        found = await self.found(memory)
        return None if found is None else [trade.trade_id for trade in found]

    async def ended(self, size: str, asset: str = "BTC") -> Intent:
        """Record an order and that it filled whole."""
        (intent,) = await recorded(self.journal, order_for(asset, D(size)))
        report = filled(intent)
        done = replace(
            intent,
            state=intent.state.FILLED,
            venue_order_id=report.venue_order_id,
            filled_size=report.filled_size,
            price_average=report.price_average,
            settled_at_ms=self.clock.wall_ms(),
            proof="reply",
        )
        await self.journal.record_outcome(done)
        return done


async def asking(made: Claims) -> None:
    """See that nothing explains a position but trades that add up, each once and none of before."""
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        asked = Asked(journal, clock)
        for calm in (AssetMemory(position=D(0)), AssetMemory()):
            made.claim("I-19", await asked.found(calm) is None, f"{calm.position} is explained")
        made.claim("I-19", not asked.gateway.asked, "asked where nothing is the matter")
        early = SEEN_MS - BACK_MS
        for trades, wanted in (
            ((sold("-2"),), None),
            ((sold("-1", 1, NOW_MS - 1), sold("-2", 2)), ["1", "2"]),
            ((sold("-2", 2), sold("-1", 1, NOW_MS - 1), sold("-2", 2)), ["1", "2"]),
            ((sold("-1", 10), sold("-2", 9)), ["9", "10"]),
            ((sold("-3", 1, early),), ["1"]),
            ((sold("-3", 1, early - 1),), None),
            ((sold("-9", 1, SEEN_MS - 1), sold("-3", 2)), ["2"]),
        ):
            found = await asked.numbers(*trades)
            made.claim("I-31", found == wanted, f"{[t.size for t in trades]}: {found}")
        for seen_ms, believed_ms, at_ms, wanted in (
            (0, SEEN_MS, SEEN_MS - 2 * BACK_MS, None),
            (SEEN_MS, SEEN_MS - 9 * BACK_MS, SEEN_MS - 5 * BACK_MS, None),
            (NOW_MS + 2 * BACK_MS, SEEN_MS, NOW_MS - 1, ["1"]),  # the clock was set back
        ):
            memory = replace(BELIEVED, seen_at_ms=seen_ms, position_at_ms=believed_ms)
            found = await asked.numbers(sold("-3", 1, at_ms), memory=memory)
            made.claim("I-31", found == wanted, f"seen {seen_ms}, traded {at_ms}: {found}")
        (live,) = await recorded(journal, order_for("BTC"))
        asked.gateway.asked.clear()
        asked.gateway.trades = (sold(),)
        made.claim("I-16", await asked.found(BELIEVED, live) is None, "explained beside an order")
        made.claim("I-16", not asked.gateway.asked, "asked beside an order of ours")


async def booked(made: Claims) -> None:
    """See that what the journal has already explains nothing again, and what it lacks does."""
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        asked = Asked(journal, clock)
        done = await asked.ended("-1")
        (lives,) = await recorded(journal, order_for("ETH"))
        taken = replace(lives, state=IntentState.ACKNOWLEDGED, venue_order_id="v9")
        await journal.record_outcome(taken)
        mine = sold("-1", 2, venue_order_id=done.venue_order_id)
        seen = replace(BELIEVED, position_at_ms=NOW_MS)
        found = await asked.numbers(sold("-3", 1, NOW_MS - 5), mine, memory=seen)
        made.claim("I-31", found == ["1"], f"a booked order explains it again: {found}")
        found = await asked.numbers(replace(mine, size=D(-3)), memory=BELIEVED)
        made.claim("I-31", found == ["2"], f"one that was not believed yet: {found}")
        elsewhere = Turn(asset=BTC, instrument=ETH_KEY, before=D(12), after=D(9), trades=(sold(),))
        await journal.remember({}, elsewhere.changes(NOW_MS))
        found = await asked.numbers(sold())
        made.claim("I-31", found == ["1"], f"another instrument's trade of that number: {found}")
        turn = Turn(asset=BTC, instrument=KEY, before=D(3), after=D(0), trades=(sold(),))
        await journal.remember({}, turn.changes(NOW_MS))
        found = await asked.numbers(sold())
        made.claim("I-31", found is None, f"a recorded trade explains it again: {found}")
        found = await asked.numbers(sold(), sold("-3", 2))
        made.claim("I-31", found == ["2"], f"beside a recorded trade: {found}")
        made.claim("I-31", LIFE_MS >= 60_000, "an order outlives what is looked back for it")


async def whose(made: Claims) -> None:
    """See that each trade says whose it was, that no answer is no word, and a copy halts."""
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        asked = Asked(journal, clock)
        done = await asked.ended("-1", "ETH")
        asked.gateway.trades = (sold(at_ms=LATER_MS),)
        cases: tuple[tuple[Origin | None, Cause], ...] = (
            (None, Cause.UNKNOWN),
            (Origin(cause=Cause.LIQUIDATION), Cause.LIQUIDATION),
            (Origin(cause=Cause.DELEVERAGING), Cause.DELEVERAGING),
            (Origin(cause=Cause.FOREIGN, client_order_id="web_1"), Cause.FOREIGN),
            (Origin(cause=Cause.FOREIGN, client_order_id=done.client_order_id), Cause.OURS),
            (Origin(cause=Cause.FOREIGN, client_order_id=COPY), Cause.COPY),
        )
        for origin, cause in cases:
            asked.halted.clear()
            asked.gateway.whose = {} if origin is None else {"o1": origin}
            found = await asked.found() or ()
            got = [(trade.cause, trade.client_order_id) for trade in found]
            name = origin.client_order_id if origin else ""
            made.claim("E8", got == [(cause, name)], f"{origin} is {got}")
            halts = cause is Cause.COPY
            made.claim("A2", bool(asked.halted) is halts, f"{origin} halts: {asked.halted}")
        for question in ("fills", "origins"):
            for error in (Unavailable("x"), SnapshotError("x")):
                asked.gateway.raises = {question: error}
                found_ = await outcome(asked.found())
                made.claim("I-9", found_ is None, f"{error!r} of {question}: {found_!r}")
        asked.gateway.raises = {"fills": Unauthorized("x")}
        refused = await outcome(asked.found())
        made.claim("A6", isinstance(refused, Unauthorized), f"a refused key is {refused!r}")


SCRIPTS = {
    "asking": waited(asking, "I-31"),
    "booked": waited(booked, "I-31"),
    "whose": waited(whose, "E8"),
}
