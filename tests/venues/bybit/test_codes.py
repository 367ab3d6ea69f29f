"""What Bybit's codes prove of an order."""

from __future__ import annotations

import pytest

from counterpoise.venues.bybit import PROFILE
from counterpoise.venues.dialect import Outcome

TABLE = {
    Outcome.UNKNOWN: "10000 10016 170001 170007 170032 170146 5004 131200 140007 30031 -2013",
    Outcome.EXISTS: "110072 170141 12141 10014 30001",
    Outcome.NOT_FOUND: "110001 170213 20001",
    Outcome.PASSING: "10002",
    Outcome.LIMITED: "10006 10018 10009",
    Outcome.UNAUTHORIZED: "10003 10004 10005 10010 33004",
    Outcome.REFUSED: "10001 10017 10032 110003 110007 110017 110025 110043 110066 110094",
}


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, kind) for kind, codes in TABLE.items() for code in codes.split()]
)
def test_a_code_proves_what_its_documents_say(code: str, outcome: Outcome) -> None:
    assert PROFILE.outcome(code) is outcome


def test_a_code_that_nobody_has_looked_up_proves_nothing() -> None:
    assert PROFILE.outcome("4242424") is None


def test_an_error_names_its_code_and_message() -> None:
    assert PROFILE.error_code({"retCode": 110007, "retMsg": "ab not enough"}) == (
        "110007",
        "ab not enough",
    )
    assert PROFILE.error_code({}) == ("", "")
    assert PROFILE.error_code([{"retCode": 1}]) == ("", "")
