"""Perpetuals that count in multiples, and assets hedged with another's: sizes, signs and doubts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.decision import Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO
from simulation.findings import Violation
from simulation.scripts.case import (
    NEUTRAL,
    NOW_MS,
    Case,
    D,
    Found,
    Moment,
    after,
    judged,
    of,
    sizes,
)
from tests.worlds import Other, Row, World

# 10,000 of A at 0.1, of which the perpetual counts thousands at 100: short 10 of those
COUNTED = Row(
    asset="A",
    spot=D(10_000),
    price=D(100),
    weight=D("0.5"),
    size_step=D("0.01"),
    multiplier=D(1_000),
    spot_price=D("0.1"),
)
MULTIPLES = replace(NEUTRAL, rows=(COUNTED, NEUTRAL["B"]))
# B carries 1,000 of C, which moves two per cent where B moves one: short 20, and 40 for C
CARRIED = Other(asset="C", held=D(500), price=D(2), beta=D(2), carrier="B")
PROXY = replace(NEUTRAL, others=(CARRIED,))


def _counted(name: str, invariant: str, a: object, **facts: object) -> Case:
    row = replace(COUNTED, **facts)  # type: ignore[arg-type]
    world = replace(MULTIPLES, rows=(row, NEUTRAL["B"]))
    return Case(
        name=name,
        invariant=invariant,
        make=lambda: of(world).remembered(position=row.size, position_at_ms=1),
        sizes=sizes(a, -20),
    )


def _spot(moment: Moment, **facts: object) -> Moment:
    """Return a moment with the one spot price in it otherwise."""
    found = {key: replace(price, **facts) for key, price in moment.snapshot.spots.items()}  # type: ignore[arg-type]
    return moment.shown(spots=found)


def _priced(name: str, invariant: str, a: object, change: Callable[[Moment], Moment]) -> Case:
    return Case(
        name=name, invariant=invariant, make=lambda: change(of(MULTIPLES)), sizes=sizes(a, -20)
    )


WEIGHED = replace(
    MULTIPLES,
    exposure=D(1),
    rows=(replace(COUNTED, weight=D("0.4")), replace(NEUTRAL["B"], weight=D("0.6"))),
)
COUNTS = (
    _counted("ten thousand are ten of a thousand", "I-34", -10),
    _counted("what is short already counts as thousands", "I-34", -6, size=D(-4)),
    _counted("cut to the steps of the multiple", "I-13", -9, size_step=D(3)),
    _counted("a spot price just within the bound", "I-17", -10, spot_price=D("0.0953")),
    _counted("a spot price that says one is one", "I-34", 0, spot_price=D(100)),
    _counted("a spot price that says ten are one", "I-34", 0, spot_price=D(1)),
    _counted("a spot price a little too high", "I-34", 0, spot_price=D("0.106")),
    _counted("a spot price a little too low", "I-34", 0, spot_price=D("0.095")),
    _counted("a multiple of which no price was asked", "I-34", 0, spot_price=None),
    _counted("one that is no multiple and is priced as one", "I-34", 0, multiplier=D(1)),
    _priced("a spot price that was not read", "I-9", 0, lambda m: m.shown(spots={})),
    _priced("an old spot price", "I-9", 0, lambda m: _spot(m, at_ms=NOW_MS - 10_001)),
    _priced("a spot price of later", "I-9", 0, lambda m: _spot(m, at_ms=NOW_MS + 1_001)),
    _priced("a spot price without a time", "I-17", -10, lambda m: _spot(m, at_ms=None)),
    _priced(
        "a spot market bid far from asked",
        "I-9",
        0,
        lambda m: _spot(m, bid=D("0.097"), ask=D("0.103")),
    ),
    Case(
        name="weights by the price of one",
        invariant="I-5",
        make=lambda: of(WEIGHED),  # 1,000 of each: to 800 and 1,200
        sizes=sizes(-2, 4),
    ),
    Case(
        name="terms that count otherwise",
        invariant="I-33",
        make=lambda: of(MULTIPLES).remembered(
            terms=replace(COUNTED, multiplier=D(10_000)).instrument.terms
        ),
        sizes=sizes(0, -20),
    ),
)


def _other(name: str, invariant: str, b: object, also: Found = bool, **facts: object) -> Case:
    world = replace(PROXY, others=(replace(CARRIED, **facts),))  # type: ignore[arg-type]
    return Case(
        name=name, invariant=invariant, make=lambda: of(world), sizes=sizes(-10, b), also=also
    )


def _asked(name: str, b: object, change: Callable[[Moment], Moment]) -> Case:
    return Case(name=name, invariant="I-9", make=lambda: change(of(PROXY)), sizes=sizes(-10, b))


def _remembering(held: Decimal, before: Decimal) -> Moment:
    world = replace(PROXY, others=(replace(CARRIED, held=held),))
    memory = AssetMemory(balances={"main:spot": before})
    return of(world.remembering({Asset("C"): memory}))


def _world(exposure: str, **facts: object) -> World:
    """Return 1,000 of A, B and C each; a third of each is wanted unless said otherwise."""
    rows = (
        replace(NEUTRAL["A"], weight=D("0.3"), size_step=D("0.01")),
        replace(NEUTRAL["B"], weight=D("0.3"), size_step=D("0.01")),
    )
    other = replace(CARRIED, weight=D("0.4"), **facts)  # type: ignore[arg-type]
    return replace(NEUTRAL, rows=rows, others=(other,), exposure=D(exposure))


def _says(reason: HoldReason) -> Found:
    return lambda made: any(h.asset == "C" and h.reason is reason for h in made.holds)


HELD = Hold(asset=Asset("C"), reason=HoldReason.OPERATOR, detail="pause")


def _figured() -> World:
    """Return 1,000 of A and B and 1,200 of C, of which 200 are declared, at half the exposure."""
    other = replace(CARRIED, weight=D("0.1"), drift=D("0.02"), external=D(100))
    trigger = Trigger(return_to=D("0.5"))
    return replace(NEUTRAL, others=(other,), exposure=D("0.5"), trigger=trigger, rows=LIGHT)


LIGHT = tuple(replace(row, weight=ZERO) for row in NEUTRAL.rows)


def _figures(made: Plan) -> bool:
    """Ask whether what is said of C is what it comes to."""
    view = next(d.view for d in made.decisions if d.asset == "C")
    if view is None:
        return False
    held = (view.spot, view.external, view.net, view.price, view.perpetual, view.position)
    shares = (view.weight, view.weight_target, view.drift_weight)
    bands = (view.band_outer_weight, view.band_inner_weight)
    return (
        held == (D(500), D(100), D(600), D(2), ZERO, ZERO)
        and shares == (D("0.375"), D("0.05"), D("0.325"))
        and bands == (D("0.02"), D("0.01"))
        and (view.instrument, view.carrier) == (NEUTRAL["B"].key, Asset("B"))
    )


def _unlisted(moment: Moment) -> Moment:
    shown = tuple(b for b in moment.snapshot.balances if b.asset != "C")
    return moment.shown(balances=shown)


PROXIES = (
    _other("twice as much of the carrier", "F6", -60, _says(HoldReason.CARRIED)),
    _other("as much of the carrier", "F6", -40, beta=D(1)),
    _other("one that goes the other way", "F6", -10, beta=D("-0.5")),
    _other("one that goes far the other way", "F6", 20, beta=D(-2)),
    _other("nothing held", "F6", -20, held=ZERO),
    _other("its price was not read", "I-9", 0, price=None),
    _asked("its price is old", 0, lambda m: _spot(m, at_ms=NOW_MS - 10_001)),
    _asked("its price is of later", 0, lambda m: _spot(m, at_ms=NOW_MS + 1_001)),
    _asked("its market is bid far from asked", 0, lambda m: _spot(m, bid=D("1.9"), ask=D("2.1"))),
    _asked("its balance is not listed", 0, _unlisted),
    Case(
        name="its balance is gone",
        invariant="I-10",
        make=lambda: _remembering(ZERO, D(500)),
        sizes=sizes(-10, 0),
        also=after("C", balances={"main:spot": D(500)}),
    ),
    Case(
        name="what is said of it is its own",
        invariant="F6",
        make=lambda: of(_figured()),
        sizes=sizes(-9, -58),  # of 3,200: 80 of A stay, 144 of B and C
        also=_figures,
    ),
    Case(
        name="what a person said of it comes first",
        invariant="I-24",
        make=lambda: of(PROXY).now(held={Asset("C"): HELD}),
        sizes=sizes(-10, -60),
        also=_says(HoldReason.OPERATOR),
    ),
    Case(
        name="its price was not read, and it says so",
        invariant="I-9",
        make=lambda: of(replace(PROXY, others=(replace(CARRIED, price=None),))),
        sizes=sizes(-10, 0),
        also=_says(HoldReason.SNAPSHOT_INCOMPLETE),
    ),
    Case(
        name="its balance is remembered",
        invariant="I-10",
        make=lambda: of(PROXY),
        sizes=sizes(-10, -60),
        also=lambda made: made.memories[Asset("C")].balances == {"main:spot": 500},
    ),
    Case(
        name="two that one carries",
        invariant="F6",
        make=lambda: of(replace(PROXY, others=(CARRIED, replace(CARRIED, asset="D")))),
        sizes=sizes(-10, -100),
    ),
    Case(  # of 3,000: 200 under for C, which are 400 of B; A and B 100 over
        name="too little of the other buys the carrier",
        invariant="F6",
        make=lambda: of(_world("1", drift=D("0.01"))),
        sizes=sizes(0, 6),
    ),
    Case(  # three hundred are ten points: within 5 of B and twice 3 of C
        name="the band is as wide as both",
        invariant="I-17",
        make=lambda: of(_world("1", drift=D("0.03"))),
        sizes=sizes(0, 0),
    ),
    Case(
        name="a correction stops at a share of the whole band",
        invariant="I-4",
        make=lambda: of(replace(PROXY, trigger=Trigger(return_to=D("0.5")))),
        sizes=sizes(-9, -55),  # of 3,000: A keeps 75, B 225, in whole steps
    ),
    Case(
        name="with exposure, a price that was not read holds all",
        invariant="I-9",
        make=lambda: of(_world("1", price=None)),
        sizes=sizes(0),
    ),
)


def counts() -> Sequence[Violation]:
    """Count multiples, and doubt them."""
    return judged(COUNTS)


def proxies() -> Sequence[Violation]:
    """Hedge with another's perpetual, and doubt it."""
    return judged(PROXIES)


SCRIPTS = {"counts": counts, "proxies": proxies}
