"""The answer of `plan`: the arithmetic of every asset, and of every order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from counterpoise.cli import reasons, words
from counterpoise.cli.hedge_words import asset_price, carried
from counterpoise.cli.layout import flowed, labelled, listing
from counterpoise.cli.limit_words import limits_told
from counterpoise.core.decision import AssetView, Decision
from counterpoise.core.instrument import Asset, Instrument, Kind
from counterpoise.core.orders import Hold, HoldReason, Order, Rule
from counterpoise.core.units import ZERO
from counterpoise.ports import CycleRecord

if TYPE_CHECKING:  # it takes a second to import, and a replay does without
    from counterpoise.bootstrap.basis import Basis

WIDE = 108  # columns of a window from which the whole table fits
SIDE_STYLE = {True: "bold green", False: "bold red"}
QUIET = frozenset({HoldReason.IN_BAND, HoldReason.BELOW_MINIMUM, HoldReason.CARRIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A cycle that was only looked at, and whose it is."""

    portfolio: str
    mode: str
    record: CycleRecord
    bases: Sequence[Basis] = ()  # of assets that are hedged with another's perpetual
    replayed: str = ""  # the order whose cycle this is again; empty for a look of now


def work_remains(record: CycleRecord) -> bool:
    """Say whether anything is left to do or to mend."""
    return any(
        isinstance(d.verdict, Order) or d.verdict.reason not in QUIET for d in record.plan.decisions
    )


def rendered(view: PlanView, width: int) -> RenderableType:
    """Return the whole answer for a window of `width` columns."""
    wide = width >= WIDE
    rows = [row for d in view.record.plan.decisions for row in _notes(d, view.record, wide=wide)]
    rows += [(f"{basis.asset}:", tuple(basis.said)) for basis in view.bases]
    notes = [labelled(rows, width)] if rows else []
    return Group(_head(view, width), _table(view.record, wide=wide), *notes, *_tail(view.record))


def _head(view: PlanView, width: int) -> Text:
    record = view.record
    age = words.span(record.at_ms - record.snapshot.started_at_ms)
    missing = len(record.snapshot.missing)
    complete = f"{missing} MISSING" if missing else "all complete"
    when = words.date_time(record.at_ms) if view.replayed else f"{age} old"
    pieces = (
        f"{f'REPLAY of {view.replayed}' if view.replayed else 'DRY LOOK'}, nothing is sent.",
        view.portfolio,
        f"{view.mode} settings",
        f"value {words.amount(record.plan.value)} {record.policy.quote}",
        f"snapshot {when} ({words.count(record.snapshot.reads, 'read')}, {complete})",
    )
    head = Text("\n".join(flowed(pieces, width)))
    head.highlight_words(("DRY LOOK", "REPLAY", view.portfolio), "bold")
    head.highlight_words((f"{missing} MISSING",), "bold red")
    return head


def _table(record: CycleRecord, *, wide: bool) -> Table:
    inner = ("spot+external", "perp", "net", "price") if wide else ("net", "price")
    headers = ("asset", *inner, "weight", "target", "drift", " decision")
    table = listing(headers, left=("asset", "decision"))
    for decision in record.plan.decisions:
        table.add_row(
            decision.asset,
            *_figures(decision, record, wide=wide),
            _verdict(decision, record, wide=wide),
        )
    return table


def _figures(decision: Decision, record: CycleRecord, *, wide: bool) -> Iterator[Text | str]:
    view = decision.view
    if view is None:
        yield from [words.UNKNOWN] * (7 if wide else 5)
        return
    instrument = record.snapshot.instruments[view.instrument]
    if wide:
        external = f"+{words.quantity(view.external)}" if view.external else ""
        yield f"{words.quantity(view.spot)}{external}"
        yield f"{'+' if view.perpetual > 0 else ''}{words.quantity(view.perpetual)}"
    yield words.quantity(view.net)
    yield asset_price(view, instrument)
    yield words.points(view.weight)
    yield words.points(view.weight_target)
    outside = view.carrier is None and abs(view.drift_weight) > view.band_outer_weight
    yield Text(words.signed_points(view.drift_weight), style="bold yellow" if outside else "")


