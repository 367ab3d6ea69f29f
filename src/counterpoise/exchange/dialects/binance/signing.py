"""Who may ask: key, time and signature, checked as strictly as Binance does."""

from __future__ import annotations

import hmac
from hashlib import sha256

from counterpoise.exchange.dialects.binance.errors import WireError, missing
from counterpoise.exchange.dialects.binance.params import WHOLE_NUMBER
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.venue import Credentials

KEY_HEADER = "x-mbx-apikey"
RECV_WINDOW_MS = 5_000
RECV_WINDOW_MAX_MS = 60_000
AHEAD_MAX_MS = 1_000


def check_signed(call: Call, credentials: Credentials) -> None:
    """Raise WireError unless the call carries the key, a fresh timestamp and a right signature."""
    check_key(call, credentials)
    _check_time(call)
    given = call.params.get("signature", "")
    if not given:
        raise missing("signature")
    signed = _unsigned(call.query) + _unsigned(call.body)
    right = hmac.new(credentials.api_secret.encode(), signed.encode(), sha256).hexdigest()
    if not hmac.compare_digest(given.lower().encode(), right.encode()):
        raise WireError(-1022, "Signature for this request is not valid.")


def check_key(call: Call, credentials: Credentials) -> None:
    """Raise WireError unless the call carries the key."""
    given = call.headers.get(KEY_HEADER, "")
    if not given:
        raise WireError(-2014, "API-key format invalid.", 401)
    if not hmac.compare_digest(given.encode(), credentials.api_key.encode()):
        raise WireError(-2015, "Invalid API-key, IP, or permissions for action.", 401)


def _check_time(call: Call) -> None:
    stamp = _whole(call, "timestamp")
    window_ms = _whole(call, "recvWindow") if "recvWindow" in call.params else RECV_WINDOW_MS
    if not 0 < window_ms <= RECV_WINDOW_MAX_MS:
        raise WireError(-1131, f"recvWindow must be less than {RECV_WINDOW_MAX_MS}")
    if stamp >= call.now.venue_ms + AHEAD_MAX_MS:
        raise WireError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if call.now.venue_ms - stamp > window_ms:
        raise WireError(-1021, "Timestamp for this request is outside of the recvWindow.")


def _whole(call: Call, name: str) -> int:
    value = call.params.get(name, "")
    if not WHOLE_NUMBER.fullmatch(value):
        raise missing(name)
    return int(value)


def _unsigned(encoded: str) -> str:
    """Return a query or form as it was signed: as sent, without the signature."""
    if "signature=" not in encoded:
        return encoded
    return "&".join(part for part in encoded.split("&") if not part.startswith("signature="))
