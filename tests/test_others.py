"""A whole daemon beside the exchange's own doings: noticed, recorded, answered, remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Fill, HoldReason, Origin
from counterpoise.core.state import Command
from counterpoise.errors import JournalError
from tests.sim.gateway import TWO
from tests.sim.stage import INTERVAL_S, Stage, stage_in, told

D = Decimal
BTC = Asset("BTC")
COOLDOWN_S = TWO.trigger.cooldown_ms / 1000


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as made:
        made.fills()
        await made.daemon.run(1)
        made.clock.advance(INTERVAL_S)
        yield made


def moved(stage: Stage, size: str, cause: Cause, number: int = 1) -> None:
    """Let the exchange or somebody else trade BTC."""
    gateway = stage.desk.gateway
    row = gateway.world["BTC"]
    gateway.world = gateway.world.changed(replace(row, size=row.size + D(size)))
    trade = Fill(
        trade_id=str(number),
        venue_order_id=f"x{number}",
        instrument=row.key,
        size=D(size),
        price=row.price,
        fee=D(0),
        fee_asset=Asset("USDT"),
        at_ms=stage.clock.wall_ms(),
    )
    gateway.trades = (*gateway.trades, trade)
    gateway.whose[f"x{number}"] = Origin(cause=cause, client_order_id=f"name{number}")


async def cycle(stage: Stage, elapsed_s: float = INTERVAL_S) -> None:
    stage.clock.advance(elapsed_s)
    await stage.daemon.run(1)


def reason(stage: Stage) -> HoldReason | None:
    tidings, _ = stage.published[-1]
    return tidings.standing[BTC].reason


async def test_a_liquidation_stops_its_perpetual_through_restarts(stage: Stage) -> None:
    moved(stage, "-0.2", Cause.LIQUIDATION)
    moved(stage, "0.1", Cause.LIQUIDATION, 2)
    await cycle(stage)
    assert reason(stage) is HoldReason.LIQUIDATED
    line = stage.events("position.changed")
    assert [(each["cause"], each["quantity"]) for each in line] == [
        (Cause.LIQUIDATION, D("0.2")),
        (Cause.LIQUIDATION, D("0.1")),
    ]
    raised = [facts["cause"] for facts in stage.events("alert.raised")]
    assert HoldReason.LIQUIDATED in raised
    stage.daemon = stage.build()
    stage.drift(stage.desk.gateway.world)
    await cycle(stage, 10 * COOLDOWN_S)
    await told(stage, Command.RESUME)
    await cycle(stage)
    assert reason(stage) is HoldReason.LIQUIDATED, "only for the asset itself"
    await told(stage, Command.RESUME, BTC)
    await cycle(stage)
    assert reason(stage) is not HoldReason.LIQUIDATED


async def test_what_moved_is_in_the_journal_once(stage: Stage) -> None:
    moved(stage, "-0.2", Cause.DELEVERAGING)
    for _ in range(3):
        await cycle(stage)
    (change,) = await stage.desk.journal.changes_since(0)
    assert (change.cause, change.size, change.client_order_id) == (
        Cause.DELEVERAGING,
        D("-0.2"),
        "name1",
    )


async def test_a_quiet_cycle_asks_nothing_more(stage: Stage) -> None:
    stage.desk.gateway.asked.clear()
    await cycle(stage)
    assert not {"fills", "origins", "orders"} & set(stage.desk.gateway.asked)


async def test_a_write_that_held_and_said_it_failed_is_believed(stage: Stage) -> None:
    """The change is then in the journal: to write it again would be refused for ever."""
    remember = stage.desk.journal.remember

    async def unthanked(*given: object) -> None:
        await remember(*given)  # type: ignore[arg-type]
        raise JournalError("no answer")

    moved(stage, "-0.2", Cause.FOREIGN)
    stage.desk.journal.remember = unthanked  # type: ignore[method-assign, assignment]
    await cycle(stage)
    stage.desk.journal.remember = remember  # type: ignore[method-assign]
    await cycle(stage)
    assert reason(stage) is HoldReason.FOREIGN_TRADE
    assert len(await stage.desk.journal.changes_since(0)) == 1
