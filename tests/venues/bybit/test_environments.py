"""Testnet and demo trading are two environments; neither reaches production, nor the other."""

from __future__ import annotations

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError, Unavailable
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.build import build_gateway, rules_for
from counterpoise.venues.bybit import PROFILE
from counterpoise.venues.client import Client
from counterpoise.venues.door import Door, DoorSession
from counterpoise.venues.settings import VenueConfig
from tests.exchange.wires import FakeClock
from tests.venues.contract.stands import STANDS, Stand

(BYBIT,) = (stand for stand in STANDS if stand.exchange == "bybit")
HOSTS = {"": "api-testnet.bybit.com", "demo": "api-demo.bybit.com"}
ORDER = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "qty": "1"}


class Wire:
    """Takes every request and bans whoever sent it."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.hosts.append(request.url.split("/")[2])
        return HttpResponse(status=403, headers={}, body=b"access too frequent", reason="no")

    async def close(self) -> None:
        pass


def config(stand: Stand = BYBIT, **changed: object) -> VenueConfig:
    return stand.config(**{"endpoint": "", **changed})


@pytest.mark.parametrize("environment", HOSTS)
async def test_every_request_goes_to_the_environment_that_was_named(environment: str) -> None:
    wire, clock = Wire(), FakeClock()
    gateway = build_gateway(config(environment=environment), clock, wire)
    for read in (gateway.skew_ms, gateway.margins, gateway.open):
        gateway.door.pauses.__init__(clock)  # type: ignore[misc]
        with pytest.raises(Unavailable):
            await read()
    await gateway.close()
    assert set(wire.hosts) == {HOSTS[environment]}
    assert len(wire.hosts) >= 3


@pytest.mark.parametrize("environment", HOSTS)
async def test_an_order_of_an_unswitched_client_does_not_get_out(environment: str) -> None:
    """What the door lets through is decided without ccxt's help."""
    wire, clock = Wire(), FakeClock()
    settings = config(environment=environment)
    door = Door(rules_for(settings, PROFILE), wire, clock)
    client = Client(settings, PROFILE, clock)
    client.connect(DoorSession(door), None)
    with pytest.raises(DoorRefused, match=r"api\.bybit\.com is no host of this mode"):
        await client.request("privatePostV5OrderCreate")(dict(ORDER))
    await client.close()
    assert wire.hosts == []


def test_an_environment_that_is_not_there_is_refused_before_a_client_exists() -> None:
    with pytest.raises(SettingsError, match="no 'paper'") as raised:
        build_gateway(config(environment="paper"), FakeClock(), Wire())
    assert "demo" in raised.value.hint


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.exchange)
def test_no_test_environment_has_a_production_host_unless_something_else_marks_it(
    stand: Stand,
) -> None:
    profile = stand.profile
    for demo in (profile.demo, *profile.other_demos.values()):
        if demo is not None and not demo.marked and not demo.signed_path:
            assert not demo.hosts & profile.production_hosts


async def test_a_banned_address_rests_for_ten_minutes() -> None:
    """Bybit's ban is a page with status 403, and does not say for how long otherwise."""
    wire, clock = Wire(), FakeClock()
    gateway = build_gateway(config(), clock, wire)
    with pytest.raises(Unavailable):
        await gateway.skew_ms()
    assert gateway.door.pauses.left_s(HOSTS[""]) == 600
    with pytest.raises(Unavailable, match="600 s"):
        await gateway.margins()
    await gateway.close()
    assert len(wire.hosts) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v5/order/cancel"),
        ("POST", "/v5/order/amend"),
        ("POST", "/v5/order/create-batch"),
        ("POST", "/v5/position/set-leverage"),
        ("POST", "/v5/position/switch-mode"),
        ("POST", "/v5/account/set-margin-mode"),
        ("POST", "/v5/asset/withdraw/create"),
        ("POST", "/v5/asset/transfer/inter-transfer"),
        ("POST", "/v5/account/borrow"),
        ("GET", "/v5/asset/transfer/query-account-coins-balance"),
    ],
)
@pytest.mark.parametrize("mode", [Mode.TESTNET, Mode.LIVE])
async def test_nothing_but_orders_for_perpetuals_and_reads_gets_out(
    mode: Mode, method: str, path: str
) -> None:
    wire = Wire()
    door = Door(rules_for(config(mode=mode), PROFILE), wire, FakeClock())
    host = "api.bybit.com" if mode is Mode.LIVE else HOSTS[""]
    with pytest.raises(DoorRefused):
        await door.send(method, f"https://{host}{path}", {}, b"{}" if method == "POST" else b"")
    assert wire.hosts == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"category":"spot","orderType":"Limit","timeInForce":"IOC"}',
        b'{"category":"option","orderType":"Limit","timeInForce":"IOC"}',
        b'{"category":"linear","orderType":"Market","timeInForce":"IOC"}',
        b'{"category":"linear","orderType":"Limit","timeInForce":"GTC"}',
        b'{"category":"linear","orderType":"Limit"}',
        b'[{"category":"linear"}]',
        b"category=linear",
        b"",
    ],
)
async def test_what_is_no_order_of_ours_does_not_go_out_as_one(body: bytes) -> None:
    """Spot is ordered on the same path."""
    wire = Wire()
    door = Door(rules_for(config(mode=Mode.LIVE), PROFILE), wire, FakeClock())
    with pytest.raises(DoorRefused, match="another body"):
        await door.send("POST", "https://api.bybit.com/v5/order/create", {}, body)
    assert wire.hosts == []


async def test_dry_run_lets_no_order_out() -> None:
    wire = Wire()
    door = Door(rules_for(config(mode=Mode.DRY_RUN), PROFILE), wire, FakeClock())
    with pytest.raises(DoorRefused):
        await door.send("POST", "https://api.bybit.com/v5/order/create", {}, b"{}")
    assert wire.hosts == []
