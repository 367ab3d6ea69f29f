"""What may not be read into an answer."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a missing part of a snapshot is no doubt": (
        "core.doubt",
        "if target.instrument not in part:",
        "if False:",
        "doubting reads",
    ),
    "a wallet that does not list an asset holds none": (
        "core.doubt",
        "    if absent:\n",
        "    if False:\n",
        "doubting reads",
    ),
    "an older balance replaces a newer one": (
        "core.doubt",
        "_older(snapshot, situation, held)\n        or ",
        "",
        "doubting reads",
    ),
    "a snapshot from the future is fresh": (
        "core.doubt",
        "if not -CLOCK_STEP_MAX_MS <= age_ms <= policy",
        "if not age_ms <= policy",
        "doubting reads",
    ),
    "an old price is fresh": (
        "core.doubt",
        ', "price": snapshot.marks[target.instrument].at_ms}',
        "}",
        "doubting reads",
    ),
    "an external holding never expires": (
        "core.doubt",
        "if situation.now_ms <= external.valid_until_ms:",
        "if True:",
        "doubting reads",
    ),
    "a zero beside a position is believed": (
        "core.doubt",
        "hedged if before is None else before > 0",
        "before is not None and before > 0",
        "doubting reads",
    ),
    "one asset in doubt is left out of the weights": (
        "core.scene",
        "(doubts and policy.exposure != 0) or ",
        "",
        "doubting reads",
    ),
    "cash that is not shown counts as none": (
        "core.scene",
        " or not cash_shown(snapshot, policy):",
        ":",
        "sizing targets",
    ),
    "a fill not shown yet is no hold": (
        "core.doubt",
        "        if seen.at_ms < settled_ms:\n",
        "        if False:\n",
        "believing positions",
    ),
    "no number is a number": (
        "core.units",
        "    if not value.is_finite():\n",
        "    if False:\n",
        "answers fields",
    ),
    "a missing number is zero": (
        "venues.shapes",
        (
            '        raise SnapshotError(f"{what}: `{field}` is missing", detail=seen(value))\n'
            "    try:"
        ),
        "        value = 0\n    try:",
        "answers fields",
    ),
    "a negative balance counts": (
        "venues.shapes",
        '    if value < 0:\n        raise SnapshotError(f"{what}: `{field}` is negative"',
        '    if False:\n        raise SnapshotError(f"{what}: `{field}` is negative"',
        "answers fields",
    ),
    "a price of zero counts": (
        "venues.shapes",
        "    if value <= 0:\n",
        "    if False:\n",
        "answers fields",
    ),
    "an empty list is an answer": (
        "venues.shapes",
        "    if not value and not empty_allowed:\n",
        "    if False:\n",
        "answers fields",
    ),
    "a read that fails is tried without end": (
        "venues.requester",
        "return late or state.attempt_number >= READ_ATTEMPTS_MAX",
        "return late",
        "asking retries",
    ),
    "a failed status with a body is an answer": (
        "venues.client",
        "if failed or not readable or status not in SUCCESSES:",
        "if failed or not readable:",
        "orders garbage",
    ),
    "too many trades are cut off": (
        "venues.fills",
        '    raise SnapshotError(f"more trades than {PAGES_MAX} requests can fetch")',
        "    return tuple(found.values())",
        "asking pages",
    ),
}
