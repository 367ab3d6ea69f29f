"""The status document: what the running daemon tells `status`, health checks and scripts."""

from __future__ import annotations

import json
import os
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from counterpoise.core.units import exact, plain

SCHEMA = 1
STOPPED = "stopped"  # the state once the daemon has ended
CYCLES_MISSED_MAX = 3  # then the document is stale
STALE_FLOOR_S = 30.0  # a slow cycle is no death; health.py has the same
Document = TypeVar("Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetStatus:
    """One asset as the last cycle saw it. None is: not known."""

    asset: str
    state: str  # "ok" | "hold" | "reduce-only" | "halt"
    reason: str = ""  # of a hold
    detail: str = ""
    since_ms: int | None = None  # in this state since
    net: Decimal | None = None  # base units
    weight: Decimal | None = None
    target: Decimal | None = None  # weight, exposure applied
    drift: Decimal | None = None  # weight
    band: Decimal | None = None  # weight
    spot: Decimal | None = None  # base units, external included
    perpetual: Decimal | None = None  # base units
    long: Decimal | None = None  # in hedge mode: that side, in what the perpetual counts
    short: Decimal | None = None  # the same
    price: Decimal | None = None  # quote
    corrected_at_ms: int | None = None
    correction: str = ""  # client order id of the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueStatus:
    """One venue as the last cycles found it. None is: not known."""

    venue: str
    ok: bool
    latency_ms: float | None = None
    skew_ms: int | None = None
    requests: int | None = None  # since the start
    orders: int | None = None  # of those, orders sent
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the last 24 hours took. Quote currency; None is: not known, or without limit."""

    orders: int = 0
    turnover: Decimal = Decimal(0)
    turnover_max: Decimal | None = None
    cost: Decimal | None = None  # fees and slippage
    funding_7d: Decimal | None = None  # received is positive


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """One channel on which people are told."""

    channel: str
    host: str
    ok: bool
    sent: int  # messages that arrived, since the start
    retried: int  # attempts that did not
    waiting: int  # alerts that it was not told yet
    failing_since_ms: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatStatus:
    """The outside watch."""

    host: str
    ok: bool
    sent: int
    failed: int
    at_ms: int | None = None  # when the last one arrived
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDocument:
    """All that `status` shows. Written after every cycle, whole or not at all."""

    portfolio: str
    mode: str
    state: str  # "run" | "pause" | "halt" | "stopped"
    reason: str = ""
    by: str = ""
    healthy: bool
    written_at_ms: int
    cycle_interval_s: float
    version: str
    settings_digest: str
    started_at_ms: int
    pid: int
    quote: str
    cycle: int = 0
    cycle_at_ms: int | None = None  # the last one that finished
    cycle_duration_ms: float | None = None
    value: Decimal | None = None  # quote
    net_exposure: Decimal | None = None  # share of value
    leverage: Decimal | None = None
    leverage_max: Decimal | None = None
    liquidation_distance: Decimal | None = None  # of the nearest, as a share of its price
    today: Today = Today()
    assets: tuple[AssetStatus, ...] = ()
    venues: tuple[VenueStatus, ...] = ()
    unsettled: tuple[str, ...] = ()  # client order ids
    alerts: tuple[str, ...] = ()
    channels: tuple[ChannelStatus, ...] = ()
    heartbeat: HeartbeatStatus | None = None
    alerts_dropped: int = 0  # that nobody was told, for want of room
    schema: int = SCHEMA

    def stale(self, now_ms: int) -> bool:
        """Say whether cycles have stopped: the document is too old, or from the future."""
        bound_s = max(STALE_FLOOR_S, self.cycle_interval_s * CYCLES_MISSED_MAX)
        return abs(now_ms - self.written_at_ms) > bound_s * 1000


def write_atomically(path: Path, document: StatusDocument) -> None:
    """
    Put `document` at `path`, whole: a reader has the old one or the new one.

    Raises OSError. Not synced to disk: after a power cut nobody asks how the daemon was doing.
    """
    draft = path.with_name(f"{path.name}.{document.pid}.tmp")
    text = json.dumps(plain_facts(document), ensure_ascii=True).encode("ascii")
    try:
        draft.write_bytes(text)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(text)
    os.replace(draft, path)  # noqa: PTH105 - says what it is: atomic


def read(path: Path) -> StatusDocument | None:
    """
    Return the document at `path`; None where there is none.

    Raises ValueError for anything that is not one, OSError where it may not be read.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
        raise ValueError(f"{path} is no status document of this version")
    try:
        return _decoded(StatusDocument, facts)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no status document: {error}") from error


def plain_facts(document: StatusDocument) -> dict[str, Any]:
    """Return `document` as JSON has it: money as strings, all keys always there."""
    facts: dict[str, Any] = _encoded(document)
    return facts


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _encoded(value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None or isinstance(value, str | int | float):  # first: almost everything is one
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _encoded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(inner) for inner in value]
    if is_dataclass(value):
        names = _names(type(value))  # type: ignore[arg-type]  # a class is hashable
        return {name: _encoded(getattr(value, name)) for name in names}
    return value


def _decoded(kind: type[Document], facts: Mapping[str, Any]) -> Document:
    """Return a dataclass from JSON. Keys of a later version are left aside."""
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind) if f.name in facts}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], facts[name]) for name in known})


def _value(hint: Any, fact: Any) -> Any:  # noqa: ANN401 - JSON
    if get_origin(hint) in {Union, types.UnionType}:
        return None if fact is None else _value(get_args(hint)[0], fact)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], part) for part in fact)
    if hint is Decimal:
        return exact(fact)
    if is_dataclass(hint) and isinstance(hint, type):
        return _decoded(hint, fact)
    if not isinstance(fact, (int, float) if hint is float else hint):
        raise TypeError(f"{fact!r} is no {hint.__name__}")
    return fact
