"""The worked example of what the commands print: three assets, one of them out of its band."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.decision import Activity, Situation
from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import (
    External,
    Limits,
    Policy,
    Target,
    Trigger,
    ValueBasis,
)
from counterpoise.core.schedule import DAY_MS
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position, Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.ports import CycleRecord

D = Decimal
NOW_MS = 1_751_253_124_318  # 2025-06-30 03:12:04.318 UTC
USDT = Asset("USDT")
PRICES = {"BTC": D(95000), "ETH": D(3400), "SOL": D(190)}
SPOT = {"BTC": D("0.8"), "ETH": D(14), "SOL": D(180)}
PERPETUAL = {"BTC": D("-0.05"), "ETH": D("1.5"), "SOL": D(0)}
WEIGHTS = {"BTC": D("0.5"), "ETH": D("0.35"), "SOL": D("0.15")}
STEPS = {"BTC": D("0.001"), "ETH": D("0.001"), "SOL": D("0.01")}


def key(asset: str) -> InstrumentKey:
    return InstrumentKey(f"main:{asset}/USDT:USDT")


def instrument(asset: str) -> Instrument:
    return Instrument(
        venue=VenueName("main"),
        symbol=Symbol(f"{asset}/USDT:USDT"),
        base=Asset(asset),
        quote=USDT,
        settle=USDT,
        kind=Kind.LINEAR,
        size_step=STEPS[asset],
        size_min=STEPS[asset],
        size_max=None,
        notional_min=D(5),
        price_step=D("0.01"),
        taker_fee=D("0.0005"),
    )


def snapshot() -> Snapshot:
    return Snapshot(
        started_at_ms=NOW_MS - 217,
        started_s=100.0,
        finished_s=100.2,
        reads=9,
        instruments={key(a): instrument(a) for a in PRICES},
        balances=tuple(
            Balance(source="main:spot", asset=Asset(a), quantity=q) for a, q in SPOT.items()
        ),
        positions={key(a): Position(instrument=key(a), size=q) for a, q in PERPETUAL.items()},
        marks={
            key(a): Mark(
                instrument=key(a),
                mark_price=p,
                index_price=p,
                funding_rate=D("0.0001"),
                funding_next_at_ms=None,
                at_ms=None,
            )
            for a, p in PRICES.items()
        },
        books={
            key(a): BookTop(
                instrument=key(a),
                bid=p - D("0.1"),
                ask=p + D("0.1"),
                bid_size=D(50),
                ask_size=D(50),
            )
            for a, p in PRICES.items()
        },
        margins=(
            Margin(
                source="main:linear",
                asset=USDT,
                equity=D(20058),
                wallet=D(20000),
                maintenance=D(100),
            ),
        ),
        missing=(),
    )


def policy() -> Policy:
    held = External(
        quantity=D("0.25"),
        as_of_ms=NOW_MS - 41 * DAY_MS,
        valid_until_ms=NOW_MS + 49 * DAY_MS,
    )
    return Policy(
        quote=USDT,
        exposure=D(1),
        value_basis=ValueBasis.HOLDINGS,
        targets=tuple(
            Target(
                asset=Asset(a),
                weight=w,
                instrument=key(a),
                sources=("main:spot",),
                drift=D("0.05"),
                external=held if a == "BTC" else None,
            )
            for a, w in WEIGHTS.items()
        ),
        trigger=Trigger(return_to=D("0.6")),
        limits=Limits(
            price_collar=D("0.003"),
            spread_max=D("0.002"),
            order_notional_max=D(25000),
            position_notional_max=D(250000),
            turnover_day_max=D(500000),
            orders_per_minute_max=20,
            leverage_max=D(3),
        ),
        snapshot_age_max_ms=10_000,
    )


def situation() -> Situation:
    memories = {
        Asset(a): AssetMemory(
            balances={"main:spot": SPOT[a]}, position=PERPETUAL[a], position_at_ms=NOW_MS - 10_000
        )
        for a in PRICES
    }
    return Situation(now_ms=NOW_MS, memories=memories, activity=Activity())


def record(seen: Snapshot | None = None, now: Situation | None = None) -> CycleRecord:
    seen, now = seen or snapshot(), now or situation()
    return CycleRecord(
        number=318,
        at_ms=now.now_ms,
        settings_digest="9c1e04ab",
        snapshot=seen,
        situation=now,
        policy=policy(),
        plan=plan(seen, now, policy()),
    )


def quiet_record() -> CycleRecord:
    """Return the cycle after the order of `record` has filled."""
    seen = snapshot()
    positions = dict(seen.positions)
    positions[key("ETH")] = Position(instrument=key("ETH"), size=D("3.087"))
    memories = dict(situation().memories)
    memories[Asset("ETH")] = replace(memories[Asset("ETH")], position=D("3.087"))
    after_ms = NOW_MS + 1000
    return record(
        replace(seen, positions=positions, started_at_ms=after_ms - 75),
        replace(situation(), now_ms=after_ms, memories=memories),
    )
