"""Made-up cycles, orders and clocks for the tests of the journal."""

from __future__ import annotations

import random
import string
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from counterpoise.core.decision import Decision, Plan, Situation
from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.core.orders import Hold, HoldReason, Intent, IntentState, Order, Rule
from counterpoise.core.policy.policy import Limits, Policy, Target, Trigger, ValueBasis
from counterpoise.core.snapshot import Balance, Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.journal.store import SqlJournal
from counterpoise.ports import CycleRecord, Identity

D = Decimal
T = TypeVar("T")

START_MS = 1_900_000_000_000
MAIN = VenueName("main")
ASSETS = (Asset("BTC"), Asset("ETH"), Asset("SOL"))
IDENTITY = Identity(portfolio="main", mode="testnet", accounts=("binance:main",))
S = IntentState


class HandClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_s(self) -> float:
        return self.now_ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)


class SeededEntropy:
    """Randomness that repeats."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, length: int) -> str:
        return "".join(self._random.choices(string.ascii_lowercase + string.digits, k=length))


def run(call: Coroutine[Any, Any, T]) -> T:
    """Return what a call returns; the journal never waits for anything."""
    try:
        call.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("the journal waited")


def symbol_of(asset: Asset) -> Symbol:
    return Symbol(f"{asset}/USDT:USDT")


def key_of(asset: Asset) -> InstrumentKey:
    return InstrumentKey(f"{MAIN}:{symbol_of(asset)}")


def order(asset: Asset = ASSETS[0], size: Decimal = D("1.587")) -> Order:
    return Order(
        asset=asset,
        instrument=key_of(asset),
        symbol=symbol_of(asset),
        size=size,
        limit_price=D("3410.20"),
        mark_price=D("3400"),
        notional=D("5395.80"),
        reduce_only=False,
        rule=Rule.DRIFT,
        position_before=D("1.500"),
        completes=True,
    )


def instrument(asset: Asset) -> Instrument:
    return Instrument(
        venue=MAIN,
        symbol=symbol_of(asset),
        base=asset,
        quote=Asset("USDT"),
        settle=Asset("USDT"),
        kind=Kind.LINEAR,
        size_step=D("0.001"),
        size_min=D("0.001"),
        size_max=None,
        notional_min=D(5),
        price_step=D("0.10"),
        taker_fee=D("0.0005"),
    )


def record(number: int, orders: Sequence[Order] = (), at_ms: int = START_MS) -> CycleRecord:
    """Return a cycle that decided these orders, and to hold the other assets."""
    decided = {o.asset: o for o in orders}
    snapshot = Snapshot(
        started_at_ms=at_ms,
        started_s=12.5,
        finished_s=12.75,
        reads=3,
        instruments={key_of(asset): instrument(asset) for asset in ASSETS},
        balances=(Balance(source="main:spot", asset=ASSETS[0], quantity=D("0.80000")),),
        positions={},
        marks={},
        books={},
        margins=(),
        missing=(),
    )
    policy = Policy(
        quote=Asset("USDT"),
        exposure=D(1),
        value_basis=ValueBasis.HOLDINGS,
        targets=tuple(
            Target(
                asset=asset,
                weight=D("0.3"),
                instrument=key_of(asset),
                sources=("main:spot",),
                drift=D("0.05"),
            )
            for asset in ASSETS
        ),
        trigger=Trigger(),
        limits=Limits(price_collar=D("0.003"), spread_max=D("0.002")),
        snapshot_age_max_ms=10_000,
    )
    decisions = tuple(
        Decision(asset=a, verdict=decided.get(a) or Hold(asset=a, reason=HoldReason.IN_BAND))
        for a in ASSETS
    )
    memories = {ASSETS[0]: AssetMemory(position=D("1.500"), position_at_ms=at_ms)}
    return CycleRecord(
        number=number,
        at_ms=at_ms,
        settings_digest="9c1e",
        snapshot=snapshot,
        situation=Situation(now_ms=at_ms),
        policy=policy,
        plan=Plan(at_ms=at_ms, value=D("181550.00"), decisions=decisions, memories=memories),
    )


async def sent(journal: SqlJournal, *orders: Order, life_ms: int = 5_000) -> tuple[Intent, ...]:
    """Record a cycle with these orders and return their intents."""
    chosen = orders or (order(),)
    cycle = record(await journal.next_cycle(), chosen)
    return await journal.record_intents(cycle, chosen, {MAIN: START_MS + life_ms})


def filled(intent: Intent, at_ms: int = START_MS + 41) -> Intent:
    """Return an intent as filled whole."""
    return replace(
        intent,
        state=S.FILLED,
        venue_order_id="8731",
        filled_size=intent.order.size,
        price_average=D("3400.37"),
        settled_at_ms=at_ms,
        proof="the venue's reply",
    )


def became(intent: Intent, state: IntentState, proof: str = "looked up") -> Intent:
    """Return an intent in another state, with what that state implies of its fill."""
    share = {S.FILLED: D(1), S.PART_FILLED: D("0.5")}.get(state, D(0))
    return replace(intent, state=state, filled_size=intent.order.size * share, proof=proof)
