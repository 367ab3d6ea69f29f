"""No journal, no order: a file that cannot be written, a machine that stops, a clock that jumps."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from counterpoise.core.orders import IntentState
from counterpoise.errors import JournalError, JournalMismatch
from tests.scenarios.config import WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.sim.trace import Tap

D = Decimal
PLACE = "POST /fapi/v1/order"
FIND = "GET /fapi/v1/order"
BOOKS = "GET /fapi/v1/ticker/bookTicker"


def connection(world: World) -> Connection:
    opened = world.life.journal._opened
    assert opened is not None
    assert opened.database._connection is not None
    return opened.database._connection


def pragma(world: World, text: str) -> None:
    connection(world).exec_driver_sql(f"PRAGMA {text}")


def fill(world: World) -> None:
    """Let no file grow beyond what the journal's log is now, as on a full disk."""
    size = (world.folder / "journal.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def free(_: World) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make_read_only(world: World) -> None:
    pragma(world, "query_only = ON")


def make_writable(world: World) -> None:
    pragma(world, "query_only = OFF")


@pytest.fixture(autouse=True)
def unlimited(world: World) -> Iterator[None]:
    yield
    free(world)


@pytest.mark.parametrize(("spoil", "mend"), [(fill, free), (make_read_only, make_writable)])
def test_a_journal_that_cannot_be_written_orders_nothing_while_reads_go_on(
    world: World, spoil: Callable[[World], None], mend: Callable[[World], None]
) -> None:
    world.start().cycles(1)
    spoil(world)
    world.price("BTC", D(60_000))
    before = len(world.trace.requests)
    world.cycles(6)
    assert not world.orders
    assert len(world.trace.requests) - before >= 25
    assert {line["error"] for line in world.lines("cycle.failed")} == {"JournalError"}
    assert world.status()["healthy"] is False
    mend(world)
    world.cycles(3)
    assert world.on_target


def test_an_outcome_that_cannot_be_recorded_is_found_again(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    spoil_after(world, f"after {PLACE}", "query_only = ON")
    world.cycles(3)
    assert len(world.orders) == 2
    assert {intent.state for intent in world.intents()} <= {IntentState.SENT}
    pragma(world, "query_only = OFF")
    world.cycles(3)
    assert world.on_target
    assert len(world.orders) == 2


def spoil_after(world: World, moment: str, text: str) -> None:
    def hook(tap: Tap) -> None:
        if str(tap) == moment and hook in world.around.hooks:
            world.around.hooks.remove(hook)
            pragma(world, text)

    world.around.hooks.append(hook)


def test_a_journal_removed_while_running_orders_nothing(world: World) -> None:
    world.start().cycles(1)
    world.journal_file.rename(world.folder / "gone.db")
    world.price("BTC", D(60_000))
    world.cycles(4)
    assert not world.orders
    (world.folder / "gone.db").rename(world.journal_file)
    world.cycles(2)
    assert world.on_target


def test_a_journal_lost_beside_its_log_does_not_start_anew(world: World) -> None:
    world.start().cycles(1)
    world.crash()
    world.journal_file.unlink()
    with pytest.raises(JournalError, match="is gone"):
        world.start()
    world.journal_readable = False


def test_a_journal_of_another_mode_is_refused(world: World) -> None:
    world.start().cycles(1)
    world.stop()
    file = world.settings.source
    assert file is not None
    file.write_text(file.read_text().replace('mode = "testnet"', 'mode = "dry-run"'))
    world.settings = world.loaded()
    with pytest.raises(JournalMismatch):
        world.start()
    world.journal_readable = False


@pytest.mark.parametrize("landed", [True, False])
def test_a_crash_right_after_an_order_is_settled_before_anything_else(
    world: World, *, landed: bool
) -> None:
    world.start().cycles(1)
    world.fault("timeout-after" if landed else "timeout-before", PLACE, 2)
    world.price("BTC", D(60_000))
    world.crash_at(lambda tap: str(tap) == "after record_intents")
    if landed:
        world.around.hooks.clear()
        world.crash_at(lambda tap: str(tap) == f"after {PLACE}")
    world.cycles(1)
    assert not world.life.gate.alive
    world.heal()
    world.restart()
    world.cycles(1)
    assert len(world.orders) == (2 if landed else 0)
    world.cycles(6)
    assert world.on_target


def test_an_order_under_way_at_a_crash_may_arrive_after_the_restart(world: World) -> None:
    world.start().cycles(1)
    world.fault("slow", PLACE, 2, delay_s=4.5, late=True)
    world.price("BTC", D(60_000))
    world.crash_at(lambda tap: tap.at_s > 10_011 and tap.before)
    world.run(1)
    world.crash()
    world.restart().run(2)  # looked up, and not there yet
    assert len(world.orders) == 2
    world.cycles(5)
    assert len(world.orders) == 2
    assert world.on_target


def test_an_order_that_shows_itself_at_the_last_moment_is_not_called_absent(
    make_world: MakeWorld,
) -> None:
    """Its answer is lost with the process, and look-ups every second or so say not found."""
    world = make_world(WorldConfig(interval_s=1, folder="last"))
    world.start().run(1.5)
    world.fault("delay-visible", PLACE, 2, delay_s=11)
    world.price("BTC", D(60_000))
    world.crash_at(lambda tap: str(tap) == f"after {PLACE}")
    world.run(1)
    world.restart().run(20)
    assert world.on_target
    assert len(world.orders) == 2
    assert len([r for r in world.trace.requests if r.name == FIND]) > 10


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000, 900, -900])
@pytest.mark.parametrize("fault", ["timeout-after", "timeout-before"])
def test_a_clock_that_jumps_while_an_order_is_unknown_sends_nothing_twice(
    world: World, fault: str, step_ms: int
) -> None:
    world.start().cycles(1)
    world.fault(fault, PLACE, 2)
    world.fault("timeout-before", FIND, 3)
    world.price("BTC", D(60_000))
    world.run(3)
    world.around.clock.offset_ms = step_ms
    world.cycles(1)
    assert len(world.orders) == 2
    world.cycles(3)
    world.around.clock.offset_ms = 0
    world.cycles(8)
    assert world.on_target


def test_a_clock_set_forward_for_good_does_not_prove_absence_early(world: World) -> None:
    """The venue's clock goes with ours: only the steady clock still tells the truth."""
    world.start().cycles(1)
    world.fault("slow", PLACE, 2, delay_s=4.9, late=True)
    world.price("BTC", D(60_000))
    world.run(2)
    world.crash()
    world.around.clock.offset_ms = 3_600_000
    world.exchange.venue.clock.skew_ms = 3_600_000
    world.restart().run(1)
    assert all(intent.state.live for intent in world.intents())
    world.cycles(4)
    assert len({o.client_order_id for o in world.orders}) == len(world.orders)


@pytest.mark.parametrize("pause_s", [30, 7_200])
@pytest.mark.parametrize("moment", [f"after {BOOKS}", "before record_intents", f"after {PLACE}"])
def test_a_machine_that_slept_decides_nothing_from_before(
    world: World, moment: str, pause_s: int
) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))

    def sleep_once(tap: Tap) -> None:
        if str(tap) == moment and sleep_once in world.around.hooks:
            world.around.hooks.remove(sleep_once)
            world.loop.jump(pause_s)

    world.around.hooks.append(sleep_once)
    world.cycles(1)
    world.cycles(6)
    assert world.on_target
    assert len(world.orders) == 2


def test_crashes_over_and_over_lead_home(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    for _ in range(12):
        world.restart().run(world.around.random.uniform(0.05, 0.4))
    world.restart().cycles(8)
    assert world.on_target
