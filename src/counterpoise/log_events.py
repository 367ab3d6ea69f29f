"""Every event that the log can have: its level, and what it always says. Users rely on these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ALWAYS = ("ts", "level", "event", "portfolio", "mode")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MONEY = frozenset(
    {
        "quantity",
        "limit_price",
        "filled_quantity",
        "price_average",
        "fee",
        "drift_weight_max",
        "slippage_bps",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """The level of an event, and the keys that every line of it has."""

    level: str
    keys: tuple[str, ...]


_DAEMON = ("version", "hosts", "settings_digest")
_PERSON = ("by", "reason")

EVENTS: Mapping[str, Event] = {
    "daemon.started": Event("info", _DAEMON),
    "daemon.stopped": Event("info", _DAEMON),
    "daemon.halted": Event("critical", _PERSON),
    "daemon.paused": Event("warning", _PERSON),
    "daemon.resumed": Event("info", _PERSON),
    "cycle.finished": Event(
        "info", ("cycle", "duration_ms", "drift_weight_max", "in_band", "orders", "holds")
    ),
    "cycle.failed": Event("warning", ("error", "detail")),
    "snapshot.incomplete": Event("warning", ("missing", "since")),
    "rebalance.triggered": Event("info", ("rule", "drift_weight")),
    "order.sent": Event(
        "info",
        ("intent", "symbol", "side", "quantity", "limit_price", "reduce_only", "reason"),
    ),
    "order.settled": Event(
        "info",
        (
            "intent",
            "status",
            "filled_quantity",
            "price_average",
            "fee",
            "slippage_bps",
            "latency_ms",
        ),
    ),
    "order.unconfirmed": Event("warning", ("intent", "cause")),
    "order.resolved": Event("info", ("intent", "outcome", "proof")),
    "order.rejected": Event("error", ("intent", "code", "detail")),
    "asset.held": Event("info", ("asset", "reason")),
    "asset.released": Event("info", ("asset", "reason")),
    "limit.breached": Event("error", ("limit", "value", "allowed")),
    "operator.obeyed": Event("warning", ("command", "by", "reason")),
    "alert.raised": Event("error", ("asset", "cause", "detail", "since")),
    "alert.cleared": Event("info", ("asset", "cause")),
    "process.hardened": Event("debug", ("no_core", "private_memory")),
    "secrets.in_environment": Event("warning", ("variables", "hint")),
    "key.unbound": Event("warning", ("venue", "hint")),
    "alert.delivered": Event("info", ("channel", "alert", "cause", "phase", "severity")),
    "alert.retried": Event("debug", ("channel", "alert", "cause", "detail")),
    "alert.undelivered": Event("error", ("channel", "host", "waiting", "detail")),
    "alert.dropped": Event("error", ("dropped",)),
    "alert.broken": Event("error", ("detail",)),
    "heartbeat.failed": Event("warning", ("host", "detail")),
    "heartbeat.resumed": Event("info", ("host", "since")),
    "position.changed": Event("warning", ("asset", "cause", "side", "quantity", "price_average")),
    "order.foreign": Event(
        "warning", ("instrument", "side", "quantity", "limit_price", "client_order_id")
    ),
    "settings.changed": Event("warning", ("detail", "hint")),
    "read.retried": Event("info", ("what", "attempt", "error", "detail")),
    "order.lookup_failed": Event("debug", ("intent", "detail")),
    "fee.unknown": Event("debug", ("intent", "detail")),
    "halt.unjournaled": Event("error", ("detail",)),
    "halt.unwritten": Event("error", ("detail",)),
    "status.unwritten": Event("debug", ("detail",)),
    "library.warned": Event("warning", ("library", "detail")),  # or error, as the library had it
}
OTHER_LEVELS = {
    "cycle.failed": frozenset({"debug", "error"}),  # the same again; a bug
    "library.warned": frozenset({"error"}),
    "position.changed": frozenset({"info", "error"}),  # as the cause is
}


def faults(line: Mapping[str, object]) -> list[str]:
    """Return what one parsed log line lacks of what is promised; nothing if it keeps it."""
    missing = [f"no {key}" for key in ALWAYS if key not in line]
    name = str(line.get("event"))
    event = EVENTS.get(name)
    if event is None:
        return [*missing, f"{name} is no documented event"]
    missing += [f"{name} without {key}" for key in event.keys if key not in line]
    if line.get("level") not in {event.level, *OTHER_LEVELS.get(name, ())}:
        missing.append(f"{name} at {line.get('level')}, not {event.level}")
    if not TIMESTAMP.fullmatch(str(line.get("ts"))):
        missing.append(f"ts {line.get('ts')!r}")
    numbers = (key for key in MONEY if isinstance(line.get(key), int | float))
    return [*missing, *(f"{name}: {key} is not a string" for key in numbers)]
