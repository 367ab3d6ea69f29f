from __future__ import annotations

from collections.abc import Mapping

import ccxt.async_support as ccxt
import pytest

from counterpoise.errors import (
    CounterpoiseError,
    DoorRefused,
    OutcomeUnknown,
    Rejected,
    SnapshotError,
    Unauthorized,
    Unavailable,
    Unsent,
)
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.binance_codes import CODES, CODES_ELSEWHERE
from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import Judge, NotServed, Reply, VenueError, codes_of
from counterpoise.venues.redaction import Redactor
from tests.venues.fake import API_KEY, API_SECRET

JUDGE = Judge(profile=PROFILE, redactor=Redactor((API_KEY, API_SECRET)))
BINANCE = ccxt.binance.describe(ccxt.binance.__new__(ccxt.binance))["exceptions"]


def judged(code: int | str = "", /, *, writing: bool, **changed: object) -> CounterpoiseError:
    facts: dict[str, object] = {"status": 400, "code": str(code), "message": "said", **changed}
    return JUDGE.classify(VenueError(Reply(**facts)), writing=writing)  # type: ignore[arg-type]


def known_to_ccxt() -> set[str]:
    tables: list[Mapping[str, object]] = [
        BINANCE["exact"],
        BINANCE["spot"]["exact"],
        BINANCE["linear"]["exact"],
        BINANCE["inverse"]["exact"],
    ]
    return {code for table in tables for code in table if code.removeprefix("-").isdigit()}


def test_every_code_that_ccxt_knows_has_been_judged() -> None:
    assert len(known_to_ccxt()) > 300
    assert {code for code in known_to_ccxt() if PROFILE.outcome(code) is None} == set()


def test_no_code_proves_a_refusal_that_nobody_documented() -> None:
    proved = {code for code, outcome in CODES.items() if outcome is not Outcome.UNKNOWN}
    assert proved - known_to_ccxt() == set()


def test_codes_of_other_products_prove_nothing_of_an_order() -> None:
    for part in CODES_ELSEWHERE:
        assert str(part[0]) not in CODES
        assert isinstance(judged(part[0], writing=True), OutcomeUnknown)


def test_what_ccxt_calls_failed_or_lost_is_never_a_refusal() -> None:
    """Save for three that Binance documents as refusals of the order itself."""
    lost = {"OperationFailed", "RequestTimeout", "BadResponse", "ExchangeNotAvailable"}
    table = {**BINANCE["exact"], **BINANCE["linear"]["exact"], **BINANCE["inverse"]["exact"]}
    soft = {code for code, kind in table.items() if kind.__name__ in lost}
    refused = {code for code in soft if CODES.get(code) is Outcome.REFUSED}
    assert refused == {"-1112", "-2020", "-2023", "-5041"}


@pytest.mark.parametrize(
    "code", [-1000, -1001, -1004, -1006, -1007, -1008, -1010, -4116, -99999, "", "nonsense"]
)
@pytest.mark.parametrize("status", [200, 400, 408, 500, 503, 504])
def test_without_proof_the_outcome_of_an_order_is_unknown(code: int | str, status: int) -> None:
    assert isinstance(judged(code, writing=True, status=status), OutcomeUnknown)


@pytest.mark.parametrize("code", [-1013, -1111, -1121, -2010, -2019, -2022, -4061, -4164, -5022])
def test_a_documented_refusal_of_an_order_is_one(code: int) -> None:
    error = judged(code, writing=True)
    assert isinstance(error, Rejected)
    assert error.code == str(code)
    assert error.detail == "said"


@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_the_code_counts_whatever_status_it_comes_with(status: int) -> None:
    assert isinstance(judged(-2019, writing=True, status=status), Rejected)
    assert isinstance(judged(-1015, writing=True, status=status), Unavailable)


def test_a_duplicate_means_that_an_order_exists() -> None:
    error = judged(-2010, writing=True, message="Duplicate order sent.")
    assert isinstance(error, OutcomeUnknown)
    assert isinstance(judged(-4116, writing=True), OutcomeUnknown)


@pytest.mark.parametrize("writing", [True, False])
@pytest.mark.parametrize("code", [-1002, -1022, -2008, -2014, -2015])
def test_refused_credentials_are_told_apart(code: int, *, writing: bool) -> None:
    assert isinstance(judged(code, writing=writing), Unauthorized)


