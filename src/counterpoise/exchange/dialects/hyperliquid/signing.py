"""
Who signed an action: EIP-712 over the hash of its MessagePack, as the venue recovers it.

The venue reads an action into its own types and packs those, so that a field out of its order or a
number with a trailing zero gives another hash, and so another signer. As the test environment does,
this signs for the source `b`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from counterpoise.errors import SettingsError
from counterpoise.exchange.dialects.hyperliquid.curve import address_of, signer_of
from counterpoise.exchange.dialects.hyperliquid.errors import (
    DUPLICATE_NONCE,
    EXPIRED,
    FAR_NONCE,
    NO_SUCH_WALLET,
    Denied,
    Unreadable,
)
from counterpoise.exchange.dialects.hyperliquid.keccak import keccak
from counterpoise.exchange.dialects.hyperliquid.packing import packed
from counterpoise.exchange.dialects.hyperliquid.wire import Body, time_of, whole_of
from counterpoise.exchange.moment import HOUR_MS, Moment
from counterpoise.exchange.venue import Venue

SOURCE = b"b"
NONCE_OLDEST_MS = 48 * HOUR_MS
NONCE_AHEAD_MS = 24 * HOUR_MS
NONCES_KEPT = 100
NUMBERS = frozenset({"p", "s", "triggerPx", "limitPx", "sz"})  # fields that are numbers in text
TRAILING_ZEROS = re.compile(r"(\.\d*?)0+$")

# the fields of an action in the order of the venue's own types
FIELDS: Sequence[str] = (
    *("type", "orders", "cancels", "modifies", "grouping", "builder"),
    *("asset", "isCross", "leverage", "cloid", "time"),
    *("a", "b", "p", "s", "r", "t", "c", "o", "f"),
    *("limit", "tif", "trigger", "isMarket", "triggerPx", "tpsl"),
)
RANK = {name: rank for rank, name in enumerate(FIELDS)}

_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_AGENT = keccak(b"Agent(string source,bytes32 connectionId)") + keccak(SOURCE)
_CHAIN = 1337
_DOMAIN = keccak(
    keccak(_DOMAIN_TYPE) + keccak(b"Exchange") + keccak(b"1") + _CHAIN.to_bytes(32) + bytes(32)
)


def canonical(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Return an action as the venue's types hold it: fields in order, numbers without zeros."""
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda each: RANK.get(each, len(RANK)))
        return {each: canonical(value[each], each) for each in names}
    if isinstance(value, list):
        return [canonical(each) for each in value]
    if isinstance(value, str) and name in NUMBERS:
        return TRAILING_ZEROS.sub(r"\1", value).removesuffix(".")
    return value


def digest(action: Body, nonce: int, expires_after: int | None) -> bytes:
    """Return what is signed. Raises ValueError for an action that cannot be packed."""
    ending = b"" if expires_after is None else b"\x00" + expires_after.to_bytes(8)
    connection = keccak(packed(canonical(action)) + nonce.to_bytes(8) + b"\x00" + ending)
    return keccak(b"\x19\x01" + _DOMAIN + keccak(_AGENT + connection))


@dataclass(slots=True)
class Gate:
    """Lets an action in that the account's agent signed, once, and in time."""

    agent: str  # the address whose key signs
    _nonces: deque[int] = field(default_factory=lambda: deque(maxlen=NONCES_KEPT))

    @classmethod
    def of(cls, venue: Venue) -> Gate:
        """Return the gate of a venue. Raises SettingsError where its secret is no private key."""
        try:
            return cls(address_of(venue.credentials.api_secret))
        except ValueError:
            raise SettingsError(
                "the agent's secret is no private key", hint="0x and 64 hexadecimal digits"
            ) from None

    def check(self, body: Body, now: Moment, *, may_trade: bool) -> None:
        """Raise Denied unless an action is signed by the agent, fresh, and for the account."""
        nonce, expires_after = whole_of(body, "nonce"), time_of(body, "expiresAfter")
        if body.get("vaultAddress") is not None:
            raise Denied(NO_SUCH_WALLET.replace("{}", str(body["vaultAddress"])))
        signer = _signer(body, nonce, expires_after)
        if signer != self.agent or not may_trade:
            raise Denied(NO_SUCH_WALLET.replace("{}", signer))
        if expires_after is not None and now.venue_ms > expires_after:
            raise Denied(EXPIRED)
        self._check_nonce(nonce, now)

    def _check_nonce(self, nonce: int, now: Moment) -> None:
        if not now.venue_ms - NONCE_OLDEST_MS < nonce < now.venue_ms + NONCE_AHEAD_MS:
            raise Denied(FAR_NONCE)
        full = len(self._nonces) == NONCES_KEPT
        if nonce in self._nonces or (full and nonce < min(self._nonces)):
            raise Denied(DUPLICATE_NONCE)
        self._nonces.append(nonce)


def _signer(body: Body, nonce: int, expires_after: int | None) -> str:
    action, signature = body.get("action"), body.get("signature")
    if not isinstance(action, Mapping) or not isinstance(signature, Mapping):
        raise Unreadable("signature")
    try:
        r, s = (int(str(signature[part]), 16) for part in ("r", "s"))
        return signer_of(digest(action, nonce, expires_after), r, s, whole_of(signature, "v"))
    except (KeyError, ValueError, OverflowError):
        raise Unreadable("signature") from None
