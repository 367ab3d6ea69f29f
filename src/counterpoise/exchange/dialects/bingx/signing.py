"""
Who may ask: a key in a header, time and signature in the query.

Origin: ccxt 4.5.90 bingx.py `sign`. What is signed is the query as it reads, not as it is encoded.
The venue allows five seconds either way, and no more.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from urllib.parse import parse_qsl

from counterpoise.exchange.dialects.bingx.errors import COMMON
from counterpoise.exchange.dialects.common import WHOLE_NUMBER, VenueError
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.venue import Credentials

WINDOW_MAX_MS = 5_000


def check_signed(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless key, timestamp and signature are right."""
    key = call.headers.get("x-bx-apikey", "")
    if not hmac.compare_digest(key.encode(), credentials.api_key.encode()):
        raise VenueError(100413, COMMON[100413])
    _check_time(call)
    given = call.params.get("signature", "")
    if not given:
        raise VenueError(100412, COMMON[100412])
    right = hmac.new(credentials.api_secret.encode(), _signed(call).encode(), sha256).hexdigest()
    if not hmac.compare_digest(given.lower().encode(), right.encode()):
        raise VenueError(100001, COMMON[100001])


def _check_time(call: Call) -> None:
    stamp, window = call.params.get("timestamp", ""), call.params.get("recvWindow", "")
    if not WHOLE_NUMBER.fullmatch(stamp):
        raise VenueError(100421, COMMON[100421])
    window_ms = int(window) if WHOLE_NUMBER.fullmatch(window) else WINDOW_MAX_MS
    if abs(call.now.venue_ms - int(stamp)) > min(window_ms, WINDOW_MAX_MS):
        raise VenueError(100421, COMMON[100421])


def _signed(call: Call) -> str:
    pairs = parse_qsl(call.query, keep_blank_values=True)
    return "&".join(f"{name}={value}" for name, value in pairs if name != "signature")
