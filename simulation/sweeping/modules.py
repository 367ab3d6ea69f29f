"""Where the safety rules are, and which kinds of cuts take one away."""

from __future__ import annotations

from collections.abc import Mapping

BELOW: Mapping[str, tuple[str, ...]] = {
    "core.": (
        "doubt",
        "limits",
        "plan",
        "scene",
        "sizing",
        "settlement",
        "trigger",
        "target",
        "exposure",
        "snapshot",
        "orders",
        "instrument",
        "policy.band",
        "policy.policy",
        "units",
    ),
    "": (
        "executor",
        "observer",
        "operator",
        "beliefs",
        "holds",
        "alarm",
        "announcer",
        "daemon",
        "startup",
    ),
    "bootstrap.": ("vet", "pauses"),
    "journal.": ("store", "steps", "chain", "lock", "opening", "intents"),
    "venues.": (
        "door",
        "client",
        "requester",
        "outcomes",
        "pauses",
        "fills",
        "mapping",
        "shapes",
        "redaction",
        "shadow",
        "gateway",
        "binance_answers",
        "binance_reports",
        "binance_requests",
    ),
}
MODULES = tuple(f"{folder}{name}" for folder, names in BELOW.items() for name in names)
REMOVALS = (  # how the kinds begin that take a rule away; the others shift one
    "never",
    "operand",
    "filter",
    "not called",
    "not raised",
    "not kept",
    "class",
    "row",
    "argument",
    "part",
    "min",
    "max",
    "case",
    "without",
    "sign",
)
