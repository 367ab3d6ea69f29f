"""Said when it changes, once; published after every cycle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from counterpoise.announcer import SAME_EVERY_S, Announcer, Tidings
from counterpoise.core.decision import Check, Decision
from counterpoise.core.foreign import Change
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Cause, Hold, HoldReason, Order, Rule
from counterpoise.core.snapshot import Missing
from counterpoise.core.state import AccountState, AssetMemory, Control
from counterpoise.errors import Unavailable
from counterpoise.ports import CycleRecord
from tests.fakes import FakeClock
from tests.sim.gateway import TWO
from tests.sim.parts import ReadLog, clock_now, order_for, record_of

D = Decimal
BTC = Asset("BTC")
MINUTE_S = 60.0


@dataclass
class Stage:
    clock: FakeClock = field(default_factory=clock_now)
    said: ReadLog = field(default_factory=ReadLog)
    published: list[tuple[Tidings, Control]] = field(default_factory=list)

    def __post_init__(self) -> None:
        def publish(tidings: Tidings, control: Control) -> None:
            self.published.append((tidings, control))

        self.announcer = Announcer(self.said.log, self.clock, publish, 0)

    def cycle(self, *verdicts: Hold | Order, after_s: float = 10, **facts: object) -> None:
        """Go through one cycle that decided this."""
        self.clock.advance(after_s)
        self.announcer.began()
        self.announcer.decided(self.record(*verdicts, **facts))
        self.announcer.finished()
        self.announcer.publish(Control())

    def record(self, *verdicts: Hold | Order, **facts: object) -> CycleRecord:
        record = record_of()
        checks = facts.pop("checks", ())
        missing = facts.pop("missing", ())
        memories = facts.pop("memories", {})
        decisions = tuple(
            Decision(
                asset=verdict.asset,
                verdict=verdict,
                view=old.view,
                checks=checks,  # type: ignore[arg-type]
            )
            for verdict, old in zip(verdicts, record.plan.decisions, strict=False)
        )
        at_ms = self.clock.wall_ms()
        kept = {decision.asset: AssetMemory() for decision in decisions}
        return replace(
            record,
            at_ms=at_ms,
            plan=replace(record.plan, at_ms=at_ms, decisions=decisions, memories=kept),
            snapshot=replace(TWO.snapshot, missing=missing),  # type: ignore[arg-type]
            situation=replace(record.situation, memories=memories),  # type: ignore[arg-type]
        )


@pytest.fixture
def stage() -> Stage:
    return Stage()


def hold(reason: HoldReason, detail: str = "") -> Hold:
    return Hold(asset=BTC, reason=reason, detail=detail)


QUIET = hold(HoldReason.IN_BAND)


def test_unchanged_cycles_are_one_line_a_minute(stage: Stage) -> None:
    for _ in range(13):
        stage.cycle(QUIET)
    assert stage.said.events() == ["cycle.finished"] * 3
    assert len(stage.published) == 13
    assert SAME_EVERY_S == MINUTE_S


def test_a_cycle_with_news_is_said_at_once(stage: Stage) -> None:
    stage.cycle(QUIET)
    stage.cycle(order_for("BTC"))
    assert stage.said.events().count("cycle.finished") == 2
    assert stage.said.facts("cycle.finished")["orders"] == 1


def test_a_hold_is_said_when_it_begins_and_when_it_ends(stage: Stage) -> None:
    stage.cycle(QUIET)
    for _ in range(4):
        stage.cycle(hold(HoldReason.UNSETTLED, "cp1"), after_s=1)
    stage.cycle(QUIET, after_s=1)
    said = [event for event in stage.said.events() if event.startswith("asset.")]
    assert said == ["asset.held", "asset.released"]
    assert stage.said.facts("asset.held")["detail"] == "cp1"
    assert stage.said.facts("asset.released")["reason"] == "unsettled"


@pytest.mark.parametrize("verdict", [QUIET, order_for("BTC")])
def test_what_is_quiet_from_the_start_is_not_said(stage: Stage, verdict: Hold | Order) -> None:
    stage.cycle(verdict)
    assert not [event for event in stage.said.events() if event.startswith("asset.")]


def test_a_breached_limit_is_said_with_its_figures(stage: Stage) -> None:
    checks = (
        Check(limit="spread_max", value=D("0.01"), allowed=D("0.002")),
        Check(limit="price_collar", value=D("0.001"), allowed=D("0.003")),
    )
    stage.cycle(hold(HoldReason.SPREAD), checks=checks)
    stage.cycle(hold(HoldReason.SPREAD), checks=checks)
    assert stage.said.events("error") == ["limit.breached"]
    facts = stage.said.facts("limit.breached")
    assert (facts["limit"], facts["value"], facts["allowed"]) == (
        "spread_max",
        D("0.01"),
        D("0.002"),
    )


def test_a_correction_is_triggered_once_however_many_orders_it_takes(stage: Stage) -> None:
    stage.cycle(order_for("BTC"))
    going_on = {BTC: AssetMemory(correcting=Rule.DRIFT)}
    stage.cycle(order_for("BTC"), memories=going_on)
    assert stage.said.events().count("rebalance.triggered") == 1
    assert stage.said.facts("rebalance.triggered")["rule"] is Rule.DRIFT


def test_what_cannot_be_read_is_said_once_until_it_is_read_again(stage: Stage) -> None:
    part = Missing(what="main:books", assets=frozenset({BTC}), reason="down")
    for missing in ((part,), (part,), (), (part,)):
        stage.cycle(hold(HoldReason.SNAPSHOT_INCOMPLETE), missing=missing)
    assert stage.said.events("warning") == ["snapshot.incomplete"] * 2


def test_an_alert_is_said_when_it_comes_and_when_it_goes(stage: Stage) -> None:
    for _ in range(3):
        stage.cycle(hold(HoldReason.ZERO_UNEXPLAINED, "main:spot shows zero"))
    stage.cycle(QUIET)
    said = [event for event in stage.said.events() if event.startswith("alert.")]
    assert said == ["alert.raised", "alert.cleared"]
    shown = [len(tidings.alerts) for tidings, _ in stage.published]
    assert shown == [1, 1, 1, 0]


def fails(stage: Stage, message: str) -> None:
    stage.announcer.began()
    stage.announcer.failed(Unavailable(message, hint="wait"))
    stage.announcer.publish(Control(state=AccountState.PAUSE))


def test_the_same_failure_again_is_only_for_those_who_ask(stage: Stage) -> None:
    for message in ("down", "down", "up but odd"):
        fails(stage, message)
    levels = [level for level, event, _ in stage.said.lines if event == "cycle.failed"]
    assert levels == ["warning", "debug", "warning"]
    assert stage.published[-1][0].failure == "up but odd"
    assert stage.published[-1][1].state is AccountState.PAUSE


def test_a_failure_is_over_with_the_next_decision(stage: Stage) -> None:
    fails(stage, "down")
    stage.cycle(QUIET)
    assert stage.published[-1][0].failure == ""
    fails(stage, "down")
    levels = [level for level, event, _ in stage.said.lines if event == "cycle.failed"]
    assert levels == ["warning", "warning"]


def test_a_bug_is_an_error_with_its_trace(stage: Stage) -> None:
    stage.announcer.crashed(ZeroDivisionError("x"))
    assert stage.said.events("error") == ["cycle.failed"]
    assert isinstance(stage.said.facts("cycle.failed")["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize(("share", "in_band"), [(D("0.01"), True), (D("0.9"), False)])
def test_in_band_is_said_only_where_every_asset_is_known(
    stage: Stage, share: Decimal, in_band: bool
) -> None:
    record = stage.record(QUIET)
    (decision,) = record.plan.decisions
    assert decision.view is not None
    view = replace(decision.view, drift_weight=share)
    one = replace(decision, view=view)

    def finish(*decisions: Decision) -> object:
        plan = replace(
            record.plan, decisions=decisions, memories={d.asset: AssetMemory() for d in decisions}
        )
        announce: list[Callable[[], None]] = [stage.announcer.began]
        announce[0]()
        stage.clock.advance(MINUTE_S + 1)
        stage.announcer.decided(replace(record, plan=plan))
        stage.announcer.finished()
        return stage.said.facts("cycle.finished")["in_band"]

    assert finish(one) is in_band
    unknown = Decision(asset=Asset("ETH"), verdict=replace(QUIET, asset=Asset("ETH")))
    assert finish(one, unknown) is None


def test_what_others_did_is_said_in_one_line_an_order() -> None:
    said = ReadLog()
    change = Change(
        asset=Asset("BTC"),
        instrument=InstrumentKey("main:BTC/USDT:USDT"),
        cause=Cause.LIQUIDATION,
        size=D(1),
        price=D(50_000),
        trade_id="1",
        venue_order_id="8",
        client_order_id="autoclose-1",
        at_ms=0,
        recorded_at_ms=0,
    )
    other = replace(change, trade_id="2", price=D(50_200))
    by_hand = replace(change, trade_id="3", venue_order_id="9", size=D(-2), cause=Cause.FOREIGN)
    Announcer(said.log, clock_now(), lambda *_: None, 0).moved((change, other, by_hand))
    forced, hand = said.lines
    assert (forced[0], forced[1]) == ("error", "position.changed")
    assert forced[2]["quantity"] == D(2)
    assert forced[2]["price_average"] == D(50_100)
    assert forced[2]["trades"] == ["1", "2"]
    assert (hand[0], hand[2]["side"]) == ("warning", "sell")
