"""Every request since the start, without secrets; the oldest are dropped, never uncounted."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from counterpoise.exchange.dialects.dialect import Call

KEPT_MAX = 10_000


@dataclass(slots=True)
class LoggedRequest:
    """One request; the status is None until it is answered, or for ever if it never is."""

    at_ms: int  # wall time
    method: str
    path: str
    host: str
    params: dict[str, str]
    status: int | None = None
    fault: str = ""

    def row(self) -> dict[str, object]:
        """Return it for the control `requests`."""
        return {
            "time": self.at_ms,
            "method": self.method,
            "path": self.path,
            "host": self.host,
            "params": self.params,
            "status": self.status,
            "fault": self.fault,
        }


@dataclass(slots=True)
class RequestLog:
    """The last requests, and how many there were."""

    secret_params: Collection[str]
    total: int = 0
    kept: deque[LoggedRequest] = field(default_factory=lambda: deque(maxlen=KEPT_MAX))

    def add(self, call: Call) -> LoggedRequest:
        """Note a request."""
        shown = {
            name: value for name, value in call.params.items() if name not in self.secret_params
        }
        entry = LoggedRequest(call.now.wall_ms, call.method, call.path, call.host, shown)
        self.total += 1
        self.kept.append(entry)
        return entry
