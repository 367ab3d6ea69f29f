"""Names of what can go wrong, by where it strikes."""

from __future__ import annotations

from simulation.wire.bodies import BODIES
from simulation.wire.requests import ON_ORDERS, ON_READS

READ_FAULTS = (
    "read.unavailable",
    "read.garbled",
    "read.slow",
    "read.limited",
    "balance.zero",
    "balance.missing",
    "position.flat",
    "mark.frozen",
    "mark.wrong",
    "index.wrong",
    "book.wide",
    "book.empty",
    "fills.twice",
)
ORDER_FAULTS = (  # between its leaving and its answer
    "order.unsent",
    "order.rejected",
    "order.lost",
    "order.unanswered",
    "order.late",
    "order.partial",
    "order.acknowledged",
)
STORAGE_FAULTS = (
    "journal.refused",
    "journal.full",
    "journal.read_only",
    "journal.locked",
    "journal.slow",
    "journal.unthanked",
)
CALL_FAULTS = (
    *READ_FAULTS,
    *ORDER_FAULTS,
    "order.queued",
    *STORAGE_FAULTS,
)  # drawn at each call, while it storms
EVENTS = (  # drawn once a minute of simulated time
    "price.jump",
    "account.hand",
    "account.deposit",
    "account.withdrawal",
    "terms.changed",
    "listing.closed",
    "clock.step",
    "clock.lost",
    "venue.outage",
    "venue.maintenance",
    "journal.outage",
    "journal.deleted",
    "journal.restored",
    "power.lost",
    "process.loop",
    "process.second",
    "process.freeze",
    "process.crash",
    "alerts.outage",
    "operator.pause",
    "operator.halt",
    "operator.flatten",
    "account.liquidated",
    "account.deleveraged",
    "account.foreign_order",
)
TAP_FAULTS = ("crash.at_tap", "freeze.at_tap", "halt.at_tap")  # drawn at each edge
RARE_EVENTS = ("account.copied",)  # which halt for long: only where a profile asks for them
ALL_FAULTS = (*CALL_FAULTS, *EVENTS, *RARE_EVENTS, *TAP_FAULTS)

WIRE_EVENTS = (  # what happens around a daemon behind ccxt, once a minute
    "price.jump",
    "account.hand",
    "account.deposit",
    "process.crash",
    "process.freeze",
    "clock.step",
    "operator.pause",
)
WIRE_FAULTS = (*ON_ORDERS, *ON_READS, *BODIES)
