"""What of each cycle is said in the log and in the status: as it comes, once, and as it goes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.announcer import Announcer, Tidings
from counterpoise.core.decision import Check
from counterpoise.core.foreign import Turn
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Hold, HoldReason
from counterpoise.core.snapshot import Missing
from counterpoise.core.state import AssetMemory, Control
from counterpoise.errors import Unavailable
from counterpoise.ports import CycleRecord
from simulation.scripts.claims import Claims, told
from simulation.scripts.explaining import sold
from tests.fakes import FakeClock
from tests.sim.gateway import TWO
from tests.sim.parts import ReadLog, order_for, record_of

D = Decimal
BTC = Asset("BTC")
RUN = Control()


@dataclass
class Teller:
    """An announcer, its log, and what it published last."""

    said: ReadLog = field(default_factory=ReadLog)
    clock: FakeClock = field(default_factory=FakeClock)
    shown: list[Tidings] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin silent."""
        self.announcer = Announcer(
            self.said.log, self.clock, lambda tidings, _: self.shown.append(tidings), 0
        )

    def hears(self, record: CycleRecord, at_ms: int = 0, **more: dict[Asset, str]) -> list[str]:
        """Decide, and return what was said of it."""
        self.said.lines.clear()
        plan = replace(record.plan, at_ms=record.at_ms + at_ms)
        self.announcer.decided(replace(record, at_ms=record.at_ms + at_ms, plan=plan), **more)
        return self.said.events()

    def status(self) -> Tidings:
        """Return where things stand."""
        self.announcer.publish(RUN)
        return self.shown[-1]


def _held(reason: HoldReason) -> CycleRecord:
    record = record_of(TWO)
    decisions = tuple(
        replace(one, verdict=Hold(asset=one.asset, reason=reason, detail="d"))
        for one in record.plan.decisions
    )
    return replace(record, plan=replace(record.plan, decisions=decisions))


def changes(made: Claims) -> None:
    """See that each alert, hold and gap is said as it comes, once, and again as it goes."""
    calm, stuck = record_of(TWO), _held(HoldReason.ZERO_UNEXPLAINED)
    teller = Teller()
    made.claim("I-42", "alert.raised" not in teller.hears(calm), "an alert of nothing")
    found = teller.hears(stuck)
    both = (found.count("asset.held"), found.count("alert.raised"))
    made.claim("I-42", both == (2, 2), f"a hold and an alert of two assets are said {both}")
    status = teller.status()
    shown = {(alert.asset, str(alert.cause)) for alert in status.alerts}
    made.claim("I-18", len(shown) == 2 == len(status.standing), f"the status shows {shown}")
    made.claim("I-42", not teller.hears(stuck, 10), "said again each cycle")
    found = teller.hears(calm, 20)
    made.claim("I-42", found.count("alert.cleared") == 2, f"at its end is said {found}")
    made.claim("I-18", not teller.status().alerts, "the status keeps what is over")
    rests = teller.hears(calm, 30, resting={BTC: "an order"})
    made.claim("I-42", "alert.raised" in rests, "an order of others is not said")
    missing = (Missing(what="books", reason="html", assets=frozenset({BTC})),)
    gap = replace(calm, snapshot=replace(calm.snapshot, missing=missing))
    said = [teller.hears(gap, at).count("snapshot.incomplete") for at in (40, 50)]
    made.claim("I-42", said == [1, 0], f"what cannot be read is said {said}")
    teller.hears(calm, 60)
    made.claim("I-42", "snapshot.incomplete" in teller.hears(gap, 70), "said once for ever")
    for cause, level in (
        (Cause.LIQUIDATION, "error"),
        (Cause.FOREIGN, "warning"),
        (Cause.FOUND, "info"),
    ):
        trades = (sold(cause=cause),)
        key = trades[0].instrument
        moved = Turn(
            asset=BTC,
            instrument=key,
            before=trades[0].size * 0,
            after=trades[0].size,
            trades=trades,
        ).changes(1)
        teller.said.lines.clear()
        teller.announcer.moved(moved)
        got = [(at, event) for at, event, _ in teller.said.lines]
        made.claim("I-42", got == [(level, "position.changed")], f"{cause} is said as {got}")


