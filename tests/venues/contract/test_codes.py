"""Every code that the installed ccxt knows of a venue is judged, and only proof is a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ccxt.async_support as ccxt
import pytest

from counterpoise.venues.dialect import Outcome, Profile
from counterpoise.venues.profiles import PROFILES

# ccxt's classes that say of themselves that nothing is proved
UNPROVED = (ccxt.RequestTimeout, ccxt.ExchangeNotAvailable)
# of an API that is never called, with codes of its own
NEVER_ASKED = {"binance": ("option", "portfolioMargin")}
# ccxt's other classes of the same exchange, which may know codes of their own
ALSO = {"binance": ("binancecoinm", "binanceusdm")}

IN_WORDS = frozenset({"hyperliquid"})  # that have no codes


@pytest.fixture(params=sorted(PROFILES))
def profile(request: pytest.FixtureRequest) -> Profile:
    return PROFILES[request.param]


def codes_of(profile: Profile) -> Mapping[str, type[Exception]]:
    """Return every code of the classes, with what ccxt makes of it; or every text's name."""
    if profile.exchange in IN_WORDS:
        texts = ccxt.hyperliquid().exceptions["broad"]
        told = {text: {"status": "err", "response": text} for text in texts}
        return {profile.error_code(told[text])[0] or text: kind for text, kind in texts.items()}
    unasked = NEVER_ASKED.get(profile.exchange, ())
    found: dict[str, type[Exception]] = {}
    for name in (profile.exchange, *ALSO.get(profile.exchange, ())):
        table = getattr(ccxt, name)().exceptions
        found |= _leaves({part: codes for part, codes in table.items() if part not in unasked})
    return found


def _leaves(table: Mapping[str, object]) -> Iterator[tuple[str, type[Exception]]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif isinstance(value, type) and key.removeprefix("-").isdigit():
            yield key, value


def test_every_code_is_in_a_list(profile: Profile) -> None:
    codes = codes_of(profile)
    assert codes, "its codes are words: say in this file how they are found"
    assert [code for code in codes if profile.outcome(code) is None] == []


def test_a_time_out_is_never_taken_for_a_refusal(profile: Profile) -> None:
    unproved = [c for c, kind in codes_of(profile).items() if issubclass(kind, UNPROVED)]
    refused = {Outcome.REFUSED, Outcome.PASSING}
    assert [code for code in unproved if profile.outcome(code) in refused] == []


def test_a_refused_key_is_no_refused_order(profile: Profile) -> None:
    """But for a few that ccxt names so and that say something else of an order."""
    wrong = [c for c, kind in codes_of(profile).items() if kind is ccxt.AuthenticationError]
    if profile.exchange in IN_WORDS:
        wrong.append("UnknownWallet")  # to ccxt it is an order's own fault
    assert {profile.outcome(c) for c in wrong} & {Outcome.UNAUTHORIZED}


def test_hints_are_of_codes_that_are_judged(profile: Profile) -> None:
    assert [code for code in profile.hints if profile.outcome(code) is None] == []
