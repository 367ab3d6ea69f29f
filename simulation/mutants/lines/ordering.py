"""What may not be ordered, nor so large, nor at such a price."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a contract that does not trade is traded": (
        "core.plan",
        "    if not scene.snapshot.instruments[target.instrument].trading:\n",
        "    if False:\n",
        "doubting gates",
    ),
    "a stop is no hold": (
        "core.plan",
        "    if memory.stopped is None or scene.situation.flattening:\n",
        "    if True:\n",
        "doubting gates",
    ),
    "orders that nothing fills are not paced": (
        "core.plan",
        "    if situation.now_ms < memory.empty_until_ms:\n",
        "    if False:\n",
        "doubting gates",
    ),
    "a hold from elsewhere is not asked for": (
        "core.plan",
        "    if held is not None:\n",
        "    if False:\n",
        "doubting gates",
    ),
    "flattening closes with a price in doubt": (
        "core.plan",
        "    if doubt is not None and not closing:\n",
        "    if doubt is not None and not scene.situation.flattening:\n",
        "flattening flattening",
    ),
    "a shrinking order has no bound": (
        "core.limits",
        "return down_to(mark_price * (ONE + collar), instrument.price_step)",
        "return down_to(mark_price * 2, instrument.price_step)",
        "sizing bounds",
    ),
    "a bound is rounded past the collar": (
        "core.limits",
        "return up_to(mark_price * (ONE - collar), instrument.price_step)",
        "return down_to(mark_price * (ONE - collar), instrument.price_step)",
        "sizing bounds",
    ),
    "the spread is not looked at": (
        "core.limits",
        '        ("spread_max", book.spread, limits.spread_max),\n',
        "\n",
        "sizing bounds",
    ),
    "a touch beyond the collar is no matter": (
        "core.limits",
        '        ("price_collar", away, limits.price_collar),\n',
        "\n",
        "sizing bounds",
    ),
    "the venue's largest order is passed": (
        "core.sizing",
        "    if leg.instrument.size_max is not None:\n",
        "    if False:\n",
        "sizing sizes",
    ),
    "the venue's least notional is not kept to": (
        "core.sizing",
        "notional >= leg.instrument.notional_min",
        "True",
        "sizing sizes",
    ),
    "the venue's least size is not kept to": (
        "core.sizing",
        "abs(size) >= leg.instrument.size_min and",
        "True and",
        "sizing sizes",
    ),
    "leverage without equity": (
        "core.limits",
        "most = limits.leverage_max * (budget.equity or ZERO)",
        "most = limits.leverage_max * budget.equity if budget.equity else None",
        "limiting limits",
    ),
    "leverage by the wallet": (
        "core.margin",
        "margin.equity * prices[margin.asset]",
        "margin.wallet * prices[margin.asset]",
        "limiting limits",
    ),
    "an order of one plan takes nothing from the next": (
        "core.plan",
        "            budgets = budgets_after(budgets, venue, decision.verdict)\n",
        "            pass\n",
        "limiting limits",
    ),
    "an inverse contract counts base units": (
        "core.instrument",
        "return counted if self.kind is Kind.LINEAR else counted * mark_price",
        "return counted",
        "sizing targets",
    ),
    "a sustained drift is not waited for": (
        "core.trigger",
        "    if occasion.now_ms - memory.drifted_since_ms < trigger.sustain_ms:\n",
        "    if False:\n",
        "timing beginnings",
    ),
    "a correction begun stops at the band": (
        "core.trigger",
        "    if memory.correcting is not None:\n",
        "    if False:\n",
        "timing beginnings",
    ),
    "a time from the future is waited for": (
        "core.trigger",
        "ended = None if memory.corrected_at_ms is None else min(memory.corrected_at_ms, now)",
        "ended = memory.corrected_at_ms",
        "timing beginnings",
    ),
}
