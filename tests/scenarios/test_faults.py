"""Every fault of the exchange, on every request, once and again: nothing twice, nothing blind."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

import pytest

from counterpoise.core.orders import IntentState
from tests.scenarios.config import WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World

D = Decimal
PLACE = "POST /fapi/v1/order"
FIND = "GET /fapi/v1/order"
BALANCES = "GET /api/v3/account"
MARGINS = "GET /fapi/v3/account"
POSITIONS = "GET /fapi/v3/positionRisk"
MARKS = "GET /fapi/v1/premiumIndex"
BOOKS = "GET /fapi/v1/ticker/bookTicker"
TRADES = "GET /fapi/v1/userTrades"
RESTING = "GET /fapi/v1/openOrders"
READS = (BALANCES, MARGINS, POSITIONS, MARKS, BOOKS)

KINDS: Mapping[str, Mapping[str, object]] = {
    "status": {"status": 503},
    "timeout-before": {},
    "timeout-after": {},
    "cut-body": {},
    "html": {},
    "empty": {},
    "stale": {},
    "reject": {"code": -2019},
    "rate-limit": {"retry_after_s": 5},
    "ban": {"retry_after_s": 60},
    "slow": {"delay_s": 3},
    "partial-fill": {"share": "0.5"},
    "delay-visible": {"delay_s": 3},
}
OF_AN_ORDER = {**KINDS, "late": {"kind": "slow", "delay_s": 4.5, "late": True}}
OF_A_READ = {
    kind: more for kind, more in KINDS.items() if kind not in {"partial-fill", "delay-visible"}
} | {"reject": {"code": -1000}}
HARD = frozenset(OF_A_READ) - {"stale", "slow"}  # no answer, or none that can be used
OUTAGE = 1_000  # times: for as long as it is not healed
OUTAGE_CYCLES = 6
SLOW = pytest.mark.slow
OUTAGES = [
    *((kind, READS) for kind in sorted(OF_A_READ)),
    *((kind, (name,)) for kind in ("html", "stale") for name in READS),
    *(
        pytest.param(kind, (name,), marks=SLOW)
        for kind in sorted(set(OF_A_READ) - {"html", "stale"})
        for name in READS
    ),
]
ONCE = [
    *(("html", name) for name in READS),
    *(
        pytest.param(kind, name, marks=SLOW)
        for kind in ("status", "timeout-before", "cut-body", "empty")
        for name in READS
    ),
]
HEALED_WITHIN = 24  # cycles: time to prove absence, then back-off from what was refused


def arm(world: World, name: str, kind: str, times: int, more: Mapping[str, object]) -> None:
    settings = {"kind": kind, **more}
    world.fault(str(settings.pop("kind")), name, times, **settings)


def disturbed(world: World) -> None:
    """Start in balance, and then let the market ask for a short of BTC and a long of ETH."""
    world.start().cycles(1)
    world.price("BTC", D(60_000))


def recovers(world: World, cycles: int = HEALED_WITHIN) -> None:
    world.heal()
    world.cycles(cycles)
    assert world.on_target or world.reasons("BTC")[-1:] == ["below_minimum"]
    assert world.in_band
    states = {intent.state for intent in world.intents()}
    assert not [state for state in states if state.live], states
    assert world.status()["healthy"] is True


@pytest.mark.parametrize("times", [1, pytest.param(3, marks=SLOW)])
@pytest.mark.parametrize("kind", OF_AN_ORDER)
def test_a_fault_on_an_order_is_recovered_from(world: World, kind: str, times: int) -> None:
    world.start().cycles(1)
    arm(world, PLACE, kind, times, OF_AN_ORDER[kind])
    world.price("BTC", D(60_000))
    world.cycles(4)
    recovers(world)


@pytest.mark.parametrize("kind", OF_AN_ORDER)
def test_an_outage_of_orders_is_waited_out(world: World, kind: str) -> None:
    world.start().cycles(1)
    arm(world, PLACE, kind, OUTAGE, OF_AN_ORDER[kind])
    world.price("BTC", D(60_000))
    world.cycles(15)
    recovers(world, 34)


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("status", "timeout-before"),
        ("timeout-before", "timeout-after"),
        ("html", "timeout-before"),
        ("rate-limit", "timeout-after"),
    ],
)
def test_an_unknown_order_is_held_while_it_cannot_be_looked_up(
    world: World, kind: str, first: str
) -> None:
    world.start().cycles(1)
    arm(world, PLACE, first, OUTAGE, {})
    arm(world, FIND, kind, OUTAGE, KINDS[kind])
    world.price("BTC", D(60_000))
    world.cycles(OUTAGE_CYCLES)
    assert len(world.orders) == 2  # one an instrument, and no more
    recovers(world)


@pytest.mark.parametrize("name", [RESTING, TRADES])
def test_absence_is_not_proved_by_half_of_the_evidence(world: World, name: str) -> None:
    world.start().cycles(1)
    arm(world, PLACE, "timeout-before", OUTAGE, {})
    arm(world, name, "status", OUTAGE, {})
    world.price("BTC", D(60_000))
    world.cycles(OUTAGE_CYCLES)
    assert len(world.orders) == 2
    assert {intent.state for intent in world.intents()} == {IntentState.UNKNOWN}
    recovers(world)


def test_an_order_that_shows_late_is_not_called_absent(world: World) -> None:
    world.start().cycles(1)
    world.fault("delay-visible", PLACE, 1, delay_s=9)
    world.fault("timeout-after", FIND, 2)  # the first look-ups do not answer either
    world.price("BTC", D(60_000))
    world.cycles(1)
    recovers(world)


@pytest.mark.parametrize(("kind", "names"), OUTAGES)
def test_an_outage_of_a_read_orders_nothing_blind(
    world: World, kind: str, names: tuple[str, ...]
) -> None:
    world.start().cycles(1)
    for name in names:
        arm(world, name, kind, OUTAGE, OF_A_READ[kind])
    world.price("BTC", D(60_000))
    world.cycles(3)
    if kind in HARD:
        assert not world.orders
        assert set(world.reasons("BTC")) == {"snapshot_incomplete"}
    recovers(world, 10)


def test_positions_from_before_a_fill_are_never_corrected_again(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(cooldown_s=1))
    world.start().cycles(1)
    world.fault("stale", POSITIONS, OUTAGE)
    world.price("BTC", D(60_000))
    world.cycles(8)
    assert len(world.orders) == 2
    assert world.reasons("BTC") == ["position_unconfirmed"]
    recovers(world, 3)


@pytest.mark.parametrize(("kind", "name"), ONCE)
def test_a_read_that_fails_once_is_read_again(world: World, kind: str, name: str) -> None:
    world.start().cycles(1)
    arm(world, name, kind, 1, OF_A_READ[kind])
    world.price("BTC", D(60_000))
    recovers_in_place(world)


def recovers_in_place(world: World) -> None:
    world.cycles(2)
    assert world.on_target
    assert len(world.lines("read.retried")) == 1


@pytest.mark.parametrize("kind", ["status", "html", "empty", "timeout-before"])
def test_a_fee_that_cannot_be_read_keeps_nothing_waiting(world: World, kind: str) -> None:
    world.start().cycles(1)
    world.fault(kind, TRADES, OUTAGE)
    world.price("BTC", D(60_000))
    world.cycles(1)
    assert [line["fee"] for line in world.lines("order.settled")] == [None, None]
    assert not world.lines("cycle.failed")
    recovers(world, 6)


def test_everything_down_for_long_is_survived(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.fault("status", " /", OUTAGE)
    world.cycles(30)
    assert not world.orders
    assert any("snapshot_incomplete" in alert for alert in world.alerts())
    recovers(world, 3)


def test_a_start_without_the_venue_waits_for_it(world: World) -> None:
    world.fault("timeout-before", " /", OUTAGE)
    world.start().cycles(6)
    assert world.life.failure is None
    world.price("BTC", D(60_000))
    recovers(world, 6)


def test_a_pause_that_the_venue_asks_for_is_kept(world: World) -> None:
    world.start().cycles(1)
    world.fault("rate-limit", POSITIONS, 1, retry_after_s=45)
    asked_s = world.loop.time()
    world.cycles(2)
    struck = next(r for r in world.trace.requests if r.at_s >= asked_s and r.outcome == "429")
    world.cycles(6)
    early = [
        r
        for r in world.trace.requests
        if struck.at_s + 0.1 < r.at_s < struck.at_s + 45 and r.path.startswith("/fapi")
    ]
    assert not early
    assert world.status()["healthy"] is True


def test_refused_credentials_halt_a_running_daemon(world: World) -> None:
    world.start().cycles(1)
    world.price("BTC", D(60_000))
    world.fault("reject", BALANCES, OUTAGE, code=-2015)
    world.cycles(6)
    assert not world.orders
    assert world.status()["state"] == "halt"
    world.heal()
    world.cycles(6)
    assert not world.orders  # a person resumes


def test_a_refused_order_backs_off_longer_each_time(world: World) -> None:
    world.start().cycles(1)
    world.fault("reject", PLACE, OUTAGE, code=-2019)
    world.price("BTC", D(60_000))
    world.cycles(40)
    times = [order.at_s for order in world.orders if order.market_id == "BTCUSDT"]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 80
    assert any("back_off" in alert for alert in world.alerts())


def test_a_ban_is_kept_to_after_a_crash(world: World) -> None:
    world.start().cycles(1)
    world.fault("ban", MARKS, retry_after_s=60)
    world.cycles(1)
    banned = [request for request in world.trace.requests if request.outcome == "418"]
    world.crash()
    world.start().run(30)
    after = [r for r in world.trace.requests if r.life == 2 and r.path.startswith("/fapi/")]
    assert banned
    assert not after
    world.price("BTC", D(60_000))
    world.run(60)
    assert world.orders
    assert world.in_band
