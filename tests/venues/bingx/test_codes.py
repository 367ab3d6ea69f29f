from __future__ import annotations

import ccxt.async_support as ccxt
import pytest

from counterpoise.venues.bingx import PROFILE
from counterpoise.venues.bingx_codes import CODES, HINTS, TOO_OFTEN, blocked_s, error_code
from counterpoise.venues.dialect import Outcome

KNOWN = ccxt.bingx.describe(ccxt.bingx.__new__(ccxt.bingx))["exceptions"]["exact"]
KNOWN_TO_CCXT = {code for code in KNOWN if code.isdigit()}
DOCUMENTED = {  # in BingX's tables of error codes, not in ccxt's
    "80013", "80018", "80019", "80020", "101209", "101211", "101212", "101215", "101290",
    "101414", "101415", "101419", "101460", "101500", "101514",
}  # fmt: skip


def test_every_code_that_ccxt_knows_has_been_judged() -> None:
    assert len(KNOWN_TO_CCXT) > 40
    assert {code for code in KNOWN_TO_CCXT if PROFILE.outcome(code) is None} == set()


def test_no_code_proves_a_refusal_that_nobody_documented() -> None:
    assert set(CODES) - KNOWN_TO_CCXT - {TOO_OFTEN} == DOCUMENTED


def test_a_new_code_proves_nothing() -> None:
    assert PROFILE.outcome("424242") is None


@pytest.mark.parametrize(
    "code", ["500", "504", "100440", "100500", "100503", "109500", "110500", "100410", "101500"]
)
def test_what_a_busy_venue_says_is_no_refusal(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["80001", "80012", "80019"])
def test_a_code_that_says_many_things_is_no_refusal(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["101481", "109201"])
def test_a_burned_id_is_an_order_that_exists(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.EXISTS


@pytest.mark.parametrize("code", ["80016", "80017", "109421"])
def test_an_order_that_is_not_there_is_told_by_three_codes(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.NOT_FOUND


def test_a_timestamp_that_is_off_is_no_wrong_symbol_as_ccxt_has_it() -> None:
    assert KNOWN["100421"].__name__ == "BadSymbol"
    assert PROFILE.outcome("100421") is Outcome.PASSING
    assert "clock" in HINTS["100421"]


def test_every_hint_is_of_a_code_that_is_known() -> None:
    assert set(HINTS) <= set(CODES)
    assert {code for code, one in CODES.items() if one is Outcome.UNAUTHORIZED} - {"401"} <= set(
        HINTS
    )


@pytest.mark.parametrize("body", [None, [], "x", {}, {"code": None}])
def test_what_is_no_error_body_has_no_code_that_proves_anything(body: object) -> None:
    code, _ = error_code(body)
    assert PROFILE.outcome(code) is None


NOW_MS = 1_727_193_700_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("code:100410:The endpoint ... will be unblocked after 1727193814249", 114.249),
        ("over 20 error code:100202 requests ... ,can retry after time: 1727193970155", 270.155),
        ("rate limited", 0),
        ("unblocked after 1627193814249", 0),  # it is over
        ("unblocked after 9999999999999", 259_200),
        ("unblocked after soon", 0),
    ],
)
def test_until_when_to_stay_away_is_in_the_text(text: str, seconds: float) -> None:
    assert blocked_s(f'{{"code":100410,"msg":"{text}"}}'.encode(), NOW_MS) == seconds


def test_another_error_with_such_words_closes_nothing() -> None:
    body = b'{"code":100400,"msg":"unblocked after 1727193814249"}'
    assert blocked_s(body, NOW_MS) == 0
