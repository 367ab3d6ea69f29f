"""The only way out: every byte for a venue passes here, or none leaves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import NoReturn

from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, OutcomeUnknown, Unavailable
from counterpoise.ports import Clock, HttpRequest, HttpResponse, Transport
from counterpoise.venues.dialect import Call
from counterpoise.venues.pauses import Pauses, pause_s

BODY_BYTES_MAX = 65_536
ANSWER_BYTES_MAX = 33_554_432
READ_TIMEOUT_S = 5.0
WRITE_TIMEOUT_S = 7.0  # longer than the receive window: a late answer is still an answer
REDIRECTS = range(300, 400)
LATENCY_WEIGHT = 0.2  # of the newest measurement in the running mean

# the whole URL, in the only spelling that is let through: nothing encoded before the query, no
# port, no user, no fragment, so that no two parsers can disagree about where it leads
_URL = re.compile(r"https://([a-z0-9.-]+)(/[A-Za-z0-9/_.-]*)(\?[!-\"$-~]*)?")
_MONEY_OUT = re.compile(r"(?i)withdraw|transfer|/loan|/repay|/borrow|/sub-?account|/broker")
_HEADER_VALUE = re.compile(r"[\t -~]*")
_COMMON_HEADERS = frozenset(
    {"accept", "accept-encoding", "content-type", "content-length", "user-agent"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may pass, for one venue in one mode."""

    venue: VenueName
    mode: Mode
    hosts: frozenset[str]
    reads: tuple[Call, ...]
    writes: tuple[Call, ...]  # none in dry-run
    headers: frozenset[str]  # lower case, beside the common ones
    weight_headers: tuple[str, ...] = ()
    endpoint: str = ""  # scheme and authority to go to instead
    order_body: Callable[[bytes], bool] | None = None  # whether the body of a write is an order
    read_body: Callable[[bytes], bool] | None = None  # whether the body of a read is a question
    marked: tuple[str, str] | None = None  # a header that every request must carry, and its value
    signed_path: str = ""  # what the path of every request with a key must begin with
    pauses: Mapping[int, float] = field(default_factory=dict)  # HTTP status -> seconds, its own
    blocked_s: Callable[[bytes, int], float] | None = None  # that a body says, at a time in ms

    def __post_init__(self) -> None:
        """Refuse rules that contradict what a mode promises."""
        if self.mode is Mode.DRY_RUN and self.writes:
            raise ValueError("dry-run has no writes")
        if self.mode is Mode.LIVE and self.endpoint:
            raise ValueError("live goes to the venue itself, never to an endpoint")
        if any(_MONEY_OUT.search(call.path) for call in (*self.reads, *self.writes)):
            raise ValueError("no mode moves money out")
        if {(c.method, c.path) for c in self.reads} & {(c.method, c.path) for c in self.writes}:
            raise ValueError("what reads does not write")


def _same_path(pattern: str, path: str) -> bool:
    """Say whether a path is as listed; `{}` stands for one segment."""
    if "{}" not in pattern:
        return pattern == path
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        each == other or (each == "{}" and other not in ("", ".", ".."))
        for each, other in zip(wanted, given, strict=True)
    )


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What has passed so far, for status and metrics. Not a record of money."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)  # method and path
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)  # by error class
    refused: int = 0
    latency_s: dict[str, float] = field(default_factory=dict)  # running mean by host
    weights: dict[tuple[str, str], str] = field(default_factory=dict)  # host, the venue's counter

    @property
    def sent(self) -> int:
        """Return how many requests left."""
        return self.requests.total()

    def measured(self, host: str, seconds: float) -> None:
        """Take one more measurement into the running mean."""
        mean = self.latency_s.get(host, seconds)
        self.latency_s[host] = mean + LATENCY_WEIGHT * (seconds - mean)


