"""What others did is recorded, left alone, and where it was forced, a person is waited for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.orders import Rule
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.core.units import ZERO
from counterpoise.exchange.orders import OrderStatus
from counterpoise.patrol import EVERY_S
from simulation.oracles.values import ON_ITS_WAY_S, Found, Sending

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

D = Decimal
STEPS_MATTER_S = 7_200.0


def accounted(run: Oracles, asset: str) -> Decimal:
    """Return the position that the journal accounts for: fills of orders, and changes by others."""
    key = run.truth.key(asset)
    ours = run.rows("SELECT filled_size FROM intent WHERE instrument = ?", key)
    others = run.rows("SELECT size FROM change WHERE instrument = ?", key)
    return sum((D(str(size)) for (size,) in (*ours, *others)), ZERO)


def on_accounted(run: Oracles, sending: Sending) -> Found:
    """Judge whether an order is sized on a position that the journal accounts for whole."""
    known, before = accounted(run, sending.asset), sending.order.position_before
    if known != before:
        yield "I-31", f"sized on {before}, the journal accounts for {known}"


def forced(run: Oracles, sending: Sending) -> Found:
    """Judge whether what others did is left alone: for a while, or until a person has looked."""
    if sending.order.rule is Rule.OPERATOR:
        return
    shown_s = sending.seen.started_s.get("positions", 0.0) - run.profile.lag_s
    liquidated_s = run.liquidated_s.get(sending.asset)
    if liquidated_s is not None and shown_s > liquidated_s:
        yield "E8", "liquidated, and no person has resumed it"
    moved_s = run.moved_s.get(sending.asset)
    if moved_s is None or shown_s <= moved_s or run.clock_stepped(sending.now_s, STEPS_MATTER_S):
        return
    cooldown_s = run.policy.trigger.cooldown_ms / 1000
    if sending.now_s < moved_s + cooldown_s - ON_ITS_WAY_S:
        yield "E7", f"others traded it {sending.now_s - moved_s:.0f} s ago"


def alone_on_account(run: Oracles, sending: Sending) -> Found:
    """Judge whether a second copy of us stops the first, once it could be noticed."""
    noticed_s = EVERY_S + run.profile.interval_s + 2 * ON_ITS_WAY_S
    if run.copied_s is not None and sending.now_s > run.copied_s + noticed_s:
        yield "A2", "a second copy of us has orders on the account"


def margin(run: Oracles, sending: Sending) -> Found:
    """Judge whether nothing grows while margin was shown to be near liquidation."""
    most = run.policy.limits.margin_use_max
    if most is None or sending.order.reduce_only:
        return
    if sending.seen.margin_use > most:
        yield "A9", f"grows with {sending.seen.margin_use:.4f} of the margin used"


def resumed(run: Oracles, name: str, done: object) -> None:
    """Note that a person has looked."""
    obeyed = done if isinstance(done, OperatorCommand) and name == "record_obeyed" else None
    if obeyed and obeyed.command is Command.RESUME and obeyed.asset is not None:
        run.liquidated_s.pop(str(obeyed.asset), None)
        run.moved_s.pop(str(obeyed.asset), None)
    if name == "record_control" and isinstance(done, Control) and done.state is AccountState.RUN:
        run.copied_s = None


def recorded(run: Oracles) -> None:
    """Judge the whole journal: what is believed of each position is accounted for."""
    if not run.rows("SELECT name FROM sqlite_master WHERE name = 'change'"):
        return
    for asset, body in run.rows("SELECT asset, body FROM memory"):
        believed, known = json.loads(str(body))["position"], accounted(run, str(asset))
        if believed is not None and D(believed) != known:
            run.breach("I-31", f"{asset}: {believed} is believed, {known} accounted for")


def untouched(run: Oracles) -> None:
    """Judge whether orders of others are as they left them."""
    for order in run.foreign_orders:
        if order.status is OrderStatus.CANCELED:
            run.breach("I-32", f"{order.request.client_order_id} was cancelled")
