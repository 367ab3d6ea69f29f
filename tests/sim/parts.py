"""The real parts of a daemon on made-up outsides: a journal in memory, a log that can be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import cast

from counterpoise.core.decision import Decision, Plan, Situation
from counterpoise.core.orders import Intent, Order, Rule
from counterpoise.core.plan import plan
from counterpoise.errors import OutcomeUnknown
from counterpoise.executor import Executor, Outside
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.logs import Log
from counterpoise.ports import Clock, CycleRecord, Identity
from tests.fakes import FakeClock, FakeEntropy
from tests.sim.gateway import LIMITS, MAIN, TWO, FakeGateway
from tests.worlds import NOW_MS, World

D = Decimal
IDENTITY = Identity(portfolio="main", mode="testnet", accounts=("binance:main",))


@dataclass
class ReadLog:
    """A log whose lines stay at hand."""

    lines: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def _say(self, level: str, event: str, facts: dict[str, object]) -> None:
        self.lines.append((level, event, facts))

    def debug(self, event: str, **facts: object) -> None:
        self._say("debug", event, facts)

    def info(self, event: str, **facts: object) -> None:
        self._say("info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        self._say("warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        self._say("error", event, facts)

    def critical(self, event: str, **facts: object) -> None:
        self._say("critical", event, facts)

    def events(self, level: str = "") -> list[str]:
        """Return what was said, or what was said at one level."""
        return [event for at, event, _ in self.lines if level in ("", at)]

    def facts(self, event: str) -> dict[str, object]:
        """Return what the last line of an event said."""
        return next(facts for _, name, facts in reversed(self.lines) if name == event)

    @property
    def log(self) -> Log:
        """Return it as the daemon's parts take it."""
        return cast("Log", self)


@asynccontextmanager
async def journal_in_memory(clock: Clock) -> AsyncIterator[SqlJournal]:
    """Lend an open journal without a file."""
    journal = SqlJournal(JournalConfig(url="sqlite://"), clock, FakeEntropy())
    await journal.open(IDENTITY)
    yield journal
    await journal.close()


def clock_now() -> FakeClock:
    """Return a clock at the time of the made-up worlds."""
    return FakeClock(now_ms=NOW_MS, elapsed_s=500.0)


def record_of(world: World = TWO, number: int = 1, **situation: object) -> CycleRecord:
    """Return a cycle as decided on a world."""
    given = Situation(now_ms=NOW_MS, **situation)  # type: ignore[arg-type]
    return CycleRecord(
        number=number,
        at_ms=NOW_MS,
        settings_digest="d",
        snapshot=world.snapshot,
        situation=given,
        policy=world.policy,
        plan=plan(world.snapshot, given, world.policy),
    )


def order_for(asset: str = "BTC", size: Decimal = D("-0.08"), **facts: object) -> Order:
    """Return an order on the made-up world."""
    row = TWO[asset]
    usual: dict[str, object] = {
        "asset": row.target.asset,
        "instrument": row.key,
        "symbol": row.symbol,
        "size": size,
        "limit_price": row.price * (D("1.003") if size > 0 else D("0.997")),
        "mark_price": row.price,
        "notional": abs(size) * row.price,
        "reduce_only": False,
        "rule": Rule.DRIFT,
        "position_before": D(0),
        "completes": True,
    }
    return Order(**{**usual, **facts})  # type: ignore[arg-type]


async def recorded(
    journal: SqlJournal, *orders: Order, sent_ms: int = NOW_MS
) -> tuple[Intent, ...]:
    """Record intents as sent."""
    number = await journal.next_cycle()
    expiry = {MAIN: sent_ms + LIMITS.life_ms}
    return await journal.record_intents(record_of(number=number), orders, expiry)


@dataclass
class Desk:
    """An executor and all that is around it."""

    journal: SqlJournal
    clock: FakeClock
    gateway: FakeGateway = field(default_factory=FakeGateway)
    said: ReadLog = field(default_factory=ReadLog)

    def __post_init__(self) -> None:
        self.executor = self.restarted()

    @property
    def outside(self) -> Outside:
        """Return all that is around the executor."""
        return Outside(
            gateways={MAIN: self.gateway},
            limits={MAIN: LIMITS},
            journal=self.journal,
            clock=self.clock,
            log=self.said.log,
        )

    def restarted(self) -> Executor:
        """Return an executor that knows nothing yet."""
        return Executor(self.outside)

    async def send(self, *orders: Order) -> tuple[Intent, ...]:
        """Record and send orders."""
        record = record_of(number=await self.journal.next_cycle())
        return await self.executor.execute(replace(record, plan=planned(record.plan, orders)))

    async def unknown(self) -> Intent:
        """Return an order whose answer was lost, and which nobody has found yet."""
        self.gateway.raises["place"] = OutcomeUnknown("no answer")
        (intent,) = await self.send(order_for("BTC"))
        return intent

    async def journaled(self, intent: Intent) -> Intent:
        """Return an intent as the journal has it."""
        found = await self.journal.intent(intent.client_order_id)
        assert found is not None
        return found


def planned(plan: Plan, orders: tuple[Order, ...]) -> Plan:
    """Return a plan that orders just these."""
    decisions = tuple(Decision(asset=order.asset, verdict=order) for order in orders)
    return replace(plan, decisions=decisions)