class Door:
    """Checks every request against the rules of the mode, then sends it, once."""

    def __init__(self, rules: Rules, transport: Transport, clock: Clock) -> None:
        """Stand between one venue's client and a transport."""
        self.rules = rules
        self.pauses = Pauses(clock)
        self.traffic = Traffic()
        self._headers = _COMMON_HEADERS | rules.headers
        self._transport = transport
        self._clock = clock

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """
        Send one request, if the rules let it pass.

        Raises DoorRefused for what they do not, Unavailable while the host wants a pause, Unsent
        if the connection never opened, and OutcomeUnknown if no whole answer came, or one that
        leads elsewhere.
        """
        host, path, query = self._parts(url)
        writing = self._writing(method, host, path, body)
        self._check_headers(headers)
        self._check_test_environment(path, headers)
        self.pauses.check(host)
        origin = self.rules.endpoint or f"https://{host}"
        routed = {**headers, "X-Forwarded-Host": host} if self.rules.endpoint else dict(headers)
        request = HttpRequest(
            method=method, url=f"{origin}{path}{query}", headers=routed, body=body
        )
        self.traffic.requests[method, path] += 1
        return await self._sent(request, host, WRITE_TIMEOUT_S if writing else READ_TIMEOUT_S)

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    def refuse(self, what: str, why: str) -> NoReturn:
        """Raise DoorRefused, and count it."""
        self.traffic.refused += 1
        raise DoorRefused(f"the door of {self.rules.venue} let nothing out: {what}", hint=why)

    def _parts(self, url: str) -> tuple[str, str, str]:
        found = _URL.fullmatch(url)
        if found is None:
            self.refuse("a URL in an unusual spelling", "only https, no port, user or fragment")
        host, path, query = found.groups(default="")
        if host not in self.rules.hosts:
            allowed = ", ".join(sorted(self.rules.hosts))
            self.refuse(f"{host} is no host of this mode", f"{self.rules.mode}: {allowed}")
        return host, path, query

    def _writing(self, method: str, host: str, path: str, body: bytes) -> bool:
        """Say whether a request that may pass changes anything; refuse one that may not."""
        named = f"{method} {path} on {host}"
        if _MONEY_OUT.search(path):
            self.refuse(named, "money is moved by its owner, never by this program")
        if len(body) > BODY_BYTES_MAX:
            self.refuse(f"{named} with a giant body", "no request of this program is so large")
        if self._listed(method, path, self.rules.writes):
            if self.rules.order_body is not None and not self.rules.order_body(body):
                self.refuse(f"{named} with another body than an order", "only orders are sent")
            return True
        call = self._listed(method, path, self.rules.reads)
        if call is None:
            self.refuse(named, f"{self.rules.mode} has a list of what may pass; this is not on it")
        if body and not call.body:
            self.refuse(f"{named} with a body", "a read has none")
        if call.body and self.rules.read_body is not None and not self.rules.read_body(body):
            self.refuse(f"{named} with another body than a question", "only questions are read")
        return False

    def _listed(self, method: str, path: str, calls: tuple[Call, ...]) -> Call | None:
        """Return the call that a request is, if it is one of these."""
        for call in calls:
            if call.method == method and _same_path(call.path, path):
                return call
        return None

    def _check_test_environment(self, path: str, headers: Mapping[str, str]) -> None:
        """Refuse what would reach production where the test environment shares its host."""
        given = {name.lower(): str(value) for name, value in headers.items()}
        if self.rules.marked is not None:
            name, value = self.rules.marked
            if given.get(name) != value:
                self.refuse(f"{path} without the header {name!r}", "it would reach production")
        if self.rules.signed_path and not path.startswith(self.rules.signed_path):
            signed = sorted(self.rules.headers & given.keys())
            if signed:
                self.refuse(f"{path} with the header {signed[0]!r}", "it would reach production")

    def _check_headers(self, headers: Mapping[str, str]) -> None:
        for name, value in headers.items():
            if name.lower() not in self._headers:
                self.refuse(f"the header {name!r}", "it could lead the request elsewhere")
            if not _HEADER_VALUE.fullmatch(str(value)):
                self.refuse(f"the header {name!r} as it is", "control characters in its value")

    async def _sent(self, request: HttpRequest, host: str, timeout_s: float) -> HttpResponse:
        started_s = self._clock.monotonic_s()
        try:
            response = await self._transport.send(request, timeout_s)
        except (OutcomeUnknown, Unavailable) as error:
            self.traffic.failures[type(error).__name__] += 1
            raise
        self.traffic.measured(host, self._clock.monotonic_s() - started_s)
        self._note(response, host)
        if response.status in REDIRECTS:
            raise OutcomeUnknown(
                f"{host} answered with a redirect, HTTP {response.status}; it was not followed"
            )
        if len(response.body) > ANSWER_BYTES_MAX:
            raise OutcomeUnknown(f"{host} answered with more than {ANSWER_BYTES_MAX} bytes")
        return response

    def _note(self, response: HttpResponse, host: str) -> None:
        self.traffic.statuses[response.status] += 1
        for name, value in response.headers.items():
            if name.lower().startswith(self.rules.weight_headers):
                self.traffic.weights[host, name.lower()] = value
        pause = pause_s(response.status, response.headers, self.rules.pauses)
        if self.rules.blocked_s is not None:
            pause = max(pause, self.rules.blocked_s(response.body, self._clock.wall_ms()))
        if pause > 0:
            self.pauses.close(host, pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What ccxt reads of an answer."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    async def text(self, errors: str = "strict") -> str:
        """Return the body as text."""
        return self.content.decode("utf-8", errors)


class _Passage:
    """One request on its way, in the shape that ccxt awaits."""

    __slots__ = ("_body", "_door", "_headers", "_method", "_url")

    def __init__(self, door: Door, method: str, url: object, options: Mapping[str, object]) -> None:
        self._door, self._method, self._url = door, method, str(url)
        headers, body = options.get("headers") or {}, options.get("data") or b""
        if not isinstance(headers, Mapping) or not isinstance(body, bytes):
            door.refuse("a body or headers of an unusual kind", "plain bytes only")
        if options.get("proxy") is not None:
            door.refuse("a proxy of ccxt's own", "set `proxy` of the venue")
        self._headers, self._body = headers, body

    async def __aenter__(self) -> Answer:
        response = await self._door.send(self._method, self._url, self._headers, self._body)
        return Answer(
            status=response.status,
            reason=response.reason,
            headers=response.headers,
            content=response.body,
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class DoorSession:
    """The door as ccxt's `session`: five verbs that all pass the door, and nothing else."""

    __slots__ = ("_door",)
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, door: Door) -> None:
        """Hand out one door; any number of clients are bound by the same rules."""
        self._door = door

    def get(self, url: object, **options: object) -> _Passage:
        """Pass a GET."""
        return _Passage(self._door, "GET", url, options)

    def post(self, url: object, **options: object) -> _Passage:
        """Pass a POST."""
        return _Passage(self._door, "POST", url, options)

    def put(self, url: object, **options: object) -> _Passage:
        """Pass a PUT."""
        return _Passage(self._door, "PUT", url, options)

    def delete(self, url: object, **options: object) -> _Passage:
        """Pass a DELETE."""
        return _Passage(self._door, "DELETE", url, options)

    def patch(self, url: object, **options: object) -> _Passage:
        """Pass a PATCH."""
        return _Passage(self._door, "PATCH", url, options)

    def __getattr__(self, name: str) -> object:
        """Refuse everything else that an HTTP session can do, websockets included."""
        if name.startswith("__"):
            raise AttributeError(name)
        self._door.refuse(f"`{name}` of the session", "only plain requests pass")
