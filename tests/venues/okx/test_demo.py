"""Demo trading shares its host with production: one header keeps them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, Unauthorized, Unavailable
from counterpoise.venues.build import build_gateway, rules_for
from counterpoise.venues.door import Door
from tests.venues.contract.stands import LINEAR, D
from tests.venues.okx.conftest import OKX, Venue, venue_of

PLACE = "https://www.okx.com/api/v5/trade/order"
MARK = "x-simulated-trading"
BODY = b'{"instId":"BTC-USDT-SWAP","tdMode":"cross","ordType":"ioc","clOrdId":"a"}'


async def test_every_request_of_the_test_environment_is_marked(venue: Venue) -> None:
    await venue.desk.traded(D("0.02"))
    await venue.gateway.marks()
    assert {request.headers.get(MARK) for request in venue.wire.requests} == {"1"}
    assert {request.url.split("/api/")[0] for request in venue.wire.requests} == {
        "https://www.okx.com"
    }


@pytest.mark.parametrize("headers", [{}, {MARK: "0"}, {MARK: ""}, {MARK: "true"}])
async def test_nothing_passes_the_door_without_the_mark(
    venue: Venue, headers: dict[str, str]
) -> None:
    sent = len(venue.wire.requests)
    with pytest.raises(DoorRefused, match=MARK):
        await venue.gateway.door.send("POST", PLACE, headers, BODY)
    with pytest.raises(DoorRefused, match=MARK):
        await venue.gateway.door.send("GET", PLACE, headers, b"")
    assert len(venue.wire.requests) == sent


async def test_a_client_that_lost_the_mark_reaches_nothing(venue: Venue) -> None:
    intent = await venue.desk.intent(D("0.02"))
    client = venue.gateway._requester._client._ccxt
    marked = client.headers
    client.headers = {}
    try:
        with pytest.raises(DoorRefused, match=MARK):
            await venue.gateway.place(intent)
    finally:
        client.headers = marked
    assert venue.wire.of("/api/v5/trade/order") == []


async def test_live_requests_are_not_marked() -> None:
    live = await venue_of(OKX, OKX.config(endpoint="", mode=Mode.LIVE))
    with pytest.raises((Unauthorized, Unavailable)) as refused:  # the local exchange is a demo
        await live.gateway.margins()
    await live.gateway.close()
    assert "50101" in str(refused.value)
    assert "environment" in refused.value.hint
    assert all(MARK not in request.headers for request in live.wire.requests)


async def test_dry_run_has_no_way_to_order() -> None:
    rules = rules_for(OKX.config(endpoint="", mode=Mode.DRY_RUN), OKX.profile)
    assert rules.writes == ()
    made = await venue_of(OKX, OKX.config(endpoint="", mode=Mode.DRY_RUN))
    door = Door(rules, made.wire, made.desk.clock)
    with pytest.raises(DoorRefused):
        await door.send("POST", PLACE, {}, BODY)
    await made.gateway.close()


async def test_dry_run_on_an_exchange_of_our_own_reads_it_as_its_test_environment() -> None:
    made = await venue_of(OKX, OKX.config(mode=Mode.DRY_RUN))
    await made.gateway.open()
    assert len(await made.gateway.positions()) == 2
    with pytest.raises(DoorRefused):
        await made.gateway.door.send("POST", PLACE, {MARK: "1"}, BODY)
    await made.gateway.close()


async def test_dry_run_reads_the_real_account_where_there_is_no_endpoint() -> None:
    made = await venue_of(OKX, OKX.config(endpoint="", mode=Mode.DRY_RUN))
    await made.gateway.skew_ms()
    assert all(MARK not in request.headers for request in made.wire.requests)
    await made.gateway.close()


async def test_only_our_kind_of_order_passes_the_door(venue: Venue) -> None:
    for body in (b"{}", BODY.replace(b"ioc", b"market"), b"[" + BODY + b"]"):
        with pytest.raises(DoorRefused, match="another body"):
            await venue.gateway.door.send("POST", PLACE, {MARK: "1"}, body)
    batch = PLACE.replace("order", "batch-orders")
    with pytest.raises(DoorRefused, match="batch-orders"):
        await venue.gateway.door.send("POST", batch, {MARK: "1"}, BODY)


async def test_a_wrong_passphrase_is_said_to_be_one() -> None:
    made = await venue_of(OKX, OKX.config(api_passphrase="another"))
    with pytest.raises(Unauthorized) as refused:
        await made.gateway.margins()
    await made.gateway.close()
    assert "api_passphrase" in refused.value.hint


async def test_no_secret_is_in_what_is_said_of_a_refusal() -> None:
    config = replace(OKX.config(), api_passphrase="canaryPassphrase77")
    made = await venue_of(OKX, config)
    with pytest.raises(Unauthorized) as refused:
        await made.gateway.margins()
    await made.gateway.close()
    said = f"{refused.value} {refused.value.hint} {refused.value.detail}"
    assert not [secret for secret in config.secrets if secret in said]


async def test_without_a_passphrase_nothing_is_signed() -> None:
    made = await venue_of(OKX, OKX.config(api_passphrase=""))
    with pytest.raises(Unauthorized):
        await made.gateway.margins()
    assert made.wire.requests == []
    await made.gateway.close()


def test_the_gateway_is_built_for_one_perpetual_of_the_test_environment() -> None:
    gateway = build_gateway(OKX.config(endpoint="", symbols=(LINEAR,)), None)  # type: ignore[arg-type]
    assert gateway.hosts == ("www.okx.com",)
