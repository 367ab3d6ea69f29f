"""The answer of `explain`: why an order was, on what, within which limits, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from counterpoise.cli import words
from counterpoise.cli.hedge_words import asset_price, carried
from counterpoise.cli.layout import labelled
from counterpoise.cli.limit_words import SHARES
from counterpoise.cli.render_orders import latency_ms, slippage_cost, slippage_share
from counterpoise.core.decision import AssetView, Check, Decision
from counterpoise.core.orders import Intent, IntentState, Rule
from counterpoise.core.units import BPS, ZERO, plain
from counterpoise.ports import CycleRecord, Transition

STATE_WORDS = {
    IntentState.PLANNED: "planned",
    IntentState.SENT: "journaled and sent",
    IntentState.ACKNOWLEDGED: "accepted",
    IntentState.UNKNOWN: "OUTCOME UNKNOWN",
    IntentState.FILLED: "filled",
    IntentState.PART_FILLED: "filled in part",
    IntentState.CANCELLED: "ended unfilled",
    IntentState.REJECTED: "rejected",
    IntentState.ABSENT: "never arrived",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that the journal has of one order."""

    intent: Intent
    record: CycleRecord | None  # what it was decided on
    transitions: Sequence[Transition]
    after: CycleRecord | None  # the next recorded look, which shows the position


def rendered(told: Explanation, width: int) -> RenderableType:
    """Return the whole answer for a window of `width` columns."""
    rows = [
        ("why", list(_why(told))),
        ("saw", list(_saw(told))),
        ("limits", list(_limits(told))),
        ("did", list(_did(told))),
        ("proved", list(_proved(told))),
        ("replay", [f"counterpoise plan --at {told.intent.client_order_id}", "raw: --json"]),
    ]
    return Group(_head(told), labelled([row for row in rows if row[1]], width))


def _head(told: Explanation) -> Text:
    intent, order = told.intent, told.intent.order
    size = words.exact_quantity(abs(order.size))
    parts = [f"{order.asset} {order.side} {size}"]
    if intent.filled_size:
        filled = words.exact_quantity(abs(intent.filled_size))
        parts.append(f"filled {filled} at {words.price(intent.price_average)}")
    else:
        parts.append(STATE_WORDS[intent.state] + (f" ({intent.code})" if intent.code else ""))
    if intent.settled_at_ms is not None:
        parts.append(words.span(latency_ms(intent)))
    return Text(", ".join([*parts, *_cost(told)]), style="bold")


def _cost(told: Explanation) -> Iterator[str]:
    """Yield what it cost: fee and slippage against the mark price it was decided on."""
    intent, share = told.intent, slippage_share(told.intent)
    if share is None:
        return
    slipped = slippage_cost(intent) or ZERO
    quote = _quote(told)
    slippage = f"slippage {words.bps(share)}"
    if intent.fee is None:
        yield f"cost {words.amount(slipped)} {quote} before fee ({slippage})"
    elif intent.fee_asset == quote:
        total = words.amount(intent.fee + slipped)
        yield f"cost {total} {quote} (fee {words.amount(intent.fee)}, {slippage})"
    else:
        yield f"fee {plain(intent.fee)} {intent.fee_asset}, {slippage}"


def _quote(told: Explanation) -> str:
    if told.record is not None:
        return str(told.record.policy.quote)
    return told.intent.order.symbol.partition("/")[2].partition(":")[0]


def _decision(told: Explanation) -> Decision | None:
    decisions = told.record.plan.decisions if told.record else ()
    return next((d for d in decisions if d.asset == told.intent.order.asset), None)


def _view(told: Explanation) -> AssetView | None:
    decision = _decision(told)
    return decision.view if decision else None


def _why(told: Explanation) -> Iterator[str]:
    order, record, view = told.intent.order, told.record, _view(told)
    if record is None or view is None:
        yield f"rule {order.rule}; the cycle it was decided in has no arithmetic"
        return
    trigger = record.policy.trigger
    drift, band = words.signed_points(view.drift_weight), words.points(view.band_outer_weight)
    beyond = abs(view.drift_weight) > view.band_outer_weight
    sustain = words.span(trigger.sustain_ms) if trigger.sustain_ms else "0 s"
    side = "beyond" if beyond else "within"
    yield from carried(view)
    yield f"drift {drift} pt {side} {band} (rule: {order.rule}, sustain {sustain}, cooldown clear);"
    if order.rule is not Rule.OPERATOR:
        goal = view.band_inner_weight.copy_sign(view.drift_weight)
        chosen = words.signed_points(goal) if goal else "0.00"
        yield f"policy return_to {plain(trigger.return_to)} chose {chosen}"
    if order.reduce_only:
        yield "reduce-only: it shrinks the position"


