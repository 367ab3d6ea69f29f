"""From a settings file to a daemon, a look and a replay, on the exchange in memory."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from counterpoise.bootstrap import Portfolio, assemble, look, replay
from counterpoise.bootstrap.mandate import policy_of
from counterpoise.bootstrap.run import _account_locks
from counterpoise.core.instrument import VenueName
from counterpoise.core.orders import HoldReason, Order
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.state import Command
from counterpoise.core.units import CONTEXT
from counterpoise.errors import JournalHeld, SettingsError
from counterpoise.exchange.local import MemoryTransport
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.shadow import ShadowGateway
from tests.config.files import LIVE
from tests.scenarios.config import WorldConfig
from tests.scenarios.harness import World
from tests.scenarios.oracles import check
from tests.sim.virtual import SeededEntropy, loop_time

D = Decimal
MAIN = VenueName("main")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(asyncio_throttle.throttler, "time", loop_time())
    with localcontext(CONTEXT.copy()):
        made = World(tmp_path, WorldConfig(name="whole"))
        yield made
        try:
            check(made)
        finally:
            made.close()


def beside(world: World) -> Portfolio:
    """Return the portfolio as another command has it."""
    wires = {MAIN: MemoryTransport(world.exchange)}
    entropy = SeededEntropy(random.Random(1))
    return assemble(world.settings, world.around.clock, entropy, wires, world.log)


def close(world: World, portfolio: Portfolio) -> None:
    for account in portfolio.accounts.values():
        world.wait(account.close())


@pytest.mark.parametrize(("mode", "kind"), [("dry-run", ShadowGateway), ("testnet", CcxtGateway)])
def test_only_dry_run_has_shadow_positions(tmp_path: Path, mode: str, kind: type[object]) -> None:
    world = World(tmp_path, WorldConfig(mode=mode))
    portfolio = beside(world)
    assert type(portfolio.gateways[MAIN]) is kind
    assert type(portfolio.accounts[MAIN]) is CcxtGateway
    writes = portfolio.accounts[MAIN].door.rules.writes
    assert bool(writes) is (mode != "dry-run")
    close(world, portfolio)
    world.close()


def test_a_look_without_a_journal_decides_and_leaves_none(world: World) -> None:
    world.price("BTC", D(60_000))
    record = world.wait(look(beside(world)))
    assert [order.size for order in record.plan.orders] == [D("-0.08"), D("1.92")]
    assert not world.journal_file.exists()
    assert not world.exchange.venue.engine.ledger.orders


def test_a_look_beside_the_daemon_decides_as_it_would(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.cycles(1)
    done = len(world.orders)
    world.price("BTC", D(75_000))
    record = world.wait(look(beside(world)))
    assert {hold.reason for hold in record.plan.holds} == {HoldReason.COOLDOWN}
    assert len(world.orders) == done


def test_a_look_sees_orders_that_are_not_settled(world: World) -> None:
    world.start().cycles(1)
    world.fault("timeout-before", "POST /fapi/v1/order", 9)
    world.price("BTC", D(60_000))
    world.run(9)
    record = world.wait(look(beside(world)))
    assert {hold.reason for hold in record.plan.holds} == {HoldReason.UNSETTLED}
    world.heal()
    world.cycles(4)
    assert world.on_target


def test_a_recorded_cycle_is_decided_alike_again_and_otherwise_by_another_policy(
    world: World,
) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.cycles(1)
    (first, *_) = world.intents()
    record = world.wait(world.life.journal.cycle(first.cycle))
    assert record is not None
    assert replay(record, record.policy) == record.plan
    neutral = replay(record, replace(record.policy, exposure=D(0)))
    sizes = [d.verdict.size for d in neutral.decisions if isinstance(d.verdict, Order)]
    assert sizes == [D("-1.2"), D(-16)]


def test_settings_become_the_policy_that_they_spell(tmp_path: Path) -> None:
    extra = """
