"""A person's word, through the journal or past it, and that it outlives a restart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.state import Command
from counterpoise.errors import JournalHeld
from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.sim.trace import Edge, Tap

D = Decimal

HEDGED = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.4"), position=D("-0.4")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.6"), position=D(8)),
}


@pytest.mark.parametrize("command", [Command.PAUSE, Command.HALT])
def test_a_stopped_account_orders_nothing_until_it_is_resumed(
    world: World, command: Command
) -> None:
    world.start().cycles(1)
    world.command(command, "lunch")
    world.cycles(1)
    world.price("BTC", D(60_000))
    world.cycles(6)
    assert not world.orders
    assert world.status()["state"] == command
    assert world.status()["reason"] == "lunch"
    assert world.reasons("BTC") == ["operator"]
    (obeyed,) = world.lines("operator.obeyed")
    assert (obeyed["command"], obeyed["by"], obeyed["reason"]) == (command, "tester", "lunch")
    world.restart().cycles(3)
    assert not world.orders
    world.command(Command.RESUME, "back")
    world.cycles(2)
    assert world.on_target


def test_reads_go_on_while_halted(world: World) -> None:
    world.start().cycles(1)
    world.command(Command.HALT)
    world.cycles(1)
    before = len(world.trace.requests)
    world.cycles(5)
    assert len(world.trace.requests) - before == 25


def test_a_command_is_obeyed_once(world: World) -> None:
    world.start().cycles(1)
    world.command(Command.PAUSE)
    world.cycles(2)
    world.command(Command.RESUME)
    world.cycles(2)
    world.restart().cycles(2)
    assert [line["command"] for line in world.lines("operator.obeyed")] == ["pause", "resume"]
    assert world.status()["state"] == "run"


def test_flatten_closes_everything_and_leaves_the_account_paused(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(holdings=HEDGED)).start().cycles(2)
    assert not world.orders
    world.book("ETH", levels=3, level_quantity="1")
    world.command(Command.FLATTEN, "enough")
    world.cycles(1)
    world.restart()  # in the middle of it
    world.cycles(12)
    assert world.position("BTC") == 0
    assert world.position("ETH") == 0
    assert all(order.reduce_only for order in world.orders)
    assert world.status()["state"] == "pause"
    done = len(world.orders)
    world.cycles(10)
    assert len(world.orders) == done
    world.command(Command.RESUME)
    world.cycles(12)
    assert world.on_target


def test_a_signalled_halt_needs_no_journal(world: World) -> None:
    world.start().cycles(1)
    read_only(world, wanted=True)
    world.life.operator.signal_halt("SIGUSR1")
    world.price("BTC", D(60_000))
    world.cycles(2)
    assert not world.orders
    assert world.settings.halt_path.exists()
    assert [line["reason"] for line in world.lines("daemon.halted")] == ["SIGUSR1"]
    world.restart().cycles(3)
    assert not world.orders
    assert world.status()["state"] == "halt"


def read_only(world: World, *, wanted: bool) -> None:
    opened = world.life.journal._opened
    assert opened is not None
    connection = opened.database._connection
    assert connection is not None
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if wanted else 'OFF'}")


def test_a_halt_file_alone_halts_at_once_and_after_a_restart(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.settings.halt_path.write_text("fire\n")
    world.cycles(3)
    assert not world.orders
    assert world.status()["reason"] == "fire"
    world.restart().cycles(3)
    assert not world.orders
    world.command(Command.RESUME)
    world.cycles(2)
    assert world.on_target
    assert not world.settings.halt_path.exists()


def test_a_halt_between_decision_and_order_stops_the_order(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))

    def halt_once(tap: object) -> None:
        if str(tap) == "after GET /fapi/v1/ticker/bookTicker":
            world.life.operator.signal_halt("now")

    world.around.hooks.append(halt_once)
    world.cycles(3)
    assert not world.orders


def test_a_second_daemon_on_the_journal_is_refused_and_told_who_holds_it(world: World) -> None:
    world.start().cycles(1)
    with pytest.raises(JournalHeld, match=r"another daemon holds .*portfolio scenario"):
        world.start()
    world.cycles(2)
    assert world.status()["healthy"] is True


def test_a_stop_in_the_middle_of_an_order_is_settled_after_the_next_start(world: World) -> None:
    world.start().cycles(1)
    world.fault("timeout-before", "GET /fapi/v1/order", 100)
    world.fault("timeout-after", "POST /fapi/v1/order", 2)
    world.price("BTC", D(60_000))
    world.run(5)
    world.stop()
    world.heal()
    world.start().cycles(4)
    assert world.on_target
    assert len(world.orders) == 2


def test_three_bugs_in_a_row_halt_alive_and_visible(world: World) -> None:
    world.start().cycles(1)

    def broken(tap: Tap) -> None:
        if tap.edge is Edge.REQUEST:
            raise ZeroDivisionError("a bug")

    world.around.hooks.append(broken)
    world.cycles(2)
    assert world.status()["state"] == "run"
    world.cycles(2)
    assert world.status()["state"] == "halt"
    assert [line["error"] for line in world.lines("cycle.failed")][:3] == ["ZeroDivisionError"] * 3
    world.around.hooks.clear()
    world.price("BTC", D(60_000))
    world.cycles(3)
    assert not world.orders
    world.command(Command.RESUME)
    world.cycles(2)
    assert world.on_target


def test_a_changed_settings_file_is_said_once_and_not_obeyed(world: World) -> None:
    world.start().cycles(2)
    assert world.settings.source is not None
    world.settings.source.write_text(world.settings.source.read_text().replace("0.6", "0.9"))
    world.cycles(3)
    assert len(world.lines("settings.changed")) == 1
    assert not world.orders
