"""Takes secrets out of any text before it can reach an error, a log or a journal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from counterpoise.redaction import HIDDEN, hider

TEXT_LENGTH_MAX = 500
MARGIN = 2_000  # read beyond what is kept: a secret that the cut divides is hidden whole

_SIGNATURE = re.compile(r"(?i)\b(signature|sign)=[^&\s'\"]+")
_HEADER = re.compile(
    r"(?i)\b(X-MBX-APIKEY|X-BX-APIKEY|X-MEXC-APIKEY|X-BAPI-[A-Z-]+|OK-ACCESS-[A-Z-]+|ACCESS-[A-Z-]+"
    r"|X-SOURCE-KEY|ApiKey|apiSecret|Authorization|Signature)(['\"]?\s*[:=]\s*['\"]?)"
    r"((?:Bearer |Basic )?[^'\"\s,;&}]+)"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Redactor:
    """Knows the secrets of one venue and hides them, however they are spelt."""

    __slots__ = ("_hidden",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Prepare for all `secrets`; empty and very short ones are left out."""
        self._hidden = hider(secrets)

    def __repr__(self) -> str:
        """Say nothing of what is hidden."""
        return "Redactor()"

    def redacted(self, text: str) -> str:
        """Return `text` on one line, at most 500 characters, without secrets and signatures."""
        hidden = self._hidden(text[: TEXT_LENGTH_MAX + MARGIN])
        hidden = _SIGNATURE.sub(rf"\1={HIDDEN}", hidden)
        hidden = _HEADER.sub(rf"\1\2{HIDDEN}", hidden)
        return _CONTROL.sub(" ", hidden)[:TEXT_LENGTH_MAX]


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without signatures, keys in headers, and any of `secrets`."""
    return Redactor(secrets).redacted(text)