def _verdict(decision: Decision, record: CycleRecord, *, wide: bool) -> Text:
    verdict = decision.verdict
    if isinstance(verdict, Hold):
        return _held(verdict, decision.view, wide=wide)
    size = words.exact_quantity(abs(verdict.size))
    head = (f" {verdict.side.upper()} {size}", SIDE_STYLE[verdict.size > 0])
    if not wide:
        return Text.assemble(head)
    return Text.assemble(head, f" {_terms(verdict, record)}")


def _held(hold: Hold, view: AssetView | None, *, wide: bool) -> Text:
    if hold.reason is HoldReason.IN_BAND:
        band = f" ({words.points(view.band_outer_weight)})" if view else ""
        said = f"inside the band{band}" if wide else f"in band{band}"
        return Text.assemble((" hold", "dim"), f"   {said}")
    return Text.assemble((" hold", "yellow"), f"   {hold.reason.replace('_', ' ')}")


def _terms(order: Order, record: CycleRecord) -> str:
    """Return symbol, bound price and kind of an order: `ETH/USDT:USDT, limit 3,410.20, IOC`."""
    instrument = record.snapshot.instruments[order.instrument]
    limit = words.price(order.limit_price, instrument.price_step)
    return f"{order.symbol}, limit {limit}, IOC{', reduce-only' if order.reduce_only else ''}"


