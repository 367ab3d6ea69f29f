"""What OKX's codes prove, wherever in an answer they stand."""

from __future__ import annotations

import ccxt
import pytest

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.okx import PROFILE
from tests.venues.okx.rows import answer


def test_every_code_that_ccxt_knows_was_looked_up() -> None:
    known = ccxt.okx().exceptions["exact"]
    assert [code for code in known if PROFILE.outcome(code) is None] == []


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("51008", Outcome.REFUSED),
        ("51112", Outcome.REFUSED),
        ("50102", Outcome.PASSING),
        ("50011", Outcome.LIMITED),
        ("50061", Outcome.LIMITED),
        ("50101", Outcome.UNAUTHORIZED),
        ("50105", Outcome.UNAUTHORIZED),
        ("51016", Outcome.EXISTS),
        ("51603", Outcome.NOT_FOUND),
        ("50004", Outcome.UNKNOWN),
        ("50013", Outcome.UNKNOWN),
        ("50026", Outcome.UNKNOWN),
        ("1", Outcome.UNKNOWN),
        ("58350", Outcome.UNKNOWN),  # of funding: proves nothing of an order
        ("99999", None),
    ],
)
def test_a_code_proves_what_its_document_says(code: str, outcome: Outcome | None) -> None:
    assert PROFILE.outcome(code) is outcome


def test_the_reason_of_a_refused_order_is_inside() -> None:
    row = {"sCode": "51008", "sMsg": "Insufficient balance", "clOrdId": "a", "ordId": ""}
    body = {**answer(row, code="1"), "msg": "All operations failed"}
    assert PROFILE.error_code(body) == ("51008", "Insufficient balance")


@pytest.mark.parametrize(
    "body",
    [
        answer(code="1"),
        answer({"sCode": "0"}, code="1"),
        answer({"sCode": "51008"}, {"sCode": "51000"}, code="1"),
        {"code": "1", "data": {}, "msg": ""},
        {"code": "1", "data": ["51008"], "msg": ""},
    ],
)
def test_a_failure_without_one_reason_proves_nothing(body: object) -> None:
    assert PROFILE.error_code(body) == ("1", "")
    assert PROFILE.outcome("1") is Outcome.UNKNOWN


def test_the_reason_of_a_refused_question_is_at_its_head() -> None:
    assert PROFILE.error_code({"code": "50113", "msg": "Invalid Sign"})[0] == "50113"
    assert PROFILE.error_code(["no", "object"]) == ("", "")
