"""What may not be believed: each doubt holds its own asset, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, ClientOrderId, Hold, HoldReason
from counterpoise.core.policy.policy import External, ValueBasis
from counterpoise.core.snapshot import Missing
from simulation.findings import Violation
from simulation.scripts.case import (
    COOLDOWN_MS,
    NEUTRAL,
    NOW_MS,
    Ask,
    Case,
    D,
    Moment,
    judged,
    of,
    sizes,
)

AGE_MAX_MS = 10_000
BOTH, NEITHER = sizes(-10, -20), sizes(0, 0)
A_HELD = sizes(0, -20)
MISSING = (Missing(what="main:balances", assets=frozenset({Asset("A")}), reason="cut"),)
EXTERNAL = External(quantity=D(0), as_of_ms=NOW_MS - 2, valid_until_ms=NOW_MS - 1)
KEY = NEUTRAL["A"].key


def _case(name: str, invariant: str, expected: dict[str, D], ask: Ask) -> Case:
    return Case(name=name, invariant=invariant, make=lambda: ask(of(NEUTRAL)), sizes=expected)


def _unshown(name: str) -> Case:
    return _case(f"no {name} of A", "I-9", A_HELD, lambda m: m.without(name))


def _aged(ms: int, expected: dict[str, D]) -> Case:
    return _case(
        f"a snapshot {ms} ms old",
        "I-37",
        expected,
        lambda m: m.shown(started_at_ms=NOW_MS - ms),
    )


def _price_aged(ms: int, expected: dict[str, D]) -> Case:
    return _case(
        f"a price {ms} ms old", "I-9", expected, lambda m: m.altered("marks", at_ms=NOW_MS - ms)
    )


def _mid(price: str) -> Ask:
    return lambda m: m.altered("books", bid=D(price), ask=D(price)).limited(price_collar=D("0.5"))


def _spot(quantity: int) -> Ask:
    rows = (replace(NEUTRAL["A"], spot=D(quantity)), NEUTRAL["B"])
    return lambda m: replace(m, snapshot=replace(NEUTRAL, rows=rows).snapshot)


def _hedged_zero() -> Ask:
    rows = (replace(NEUTRAL["A"], spot=D(0), size=D(-10)), NEUTRAL["B"])
    return lambda m: replace(m, snapshot=replace(NEUTRAL, rows=rows).snapshot)


def _as_of(at_ms: int) -> Ask:
    """Return a snapshot whose wallet changed at `at_ms`, where 2,000 was believed before."""

    def ask(moment: Moment) -> Moment:
        balances = tuple(replace(b, changed_at_ms=at_ms) for b in moment.snapshot.balances)
        return moment.shown(balances=balances).remembered(balances_at_ms={"main:spot": 2_000})

    return ask


READS = (
    *(_unshown(name) for name in ("instruments", "marks", "positions", "books")),
    _case("A missing by name", "I-9", A_HELD, lambda m: m.shown(missing=MISSING)),
    _case(
        "A not listed by its wallet",
        "I-10",
        A_HELD,
        lambda m: m.shown(balances=tuple(b for b in m.snapshot.balances if b.asset != "A")),
    ),
    _case(
        "A listed by one of two wallets",
        "I-10",
        A_HELD,
        lambda m: m.targeted(sources=("main:spot", "main:funding")),
    ),
    _case(
        "another's doubt where weights are shares",
        "I-9",
        NEITHER,
        lambda m: m.wanted(exposure=D("0.5")).without("marks", "B"),
    ),
    _case(
        "cash not shown where it counts",
        "I-9",
        NEITHER,
        lambda m: m.wanted(value_basis=ValueBasis.EQUITY, quote_sources=("main:funding",)),
    ),
    _case("a balance from before one that was believed", "I-9", A_HELD, _as_of(1_999)),
    _case("a balance as old as the one believed", "I-17", BOTH, _as_of(2_000)),
    _aged(AGE_MAX_MS, BOTH),
    _aged(AGE_MAX_MS + 1, NEITHER),
    _aged(-1_000, BOTH),
    _aged(-1_001, NEITHER),
    _price_aged(AGE_MAX_MS, BOTH),
    _price_aged(AGE_MAX_MS + 1, A_HELD),
    _price_aged(-1_001, A_HELD),
    _case("a price without a time", "I-17", BOTH, lambda m: m.altered("marks", at_ms=None)),
)
PRICES = (
    _case("index far below", "I-9", A_HELD, lambda m: m.altered("marks", index_price=D(95))),
    _case("index far above", "I-9", A_HELD, lambda m: m.altered("marks", index_price=D(106))),
    _case("index near", "I-17", BOTH, lambda m: m.altered("marks", index_price=D(96))),
    _case("index near above", "I-17", BOTH, lambda m: m.altered("marks", index_price=D(104))),
    _case("no index", "I-17", BOTH, lambda m: m.altered("marks", index_price=None)),
    _case("book far below", "I-9", A_HELD, _mid("95")),
    _case("book far above", "I-9", A_HELD, _mid("106")),
    _case("book near", "I-17", BOTH, _mid("96")),
)
ZEROS = (
    _case(
        "zero, and it was more",
        "I-10",
        A_HELD,
        lambda m: _spot(0)(m).remembered(balances={"main:spot": D(5)}),
    ),
    _case("zero, and a position stands", "I-10", A_HELD, _hedged_zero()),
    _case(
        "zero as it was, and a position stands",
        "I-17",
        sizes(10, -20),
        lambda m: _hedged_zero()(m).remembered(balances={"main:spot": D(0)}, position=D(-10)),
    ),
    _case("zero from the first", "I-17", sizes(0, -20), _spot(0)),
    _case(
        "an external holding out of date",
        "I-9",
        A_HELD,
        lambda m: m.targeted(external=EXTERNAL),
    ),
    _case(
        "an external holding in date",
        "I-17",
        BOTH,
        lambda m: m.targeted(external=replace(EXTERNAL, valid_until_ms=NOW_MS)),
    ),
    _case(
        "an external holding without a date",
        "I-17",
        BOTH,
        lambda m: m.targeted(external=replace(EXTERNAL, valid_until_ms=None)),
    ),
)
GATES = (
    _case(
        "stopped until a person has looked",
        "E8",
        A_HELD,
        lambda m: m.remembered(stopped=HoldReason.LIQUIDATED),
    ),
    _case(
        "others traded a moment ago",
        "H3",
        A_HELD,
        lambda m: m.remembered(moved=Cause.FOREIGN, moved_at_ms=NOW_MS - COOLDOWN_MS + 1),
    ),
    _case(
        "others traded long ago",
        "I-17",
        BOTH,
        lambda m: m.remembered(moved=Cause.FOREIGN, moved_at_ms=NOW_MS - COOLDOWN_MS),
    ),
    _case("changed terms", "I-33", A_HELD, lambda m: m.remembered(terms="another")),
    _case(
        "the same terms",
        "I-17",
        BOTH,
        lambda m: m.remembered(terms=NEUTRAL["A"].instrument.terms),
    ),
    _case(
        "an order without outcome", "I-16", A_HELD, lambda m: m.now(unsettled={KEY: _id("abcd")})
    ),
    _case(
        "refused a moment ago",
        "R9",
        A_HELD,
        lambda m: m.remembered(refusals=1, back_off_until_ms=NOW_MS + 1),
    ),
    _case(
        "refused long ago",
        "I-17",
        BOTH,
        lambda m: m.remembered(refusals=1, back_off_until_ms=NOW_MS),
    ),
    _case(
        "orders that nothing fills",
        "R9",
        A_HELD,
        lambda m: m.remembered(empties=3, empty_until_ms=NOW_MS + 1),
    ),
    _case(
        "filled nothing long ago",
        "I-17",
        BOTH,
        lambda m: m.remembered(empties=3, empty_until_ms=NOW_MS),
    ),
    _case("not trading", "E3", A_HELD, lambda m: m.altered("instruments", trading=False)),
    _case(
        "held from elsewhere",
        "I-26",
        A_HELD,
        lambda m: m.now(held={Asset("A"): _held()}),
    ),
    _case(
        "held while all is to be closed",
        "I-26",
        sizes(0, 0),
        lambda m: m.now(held={Asset("A"): _held(), Asset("B"): _held("B")}, flattening=True),
    ),
)


def _id(text: str) -> ClientOrderId:
    return ClientOrderId(text)


def _held(asset: str = "A") -> Hold:
    return Hold(asset=Asset(asset), reason=HoldReason.OPERATOR)


def reads() -> Sequence[Violation]:
    """Try every way in which a snapshot may be incomplete, old or absurd."""
    return judged((*READS, *PRICES, *ZEROS))


def gates() -> Sequence[Violation]:
    """Try everything that forbids an order whatever the drift."""
    return judged(GATES)


SCRIPTS = {"reads": reads, "gates": gates}
