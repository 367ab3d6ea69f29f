"""Takes secrets out of any text before it can reach an error, a log or a journal."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
SECRET_LENGTH_MIN = 4  # shorter ones would hide half of every text
TEXT_LENGTH_MAX = 500

_SIGNATURE = re.compile(r"(?i)\b(signature|sign)=[^&\s'\"]+")
_HEADER = re.compile(
    r"(?i)\b(X-MBX-APIKEY|X-BX-APIKEY|X-MEXC-APIKEY|X-BAPI-[A-Z-]+|OK-ACCESS-[A-Z-]+|ACCESS-[A-Z-]+"
    r"|X-SOURCE-KEY|ApiKey|apiSecret|Authorization|Signature)(['\"]?\s*[:=]\s*['\"]?)"
    r"((?:Bearer |Basic )?[^'\"\s,;&}]+)"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _spellings(secret: str) -> set[str]:
    """Return the ways in which a secret may be spelt on a wire."""
    raw = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(),
    }


class Redactor:
    """Knows the secrets of one venue and hides them, however they are spelt."""

    __slots__ = ("_known",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Prepare one pattern for all `secrets`; empty and very short ones are left out."""
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= SECRET_LENGTH_MIN
            for spelling in _spellings(secret)
        }
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __repr__(self) -> str:
        """Say nothing of what is hidden."""
        return "Redactor()"

    def redacted(self, text: str) -> str:
        """Return `text` on one line, at most 500 characters, without secrets and signatures."""
        hidden = self._known.sub(HIDDEN, text)
        hidden = _SIGNATURE.sub(rf"\1={HIDDEN}", hidden)
        hidden = _HEADER.sub(rf"\1\2{HIDDEN}", hidden)
        return _CONTROL.sub(" ", hidden)[:TEXT_LENGTH_MAX]


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without signatures, keys in headers, and any of `secrets`."""
    return Redactor(secrets).redacted(text)
