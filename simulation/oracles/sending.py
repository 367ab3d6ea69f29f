"""An order leaves once, recorded as it is, alone, and when orders may leave."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.orders import LIVE_STATES, IntentState
from simulation.oracles.values import Found, Sending

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

D = Decimal
LIVE = "','".join(sorted(LIVE_STATES))


def once(run: Oracles, sending: Sending) -> Found:
    """Judge whether an id is used for the first time."""
    if sending.key in run.posted:
        yield "I-7", "its id was sent before"


def journaled(run: Oracles, sending: Sending) -> Found:
    """Judge whether the journal has it as it leaves."""
    rows = run.rows(
        "SELECT state, size, limit_price, symbol FROM intent WHERE client_order_id = ?",
        sending.key,
    )
    if not rows:
        yield "I-2", "it is not in the journal"
        return
    state, size, price, symbol = rows[0]
    if state != IntentState.SENT:
        yield "I-2", f"the journal has it as {state}"
    order = sending.order
    if (D(str(size)), D(str(price)), symbol) != (order.size, order.limit_price, order.symbol):
        yield "I-2", f"the journal has {size} at {price} of {symbol}"


def alone(run: Oracles, sending: Sending) -> Found:
    """Judge whether nothing else of its instrument may still trade."""
    key, asset = sending.key, sending.asset
    live = run.rows(
        f"SELECT client_order_id FROM intent WHERE state IN ('{LIVE}') AND symbol = ?",  # noqa: S608
        f"{asset}/USDT:USDT",
    )
    if [row[0] for row in live] != [key]:
        yield "I-1", f"the journal has {len(live)} live orders of it"
    may_trade = [
        other
        for other, of in (*run.truth.flying.items(), *run.truth.waiting.items())
        if of == asset and other != key
    ]
    if may_trade:
        yield "I-1", f"{may_trade} may still trade"


def allowed(run: Oracles, sending: Sending) -> Found:
    """Judge whether this is a time for orders at all."""
    if run.profile.dry_run:
        yield "I-23", "an order in dry-run"
    if run.quiet_since_s is not None and sending.now_s > run.quiet_since_s:
        yield "I-19", "nothing has changed"
