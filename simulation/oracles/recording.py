"""What the journal is told, against what the venue knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.orders import LIVE_STATES, Intent, IntentState
from counterpoise.core.units import ZERO
from simulation.gateway import LIMITS

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

D = Decimal


def _outcome(run: Oracles, intent: Intent, now_s: float) -> None:
    asset = str(intent.order.asset)
    if intent.settled_at_ms is not None:  # a machine may stand still before it commits
        now_s -= max(0, run.truth.now.wall_ms - intent.settled_at_ms) / 1000
    if intent.state is IntentState.REJECTED:
        refusals, _ = run.refused.get(asset, (0, 0.0))
        run.refused[asset] = (refusals + 1, now_s)
    elif not intent.state.live:
        run.refused.pop(asset, None)
    if intent.state is IntentState.FILLED and intent.order.completes:
        run.corrected_s[asset] = now_s


def _judge_absence(run: Oracles, intent: Intent, now_s: float) -> None:
    key = str(intent.client_order_id)
    run.absent.add(key)
    if key in run.truth.executed() or key in run.truth.waiting:
        run.breach("I-6", f"{key} was called absent, and exists")
    posted = run.posted.get(key)
    if posted is not None and now_s < posted.at_s + LIMITS.receive_window_ms / 1000:
        run.breach("I-6", f"{key} was called absent after {now_s - posted.at_s:.1f} s")


def _executions(run: Oracles) -> Iterator[str]:
    for order in run.truth.engine.ledger.orders.values():
        if order.request.origin == "client":
            yield order.request.client_order_id


def books(run: Oracles) -> None:
    """Compare the books: what the journal says was filled is what the venue filled."""
    filled = run.truth.executed()
    known = {
        str(row[0]): row
        for row in run.rows("SELECT client_order_id, state, filled_size FROM intent")
    }
    if not run.profile.dry_run:
        for key in filled.keys() - known.keys() - run.forgotten:
            run.breach("I-30", f"{key} is at the venue and not in the journal")
        for key, (_, state, size) in known.items():
            done = filled.get(key, ZERO)
            if state not in LIVE_STATES and D(str(size)) != done:
                run.breach("I-30", f"{key} {state}: {size} recorded, {done} filled")
    elif filled:
        run.breach("I-23", f"{len(filled)} orders filled in dry-run")
    if run.rows("PRAGMA integrity_check") != [("ok",)]:
        run.breach("I-30", "the journal is damaged")
    twice = [k for k, n in Counter(_executions(run)).items() if n > 1]
    for key in twice:
        run.breach("I-8", f"{key} was carried out more than once")
    run.findings.note("books", sorted(filled.items()), sorted(map(str, known.values())))


def ordered(run: Oracles, name: str, done: object) -> None:
    """Judge whether orders were recorded that nobody wants."""
    if name != "record_intents" or not isinstance(done, tuple) or not done:
        return
    now_s = run.truth.now_s
    if run.halted_s is not None and (now_s > run.halted_s or run.halt_binds):
        run.breach("I-26", f"{len(done)} orders recorded after a halt")
    if run.paused_s is not None and now_s > run.paused_s and not run.flattening:
        run.breach("I-26", f"{len(done)} orders recorded after a pause was obeyed")


def settled(run: Oracles, name: str, done: object) -> None:
    """Judge what is said to have become of an order."""
    if name != "record_outcome" or not isinstance(done, Intent):
        return
    now_s = run.truth.now_s
    run.findings.note("outcome", now_s, done.client_order_id, done.state)
    _outcome(run, done, now_s)
    if done.state is IntentState.ABSENT:
        _judge_absence(run, done, now_s)
