"""A notice as text for a person, and as the bodies that webhooks take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from counterpoise.core.notice import Matter, Notice, NoticeFormat, Phase, Severity

SCHEMA = 1
REASON_LENGTH_MAX = 500
REASONS_SHOWN = 5
SPANS_MS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000))
SLACK_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def text(notice: Notice) -> str:
    """Return the whole message, the most important line first."""
    return "\n".join(_lines(notice))


def _lines(notice: Notice) -> Iterator[str]:
    subject = _subjects(notice)
    yield f"{_head(notice)}: {subject}{': ' if subject else ''}{notice.title}"
    if notice.phase is not Phase.RESOLVED:
        yield notice.said
    yield from _reasons(notice)
    yield _when(notice)
    if notice.next and notice.phase is not Phase.RESOLVED:
        yield f"Next: {notice.next}"
    cycle = f"cycle {notice.cycle}, " if notice.cycle is not None else ""
    ids = ", ".join(matter.alert_id for matter in notice.matters)
    yield f"({cycle}on {notice.sender.instance}, alert {ids})"


def _head(notice: Notice) -> str:
    word = notice.severity.upper()
    if notice.phase is Phase.RESOLVED:
        word = "RESOLVED"
    elif notice.phase is Phase.REMINDER:
        word = f"STILL {word}"
    return f"{word} {notice.sender.portfolio} ({notice.sender.mode})"


def _subjects(notice: Notice) -> str:
    return ", ".join(matter.subject for matter in notice.matters if matter.subject)


def _reasons(notice: Notice) -> Iterator[str]:
    """Yield the particulars: of several assets each its own, unless they are all alike."""
    word = "It was" if notice.phase is Phase.RESOLVED else "Found"
    found = [matter for matter in notice.matters if matter.reason]
    if len({matter.reason for matter in found}) == 1:
        yield f"{word}: {cut(found[0].reason)}"
        return
    for matter in found[:REASONS_SHOWN]:
        yield f"{word}, {matter.subject}: {cut(matter.reason)}"
    if len(found) > REASONS_SHOWN:
        yield f"and {len(found) - REASONS_SHOWN} more"


def _when(notice: Notice) -> str:
    first = min(notice.matters, key=lambda matter: matter.since_ms)
    since, times = clock_time(first.since_ms), max(matter.times for matter in notice.matters)
    again = f", {times} times since" if times > 1 else ""
    if notice.phase is Phase.NOTED:
        return f"At {clock_time(notice.at_ms)}{again}"
    if notice.phase is Phase.RESOLVED:
        until_ms = max(matter.until_ms or notice.at_ms for matter in notice.matters)
        lasted = span(until_ms - first.since_ms)
        return f"From {since} to {clock_time(until_ms)}, {lasted}{again}"
    return f"Since {since}, {span(notice.at_ms - first.since_ms)}{again}"


def clock_time(at_ms: int) -> str:
    """Return a date and time as a person reads it: `2025-06-30 03:12:04Z`."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def iso(at_ms: int) -> str:
    """Return a time as programs read it: UTC, milliseconds."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def span(milliseconds: int) -> str:
    """Return a duration in its two largest units at most: `1 h 4 min`."""
    rest, parts = max(0, milliseconds), []
    for unit, size in SPANS_MS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "just now"


def cut(reason: str) -> str:
    """Return a reason on one line, not longer than anybody reads."""
    line = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    return line if len(line) <= REASON_LENGTH_MAX else f"{line[:REASON_LENGTH_MAX]}..."


def slack(notice: Notice, mention: str = "") -> dict[str, Any]:
    """Return what Slack takes. `mention` goes before a page, as it stands: `<!channel>`."""
    pages = notice.severity is Severity.PAGE and notice.phase is not Phase.RESOLVED
    called = f"{mention} " if mention and pages else ""
    return {"text": called + text(notice).translate(SLACK_ESCAPES)}


def plain_json(notice: Notice, mention: str = "") -> dict[str, Any]:  # noqa: ARG001 - as slack has it
    """Return every fact by its name. What is not known is null, never left out."""
    first, *others = notice.matters
    sender = notice.sender
    return {
        "schema": SCHEMA,
        **_matter(first),
        "phase": notice.phase.value,
        "severity": notice.severity.value,
        "event": notice.event,
        "title": notice.title,
        "said": notice.said,
        "next": notice.next,
        "time": iso(notice.at_ms),
        "portfolio": sender.portfolio,
        "mode": sender.mode,
        "instance": sender.instance,
        "version": sender.version,
        "cycle": notice.cycle,
        "others": [_matter(matter) for matter in others],
    }


def _matter(matter: Matter) -> dict[str, Any]:
    return {
        "id": matter.alert_id,
        "asset": matter.subject or None,
        "reason": cut(matter.reason),
        "since": iso(matter.since_ms),
        "until": None if matter.until_ms is None else iso(matter.until_ms),
        "times": matter.times,
    }


BODIES: Mapping[NoticeFormat, Callable[[Notice, str], dict[str, Any]]] = {
    NoticeFormat.SLACK: slack,
    NoticeFormat.JSON: plain_json,
}


def body(notice: Notice, form: NoticeFormat, mention: str = "") -> bytes:
    """Return what is posted: JSON, all of it ASCII."""
    return json.dumps(BODIES[form](notice, mention), ensure_ascii=True).encode("ascii")