[limits]
order_notional_max = 25000
leverage_max = 3.0
price_collar = 0.004
"""
    world = World(
        tmp_path,
        WorldConfig(
            trigger_lines='sustain = "30s"\nreturn_to = 0.6', extra=extra, exposure=D("0.5")
        ),
    )
    policy = policy_of(world.settings)
    assert (policy.quote, policy.exposure, policy.value_basis) == (
        "USDT",
        D("0.5"),
        ValueBasis.HOLDINGS,
    )
    assert [(t.asset, t.weight, t.drift, t.sources) for t in policy.targets] == [
        ("BTC", D("0.6"), D("0.03"), ("main:spot",)),
        ("ETH", D("0.4"), D("0.03"), ("main:spot",)),
    ]
    assert (policy.trigger.sustain_ms, policy.trigger.cooldown_ms) == (30_000, 60_000)
    assert policy.trigger.return_to == D("0.6")
    limits = policy.limits
    assert (limits.order_notional_max, limits.leverage_max, limits.price_collar) == (
        D(25_000),
        D(3),
        D("0.004"),
    )
    assert limits.turnover_day_max is None
    world.close()


def test_one_account_is_traded_on_by_one_daemon_whatever_its_journal(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = beside(world), beside(world)
    held = list(_account_locks(first))
    with pytest.raises(JournalHeld, match="this exchange account"):
        list(_account_locks(second))
    for lock in held:
        lock.release()
    for lock in _account_locks(second):
        lock.release()
    close(world, first)
    close(world, second)


def test_two_tables_of_one_account_hold_it_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    portfolio = beside(world)
    main = portfolio.settings.venues["main"]
    settings = portfolio.settings.model_copy(update={"venues": {"main": main, "coins": main}})
    (lock,) = _account_locks(replace(portfolio, settings=settings))
    lock.release()
    close(world, portfolio)


def test_the_lock_of_an_account_needs_no_folder_that_only_its_first_user_can_write(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    portfolio = beside(world)
    for lock in _account_locks(portfolio):
        assert lock.path.parent == tmp_path / "shared"
        lock.release()
    close(world, portfolio)


def live_world(folder: Path, confirm: str) -> World:
    """Return a world of real money, as far as the daemon can tell; no byte leaves the process."""
    limits = LIVE.replace('"4200001"', f'"{confirm}"')
    return World(folder, WorldConfig(name="whole", mode="live", venue_lines="", extra=limits))


def test_real_money_is_traded_on_the_account_that_was_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio_throttle.throttler, "time", loop_time())
    with localcontext(CONTEXT.copy()):
        world = live_world(tmp_path, "4200001")
        world.start().cycles(1)
        world.price("BTC", D(60_000))
        world.cycles(2)
        assert world.exchange.venue.engine.ledger.orders
        world.close()


@pytest.mark.parametrize("fault", ["another account", "may withdraw"])
def test_real_money_is_not_touched_where_the_account_is_not_as_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(asyncio_throttle.throttler, "time", loop_time())
    with localcontext(CONTEXT.copy()):
        world = live_world(tmp_path, "7" if fault == "another account" else "4200001")
        world.exchange.venue.engine.account.can_withdraw = fault == "may withdraw"
        world.may_end = True
        world.price("BTC", D(60_000))
        world.start().cycles(3)
        assert isinstance(world.life.failure, SettingsError)
        assert not world.exchange.venue.engine.ledger.orders
        world.close()


def test_the_log_of_a_portfolio_hides_the_secrets_of_its_settings(world: World) -> None:
    portfolio = beside(world)
    assert len(world.settings.secrets) == 2
    for secret in world.settings.secrets:
        portfolio.log.warning("cycle.failed", error="X", detail=f"ccxt said {secret}, {secret}")
        assert secret not in world.log.getvalue()
    assert "ccxt said [hidden]" in world.log.getvalue()
    close(world, portfolio)


def test_the_status_says_what_is_true(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.cycles(2)
    status = world.status()
    assert (status["portfolio"], status["mode"], status["state"]) == ("whole", "testnet", "run")
    assets = {row["asset"]: row for row in status["assets"]}  # type: ignore[attr-defined]
    assert D(assets["BTC"]["perpetual"]) == world.position("BTC")
    assert D(assets["BTC"]["spot"]) == D("1.2")
    assert status["unsettled"] == []
    world.command(Command.PAUSE, "lunch")
    world.cycles(2)
    assert (world.status()["state"], world.status()["reason"]) == ("pause", "lunch")
