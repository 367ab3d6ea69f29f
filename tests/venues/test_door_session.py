from __future__ import annotations

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import Door, DoorSession
from tests.venues.fake import FakeVenue, StillClock, config

TIME = "/fapi/v1/time"


def session_of(venue: FakeVenue) -> DoorSession:
    rules = rules_for(config(mode=Mode.TESTNET), PROFILE)
    return DoorSession(Door(rules, venue, StillClock()))


@pytest.mark.parametrize(
    "name", ["ws_connect", "request", "_request", "connector", "head", "options", "close", "send"]
)
def test_the_session_can_do_nothing_but_five_verbs(name: str, venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused):
        getattr(session_of(venue), name)


def test_the_session_cannot_be_given_other_headers_or_another_door(venue: FakeVenue) -> None:
    session = session_of(venue)
    with pytest.raises(TypeError):
        session.headers["Host"] = "evil.test"  # type: ignore[index]
    with pytest.raises(AttributeError):
        session.post = None  # type: ignore[assignment,method-assign]
    with pytest.raises(AttributeError):
        session.other = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", ["get", "post", "put", "delete", "patch"])
async def test_each_verb_passes_the_same_door(verb: str, venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused):
        async with getattr(session_of(venue), verb)("https://fapi.binance.com/fapi/v1/order"):
            pass
    assert venue.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {"proxy": "http://evil.test"},
        {"data": "text"},
        {"data": object()},
        {"headers": [("a", "b")]},
    ],
)
def test_the_session_takes_plain_requests_only(
    options: dict[str, object], venue: FakeVenue
) -> None:
    with pytest.raises(DoorRefused):
        session_of(venue).get(f"https://demo-fapi.binance.com{TIME}", **options)
