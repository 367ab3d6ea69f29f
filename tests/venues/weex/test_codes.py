from __future__ import annotations

import ccxt.async_support as ccxt
import pytest

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.weex import PROFILE
from counterpoise.venues.weex_codes import CODES, HINTS, NOT_TAKEN, error_code, is_failure

KNOWN = ccxt.weex.describe(ccxt.weex.__new__(ccxt.weex))["exceptions"]["exact"]
GATEWAYS = {"400", "401", "403", "404", "429", "500", "502", "503", "504"}


def test_every_code_that_ccxt_knows_has_been_judged() -> None:
    assert len(KNOWN) > 40
    assert {code for code in KNOWN if PROFILE.outcome(code) is None} == set()


def test_no_code_is_in_the_table_that_nobody_documented() -> None:
    assert set(CODES) - set(KNOWN) - GATEWAYS == {NOT_TAKEN}


def test_a_new_code_proves_nothing() -> None:
    assert PROFILE.outcome("-4242") is None


@pytest.mark.parametrize("code", ["-1000", "-1054", "-3613", "500", "504"])
def test_what_a_broken_system_says_is_no_refusal(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["-2200", "-3200", "FAILED_ORDER_NOT_FOUND"])
def test_an_order_that_is_not_there_is_no_invalid_order_as_ccxt_has_it(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.NOT_FOUND
    assert KNOWN["-3200"].__name__ == "InvalidOrder"


def test_a_timestamp_that_is_off_is_no_refusal_of_the_key() -> None:
    assert PROFILE.outcome("-1046") is Outcome.PASSING
    assert "clock" in HINTS["-1046"]


@pytest.mark.parametrize("code", ["-1052", "-1058", "-3235"])
def test_a_perpetual_that_is_closed_to_programs_is_no_bad_key(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.REFUSED


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": -1142, "msg": "bad"}, "-1142", "bad"),
        ({"code": "-1054", "msg": "System error"}, "-1054", "System error"),
        ({"code": -1054, "msg": "FAILED_PRECONDITION: no"}, NOT_TAKEN, "FAILED_PRECONDITION: no"),
        ({"code": -1054, "msg": "INVALID_ARGUMENT: no"}, NOT_TAKEN, "INVALID_ARGUMENT: no"),
        ({"code": -1000, "msg": "FAILED_PRECONDITION: no"}, "-1000", "FAILED_PRECONDITION: no"),
        ({"success": False, "errorCode": "-3007", "errorMessage": "no"}, "-3007", "no"),
        ({"success": False, "errorCode": "", "errorMessage": "no"}, "", "no"),
        (
            {"success": False, "errorCode": "", "errorMessage": "FAILED_PRECONDITION: no"},
            NOT_TAKEN,
            "FAILED_PRECONDITION: no",
        ),
        ({"orderId": 1, "errorMsg": "FAILED_ORDER_NOT_FOUND"}, "", "FAILED_ORDER_NOT_FOUND"),
    ],
)
def test_errors_are_read_in_each_of_their_spellings(
    body: dict[str, object], code: str, message: str
) -> None:
    assert error_code(body) == (code, message)


@pytest.mark.parametrize("body", [None, [], "x", {}, {"code": None}])
def test_what_is_no_error_body_has_no_code_that_proves_anything(body: object) -> None:
    code, _ = error_code(body)
    assert PROFILE.outcome(code) is None


def test_only_an_answer_that_says_so_is_a_failure_among_successes() -> None:
    assert is_failure({"success": False})
    assert not any(map(is_failure, [{"success": True}, {}, [], None, {"success": "false"}]))
