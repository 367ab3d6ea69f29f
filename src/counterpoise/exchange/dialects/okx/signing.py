"""Who may ask: key, passphrase, time, signature and environment, all in headers."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.okx.errors import (
    EXPIRED,
    NO_KEY,
    NO_PASSPHRASE,
    NO_SIGNATURE,
    NO_TIME,
    UNAUTHORISED,
    WRONG_ENVIRONMENT,
    WRONG_KEY,
    WRONG_PASSPHRASE,
    WRONG_SIGNATURE,
    WRONG_TIME,
    error,
)
from counterpoise.exchange.moment import SECOND_MS
from counterpoise.exchange.venue import Credentials

KEY = "ok-access-key"
PASSPHRASE = "ok-access-passphrase"  # noqa: S105 - the name of a header
TIME = "ok-access-timestamp"
SIGNATURE = "ok-access-sign"
SIMULATED = "x-simulated-trading"
NEEDED = {KEY: NO_KEY, PASSPHRASE: NO_PASSPHRASE, TIME: NO_TIME, SIGNATURE: NO_SIGNATURE}
WINDOW_MS = 30_000  # no client can ask for another


def check_signed(call: Call, credentials: Credentials) -> None:
    """Raise VenueError unless the call carries everything, fresh, right and of demo trading."""
    for header, code in NEEDED.items():
        if not call.headers.get(header):
            raise error(code, UNAUTHORISED)
    if not _same(call.headers[KEY], credentials.api_key):
        raise error(WRONG_KEY, UNAUTHORISED)
    if call.headers.get(SIMULATED) != "1":
        raise error(WRONG_ENVIRONMENT, UNAUTHORISED)
    if not _same(call.headers[PASSPHRASE], credentials.passphrase):
        raise error(WRONG_PASSPHRASE, UNAUTHORISED)
    stamp = call.headers[TIME]
    _check_time(stamp, call)
    query = f"?{call.query}" if call.query else ""
    signed = f"{stamp}{call.method}{call.path}{query}{call.body}"
    right = hmac.new(credentials.api_secret.encode(), signed.encode(), sha256).digest()
    if not _same(call.headers[SIGNATURE], b64encode(right).decode()):
        raise error(WRONG_SIGNATURE, UNAUTHORISED)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _check_time(stamp: str, call: Call) -> None:
    try:
        sent = datetime.fromisoformat(stamp)
    except ValueError:
        raise error(WRONG_TIME, UNAUTHORISED) from None
    if sent.tzinfo is None:
        raise error(WRONG_TIME, UNAUTHORISED)
    if abs(round(sent.timestamp() * SECOND_MS) - call.now.venue_ms) > WINDOW_MS:
        raise error(EXPIRED, UNAUTHORISED)
