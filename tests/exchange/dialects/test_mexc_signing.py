"""Who may ask MEXC, and when: two signatures, two windows, two forms of refusal."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.conftest import opened
from tests.exchange.dialects.mexc_speaker import Mexc
from tests.exchange.wires import FakeClock

DEFAULTS = LocalExchangeConfig()
ASSETS = "/api/v1/private/account/assets"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(Mexc(), clock)


def answered(exchange: LocalExchange, request: HttpRequest) -> tuple[int, Any]:
    answer = exchange.answer(request).response
    assert answer is not None
    return answer.status, json.loads(answer.body)


def signed(text: str, secret: str = DEFAULTS.api_secret) -> str:
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()


def contract_call(
    clock: FakeClock, late_ms: int = 0, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    stamp = str(clock.wall_ms() - late_ms)
    given = {
        "ApiKey": DEFAULTS.api_key,
        "Request-Time": stamp,
        "Signature": signed(DEFAULTS.api_key + stamp),
        **(headers or {}),
    }
    return HttpRequest(method="GET", url=f"https://api.mexc.com{ASSETS}", headers=given)


def spot_call(clock: FakeClock, *, late_ms: int = 0, extra: str = "") -> HttpRequest:
    query = f"timestamp={clock.wall_ms() - late_ms}{extra}"
    url = f"https://api.mexc.com/api/v3/account?{query}&signature={signed(query)}"
    return HttpRequest(method="GET", url=url, headers={"X-MEXC-APIKEY": DEFAULTS.api_key})


@pytest.mark.parametrize("late_ms", [-2_000, 0, 9_999])
def test_futures_take_two_seconds_ahead_and_ten_behind(
    exchange: LocalExchange, clock: FakeClock, late_ms: int
) -> None:
    status, body = answered(exchange, contract_call(clock, late_ms=late_ms))
    assert (status, body["success"]) == (200, True)


@pytest.mark.parametrize("late_ms", [-2_001, 10_000])
def test_futures_refuse_what_is_outside(
    exchange: LocalExchange, clock: FakeClock, late_ms: int
) -> None:
    status, body = answered(exchange, contract_call(clock, late_ms=late_ms))
    assert (status, body["success"], body["code"]) == (200, False, 513)


def test_a_wider_window_of_futures_is_asked_for_in_a_header(
    exchange: LocalExchange, clock: FakeClock
) -> None:
    request = contract_call(clock, 30_000, {"Recv-Window": "60"})
    assert answered(exchange, request)[1]["success"] is True


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Signature": "0" * 64}, 602),
        ({"Signature": ""}, 602),
        ({"ApiKey": "other"}, 401),
        ({"Request-Time": "soon"}, 513),
    ],
)
def test_futures_refuse_wrong_headers(
    exchange: LocalExchange, clock: FakeClock, headers: dict[str, str], code: int
) -> None:
    assert answered(exchange, contract_call(clock, headers=headers))[1]["code"] == code


def test_a_futures_signature_covers_the_body(exchange: LocalExchange, clock: FakeClock) -> None:
    stamp, body = str(clock.wall_ms()), '{"positionMode":1}'
    headers = {
        "ApiKey": DEFAULTS.api_key,
        "Request-Time": stamp,
        "Signature": signed(DEFAULTS.api_key + stamp + body),
    }
    url = "https://api.mexc.com/api/v1/private/position/change_position_mode"
    right = HttpRequest(method="POST", url=url, headers=headers, body=body.encode())
    wrong = HttpRequest(
        method="POST", url=url, headers=headers, body=body.replace("1", "2").encode()
    )
    assert answered(exchange, wrong)[1]["code"] == 602
    assert answered(exchange, right)[1] == {"success": True, "code": 0}


@pytest.mark.parametrize(
    ("late_ms", "extra", "code"),
    [
        (5_001, "", 700003),
        (-1_000, "", 700003),
        (0, "&recvWindow=60001", 700005),
        (60_001, "&recvWindow=60000", 700003),
        (0, "&recvWindow=long", 700004),
    ],
)
def test_spot_refuses_what_is_outside_its_window(
    exchange: LocalExchange, clock: FakeClock, late_ms: int, extra: str, code: int
) -> None:
    status, body = answered(exchange, spot_call(clock, late_ms=late_ms, extra=extra))
    assert (status, body["code"]) == (400, code)


def test_spot_takes_what_is_inside(exchange: LocalExchange, clock: FakeClock) -> None:
    assert answered(exchange, spot_call(clock, late_ms=5_000))[0] == 200
    assert answered(exchange, spot_call(clock, late_ms=60_000, extra="&recvWindow=60000"))[0] == 200


def test_spot_refuses_a_changed_parameter_and_an_unknown_key(
    exchange: LocalExchange, clock: FakeClock
) -> None:
    request = spot_call(clock, extra="&omit=a")
    changed = replace(request, url=request.url.replace("omit=a", "omit=b"))
    assert answered(exchange, changed)[1]["code"] == 700002
    assert answered(exchange, replace(request, headers={}))[1]["code"] == 10072


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[1]", 600),
        ("{", 600),
        ('{"symbol":"NONE_USDT"}', 1001),
        ('{"symbol":"BTC_USDT","side":5}', 600),
        ('{"symbol":"BTC_USDT","side":1,"type":9}', 600),
        ('{"symbol":"BTC_USDT","side":1,"type":5,"openType":2,"vol":-1}', 600),
        ('{"symbol":"BTC_USDT","side":1,"type":5,"openType":2,"vol":1e400}', 600),
        ('{"symbol":"BTC_USDT","side":1,"type":5,"openType":2,"vol":NaN}', 600),
        ('{"symbol":"BTC_USDT","side":1,"type":5,"openType":2,"vol":0.5}', 2015),
    ],
)
def test_nonsense_is_answered_not_raised(
    exchange: LocalExchange, clock: FakeClock, body: str, code: int
) -> None:
    stamp = str(clock.wall_ms())
    headers = {
        "ApiKey": DEFAULTS.api_key,
        "Request-Time": stamp,
        "Signature": signed(DEFAULTS.api_key + stamp + body),
    }
    url = "https://api.mexc.com/api/v1/private/order/create"
    request = HttpRequest(method="POST", url=url, headers=headers, body=body.encode())
    assert answered(exchange, request)[1]["code"] == code
