"""Every code that MEXC may answer with is judged, and by what it proves of an order."""

from __future__ import annotations

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.dialects.mexc import errors
from counterpoise.venues.dialect import Outcome
from counterpoise.venues.mexc import PROFILE

DOCUMENTED = [  # the table of the futures documents
    *(401, 402, 406, 500, 501, 506, 510, 511, 513, 600, 601, 602, 603, 701, 702, 703, 704),
    *range(1000, 1005),
    *(2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2011, 2013, 2014, 2015, 2016, 2018),
    *(2019, *range(2021, 2039), *range(3001, 3005), 4001, *range(5001, 5005)),
    *(*range(6001, 6006), 9999),
]
AMBIGUOUS = ["500", "501", "503", "504", "9999", "400", "403", "801", "604", "26"]


def test_every_code_that_the_installed_ccxt_knows_is_judged() -> None:
    known = ccxt.mexc().exceptions["exact"]
    assert len(known) > 100
    assert [code for code in known if PROFILE.outcome(code) is None] == []


def test_every_code_that_the_futures_documents_list_is_judged() -> None:
    assert [code for code in DOCUMENTED if PROFILE.outcome(str(code)) is None] == []


def test_every_code_of_the_local_exchange_is_judged() -> None:
    known = {refusal.code for refusal in (*errors.SPOT.values(), *errors.CONTRACT.values())}
    known |= set(errors.COMMON) | {2040, 2008, 30005}
    assert [code for code in sorted(known) if PROFILE.outcome(str(code)) is None] == []


@pytest.mark.parametrize("code", AMBIGUOUS)
def test_what_may_be_said_of_an_order_that_was_taken_proves_nothing(code: str) -> None:
    assert PROFILE.outcome(code) is Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["2010", "2012", "7777", "-1", "", "0", "200"])
def test_a_code_that_nobody_looked_up_is_no_proof(code: str) -> None:
    assert PROFILE.outcome(code) is None


def test_no_code_of_spot_counts_as_a_refused_futures_order() -> None:
    spot = [code for code in ccxt.mexc().exceptions["exact"] if abs(int(code)) >= 10_000]
    outcomes = {PROFILE.outcome(code) for code in (*spot, "-2011", "-1121")}
    assert outcomes == {Outcome.UNKNOWN, Outcome.UNAUTHORIZED, Outcome.PASSING}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"success": False, "code": 2005, "message": "Insufficient"}, ("2005", "Insufficient")),
        ({"code": 700002, "msg": "Signature"}, ("700002", "Signature")),
        ({"success": False, "message": "words alone"}, ("", "words alone")),
        ([], ("", "")),
        ("x", ("", "")),
    ],
    ids=str,
)
def test_code_and_words_are_read_from_either_form(body: object, expected: tuple[str, str]) -> None:
    assert PROFILE.error_code(body) == expected
