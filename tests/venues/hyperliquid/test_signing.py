"""What leaves is signed by the agent, ends soon, and pays nobody."""

from __future__ import annotations

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import OutcomeUnknown, Unauthorized
from counterpoise.exchange.dialects.hyperliquid.curve import address_of
from counterpoise.exchange.local import LocalExchangeConfig
from tests.venues.contract.stands import D, renamed
from tests.venues.hyperliquid.conftest import HYPERLIQUID, Venue, venue_of

CONFIG = LocalExchangeConfig(venue="hyperliquid")
SIZE = D("0.02")


async def test_an_order_is_one_limit_that_ends_at_once_and_nothing_else_is_written(
    venue: Venue,
) -> None:
    await venue.desk.traded(-SIZE, "cp1", limit_price=D(87_000))
    (body,) = venue.wire.of("/exchange")
    assert body["action"] == {
        "type": "order",
        "orders": [
            {
                "a": 0,
                "b": False,
                "p": "87000",
                "s": "0.02",
                "r": False,
                "t": {"limit": {"tif": "Ioc"}},
                "c": f"0x{int('cp1', 36):032x}",
            }
        ],
        "grouping": "na",
    }
    assert body.keys() == {"action", "nonce", "signature", "expiresAfter"}


@pytest.mark.parametrize("price", ["87000.0", "87000"])
@pytest.mark.parametrize("size", ["0.020", "0.02"])
async def test_numbers_leave_without_trailing_zeros(venue: Venue, price: str, size: str) -> None:
    report = await venue.desk.traded(-D(size), "cp1", limit_price=D(price))
    assert report.filled_size == -SIZE  # else the signature would be another's


async def test_an_order_is_good_for_five_seconds_and_no_longer(venue: Venue) -> None:
    intent = await venue.desk.intent(SIZE)
    venue.desk.control.post("clock", skew_ms=5_001)
    with pytest.raises(OutcomeUnknown):
        await venue.gateway.place(intent)
    assert await venue.gateway.find(intent) is None
    (body,) = venue.wire.of("/exchange")
    assert body["expiresAfter"] == venue.desk.clock.wall_ms() + 5_000
    assert venue.gateway.limits.receive_window_ms == 5_000
    venue.desk.control.post("clock", skew_ms=5_000)
    await venue.gateway.place(renamed(intent, "cp2"))
    assert (await venue.desk.position()).size == SIZE


async def test_two_orders_of_one_millisecond_have_two_numbers(venue: Venue) -> None:
    for name in ("cp1", "cp2", "cp3"):
        await venue.desk.traded(SIZE, name)
    nonces = [body["nonce"] for body in venue.wire.of("/exchange")]
    now_ms = venue.desk.clock.wall_ms()
    assert nonces == [now_ms, now_ms + 1, now_ms + 2]
    assert (await venue.desk.position()).size == SIZE * 3


async def test_questions_are_about_the_account_and_never_about_its_agent(venue: Venue) -> None:
    await venue.desk.traded(SIZE)
    await venue.gateway.margins()
    await venue.gateway.balances()
    agent = address_of(CONFIG.api_secret)
    about = {body["type"]: body["user"] for body in venue.wire.of("/info") if "user" in body}
    assert about.pop("userRole") == agent  # the last of them
    assert set(about.values()) == {CONFIG.api_key}


async def test_the_private_key_is_in_no_request(venue: Venue) -> None:
    await venue.desk.traded(SIZE)
    key = CONFIG.api_secret.removeprefix("0x")
    assert not [one for one in venue.wire.requests if key in one.body.decode()]
    assert not [one for one in venue.wire.requests if key in str(one.headers)]


async def test_production_is_signed_for_production() -> None:
    """The local exchange is a test environment, so that it knows no such signer."""
    live = venue_of(HYPERLIQUID.config(endpoint="", mode=Mode.LIVE))
    await live.gateway.open()
    await live.gateway.account()
    with pytest.raises(Unauthorized, match="UnknownWallet"):
        await live.gateway.place(await live.desk.intent(SIZE))
    assert {one.url.split("/")[2] for one in live.wire.requests} == {"api.hyperliquid.xyz"}
    await live.gateway.close()


@pytest.mark.parametrize("key", ["", "0x12", "not a key", "0x" + "0" * 64])
async def test_what_is_no_private_key_signs_nothing(key: str) -> None:
    made = venue_of(HYPERLIQUID.config(endpoint="", agent_key=key))
    await made.gateway.open()
    with pytest.raises(Unauthorized, match="agent_key"):
        await made.gateway.account()
    await made.gateway.close()


async def test_no_error_shows_the_key() -> None:
    made = venue_of(HYPERLIQUID.config(endpoint="", api_key="", api_secret=""))
    await made.gateway.open()
    await made.gateway.account()
    text = f"agent {CONFIG.api_secret} of {CONFIG.api_secret.removeprefix('0x')}"
    made.desk.control.post("fault", kind="reject", path="/exchange", code=0, message=text)
    with pytest.raises(OutcomeUnknown) as raised:
        await made.gateway.place(await made.desk.intent(SIZE))
    shown = f"{raised.value} {raised.value.hint} {raised.value.detail}"
    assert CONFIG.api_secret[10:30] not in shown
    assert CONFIG.api_secret not in repr(made.desk.stand.config())
    await made.gateway.close()
