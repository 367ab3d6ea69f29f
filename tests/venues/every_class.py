"""Every request that an exchange class of ccxt could send to production, as that class signs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ccxt.async_support as ccxt

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head"})
LEFT_OPEN = re.compile(r"\{\w+\}")  # by a class that forgets to fill its own path
PLAIN = frozenset({"accept", "content-type", "user-agent"})
FILLED = {"settle": "usdt"}  # what stands in a path for a parameter of this name; others: "x1"
# of the shape that each class wants, so that it signs; none of them is anybody's
CREDENTIALS: Mapping[str, str] = {
    "apiKey": "key",
    "secret": "c2VjcmV0",
    "password": "word",
    "uid": "1",
    "login": "name",
    "token": "token",
    "twofa": "x",
    "accountId": "1",
    "walletAddress": "0x" + "1" * 40,
    "privateKey": "0x" + "2" * 64,
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request, before any test environment was switched to."""

    exchange: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    public: bool = False  # reads what everybody may read

    @property
    def address(self) -> tuple[str, str]:
        return self.method, self.url.partition("?")[0]


def leaves(urls: object) -> Iterator[str]:
    """Yield every URL of a nested table."""
    if isinstance(urls, str):
        yield urls
    elif isinstance(urls, Mapping):
        for below in urls.values():
            yield from leaves(below)


def listed(api: Mapping[str, object], under: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the sections, the method and the path of everything in a class's table of paths."""
    for name, below in api.items():
        if name in METHODS:
            assert isinstance(below, Mapping | list)
            yield from ((under, name.upper(), path) for path in below)
        elif isinstance(below, Mapping):
            yield from listed(below, (*under, name))


def _signed(client: Any, path: str, sections: tuple[str, ...], method: str) -> Iterator[Sent]:  # noqa: ANN401 - ccxt is untyped
    """Yield a request as the class makes it; where it cannot, on each of its hosts, unsigned."""
    facts = {"exchange": client.id, "method": method}
    section, reading = "/".join(sections).lower(), method in ("GET", "HEAD")
    params = {name: FILLED.get(name, "x1") for name in client.extract_params(path)}
    try:
        made = client.sign(path, list(sections), method, params)
    except Exception:  # noqa: BLE001 - whatever it lacks, its hosts and paths are known
        rest = client.implode_params(path, params).lstrip("/")
        for base in set(leaves(client.urls["api"])):
            url = f"{client.implode_hostname(base).rstrip('/')}/{rest}"
            yield Sent(**facts, url=url, public=reading and "public" in section)
        return
    headers, body = made.get("headers") or {}, made.get("body") or b""
    unsigned = {name.lower() for name in headers} <= PLAIN and "sign" not in made["url"].lower()
    yield Sent(
        **facts,
        url=LEFT_OPEN.sub("x1", client.implode_hostname(made["url"])),
        headers={name: str(value) for name, value in headers.items()},
        body=body if isinstance(body, bytes) else str(body).encode(),
        public=reading and "private" not in section and ("public" in section or unsigned),
    )


@cache
def requests_of(exchange: str) -> tuple[Sent, ...]:
    """Return all that one class can be made to send, public reads included."""
    client = getattr(ccxt, exchange)({**CREDENTIALS, "enableRateLimit": False})
    # ccxt's own arithmetic of these takes seconds
    client.sign_message = lambda *_: "0x" + "3" * 130
    client.eth_encode_structured_data = lambda *_: b""
    found = (
        sent
        for sections, method, path in listed(client.api)
        for sent in _signed(client, path, sections, method)
    )
    return tuple(found)
