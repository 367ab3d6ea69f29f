"""Who may ask: key, time window and signature, all in headers, checked as Bybit does."""

from __future__ import annotations

import hmac
from hashlib import sha256

from counterpoise.exchange.dialects.bybit.errors import (
    COMMON,
    EXPIRED,
    INVALID,
    WRONG_KEY,
    WRONG_SIGNATURE,
    error,
)
from counterpoise.exchange.dialects.common import WHOLE_NUMBER, VenueError
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.venue import Credentials

KEY = "x-bapi-api-key"
TIME = "x-bapi-timestamp"
WINDOW = "x-bapi-recv-window"
SIGNATURE = "x-bapi-sign"
WINDOW_MS = 5_000  # where a client sends none
AHEAD_MAX_MS = 1_000
UNAUTHORISED = 401


def check_signed(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless the call carries the key, a fresh time and a right signature."""
    key = call.headers.get(KEY, "")
    if not hmac.compare_digest(key.encode(), credentials.api_key.encode()):
        raise error(WRONG_KEY, UNAUTHORISED)
    stamp, window = call.headers.get(TIME, ""), call.headers.get(WINDOW, "")
    _check_time(stamp, window, call)
    signed = f"{stamp}{key}{window}{call.body if call.method == 'POST' else call.query}"
    right = hmac.new(credentials.api_secret.encode(), signed.encode(), sha256).hexdigest()
    given = call.headers.get(SIGNATURE, "")
    if not hmac.compare_digest(given.lower().encode(), right.encode()):
        raise error(WRONG_SIGNATURE)


def _check_time(stamp: str, window: str, call: Call) -> None:
    """Hold to the rule: server - window <= stamp < server + 1000, in milliseconds."""
    if not WHOLE_NUMBER.fullmatch(stamp) or (window and not WHOLE_NUMBER.fullmatch(window)):
        raise VenueError(INVALID, "params error: timestamp or recv_window invalid")
    sent_ms, window_ms = int(stamp), int(window or WINDOW_MS)
    server_ms = call.now.venue_ms
    if not server_ms - window_ms <= sent_ms < server_ms + AHEAD_MAX_MS:
        raise VenueError(
            EXPIRED,
            f"{COMMON[EXPIRED]}. req_timestamp[{sent_ms}],server_timestamp[{server_ms}],"
            f"recv_window[{window_ms}]",
        )
