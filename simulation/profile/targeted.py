"""Profiles in which a few things go wrong, and often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from simulation.profile.faults import READ_FAULTS, STORAGE_FAULTS
from simulation.profile.value import Bounds, Profile

D = Decimal


def _targeted(name: str, rates: Mapping[str, float], **more: object) -> Callable[[int], Profile]:
    """Return profiles in which just these things go wrong, often."""

    def drawn(seed: int) -> Profile:
        usual: dict[str, object] = {
            "hours": 0.7,
            "interval_s": 10,
            "exposure": D("0.5"),
            "drift": D("0.004"),
            "cooldown_s": 20,
            "volatility": 0.01,
            "tick_s": 30,
            "storm_s": (600.0, 30.0),
        }
        given = {**usual, **more}
        return Profile(name=name, seed=seed, rates=rates, **given)  # type: ignore[arg-type]

    return drawn


DOUBT = {
    "order.lost": 0.15,
    "order.unanswered": 0.15,
    "order.late": 0.2,
    "order.partial": 0.15,
    "order.acknowledged": 0.15,
    "order.rejected": 0.05,
    "order.unsent": 0.05,
}
BY_NAME: Mapping[str, Callable[[int], Profile]] = {
    "doubt": _targeted("doubt", {**DOUBT, "read.unavailable": 0.1}, find_lag_s=3.8),
    "lag": _targeted("lag", {"order.partial": 0.3}, lag_s=15.0, bounds=Bounds(order=D(2_000))),
    "freeze": _targeted("freeze", {"freeze.at_tap": 0.03, "read.slow": 0.3}),
    "reads": _targeted("reads", dict.fromkeys(READ_FAULTS, 0.04)),
    "late": _targeted(
        "late",
        {"order.late": 0.7, "order.lost": 0.1},
        hours=0.4,
        interval_s=2,
        cooldown_s=5,
        find_lag_s=3.9,
    ),
    "refused": _targeted("refused", {"order.rejected": 0.8}),
    "still": _targeted("still", {"account.deposit": 0.2, "price.jump": 0.1}, tick_s=600),
    "turnover": _targeted(
        "turnover",
        {"process.crash": 0.2},
        volatility=0.03,
        bounds=Bounds(turnover=D(60_000)),
    ),
    "zeros": _targeted(
        "zeros", {"balance.zero": 0.2, "balance.missing": 0.2}, storm_s=(900.0, 300.0)
    ),
    "crashes": _targeted(
        "crashes",
        {**DOUBT, "crash.at_tap": 0.01, "account.hand": 0.005, "journal.refused": 0.02},
        find_lag_s=3.8,
    ),
    "limits": _targeted(
        "limits",
        {"crash.at_tap": 0.004, "order.unanswered": 0.1, "price.jump": 0.03},
        cooldown_s=5,
        bounds=Bounds(order=D(3_000), position=D(25_000), orders_minute=3),
    ),
    "leverage": _targeted(
        "leverage",
        {"price.jump": 0.05, "position.flat": 0.1},
        exposure=D(0),
        bounds=Bounds(leverage=D("0.3")),
    ),
    "operator": _targeted(
        "operator",
        {
            "operator.pause": 0.02,
            "operator.halt": 0.02,
            "operator.flatten": 0.01,
            "halt.at_tap": 0.02,
            "crash.at_tap": 0.01,
            "process.crash": 0.02,
        },
        latency_s=(0.2, 1.0),
    ),
    "clock": _targeted(
        "clock",
        {"clock.step": 0.05, "process.freeze": 0.03, "freeze.at_tap": 0.003, "order.lost": 0.2},
    ),
    "account": _targeted(
        "account",
        {"account.hand": 0.05, "account.deposit": 0.05, "account.withdrawal": 0.05},
        lag_s=3.0,
    ),
    "others": _targeted(
        "others",
        {
            "account.hand": 0.02,
            "account.liquidated": 0.02,
            "account.deleveraged": 0.02,
            "account.foreign_order": 0.02,
            "process.crash": 0.03,
            "order.lost": 0.05,
            "journal.unthanked": 0.02,
            "fills.twice": 0.1,
        },
        hours=1.5,
        cooldown_s=40,
        lag_s=3.0,
    ),
    "copied": _targeted("copied", {"account.copied": 0.02, "process.crash": 0.02}, hours=1.5),
    "margin": _targeted(
        "margin",
        {"account.deposit": 0.15, "account.withdrawal": 0.15},
        exposure=D(0),
        bounds=Bounds(margin_use=D("0.0018")),
    ),
    "terms": _targeted("terms", {"terms.changed": 0.02, "process.crash": 0.03}),
    "closed": _targeted("closed", {"listing.closed": 1.0}, hours=1.4),
    "dry-run": _targeted("dry-run", {"price.jump": 0.05}, dry_run=True),
    "crash-day": _targeted(
        "crash-day",
        {
            "order.unanswered": 0.2,
            "order.partial": 0.2,
            "order.late": 0.1,
            "read.unavailable": 0.02,
            "price.jump": 0.3,
            "operator.pause": 0.1,
            "account.hand": 0.1,
            "account.deposit": 0.1,
        },
        hours=0.2,
        interval_s=20,
        assets=2,
        storm_s=(1e9, 1.0),
    ),
    "kept": _targeted("kept", {"read.unavailable": 0.2}, hours=3.0, retention_s=600),
    "disk": _targeted(
        "disk",
        {**dict.fromkeys(STORAGE_FAULTS, 0.03), "journal.outage": 0.05, "process.crash": 0.05},
    ),
    "power": _targeted(
        "power", {**DOUBT, "power.lost": 0.3, "crash.at_tap": 0.005}, find_lag_s=3.8
    ),
    "journals": _targeted(
        "journals",
        {**DOUBT, "journal.deleted": 0.02, "journal.restored": 0.05, "account.hand": 0.01},
        find_lag_s=3.8,
    ),
    "machine": _targeted(
        "machine",
        {
            "process.loop": 0.1,
            "process.second": 0.2,
            "clock.lost": 0.05,
            "process.freeze": 0.05,
            "order.queued": 0.2,
            "order.unanswered": 0.1,
        },
        bounds=Bounds(orders_minute=3),
    ),
    "outage": _targeted(
        "outage",
        {
            "venue.outage": 0.05,
            "venue.maintenance": 0.05,
            "order.partial": 0.1,
            "fills.twice": 0.3,
            "order.lost": 0.1,
        },
        lag_s=12.0,
        replicas=True,
        find_lag_s=3.8,
    ),
    "alerts": _targeted(
        "alerts",
        {
            "alerts.outage": 0.1,
            "terms.changed": 0.03,
            "operator.halt": 0.02,
            "operator.pause": 0.02,
            "process.crash": 0.03,
            "balance.zero": 0.01,
        },
        hours=2.0,
    ),
    "alert-loop": _targeted(
        "alert-loop", {"process.crash": 0.5, "terms.changed": 0.1, "alerts.outage": 0.01}, hours=2.0
    ),
    "alert-flap": _targeted(
        "alert-flap",
        {"balance.missing": 0.2, "balance.zero": 0.1},
        storm_s=(300.0, 200.0),
        hours=2.0,
    ),
    "journal-gone": _targeted("journal-gone", {"journal.outage": 0.1, "alerts.outage": 0.02}),
    "alerts-gone": _targeted(
        "alerts-gone",
        {"alerts.outage": 0.5, "terms.changed": 0.1, "operator.pause": 0.02},
        hours=2.0,
    ),
    "gap": _targeted("gap", {"price.jump": 0.2, "book.wide": 0.1}, tick_s=10),
}