def _notes(
    decision: Decision, record: CycleRecord, *, wide: bool
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the lines that explain an order, or the way out of a hold."""
    verdict, view, label = decision.verdict, decision.view, f"{decision.asset}:"
    if isinstance(verdict, Hold):
        below = record.snapshot.missing_for(decision.asset) is not None  # told by `_tail`
        if verdict.reason is not HoldReason.IN_BAND and not below:
            remedy = reasons.remedy(verdict)
            yield label, (reasons.held(verdict), *((f"-> {remedy}",) if remedy else ()))
        return
    instrument = record.snapshot.instruments[verdict.instrument]
    if view is not None and verdict.rule is not Rule.OPERATOR:
        yield label, _arithmetic(decision, view, record)
        yield "", (_cost(verdict, record, instrument), _after(verdict, view, record))
    else:
        yield label, ("closes the whole position, whatever the drift",)
        yield "", (_cost(verdict, record, instrument),)
    if not wide:
        yield "", (_terms(verdict, record),)
    first, *rest = limits_told(decision.checks)
    yield "", (f"limits: {first}", *rest)


def _arithmetic(decision: Decision, view: AssetView, record: CycleRecord) -> tuple[str, ...]:
    """Return how drift became an order: every number of it, in order."""
    order = decision.verdict
    assert isinstance(order, Order)
    instrument = record.snapshot.instruments[view.instrument]
    drift, band = words.points(abs(view.drift_weight)), words.points(view.band_outer_weight)
    over = f"drift {drift} > {band}"
    goal = view.band_inner_weight.copy_sign(view.drift_weight)
    share = words.exact_quantity(record.policy.trigger.return_to)
    step, sized = (words.exact_quantity(n) for n in (instrument.size_step, abs(order.size)))
    return (
        f"{over if order.rule is Rule.DRIFT else f'rule {order.rule}, drift {drift}'};",
        *carried(view),
        f"return_to {share} -> {words.signed_points(goal) if goal else '0.00'};",
        f"{_wanted(decision.wanted, order, instrument)}, step {step} -> {sized}"
        + ("" if order.completes else f" ({_why_less(order)})"),
    )


def _wanted(wanted: Decimal, order: Order, instrument: Instrument) -> str:
    """Return the whole correction in quote currency, and in base units where those are traded."""
    mark_price = order.mark_price
    notional = f"{words.amount(instrument.notional(wanted, mark_price))} {instrument.quote}"
    if instrument.kind is Kind.INVERSE:
        return notional
    return f"{notional} / {words.price(mark_price, instrument.price_step)} = {abs(wanted):.5f}"


def _why_less(order: Order) -> str:
    return "closes first, opens next cycle" if order.reduce_only else "the rest in later cycles"


def _cost(order: Order, record: CycleRecord, instrument: Instrument) -> str:
    """Return what the order costs: the taker fee and the way to the touch, and at worst."""
    book = record.snapshot.books[order.instrument]
    touch = book.ask if order.size > 0 else book.bid
    fee = order.notional * instrument.taker_fee
    slippage = max(ZERO, _slipped(order, touch))
    worst = abs(_slipped(order, order.limit_price))
    return (
        f"cost about {words.amount(fee)} fee + {words.amount(slippage)} slippage "
        f"(at most {words.amount(worst)}, at the limit)"
    )


def _slipped(order: Order, price: Decimal) -> Decimal:
    """Return what an order costs at `price` against the mark price, in quote currency."""
    worse = order.notional * (price - order.mark_price) / order.mark_price
    return worse if order.size > 0 else -worse


def _after(order: Order, view: AssetView, record: CycleRecord) -> str:
    value = record.plan.value
    if value is None:
        return ""
    instrument = record.snapshot.instruments[order.instrument]
    change = instrument.delta(order.size, order.mark_price) * view.price / value
    weight, drift = view.weight + change, view.drift_weight + change
    return f"after: weight {words.points(weight)}, drift {words.signed_points(drift)}"


def _tail(record: CycleRecord) -> Iterator[Text]:
    """Yield what else one should know: what is missing, what was declared and how long ago."""
    for part in record.snapshot.missing:
        concerned = ", ".join(sorted(part.assets))
        yield Text(f"Missing {part.what}: {part.reason}. {concerned} hold.", style="yellow")
    for decision in record.plan.decisions:
        sides = decision.view.sides if decision.view else None
        if sides is not None and sides.long and sides.short:
            long, short = words.exact_quantity(sides.long), words.exact_quantity(sides.short)
            yield Text(f"{decision.asset} is {long} long and {short} short at once (hedge mode).")
    for target in record.policy.every:
        external = target.external
        if external is None or external.as_of_ms is None or external.valid_until_ms is None:
            continue
        declared = words.days(record.at_ms - external.as_of_ms)
        left_ms = external.valid_until_ms - record.at_ms
        valid = f"valid {words.days(left_ms)} more" if left_ms > 0 else "no longer valid"
        held = words.exact_quantity(external.quantity)
        yield Text(f"External {target.asset} {held} was declared {declared} ago, {valid}.")


def facts(view: PlanView) -> dict[str, object]:
    """Return the same as keys."""
    record, snapshot = view.record, view.record.snapshot
    return {
        "portfolio": view.portfolio,
        "mode": view.mode,
        "replayed": view.replayed or None,
        "at_ms": record.at_ms,
        "settings_digest": record.settings_digest,
        "snapshot": {
            "age_ms": record.at_ms - snapshot.started_at_ms,
            "reads": snapshot.reads,
            "missing": snapshot.missing,
        },
        "quote": record.policy.quote,
        "exposure": record.policy.exposure,
        "value": record.plan.value,
        "work_remains": work_remains(record),
        "assets": [_asset_facts(d, record) for d in record.plan.decisions],
        "basis": list(view.bases),
    }


def _asset_facts(decision: Decision, record: CycleRecord) -> dict[str, object]:
    verdict = decision.verdict
    ordered = isinstance(verdict, Order)
    return {
        "asset": Asset(decision.asset),
        "arithmetic": decision.view,
        "decision": "order" if ordered else "hold",
        "order": verdict if ordered else None,
        "wanted": decision.wanted,
        "hold": None if ordered else verdict,
        "checks": [
            {"limit": c.limit, "value": c.value, "allowed": c.allowed, "passed": c.passed}
            for c in decision.checks
        ],
        "cost": _cost_facts(verdict, record) if isinstance(verdict, Order) else None,
    }


def _cost_facts(order: Order, record: CycleRecord) -> dict[str, Decimal]:
    instrument, book = (
        record.snapshot.instruments[order.instrument],
        record.snapshot.books[order.instrument],
    )
    touch = book.ask if order.size > 0 else book.bid
    fee = order.notional * instrument.taker_fee
    return {
        "fee": fee,
        "slippage": max(ZERO, _slipped(order, touch)),
        "slippage_max": abs(_slipped(order, order.limit_price)),
    }