def _saw(told: Explanation) -> Iterator[str]:
    record, view = told.record, _view(told)
    if record is None or view is None:
        return
    seen, book = record.snapshot, record.snapshot.books[view.instrument]
    step = seen.instruments[view.instrument].price_step
    took_ms = round((seen.finished_s - seen.started_s) * 1000)
    yield f"{words.clock_ms(seen.started_at_ms)} + {took_ms} ms"
    external = f" + {plain(view.external)} external" if view.external else ""
    perpetual = words.exact_quantity(view.perpetual)
    yield f"{view.asset} spot {words.exact_quantity(view.spot)}{external}, perp {perpetual},"
    touch = f"bid {words.price(book.bid, step)} ask {words.price(book.ask, step)}"
    price = f"price {asset_price(view, seen.instruments[view.instrument])}"
    yield f"{price} ({touch}, spread {book.spread / BPS:.1f} bps),"
    yield f"V {words.amount(record.plan.value)}"


def _limits(told: Explanation) -> Iterator[str]:
    decision = _decision(told)
    if decision is None or not decision.checks:
        return
    passed = sum(check.passed for check in decision.checks)
    yield f"{passed} of {len(decision.checks)} passed;"
    near = max(decision.checks, key=_used)
    yield f"nearest: {near.limit} {_plainly(near)} ({_used(near):.0%})".replace("%)", " %)")


def _used(check: Check) -> float:
    if check.least:
        return float(check.allowed / check.value) if check.value else 1.0
    return float(check.value / check.allowed) if check.allowed else 0.0


def _plainly(check: Check) -> str:
    if check.limit in SHARES:
        return f"{check.value * 100:.1f} of {check.allowed * 100:.0f} %"
    if check.allowed < 1:
        return f"{check.value / BPS:.1f} of {check.allowed / BPS:.0f} bps"
    return f"{words.short(check.value)} of {words.short(check.allowed)}"


def _did(told: Explanation) -> Iterator[str]:
    """Yield each step with its time; a step that only adds the fee says so."""
    before: Transition | None = None
    for step in told.transitions:
        when = words.clock_ms(step.at_ms)
        short = before is not None and step.at_ms // 1000 == told.transitions[0].at_ms // 1000
        again = before is not None and before.state is step.state
        said = "fee known" if again else STATE_WORDS[step.state]
        proof = f" ({step.proof})" if step.proof and not again else ""
        yield f"{when[-len('.000') :] if short else when} {said}{proof}"
        before = step


def _proved(told: Explanation) -> Iterator[str]:
    intent, after = told.intent, told.after
    if intent.state.live:
        yield "not yet; the asset holds until it is"
        return
    sign = "+" if intent.filled_size >= 0 else "-"
    before, change = plain(intent.order.position_before), plain(abs(intent.filled_size))
    implied = f"{plain(intent.position_after)} = {before} {sign} {change}"
    position = after.snapshot.positions.get(intent.order.instrument) if after else None
    if after is None or position is None:
        yield f"by {intent.proof or 'its fills'}: perp {implied}; no later look is recorded"
        return
    moved = "" if position.size == intent.position_after else f", now {plain(position.size)}"
    yield f"{words.clock_ms(after.snapshot.started_at_ms)} new snapshot: perp {implied}{moved};"
    view = next((d.view for d in after.plan.decisions if d.asset == intent.order.asset), None)
    if view is not None:
        yield f"drift {words.signed_points(view.drift_weight)}; {view.asset} released"


def facts(told: Explanation) -> dict[str, object]:
    """Return everything that is recorded, as keys."""
    return {
        "intent": told.intent,
        "transitions": list(told.transitions),
        "decided_on": told.record,
        "seen_after": told.after,
    }
