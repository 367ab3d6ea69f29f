from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

import pytest

from counterpoise.redaction import HIDDEN
from counterpoise.venues.redaction import TEXT_LENGTH_MAX, Redactor, redacted

SECRET = "s3cr3t/with+odd=signs 0123456789"


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
    ],
)
def test_a_known_secret_is_hidden_in_every_spelling(spelt: str) -> None:
    hidden = redacted(f"before {spelt} after", [SECRET])
    assert hidden.startswith(f"before {HIDDEN}")
    assert spelt.rstrip("=") not in hidden


@pytest.mark.parametrize(
    "text",
    [
        "GET https://x/y?a=1&signature=deadbeef&b=2",
        "signature=deadbeef",
        "SIGNATURE=deadbeef",
        "{'X-MBX-APIKEY': 'deadbeef', 'a': 1}",
        "X-MBX-APIKEY: deadbeef",
        '{"X-BAPI-SIGN":"deadbeef"}',
        "OK-ACCESS-PASSPHRASE=deadbeef",
        "Authorization: Bearer deadbeef",
        "apiKey=deadbeef",
        "https://x?sign=deadbeef",
    ],
)
def test_signatures_and_keys_are_hidden_without_being_known(text: str) -> None:
    assert "deadbeef" not in redacted(text)


def test_other_text_stays_as_it_is() -> None:
    text = "binance answered code -2019: Margin is insufficient. a=1&b=2"
    assert redacted(text, ["", "abc"]) == text


def test_foreign_text_stays_on_one_line_and_short() -> None:
    shortened = redacted("one\r\ntwo\x1b[31m\u2028three" + "x" * 10_000)
    assert shortened.startswith("one two [31m three")
    assert len(shortened) == TEXT_LENGTH_MAX


def test_a_redactor_does_not_show_what_it_hides() -> None:
    assert SECRET not in repr(Redactor([SECRET]))
