"""The log: one JSON object a line, for reading along. The journal is the record."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TextIO

from counterpoise.core.units import plain
from counterpoise.ports import Clock
from counterpoise.redaction import Hide
from counterpoise.startup import absent

with absent("rich"):  # structlog loads it for tracebacks in colour; no log of ours has any
    import structlog
    from structlog.contextvars import bound_contextvars, merge_contextvars
    from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

Log = FilteringBoundLogger

TEXT_LENGTH_MAX = 2_000  # characters of one value
EXCEPTION_LENGTH_MAX = 8_000
MARGIN = 2_000  # read beyond what is shown: a secret that the cut divides is hidden whole
ITEMS_MAX = 100  # of one list or table
DEPTH_MAX = 6
LEADING = ("ts", "level", "event", "portfolio", "mode", "cycle", "asset", "intent")
PINNED = ("ccxt", "aiohttp", "sqlalchemy", "asyncio")  # never below warning, whatever our level
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
COLOURS = {"debug": "2", "info": "36", "warning": "33", "error": "31", "critical": "1;31"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSetup:
    """Where the log of one portfolio goes, and what stands in every line of it."""

    clock: Clock
    stream: TextIO
    portfolio: str
    mode: str
    level: str = "info"
    text: bool = False  # for a person at a terminal, instead of JSON
    redact: Hide = str


class Lines:
    """Writes whole lines, at once. A log that nobody takes any more stops nothing."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one line and let it out."""
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except (OSError, ValueError):  # a closed pipe or file: trading is not its business
            return

    debug = info = warning = error = critical = msg


def logger(setup: LogSetup) -> Log:
    """Return the log of one portfolio. Nothing is set for the whole process."""
    log: Log = structlog.wrap_logger(
        Lines(setup.stream),
        processors=_processors(setup),
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[setup.level]),
        cache_logger_on_first_use=True,
    )
    return log


def unnamed_log(name: str) -> Log:
    """Return the log of what belongs to no portfolio; it goes where `process_routed` says."""
    log: Log = structlog.get_logger(name)
    return log


def _processors(setup: LogSetup) -> tuple[Processor, ...]:
    return (
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _Finish(setup),
        text_line if setup.text else json_line,
    )


def within(**facts: object) -> Any:  # noqa: ANN401 - structlog's own context manager
    """Put facts (`cycle`, `asset`, `intent`) into every line logged inside a `with` block."""
    return bound_contextvars(**facts)


class _Finish:
    """Puts the fixed keys first and makes every value safe to write."""

    def __init__(self, setup: LogSetup) -> None:
        self._setup = setup

    def __call__(self, _log: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        setup = self._setup
        told = {
            "portfolio": setup.portfolio,
            "mode": setup.mode,
            **event,
            "ts": timestamp(setup.clock.wall_ms()),
        }
        keys = [key for key in LEADING if key in told]
        keys += [key for key in told if key not in LEADING]
        return {
            key: told_value(
                told[key],
                setup.redact,
                EXCEPTION_LENGTH_MAX if key == "exception" else TEXT_LENGTH_MAX,
            )
            for key in keys
        }


def timestamp(at_ms: int) -> str:
    """Return a time as it stands in the log: UTC, milliseconds."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def told_value(value: object, redact: Hide, length_max: int, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """Return a value as JSON may have it: money as text, secrets hidden, long things cut."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Decimal):
        return plain(value) if value.is_finite() else str(value)
    if isinstance(value, Mapping) and depth < DEPTH_MAX:
        items = list(value.items())[:ITEMS_MAX]
        return {redact(str(k)): told_value(v, redact, length_max, depth + 1) for k, v in items}
    if isinstance(value, list | tuple | set | frozenset) and depth < DEPTH_MAX:
        parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [told_value(part, redact, length_max, depth + 1) for part in list(parts)[:ITEMS_MAX]]
    whole = str(value)
    text = redact(whole[: length_max + MARGIN])
    return text if len(text) <= length_max else f"{text[:length_max]}... ({len(whole)} characters)"


def json_line(_log: WrappedLogger, _method: str, event: EventDict) -> str:
    """Return a line of JSON, all of it ASCII: no control character can leave it."""
    return json.dumps(event, ensure_ascii=True, default=str)


def text_line(_log: WrappedLogger, _method: str, event: EventDict) -> str:
    """Return a line for a person at a terminal."""
    time = str(event.pop("ts"))[11:23]
    level = str(event.pop("level"))
    name = str(event.pop("event"))
    exception = event.pop("exception", "")
    facts = {k: v for k, v in event.items() if k not in {"portfolio", "mode"}}
    words = " ".join(f"\x1b[2m{key}=\x1b[0m{_word(value)}" for key, value in facts.items())
    head = f"\x1b[2m{time}\x1b[0m \x1b[{COLOURS[level]}m{name:<20}\x1b[0m {words}"
    return f"{head}\n{exception}" if exception else head


def _word(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{_word(k)}:{_word(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ",".join(map(_word, value))
    text = value if isinstance(value, str) else json.dumps(value)
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return f'"{safe}"' if " " in safe else safe


class _Routed(logging.Handler):
    """Takes what libraries log into our own log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        level = max(record.levelno, logging.WARNING)
        self._log.log(
            min(level, logging.ERROR),
            "library.warned",
            library=record.name,
            detail=record.getMessage(),
            exc_info=record.exc_info,
        )


@contextmanager
def process_routed(setup: LogSetup) -> Iterator[None]:
    """
    Send to the log of `setup` whatever this process logs without naming one, while inside.

    That is what libraries log from warning up, and what of ours has no portfolio of its own.
    """
    root, handler = logging.getLogger(), _Routed(logger(setup))
    pinned = [logging.getLogger(name) for name in PINNED]
    before = [library.level for library in pinned]
    for library in pinned:
        library.setLevel(logging.WARNING)
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=_processors(setup),
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[setup.level]),
        logger_factory=lambda *_: Lines(setup.stream),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()
        logging.captureWarnings(capture=False)
        root.removeHandler(handler)
        for library, level in zip(pinned, before, strict=True):
            library.setLevel(level)
