"""What one seed is like: the portfolio, its limits, and what goes wrong how often."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

D = Decimal

READ_FAULTS = (
    "read.unavailable",
    "read.garbled",
    "read.slow",
    "read.limited",
    "balance.zero",
    "balance.missing",
    "position.flat",
    "mark.frozen",
    "mark.wrong",
    "book.wide",
    "book.empty",
)
ORDER_FAULTS = (
    "order.unsent",
    "order.rejected",
    "order.lost",
    "order.unanswered",
    "order.late",
    "order.partial",
    "order.acknowledged",
)
STORAGE_FAULTS = ("journal.refused",)
CALL_FAULTS = READ_FAULTS + ORDER_FAULTS + STORAGE_FAULTS  # drawn at each call, while it storms
EVENTS = (  # drawn once a minute of simulated time
    "price.jump",
    "account.hand",
    "account.deposit",
    "account.withdrawal",
    "terms.changed",
    "listing.closed",
    "clock.step",
    "process.freeze",
    "process.crash",
    "operator.pause",
    "operator.halt",
    "operator.flatten",
)
TAP_FAULTS = ("crash.at_tap", "freeze.at_tap", "halt.at_tap")  # drawn at each edge
ALL_FAULTS = CALL_FAULTS + EVENTS + TAP_FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Pre-trade limits, in quote currency; None is unlimited."""

    order: Decimal | None = None
    position: Decimal | None = None
    turnover: Decimal | None = None
    orders_minute: int | None = None
    leverage: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that a run is made from; with the seed it is the whole run."""

    name: str
    seed: int
    hours: float
    interval_s: int = 30
    assets: int = 3
    exposure: Decimal = D(1)
    drift: Decimal = D("0.01")
    cooldown_s: int = 60
    sustain_s: int = 0
    return_to: Decimal = D(0)
    on_start: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    latency_s: tuple[float, float] = (0.01, 0.2)
    lag_s: float = 0.0  # reads of balances and positions are this old at most
    find_lag_s: float = 0.0  # look-ups and trades; the daemon is promised at most 4 s
    tick_s: int = 60  # between two moves of the price
    volatility: float = 0.001  # of the price, a tick
    recorded: bool = False  # prices as recorded, in place of a random walk
    storm_s: tuple[float, float] = (120.0, 300.0)  # how long it storms, and how long it does not
    rates: Mapping[str, float] = field(default_factory=dict)
    dry_run: bool = False

    def without(self, *names: str) -> Profile:
        """Return it with some faults off."""
        return replace(self, rates={k: v for k, v in self.rates.items() if k not in names})


def _rates(draw: random.Random, names: tuple[str, ...], most: float) -> dict[str, float]:
    return {name: round(most * draw.random() ** 2, 5) for name in names if draw.random() < 0.5}


def _bounds(draw: random.Random) -> Bounds:
    def some(low: int, high: int) -> Decimal | None:
        return D(draw.randrange(low, high)) if draw.random() < 0.5 else None

    return Bounds(
        order=some(2_000, 30_000),
        position=some(20_000, 90_000),
        turnover=some(50_000, 2_000_000),
        orders_minute=draw.randrange(2, 7) if draw.random() < 0.5 else None,
        leverage=D(draw.randrange(1, 9)) / 10 if draw.random() < 0.3 else None,
    )


def swarm(seed: int) -> Profile:
    """Draw everything: which faults are on, how often, how long reads lag, how long it storms."""
    draw = random.Random(f"swarm {seed}")
    interval_s = draw.choice((1, 5, 10, 30, 30, 30, 60))
    cooldown_s = draw.choice((30, 60, 120, 300))
    rates = _rates(draw, CALL_FAULTS, 0.3)
    rates |= _rates(draw, EVENTS, 0.02)
    rates |= {name: rate / 100 for name, rate in _rates(draw, TAP_FAULTS, 0.5).items()}
    return Profile(
        name="swarm",
        seed=seed,
        hours=round(6 * interval_s / 30, 2) or 0.2,
        interval_s=interval_s,
        assets=draw.choice((1, 2, 3, 3)),
        exposure=D(draw.choice(("0", "0.5", "1", "1"))),
        drift=D(draw.choice(("0.003", "0.01", "0.03"))),
        cooldown_s=cooldown_s,
        sustain_s=draw.choice((0, 0, 0, 30)),
        return_to=D(draw.choice(("0", "0", "0.5"))),
        on_start=draw.random() < 0.2,
        bounds=_bounds(draw),
        latency_s=draw.choice(((0.001, 0.01), (0.01, 0.2), (0.2, 1.5))),
        lag_s=min(interval_s * draw.choice((0.0, 0.1, 1.0, 5.0, 20.0)), 0.7 * cooldown_s),
        find_lag_s=draw.choice((0.0, 0.5, 3.5)),
        tick_s=draw.choice((10, 60, 300)),
        volatility=draw.choice((0.0003, 0.001, 0.004)),
        recorded=draw.random() < 0.3,
        storm_s=(draw.choice((10.0, 120.0, 900.0)), draw.choice((30.0, 300.0, 1800.0))),
        rates=rates,
    )


def benign(seed: int) -> Profile:
    """Return an ordinary time of ordinary cycles: what years are counted in."""
    return Profile(
        name="benign",
        seed=seed,
        hours=48.0,
        lag_s=2.0,
        find_lag_s=0.5,
        tick_s=300,
        storm_s=(60.0, 7_200.0),
        rates={"read.unavailable": 0.05, "order.unanswered": 0.1, "process.crash": 0.001},
    )


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
PROFILES: Mapping[str, Callable[[int], Profile]] = {
    "swarm": swarm,
    "benign": benign,
    "doubt": _targeted("doubt", {**DOUBT, "read.unavailable": 0.1}, find_lag_s=3.8),
    "lag": _targeted("lag", {"order.partial": 0.3}, lag_s=15.0, bounds=Bounds(order=D(2_000))),
    "freeze": _targeted("freeze", {"freeze.at_tap": 0.03, "read.slow": 0.3}),
    "reads": _targeted("reads", dict.fromkeys(READ_FAULTS, 0.04)),
    "late": _targeted("late", {"order.late": 0.5, "order.lost": 0.1}, find_lag_s=3.9),
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
    "terms": _targeted("terms", {"terms.changed": 0.02, "process.crash": 0.03}),
    "closed": _targeted("closed", {"listing.closed": 1.0}, hours=1.4),
    "dry-run": _targeted("dry-run", {"price.jump": 0.05}, dry_run=True),
    "crash-day": _targeted(
        "crash-day", {"order.unanswered": 0.2, "order.partial": 0.2}, hours=0.1, assets=2
    ),
    "gap": _targeted("gap", {"price.jump": 0.2, "book.wide": 0.1}, tick_s=10),
}
TARGETED = tuple(name for name in PROFILES if name not in ("swarm", "benign", "crash-day"))
