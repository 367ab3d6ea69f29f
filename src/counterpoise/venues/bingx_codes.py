"""
BingX's error codes, and what each proves of an order on its perpetuals. Pure.

Source: the table of common error codes in BingX's documents (USDT-M and coin-M alike), the errors
listed with each endpoint there, and ccxt 4.5.90 `bingx.py` (`exceptions.exact`) with the samples
beside it. Every error comes with HTTP status 200: only the code tells, and for two codes only the
text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of
from counterpoise.venues.pauses import PAUSE_S_MAX
from counterpoise.venues.shapes import Record

# One number says both "you ask too often", which the gate says before anything is looked at, and
# "the current system is busy", which proves nothing. These words are of the first.
FREQUENCY_CODE = "100410"
FREQUENCY_WORDS = ("rate limited", "frequency limit", "can retry after time")
TOO_OFTEN = "100410 (too often)"

BLOCKED = re.compile(rb"(?:unblocked after|can retry after time:)\s*(\d{13})\b")  # ms since 1970
PEEK_BYTES = 1_024  # an error is no longer

CODES: Mapping[str, Outcome] = {
    **codes_of(
        {
            # parameters, funds, position, leverage, limits, or a contract that is closed. 101400
            # says "No position to close", "Order size error" and "Insufficient margin" as well as
            # that an order is too small; 100414 and 80020 are the account's risk control
            Outcome.REFUSED: """
                80013 80014 80018 80020 100202 100400 100414 100490
                101204 101205 101209 101211 101212 101215 101290 101400 101414 101415 101419
                101460 101514 109400 109418 109425 110425
            """,
            # the timestamp was not within the window, which is checked before anything else; ccxt
            # also quotes it for a pair closed to programs: no effect either
            Outcome.PASSING: "100421",
            Outcome.LIMITED: "418 429",
            # signature, rights of the key, no signature, no such key, address
            Outcome.UNAUTHORIZED: "401 100001 100004 100412 100413 100419",
            # the id is burned: no other order ever has it, so an earlier one of ours was taken
            Outcome.EXISTS: "101481 109201",
            Outcome.NOT_FOUND: "80016 80017 109421",
            # internal errors, overload and timeouts; bags of texts of which some are overload
            # (80001, 80012); an order that is still being processed (80019); gateways in front;
            # and what only transfers say
            Outcome.UNKNOWN: """
                400 403 404 500 504 80001 80012 80019
                100204 100410 100437 100440 100500 100503 101500 109500 110500
            """,
        }
    ),
    TOO_OFTEN: Outcome.LIMITED,
}


def error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body; "too often" apart from "busy"."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    code, message = str(found.get("code", "")), str(found.get("msg") or "")
    if code == FREQUENCY_CODE and any(words in message.lower() for words in FREQUENCY_WORDS):
        code = TOO_OFTEN
    return code, message


def blocked_s(body: bytes, now_ms: int) -> float:
    """Return how many seconds "too often" says to stay away: its text names a moment."""
    start = body[:PEEK_BYTES]
    found = BLOCKED.search(start) if FREQUENCY_CODE.encode() in start else None
    left_s = (int(found[1]) - now_ms) / 1000 if found else 0.0
    return min(max(0.0, left_s), PAUSE_S_MAX)


_KEY_PAGE = "BingX > profile icon > API Management"
_GEAR = "Perpetual Futures > Settings (the gear)"

HINTS: Mapping[str, str] = {
    "80013": "cancel orders that rest on this account, or trade it with fewer programs",
    "80020": "BingX's risk control stopped this account: ask its support",
    TOO_OFTEN: "fewer portfolios on this address and account, or a longer cycle.interval",
    "100001": "api_secret does not belong to api_key",
    "100004": f"{_KEY_PAGE} > edit: tick Perpetual Futures Trading, and Read",
    "100202": "move funds into the wallet that is traded in, or lower the weights",
    "100412": "set api_secret of this venue",
    "100413": f"api_key is not one of BingX's, or was deleted: {_KEY_PAGE}",
    "100419": f"add this machine's address: {_KEY_PAGE} > edit > IP whitelist",
    "100421": "set this machine's clock (chrony or systemd-timesyncd), then: counterpoise doctor",
    "101204": "move margin into the perpetual futures account, or lower the weights",
    "101205": "the position was closed in between; the next cycle sees it afresh",
    "101209": "the position would be too large for its leverage: lower the leverage on BingX",
    "101290": "the position shrank in between; the next cycle sees it afresh",
    "101400": "the order is below what BingX takes, or has nothing to close: raise trigger.drift",
    "101415": "BingX takes no new positions in this contract: choose another perpetual",
    "109400": "if the text names PositionSide, the position mode was changed: restart counterpoise",
    "109418": "BingX closed this contract to programs: choose another perpetual",
    "110425": "the order is worth less than BingX takes: raise trigger.drift or the weight",
    "109425": "BingX does not list this contract any more: choose another perpetual",
}

REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": f"{_KEY_PAGE} > edit > tick Perpetual Futures Trading",
    "may withdraw": f"{_KEY_PAGE} > edit > clear Withdraw",
    "bound to an address": f"{_KEY_PAGE} > edit > IP whitelist",
    "hedge mode": f"{_GEAR} > Position Mode > One-way Mode",
    "multi-asset margin": f"{_GEAR} > Asset Mode > Single-Asset Mode",
}
