"""Hides secrets in any text: whole, in every spelling they could have there, and in pieces."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

Hide = Callable[[str], str]

HIDDEN = "[hidden]"
SECRET_LENGTH_MIN = 4  # shorter ones would blank half of every line
RUN_LENGTH = 8  # so many characters of a secret in a row are as good as the secret
BASE64_PERIOD = 3  # bytes; where a secret begins in a larger text gives it another spelling
BYTE_BITS, BASE64_BITS = 8, 6
CREDENTIAL = re.compile(
    r"(?i)((?:signature|api[-_]?key|api[-_]?secret|apikey|passphrase|access-sign"
    r"|agent[-_]?key|private[-_]?key)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;)}]+"
)


def hider(secrets: Iterable[str]) -> Hide:
    """
    Return what hides `secrets` in a text, in every spelling, and every long run of one.

    A run is hidden only if it has a digit or a capital: what exchanges give out is full of both,
    and a secret made of words must not blank these words wherever they stand.
    """
    spelled = {
        form for secret in secrets if len(secret) >= SECRET_LENGTH_MIN for form in spellings(secret)
    }
    runs = frozenset(run for form in spelled for run in _runs(form))
    longest_first = sorted(spelled, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def hidden(text: str) -> str:
        return _without_runs(known.sub(HIDDEN, text), runs)

    return hidden


def redactor(secrets: Iterable[str]) -> Hide:
    """
    Return what hides `secrets` in a text, in every spelling and in pieces; see `hider`.

    Values of what is named like a credential (`signature=`, `X-MBX-APIKEY:`) are hidden too.
    """
    hidden = hider(secrets)

    def redacted(text: str) -> str:
        return CREDENTIAL.sub(rf"\g<1>{HIDDEN}", hidden(text))

    return redacted


def spellings(secret: str) -> set[str]:
    """Return the ways in which a secret may be spelt on a wire, in a log or in a file."""
    raw = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        raw.hex(),
        *_in_base64(raw),
    }


def _in_base64(raw: bytes) -> Iterator[str]:
    """Yield the secret in base64, alone and from within a larger text, in both alphabets."""
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for before in range(BASE64_PERIOD):
        encoded = base64.b64encode(b"\0" * before + raw).decode()
        first = -(-before * BYTE_BITS // BASE64_BITS)  # characters before have bits of another
        end = (before + len(raw)) * BYTE_BITS // BASE64_BITS
        inner = encoded[first:end]
        if len(inner) >= RUN_LENGTH:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")


def _runs(form: str) -> Iterator[str]:
    for start in range(len(form) - RUN_LENGTH + 1):
        run = form[start : start + RUN_LENGTH]
        if any(letter.isdigit() or letter.isupper() for letter in run):
            yield run


def _without_runs(text: str, runs: frozenset[str]) -> str:
    """Return `text` with whatever is covered by a known run hidden."""
    starts = [n for n in range(len(text) - RUN_LENGTH + 1) if text[n : n + RUN_LENGTH] in runs]
    parts: list[str] = []
    end = 0
    for start in starts:
        if start > end or not parts:
            parts += [text[end:start], HIDDEN]
        end = start + RUN_LENGTH
    return "".join((*parts, text[end:])) if starts else text