def cycles(made: Claims) -> None:
    """See that cycles that fail are counted from the first, said, and over with the next good."""
    teller = Teller()
    calm = record_of(TWO)
    teller.hears(calm)
    teller.announcer.began()
    teller.announcer.finished()
    made.claim("I-42", teller.status().finished == 1, "a good cycle is not counted")
    for number in range(3):
        teller.clock.advance(10)
        teller.announcer.failed(Unavailable("down", hint="wait"))
        trouble = teller.status().trouble
        age_ms = teller.clock.wall_ms() - (trouble.since_ms if trouble else 0)
        made.claim("I-42", age_ms == number * 10_000, f"trouble for {age_ms} ms")
        kind = trouble and (trouble.kind, trouble.hint)
        made.claim("I-42", kind == ("Unavailable", "wait"), f"shown as {kind}")
    levels = [at for at, event, _ in teller.said.lines if event == "cycle.failed"]
    made.claim("I-42", levels == ["warning", "debug", "debug"], f"said at {levels}")
    made.claim("I-42", teller.status().finished == 1, "a failed cycle is a good one")
    teller.announcer.crashed(ValueError("s3cret"))
    status = teller.status()
    shown = (status.failure, status.trouble and status.trouble.kind)
    wanted = ("bug: ValueError; the log says where", "bug")
    made.claim("I-42", shown == wanted, f"a bug is shown as {shown}")
    made.claim("I-25", "s3cret" not in str(status), "a stranger's words are in the status")
    teller.announcer.finished()
    made.claim("I-17", teller.status().trouble is None, "trouble never ends")
    teller.hears(calm)
    made.claim("I-17", not teller.status().failure, "a failure never ends")


def holds(made: Claims) -> None:
    """See that holds, their ends, breaches and corrections are said, and quiet cycles are not."""
    teller, checks = Teller(), (Check(limit="leverage_max", value=D(9), allowed=D(3)),)
    calm = _held(HoldReason.IN_BAND)
    made.claim("I-42", not teller.hears(calm), f"a quiet cycle is said: {teller.said.events()}")
    bound = _held(HoldReason.LEVERAGE)
    broken = tuple(replace(one, checks=checks) for one in bound.plan.decisions)
    found = teller.hears(replace(bound, plan=replace(bound.plan, decisions=broken)), 10)
    made.claim("I-42", found.count("limit.breached") == 2, f"a breach is said as {found}")
    passed = tuple(
        replace(one, checks=(replace(checks[0], value=D(1)),)) for one in bound.plan.decisions
    )
    other = Teller().hears(replace(bound, plan=replace(bound.plan, decisions=passed)), 10)
    made.claim("I-42", "limit.breached" not in other, "what passed is said as a breach")
    made.claim("I-42", "asset.held" not in teller.hears(bound, 20), "a hold is said each cycle")
    found = teller.hears(calm, 30)
    made.claim("I-42", found.count("asset.released") == 2, f"the end of a hold: {found}")
    made.claim("I-42", "asset.released" not in teller.hears(calm, 40), "released of nothing")
    verdict = order_for("BTC")
    first, second = calm.plan.decisions
    ordered = replace(calm.plan, decisions=(replace(first, verdict=verdict), second))
    found = teller.hears(replace(calm, plan=ordered), 50)
    made.claim("I-42", found.count("rebalance.triggered") == 1, f"an order is said as {found}")
    going = {BTC: AssetMemory(correcting=verdict.rule)}
    situation = replace(calm.situation, memories=going)
    found = teller.hears(replace(calm, plan=ordered, situation=situation), 60)
    made.claim("I-42", "rebalance.triggered" not in found, "a correction begins again")


def quiet(made: Claims) -> None:
    """See that cycles alike are one line a minute, and how long each took is shown."""
    teller, said = Teller(), 0
    teller.announcer.finished()
    made.claim("I-42", not teller.said.lines, "a cycle that nobody decided is said to be finished")
    for _ in range(13):
        teller.hears(_held(HoldReason.IN_BAND))
        teller.announcer.began()
        teller.clock.advance(10)
        teller.announcer.finished()
        said += teller.said.events().count("cycle.finished")
    made.claim("I-43", said == 3, f"two minutes of quiet cycles are {said} lines")
    took_ms = teller.status().duration_ms
    made.claim("I-42", took_ms == 10_000, f"a cycle of ten seconds is shown as {took_ms} ms")
    teller.hears(_held(HoldReason.SPREAD))
    teller.announcer.finished()
    news = teller.said.events().count("cycle.finished")
    made.claim("I-42", news == 1, "a cycle that is news is not said at once")


SCRIPTS = {trap.__name__: told(trap, "I-42") for trap in (changes, cycles, holds, quiet)}
