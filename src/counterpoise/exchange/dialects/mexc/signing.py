"""
Who may ask. Spot signs its query; futures sign key, time and parameters into headers.

Origin: ccxt 4.5.90 mexc.py `sign`; the windows are those of MEXC's integration guides.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from counterpoise.exchange.dialects.common import WHOLE_NUMBER, VenueError
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.errors import BAD_REQUEST, COMMON, missing
from counterpoise.exchange.moment import SECOND_MS
from counterpoise.exchange.venue import Credentials

SPOT_WINDOW_MS = 5_000
SPOT_WINDOW_MAX_MS = 60_000
SPOT_AHEAD_MAX_MS = 1_000
CONTRACT_WINDOW_S = 10
CONTRACT_WINDOW_MAX_S = 60
CONTRACT_AHEAD_MAX_MS = 2_000


def check_spot(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless key, timestamp and signature of a spot call are right."""
    given = call.headers.get("x-mexc-apikey", "")
    if not hmac.compare_digest(given.encode(), credentials.api_key.encode()):
        raise VenueError(10072, "Api key info invalid", BAD_REQUEST)
    _check_spot_time(call)
    signature = call.params.get("signature", "")
    if not signature:
        raise missing("signature")
    if not _right(signature, _unsigned(call.query) + call.body, credentials):
        raise VenueError(700002, COMMON[700002], BAD_REQUEST)


def _check_spot_time(call: Call) -> None:
    stamp = _whole(call, "timestamp")
    window_ms = _whole(call, "recvWindow") if "recvWindow" in call.params else SPOT_WINDOW_MS
    if window_ms > SPOT_WINDOW_MAX_MS:
        raise VenueError(700005, f"recvWindow must less than {SPOT_WINDOW_MAX_MS}", BAD_REQUEST)
    ahead_ms = stamp - call.now.venue_ms
    if not -window_ms <= ahead_ms < SPOT_AHEAD_MAX_MS:
        raise VenueError(700003, COMMON[700003], BAD_REQUEST)


def _whole(call: Call, name: str) -> int:
    value = call.params.get(name, "")
    if not WHOLE_NUMBER.fullmatch(value):
        raise missing(name)
    return int(value)


def _unsigned(query: str) -> str:
    """Return a query as it was signed: as sent, without the signature."""
    return "&".join(part for part in query.split("&") if not part.startswith("signature="))


def check_contract(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless the headers of a futures call are right. A POST signs its body."""
    given, stamp = call.headers.get("apikey", ""), call.headers.get("request-time", "")
    if not hmac.compare_digest(given.encode(), credentials.api_key.encode()):
        raise VenueError(401, COMMON[401])
    _check_contract_time(call, stamp)
    signed = call.body if call.method == "POST" else "&".join(sorted(call.query.split("&")))
    if not _right(call.headers.get("signature", ""), given + stamp + signed, credentials):
        raise VenueError(602, COMMON[602])


def _check_contract_time(call: Call, stamp: str) -> None:
    window = call.headers.get("recv-window", str(CONTRACT_WINDOW_S))
    if not WHOLE_NUMBER.fullmatch(stamp) or not WHOLE_NUMBER.fullmatch(window):
        raise VenueError(513, COMMON[513])
    window_ms = min(int(window), CONTRACT_WINDOW_MAX_S) * SECOND_MS
    if not -window_ms < int(stamp) - call.now.venue_ms <= CONTRACT_AHEAD_MAX_MS:
        raise VenueError(513, COMMON[513])


def _right(given: str, signed: str, credentials: Credentials) -> bool:
    right = hmac.new(credentials.api_secret.encode(), signed.encode(), sha256).hexdigest()
    return hmac.compare_digest(given.lower().encode(), right.encode())