@pytest.mark.parametrize("writing", [True, False])
@pytest.mark.parametrize("code", [-1003, -1015])
def test_too_many_requests_had_no_effect_and_ask_for_a_pause(code: int, *, writing: bool) -> None:
    error = judged(code, writing=writing, status=429, retry_after_s=7.0)
    assert isinstance(error, Unavailable)
    assert (error.code, error.retry_after_s) == (str(code), 7)
    unstated = judged(code, writing=writing)
    assert isinstance(unstated, Unavailable)
    assert unstated.retry_after_s > 0


@pytest.mark.parametrize("status", [418, 429])
def test_too_many_requests_without_a_code_prove_nothing_of_an_order(status: int) -> None:
    assert isinstance(judged(writing=True, status=status, readable=False), OutcomeUnknown)
    read = judged(writing=False, status=status, readable=False, retry_after_s=30.0)
    assert isinstance(read, Unavailable)
    assert read.retry_after_s == 30


@pytest.mark.parametrize("code", [-1021, -5028])
def test_a_request_out_of_time_had_no_effect(code: int) -> None:
    error = judged(code, writing=True)
    assert type(error) is Unavailable
    assert error.code == str(code)


def test_a_clock_that_is_off_is_named_as_the_cause() -> None:
    assert "clock" in judged(-1021, writing=True).hint


@pytest.mark.parametrize("status", [200, 201])
def test_a_good_answer_that_cannot_be_read_is_no_answer(status: int) -> None:
    facts = {"status": status, "readable": False, "message": "<html>"}
    assert isinstance(judged(writing=False, **facts), SnapshotError)
    assert isinstance(judged(writing=True, **facts), OutcomeUnknown)


@pytest.mark.parametrize("status", [400, 404, 451])
def test_a_read_that_is_not_served_is_not_worth_another_try(status: int) -> None:
    assert isinstance(judged(writing=False, status=status), NotServed)


def test_plain_bad_credentials_stop_a_read_and_prove_nothing_of_an_order() -> None:
    assert isinstance(judged(writing=False, status=401, readable=False), Unauthorized)
    assert isinstance(judged(writing=True, status=401, readable=False), OutcomeUnknown)


@pytest.mark.parametrize(
    ("error", "reading", "writing"),
    [
        (Unsent("x"), Unsent, Unsent),
        (Unavailable("x", retry_after_s=3), Unavailable, Unavailable),
        (OutcomeUnknown("x"), Unavailable, OutcomeUnknown),
        (SnapshotError("x"), SnapshotError, OutcomeUnknown),
        (DoorRefused("x"), DoorRefused, DoorRefused),
        (ccxt.NotSupported("x"), NotServed, Unsent),
        (ccxt.ArgumentsRequired("x"), NotServed, Unsent),
        (ccxt.AuthenticationError("x"), Unauthorized, Unauthorized),
        (ccxt.RequestTimeout("x"), Unavailable, OutcomeUnknown),
        (ccxt.ExchangeError("x"), Unavailable, OutcomeUnknown),
        (TypeError("x"), Unavailable, OutcomeUnknown),
        (KeyError("x"), Unavailable, OutcomeUnknown),
        (TimeoutError("x"), Unavailable, OutcomeUnknown),
    ],
)
def test_every_other_error_is_judged_on_the_safe_side(
    error: Exception, reading: type[Exception], writing: type[Exception]
) -> None:
    assert type(JUDGE.classify(error, writing=False)) is reading
    assert type(JUDGE.classify(error, writing=True)) is writing


@pytest.mark.parametrize("writing", [True, False])
def test_no_secret_survives_in_an_error(*, writing: bool) -> None:
    signed = f"GET https://x/y?key={API_KEY}&z={API_SECRET}&signature=deadbeef"
    reply = VenueError(Reply(status=500, message=signed))
    for error in (reply, ccxt.RequestTimeout(signed), ValueError(signed)):
        judged_error = JUDGE.classify(error, writing=writing)
        said = f"{judged_error!r} {judged_error} {judged_error.detail} {judged_error.hint}"
        assert not any(secret in said for secret in (API_KEY, API_SECRET, "deadbeef"))


def test_a_code_cannot_be_two_things() -> None:
    with pytest.raises(ValueError, match="-2"):
        codes_of({Outcome.REFUSED: "-1..-3", Outcome.UNKNOWN: "-2"})
