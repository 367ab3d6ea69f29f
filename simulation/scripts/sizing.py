"""How large, which way, at what price, and how much in all: figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from counterpoise.core.instrument import Asset, Kind
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.snapshot import Balance, Margin
from simulation.findings import Violation
from simulation.scripts.case import (
    NEUTRAL,
    Ask,
    Case,
    D,
    Found,
    Moment,
    judged,
    of,
    one,
    sizes,
)
from tests.worlds import Row, World

BOTH = sizes(-10, -20)


def case(name: str, invariant: str, expected: dict[str, D], ask: Ask, also: Found = bool) -> Case:
    """Return a case of the neutral world, asked in another way."""
    return Case(
        name=name, invariant=invariant, make=lambda: ask(of(NEUTRAL)), sizes=expected, also=also
    )


def _row(name: str, invariant: str, expected: object, also: Found = bool, **facts: object) -> Case:
    """Return a case in which A is otherwise, its position believed as it is."""
    row = replace(NEUTRAL["A"], **facts)  # type: ignore[arg-type]
    world = replace(NEUTRAL, rows=(row, NEUTRAL["B"]))
    return Case(
        name=name,
        invariant=invariant,
        make=lambda: of(world).remembered(position=row.size, position_at_ms=1),
        sizes=sizes(expected, -20),
        also=also,
    )


def _shrinks(made: object, *, says: bool = True) -> bool:
    return one(made, "A").reduce_only is says  # type: ignore[arg-type]


def _at(sold: str, bought: str) -> Found:
    def also(made: object) -> bool:
        found = {o.limit_price for o in made.orders}  # type: ignore[attr-defined]
        return found == {D(sold), D(bought)}

    return also


ODD = replace(NEUTRAL["A"], price=D("100.37"))
SIZES = (
    case("each hedged away", "I-5", BOTH, lambda m: m, partial(_shrinks, says=False)),
    _row("more of a short", "I-5", -6, partial(_shrinks, says=False), size=D(-4)),
    _row("less of a short", "I-14", 5, _shrinks, size=D(-15)),
    _row("a long is closed before a short is opened", "I-14", -5, _shrinks, size=D(5)),
    _row("cut to a whole step", "I-13", -9, size_step=D(3)),
    _row("below the least size", "R8", 0, size_min=D(11)),
    _row("just the least size", "I-17", -10, size_min=D(10)),
    _row("below the least notional", "R8", 0, notional_min=D(1_001)),
    _row("just the least notional", "I-17", -10, notional_min=D(1_000)),
    _row(
        "a reduction below the least notional",
        "I-17",
        1,
        size=D(-11),
        notional_min=D(10_000),
        drift=D("0.0001"),
    ),
    _row("far below the largest size", "I-5", -10, size_max=D(20)),
    _row("above the largest size", "R10", -4, size_max=D(4)),
    _row("above the largest size, in steps", "I-13", -3, size_max=D(4), size_step=D(3)),
    _row("nothing at all", "I-17", 0, spot=D("0.4"), drift=D("0.0001")),
)
PRICES = (
    Case(
        name="bounds on both sides, never beyond the collar",
        invariant="I-12",
        make=lambda: of(
            replace(NEUTRAL, rows=(replace(ODD, size=D(-15)), NEUTRAL["B"]))
        ).remembered(position=D(-15)),
        sizes=sizes(5, -20),
        also=_at("100.67", "49.85"),  # 100.37 * 1.003 = 100.67111; 50 * 0.997
    ),
    Case(
        name="the bound of a sale is rounded up",
        invariant="I-12",
        make=lambda: of(replace(NEUTRAL, rows=(ODD, NEUTRAL["B"]))),
        sizes=BOTH,
        also=_at("100.07", "49.85"),  # 100.37 * 0.997 = 100.06889
    ),
    case(
        "a wide spread",
        "I-11",
        sizes(0, -20),
        lambda m: m.altered("books", bid=D("99.88"), ask=D("100.12")),
    ),
    case(
        "a spread just allowed",
        "I-17",
        BOTH,
        lambda m: m.altered("books", bid=D("99.9"), ask=D("100.1")),
    ),
    case(
        "a bid beyond the collar",
        "I-12",
        sizes(0, -20),
        lambda m: m.altered("books", bid=D("99.69"), ask=D("99.7")),
    ),
    case(
        "an ask beyond the collar is not ours",
        "I-17",
        BOTH,
        lambda m: m.altered("books", bid=D("99.95"), ask=D("100.05")),
    ),
    _row("an ask beyond the collar", "I-12", 5, size=D(-15)),
)


COINS = Row(
    asset="A",
    collateral=D(10),
    price=D(100),
    weight=D("0.5"),
    kind=Kind.INVERSE,
    size_step=D(1),
    drift=D("0.05"),
)
INVERSE = replace(NEUTRAL, rows=(COINS, NEUTRAL["B"]))
SPOT = replace(NEUTRAL["A"], size_step=D("0.01"))
THIRD = replace(NEUTRAL["B"], size_step=D("0.01"))


def _weights(exposure: str, a: str, b: str, **facts: object) -> World:
    rows = (replace(SPOT, weight=D(a), **facts), replace(THIRD, weight=D(b)))  # type: ignore[arg-type]
    return replace(NEUTRAL, rows=rows, exposure=D(exposure))


def _world(name: str, world: World, a: object, b: object = 0, invariant: str = "I-5") -> Case:
    return Case(name=name, invariant=invariant, make=lambda: of(world), sizes=sizes(a, b))


def _cash(world: World) -> World:
    return replace(
        world,
        value_basis=ValueBasis.EQUITY,
        cash=D(500),
        equity=D(1_500),
        quote_sources=("main:spot", "main:linear"),
    )


def _elsewhere_too(world: World) -> Moment:
    """Return it with A in a wallet that does not count, and another coin in one that does."""
    shown = of(world)
    more = Balance(source="main:funding", asset=Asset("A"), quantity=D(5))
    coins = tuple(
        Margin(source=source, asset=Asset(asset), equity=D(99), wallet=D(99), maintenance=D(0))
        for source, asset in (("main:inverse", "C"), ("main:other", "A"))
    )
    return shown.shown(
        balances=(*shown.snapshot.balances, more), margins=(*shown.snapshot.margins, *coins)
    )


TARGETS = (
    Case(
        name="a wallet that does not count",
        invariant="I-5",
        make=lambda: _elsewhere_too(NEUTRAL),
        sizes=BOTH,
    ),
    Case(
        name="another coin in a wallet that counts",
        invariant="I-5",
        make=lambda: _elsewhere_too(INVERSE),
        sizes=sizes(-1000, -20),
    ),
    # 10 A at 100 and 20 B at 50: both are worth 1,000 of 2,000
    _world("in balance", _weights("1", "0.5", "0.5"), 0),
    _world("to 40 and 60", _weights("1", "0.4", "0.6"), "-2", "4"),
    _world("half of the exposure", _weights("0.5", "0.5", "0.5"), "-5", "-10"),
    _world("a rest in cash", _weights("1", "0.5", "0.3"), 0, "-8"),
    _world("just in the band", _weights("1", "0.45", "0.55"), 0),
    _world("just out of the band", _weights("1", "0.449", "0.551"), "-1.02", "2.04"),
    _world("an external holding", _weights("0", "0.5", "0.5", external=D(2)), "-12", "-20"),
    _world(
        "a short is closed before a long is opened",
        _weights("1", "0.6", "0.4", size=D(-3)),
        "3",
        "-4",
        "I-14",
    ),
    _world("shares of equity", _cash(_weights("1", "0.5", "0.5")), "10", "20"),
    _world(
        "shares of equity, and the cash is not shown",
        replace(_cash(_weights("1", "0.5", "0.5")), cash=None),
        0,
        0,
        "I-9",
    ),
    Case(
        name="shares of equity, coins left aside",
        invariant="I-5",
        make=lambda: _elsewhere_too(_cash(_weights("1", "0.5", "0.5"))),
        sizes=sizes(10, 20),
    ),
    Case(
        name="shares of equity, and a coin stands where the cash should",
        invariant="I-9",
        make=lambda: _elsewhere_too(
            replace(_cash(_weights("1", "0.5", "0.5")), quote_sources=("main:other",))
        ),
        sizes=sizes(0, 0),
    ),
    Case(
        name="shares of holdings, whatever shows the cash",
        invariant="I-17",
        make=lambda: of(replace(NEUTRAL, quote_sources=("main:funding",))),
        sizes=BOTH,
    ),
    _world("in coins: what is held is sold in quote", INVERSE, "-1000", "-20"),
    _world(
        "in coins: what is sold already",
        replace(INVERSE, rows=(replace(COINS, size=D(-400)), NEUTRAL["B"])),
        "-600",
        "-20",
    ),
    _world(
        "in coins: the order limit is in quote",
        replace(INVERSE, limits=replace(INVERSE.limits, order_notional_max=D(300))),
        "-300",
        "-6",
        "I-11",
    ),
)


def figures() -> Sequence[Violation]:
    """Size what is to be hedged."""
    return judged(SIZES)


def bounds() -> Sequence[Violation]:
    """Bound what is to be paid."""
    return judged(PRICES)


def targets() -> Sequence[Violation]:
    """Meet weights, exposure and value."""
    return judged(TARGETS)


SCRIPTS = {"sizes": figures, "bounds": bounds, "targets": targets}
