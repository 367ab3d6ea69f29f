"""What may be shown of what a stranger says: none of our secrets, on one line, and not for long."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

from counterpoise.errors import (
    OutcomeUnknown,
)
from simulation.scripts.bench import Bench, sprung, whole
from tests.venues.fake import (
    API_KEY,
    API_SECRET,
    ORDER,
    answer,
    refusal,
)
from tests.venues.orders import intent_of

LEAKS = (
    f"key {API_KEY} is bad",
    f"secret {API_SECRET}",
    f"{quote(API_SECRET, safe='')} {quote_plus(API_SECRET)}",
    base64.b64encode(API_SECRET.encode()).decode(),
    base64.urlsafe_b64encode(API_SECRET.encode()).decode(),
    API_SECRET.encode().hex(),
    f"GET /fapi/v1/order?symbol=X&signature={'ab' * 32}",
    f"https://x/y?SIGNATURE={'ab' * 32}&a=b",
    f"{{'X-MBX-APIKEY': '{'ab' * 32}'}}",
    f"Authorization: Bearer {'ab' * 32}",
    f"apiSecret={'ab' * 32}",
    "one\r\ntwo \x1b[31m \u2028 three",
    "x" * 100_000,
)


async def secrets(made: Bench) -> None:
    """No error, no word that hangs on one and no line holds a secret, however it was spelt."""
    intent = intent_of()
    for leak in LEAKS:
        for said in (refusal(-9999, leak), refusal(-2019, leak), answer(f"<html>{leak}", 502)):
            made.fresh().says("POST", ORDER, said)
            made.venue.says("GET", ORDER, said)
            _silent(made, await made.outcome(made.gateway.place(intent)), leak)
            _silent(made, await made.outcome(made.gateway.find(intent)), leak)
        for error in (OutcomeUnknown(leak), RuntimeError(leak), ValueError(leak)):
            made.fresh().fault("POST", ORDER, error)
            found = await made.outcome(made.gateway.place(intent))
            if not isinstance(error, OutcomeUnknown):  # whose words are our own
                _silent(made, found, leak)
    _silent(made, made.log.getvalue(), "the log")


def _silent(made: Bench, found: object, leak: str) -> None:
    words = "\n".join(whole(found)) if isinstance(found, BaseException) else str(found)
    for text in SPELLINGS:
        made.claim("I-25", text not in words, f"{leak:.40} is in {type(found).__name__}")
    longest = max(len(getattr(found, part, "")) for part in ("detail", "hint"))
    made.claim("X6", longest <= 500, f"{longest} characters of a stranger's")
    detail = getattr(found, "detail", "")
    made.claim(
        "X6", all(each.isprintable() for each in detail), f"{leak[:40]!r}: control characters"
    )


SPELLINGS = (
    API_KEY[:12],
    API_SECRET[:12],
    quote(API_SECRET, safe="")[:14],
    base64.b64encode(API_SECRET.encode()).decode()[:12],
    API_SECRET.encode().hex()[:12],
    "abababababab",
)


SCRIPTS = {"secrets": sprung(secrets, invariant="I-25")}
