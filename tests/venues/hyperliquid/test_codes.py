"""Hyperliquid refuses in words: each is known, and what is not proves nothing."""

from __future__ import annotations

import pytest

from counterpoise.core.orders import VenueStatus
from counterpoise.errors import OutcomeUnknown, Rejected, Unauthorized, Unavailable
from counterpoise.exchange.dialects.hyperliquid.errors import ORDER_TEXTS
from counterpoise.venues.hyperliquid_codes import CODES, NAMES, error_code
from tests.venues.contract.stands import D
from tests.venues.hyperliquid.conftest import Venue

SIZE = D("0.02")


def told(text: str) -> dict[str, object]:
    data = {"statuses": [{"error": text}]}
    return {"status": "ok", "response": {"type": "order", "data": data}}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Insufficient margin to place order. asset=84", "PerpMargin"),
        ("Post only order would have immediately matched, bbo was 1@2. asset=0", "BadAloPx"),
        ("User or API Wallet 0xb8a6 does not exist.", "UnknownWallet"),
        ("Too many cumulative requests sent (37986 > 10436) for cumulative", "AddressLimit"),
        ("Invalid nonce: duplicate nonce", ""),
        ("Something new. Order has zero size.", ""),  # known words, but not at the start
    ],
)
def test_a_text_is_known_by_how_it_begins(text: str, name: str) -> None:
    assert error_code(told(text)) == (name, text)
    assert error_code({"status": "err", "response": text}) == (name, text)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"status": "ok"},
        {"status": "ok", "response": {"type": "default"}},
        {"status": "ok", "response": {"data": {"statuses": [{"resting": {"oid": 1}}]}}},
        {"status": "ok", "response": {"data": {"statuses": [{"error": "a"}, {"error": "b"}]}}},
    ],
)
def test_what_refuses_nothing_has_no_name(body: object) -> None:
    assert error_code(body) == ("", "")


def test_every_name_is_judged_and_every_judgement_has_a_text() -> None:
    assert set(NAMES.values()) == set(CODES)


async def test_an_order_that_finds_nothing_is_an_answer_and_no_error(venue: Venue) -> None:
    away = await venue.desk.touch(-SIZE) - 500
    report = await venue.gateway.place(await venue.desk.intent(SIZE, limit_price=away))
    assert (report.status, report.filled_size) == (VenueStatus.ENDED, D(0))
    found = await venue.gateway.find(await venue.desk.intent(SIZE, limit_price=away))
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D(0))


async def placed(venue: Venue, code: int, message: str = "") -> None:
    venue.desk.control.post("fault", kind="reject", path="/exchange", code=code, message=message)
    await venue.gateway.place(await venue.desk.intent(SIZE))


@pytest.mark.parametrize("name", ["Tick", "MinTradeNtl", "PerpMargin", "Oracle", "Size"])
async def test_a_refused_order_is_refused(venue: Venue, name: str) -> None:
    with pytest.raises(Rejected) as raised:
        await placed(venue, list(ORDER_TEXTS).index(name) + 1)
    assert raised.value.code == name


@pytest.mark.parametrize(
    "text",
    [
        "Trading is halted.",  # a text that nobody looked up
        "Order was never placed, already canceled, or filled.",
        "Only post-only orders allowed immediately after a network upgrade",
    ],
)
async def test_a_text_that_proves_nothing_leaves_the_outcome_unknown(
    venue: Venue, text: str
) -> None:
    with pytest.raises(OutcomeUnknown):
        await placed(venue, 1, text)
    with pytest.raises(OutcomeUnknown):
        await placed(venue, 0, text)


async def test_an_address_that_sent_too_much_waits(venue: Venue) -> None:
    with pytest.raises(Unavailable) as raised:
        await placed(venue, 0, "Too many cumulative requests sent (9 > 8) for")
    assert raised.value.retry_after_s > 0
    assert "cycle.interval" in raised.value.hint


async def test_an_unknown_wallet_stops_the_account(venue: Venue) -> None:
    with pytest.raises(Unauthorized):
        await placed(venue, 0, "User or API Wallet 0x12 does not exist.")
