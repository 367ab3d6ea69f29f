"""
Who may ask: key, passphrase, time and signature in headers.

Origin: ccxt 4.5.90 weex.py `sign`; the window of thirty seconds is that of WEEX's documents
("request timestamp expired"), and no request can ask for another.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256

from counterpoise.exchange.dialects.common import WHOLE_NUMBER, VenueError
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.weex.errors import COMMON, UNAUTHORIZED
from counterpoise.exchange.venue import Credentials

WINDOW_MS = 30_000


def check_signed(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless key, passphrase, timestamp and signature are right."""
    given = {name: call.headers.get(f"access-{name}", "") for name in MISSING}
    for name, code in MISSING.items():
        if not given[name]:
            raise _refusal(code)
    if not _same(given["key"], credentials.api_key):
        raise _refusal(-1044)
    if not _same(given["passphrase"], credentials.passphrase):
        raise _refusal(-1049)
    _check_time(call, given["timestamp"])
    if not _same(given["sign"], _signature(call, given["timestamp"], credentials)):
        raise _refusal(-1047)


MISSING = {"key": -1040, "sign": -1041, "timestamp": -1042, "passphrase": -1049}


def _refusal(code: int) -> VenueError:
    return VenueError(code, COMMON[code], UNAUTHORIZED)


def _check_time(call: Call, stamp: str) -> None:
    if not WHOLE_NUMBER.fullmatch(stamp):
        raise _refusal(-1043)
    if abs(call.now.venue_ms - int(stamp)) > WINDOW_MS:
        raise _refusal(-1046)


def _signature(call: Call, stamp: str, credentials: Credentials) -> str:
    query = f"?{call.query}" if call.query else ""
    signed = f"{stamp}{call.method}{call.path}{query}{call.body}"
    found = hmac.new(credentials.api_secret.encode(), signed.encode(), sha256).digest()
    return b64encode(found).decode()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
