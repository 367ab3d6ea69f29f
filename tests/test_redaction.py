"""No spelling of a secret and no long piece of one stays in a text; everything else does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.redaction import HIDDEN, RUN_LENGTH, hider, redactor

SECRET = 'Zx8c3v6b1n4m9+/Qw"2 e5r7t0=u'
PLAYED = "local-exchange-secret"

SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "in a URL": lambda s: quote(s, safe=""),
    "in a form": quote_plus,
    "in JSON": lambda s: json.dumps(s)[1:-1],
    "in base64": lambda s: base64.b64encode(s.encode()).decode(),
    "in base64 for URLs": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "as a password in base64": lambda s: base64.b64encode(f"user:{s}".encode()).decode(),
    "behind one more byte": lambda s: base64.b64encode(f"user1:{s}!".encode()).decode(),
    "in hex": lambda s: s.encode().hex(),
    "in repr": lambda s: repr(s)[1:-1],
}


def has_run(text: str, secret: str) -> bool:
    """Say whether a piece of `secret` can be read in `text`."""
    runs = (secret[n : n + RUN_LENGTH] for n in range(len(secret) - RUN_LENGTH + 1))
    return any(run in text for run in runs)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_hidden_however_it_is_spelt(spelling: str) -> None:
    spelled = SPELLINGS[spelling](SECRET)
    told = hider([SECRET])(f"before {spelled} after")
    assert not has_run(told, spelled.strip("=")[4:-4])
    assert told.startswith("before ")
    assert told.endswith(" after")


@pytest.mark.parametrize("start", range(len(SECRET) - RUN_LENGTH + 1))
def test_a_piece_of_a_secret_is_hidden(start: int) -> None:
    piece = SECRET[start : start + RUN_LENGTH]
    told = hider([SECRET])(f"cut off at={piece}")
    assert told == f"cut off at={HIDDEN}"


@given(
    secret=st.text("XYZ0123456789", min_size=12, max_size=64),
    start=st.integers(0, 40),
    length=st.integers(RUN_LENGTH, 64),
)
def test_no_piece_of_a_secret_can_be_read(secret: str, start: int, length: int) -> None:
    told = hider([secret])(f"({secret[start : start + length]})")
    assert not has_run(told, secret)


def test_words_that_a_secret_is_made_of_stay_readable() -> None:
    text = "the exchange keeps a secret: local time"
    assert hider([PLAYED])(text) == text
    assert hider([PLAYED])(f"key {PLAYED}") == f"key {HIDDEN}"


@given(text=st.text())
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert hider(["canaryKeyQ7w2e9r4t1y8"])(text) == text
    assert hider([])(text) == text


def test_pieces_side_by_side_leave_nothing_between() -> None:
    assert hider([SECRET])(SECRET[:14] + SECRET[:14]) == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "GET https://x/api?symbol=A&signature=abcdef0123456789",
        "X-MBX-APIKEY: abcdef0123456789",
        '{"apiKey": "abcdef0123456789"}',
        "passphrase=abcdef0123456789",
    ],
)
def test_what_is_named_like_a_credential_is_hidden_whoever_it_is_of(text: str) -> None:
    assert "abcdef" not in redactor(())(text)


def test_a_word_without_end_is_looked_through_once() -> None:
    """What grows with the square of it would hold up the whole daemon for minutes."""
    word = "x-" * 100_000
    assert redactor([SECRET])(word) == word
    assert redactor(())(f"{word}X-MBX-APIKEY: abcdef") == f"{word}X-MBX-APIKEY: {HIDDEN}"
