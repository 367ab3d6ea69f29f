"""Every limit met from both sides, with figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.core.decision import Activity
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Margin, Position
from simulation.findings import Violation
from simulation.scripts.case import NEUTRAL, NOW_MS, Ask, D, judged, of, sizes
from simulation.scripts.sizing import case
from tests.worlds import QUOTE, Row


def _margin(equity: str) -> Ask:
    margin = Margin(
        source="main:linear", asset=QUOTE, equity=D(equity), wallet=D(10) ** 9, maintenance=D(0)
    )
    return lambda m: m.shown(margins=(margin,)).limited(leverage_max=D("0.5"))


def _held_short(size: int, **limits: object) -> Ask:
    rows = (replace(NEUTRAL["A"], size=D(size)), NEUTRAL["B"])
    moment = of(replace(NEUTRAL, rows=rows)).remembered(position=D(size))
    return lambda _: moment.limited(**limits)


OTHER = InstrumentKey("main:C/USDT:USDT")


def _another(*, price: bool, entry: str | None) -> Ask:
    """Return it with a position of 300 in a contract that is not ours to hedge with."""
    row = Row(asset="C", price=D(100), size=D(-3))
    position = Position(
        instrument=OTHER, size=D(-3), entry_price=None if entry is None else D(entry)
    )

    def ask(m: object) -> object:
        shown = m.snapshot  # type: ignore[attr-defined]
        marks = {**shown.marks}
        if price:
            marks[OTHER] = replace(marks[NEUTRAL["A"].key], instrument=OTHER, mark_price=D(100))
        return _margin("2000")(m).shown(  # type: ignore[arg-type]
            positions={**shown.positions, OTHER: position},
            instruments={**shown.instruments, OTHER: row.instrument},
            marks=marks,
        )

    return ask  # type: ignore[return-value]


def _apart(index: int = 52) -> Ask:
    """Return it with a position of B whose mark is below its index, and room for the lower one."""
    rows = (NEUTRAL["A"], replace(NEUTRAL["B"], size=D(-20)))
    moment = of(replace(NEUTRAL, rows=rows)).remembered("B", position=D(-20))
    moment = moment.altered("marks", "B", index_price=D(index))
    return lambda _: _margin("2400")(moment)  # 1,200 of leverage; 1,040 are used up, not 1,000


def _elsewhere() -> Ask:
    """Return it with B hedged on another venue, which has its own margin and no part in ours."""
    rows = (NEUTRAL["A"], replace(NEUTRAL["B"], venue="other", size=D(-10)))
    moment = of(replace(NEUTRAL, rows=rows)).remembered("B", position=D(-10))
    mine, theirs = (
        Margin(
            source=f"{name}:linear", asset=QUOTE, equity=D(equity), wallet=D(1), maintenance=D(0)
        )
        for name, equity in (("main", "1000"), ("other", "9000"))
    )
    return lambda _: moment.shown(margins=(mine, theirs)).limited(leverage_max=D("0.5"))


def _strange_coin() -> Ask:
    coin = Margin(source="main:c", asset=Asset("C"), equity=D(9), wallet=D(9), maintenance=D(0))
    return lambda m: _margin("3000")(m).shown(margins=(*_margin("3000")(m).snapshot.margins, coin))


def _strained(maintenance: str, equity: str = "1000", liquidation: str | None = None) -> Ask:
    """Return it with A short by 15, five too many, and its margin near liquidation."""
    rows = (replace(NEUTRAL["A"], size=D(-15)), NEUTRAL["B"])
    moment = of(replace(NEUTRAL, rows=rows)).remembered(position=D(-15))
    margin = Margin(
        source="main:linear",
        asset=QUOTE,
        equity=D(equity),
        wallet=D(10) ** 9,
        maintenance=D(maintenance),
    )
    price = None if liquidation is None else D(liquidation)
    moment = moment.altered("positions", liquidation_price=price).shown(margins=(margin,))
    return lambda _: moment.limited(margin_use_max=D("0.5"), liquidation_distance_min=D("0.1"))


LIMITS = (
    case("margin half used", "I-17", sizes(5, -20), _strained("500")),
    case("margin used by more than half", "A9", sizes(5, 0), _strained("501")),
    case("margin of a debt", "A9", sizes(5, 0), _strained("1", equity="-1")),
    case("no margin kept", "I-17", sizes(5, -20), _strained("0", equity="-1")),
    case("liquidation far", "I-17", sizes(5, -20), _strained("1", liquidation="110")),
    case("liquidation near", "A9", sizes(5, 0), _strained("1", liquidation="109.9")),
    case("liquidation near below", "A9", sizes(5, 0), _strained("1", liquidation="90.1")),
    case(
        "the tighter of two limits",
        "I-11",
        sizes(-2, -5),
        lambda m: m.limited(order_notional_max=D(499), position_notional_max=D(299)),
    ),
    case(
        "the tighter of two limits, the other way round",
        "I-11",
        sizes(-2, -5),
        lambda m: m.limited(order_notional_max=D(299), position_notional_max=D(499)),
    ),
    case("leverage where mark and index are apart", "I-11", sizes(-1, 0), _apart()),
    case("leverage where they are apart the other way", "I-11", sizes(-2, 0), _apart(48)),
    case("leverage of each venue for itself", "I-11", sizes(-5, -10), _elsewhere()),
    case(
        "margin in a coin of ours",
        "I-11",
        sizes(-5, 0),
        lambda m: _margin("0")(m).shown(
            margins=(
                Margin(
                    source="main:c", asset=Asset("A"), equity=D(10), wallet=D(0), maintenance=D(0)
                ),
            )
        ),
    ),
    case("margin in a coin of no price", "I-11", sizes(-10, -10), _strange_coin()),
    case(
        "leverage with an order that may yet fill",
        "I-11",
        sizes(-7, 0),
        lambda m: _margin("2000")(m).now(pending={OTHER: D(300)}),
    ),
    case(
        "an order that may yet fill on another venue",
        "I-17",
        sizes(-10, 0),
        lambda m: _margin("2000")(m).now(pending={InstrumentKey("other:C/USDT:USDT"): D(300)}),
    ),
    case("order limit", "I-11", sizes(-4, -9), lambda m: m.limited(order_notional_max=D(499))),
    case(
        "position limit", "I-11", sizes(-4, -9), lambda m: m.limited(position_notional_max=D(499))
    ),
    case(
        "position limit with a position",
        "I-11",
        sizes(-1, -9),
        _held_short(-3, position_notional_max=D(499)),
    ),
    case(
        "position limit passed already: what shrinks is free",
        "F9",
        sizes(5, -2),
        _held_short(-15, position_notional_max=D(100)),
    ),
    case(
        "turnover with what is used up",
        "I-11",
        sizes(-7, -1),
        lambda m: m.limited(turnover_day_max=D(800)).now(activity=Activity(turnover_day=D(50))),
    ),
    case(
        "turnover used up",
        "I-11",
        sizes(0, 0),
        lambda m: m.limited(turnover_day_max=D(800)).now(activity=Activity(turnover_day=D(900))),
    ),
    case(
        "pace with what was sent",
        "I-11",
        sizes(-10, 0),
        lambda m: m.limited(orders_per_minute_max=3).now(activity=Activity(orders_minute=2)),
    ),
    case(
        "pace used up",
        "I-11",
        sizes(0, 0),
        lambda m: m.limited(orders_per_minute_max=3).now(activity=Activity(orders_minute=3)),
    ),
    case("leverage", "I-11", sizes(-10, -10), _margin("3000")),
    case("leverage by the margin balance, not the wallet", "I-11", sizes(-5, 0), _margin("1000")),
    case("leverage without equity", "I-11", sizes(0, 0), _margin("0")),
    case("leverage of a debt", "I-11", sizes(0, 0), _margin("-1000")),
    case(
        "leverage with nothing read",
        "I-11",
        sizes(0, 0),
        lambda m: m.shown(margins=()).limited(leverage_max=D("0.5")),
    ),
    case(
        "leverage of another venue's margin",
        "I-11",
        sizes(0, 0),
        lambda m: _margin("3000")(m).shown(
            margins=tuple(
                replace(one_, source="other:linear") for one_ in _margin("3000")(m).snapshot.margins
            )
        ),
    ),
    case(
        "leverage with another's position", "I-11", sizes(-7, 0), _another(price=True, entry="90")
    ),
    case(
        "leverage with another's, at its entry",
        "I-11",
        sizes(-7, 0),
        _another(price=False, entry="100"),
    ),
    case(
        "leverage with another's of no price",
        "I-11",
        sizes(0, 0),
        _another(price=False, entry=None),
    ),
    case(
        "leverage of a position that is believed larger than shown",
        "I-11",
        sizes(0, -10),
        lambda m: _margin("2000")(m).remembered(
            position=D(-5), position_at_ms=1, unconfirmed_since_ms=NOW_MS
        ),
    ),
)


def limits() -> Sequence[Violation]:
    """Meet each limit, from both sides."""
    return judged(LIMITS)


SCRIPTS = {"limits": limits}
