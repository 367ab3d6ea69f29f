"""Limits, over all lives of a daemon."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.orders import Rule
from counterpoise.core.units import ZERO
from simulation.oracles.values import ON_ITS_WAY_S, Found, Sending

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

D = Decimal
ROUNDING = D("1.000001")
LEVERAGE_SLACK = D("1.02")  # the price of the margin balance is not that of the order
DAY_S, MINUTE_S = 86_400.0, 60.0


def limited(run: Oracles, sending: Sending) -> Found:
    """Judge its size, what it makes of the position, and its pace."""
    order, limits = sending.order, run.policy.limits
    asset, now_s = sending.asset, sending.now_s
    if limits.order_notional_max and order.notional > limits.order_notional_max * ROUNDING:
        yield "I-11", f"order of {order.notional:.0f}, at most {limits.order_notional_max}"
    recent = [one for one in run.recent if one.at_s > now_s - DAY_S]
    run.recent = recent
    if limits.orders_per_minute_max is not None:
        minute = sum(one.at_s > now_s - MINUTE_S + 1 for one in recent) + 1
        if minute > limits.orders_per_minute_max and not run.clock_stepped(now_s, MINUTE_S):
            yield "I-11", f"{minute} orders within a minute"
    yield from turned_over(run, sending)
    before = run.truth.position(asset)
    after = abs(before + order.size) * order.mark_price
    grows = abs(before + order.size) > abs(before)
    most = limits.position_notional_max
    if grows and most is not None and after > most * ROUNDING:
        yield "I-11", f"position of {after:.0f}, at most {most}"
    if grows and limits.leverage_max is not None:
        yield from levered(run, sending, limits.leverage_max)


def levered(run: Oracles, sending: Sending, most: Decimal) -> Found:
    """Judge what it makes of the leverage."""
    worth = ZERO
    sizes = {other: run.truth.position(other) for other in run.truth.assets}
    sizes[sending.asset] += sending.order.size
    for key, other in (*run.truth.flying.items(), *run.truth.waiting.items()):
        order = run.intents[key].order
        if not order.reduce_only:
            sizes[other] += order.size
    for other, size in sizes.items():
        worth += abs(size) * run.truth.price(other)
    equity = run.truth.engine.margin("USDT", run.truth.now).balance
    if worth > most * equity * LEVERAGE_SLACK:
        yield "I-11", f"{worth:.0f} on a margin of {equity:.0f}, at most {most} times"


def turned_over(run: Oracles, sending: Sending) -> Found:
    """Judge what it makes of the turnover of a day."""
    most, now_s = run.policy.limits.turnover_day_max, sending.now_s
    if most is None or run.clock_stepped(now_s, DAY_S):
        return
    filled = run.truth.executed()
    total = sending.order.notional
    for key, one in run.posted.items():
        if one.at_s > now_s - DAY_S + 60 and key not in run.forgotten:
            done = filled.get(key, ZERO)
            total += one.notional * abs(done / one.size)
    if total > most * ROUNDING:
        yield "I-11", f"{total:.0f} turned over within a day, at most {most}"


def paced(run: Oracles, sending: Sending) -> Found:
    """Leave alone what was just corrected, and do not pester a venue that refuses."""
    asset, now_s = sending.asset, sending.now_s
    if run.clock_stepped(now_s, MINUTE_S * 120):
        return
    ended_s = run.corrected_s.get(asset)
    cooldown_s = run.policy.trigger.cooldown_ms / 1000
    begins = sending.order.rule is Rule.DRIFT and ended_s is not None
    if begins and now_s - (ended_s or 0.0) < cooldown_s - ON_ITS_WAY_S:
        yield "M8", f"corrected at {ended_s}, now {now_s}, cooldown is {cooldown_s:.0f} s"
    refusals, last_s = run.refused.get(asset, (0, 0.0))
    pause_s = min(10.0 * 2 ** (refusals - 1), 3600.0) if refusals else 0.0
    if now_s - last_s < pause_s - ON_ITS_WAY_S:
        yield "R9", f"refused {refusals} times, last {now_s - last_s:.1f} s ago"
