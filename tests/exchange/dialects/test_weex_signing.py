"""Who may ask WEEX, and when."""

from __future__ import annotations

import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.dialects.conftest import opened
from tests.exchange.dialects.weex_speaker import Weex, raw_order, sent
from tests.exchange.wires import FakeClock

POSITIONS = "/capi/v3/account/position/allPosition"
ORDER = "/capi/v3/order"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(Weex(), clock)


def stamped(exchange: LocalExchange, off_ms: int) -> dict[str, str]:
    return {"ACCESS-TIMESTAMP": str(exchange.clock.wall_ms() + off_ms)}


@pytest.mark.parametrize("off_ms", [-30_000, 0, 30_000])
def test_half_a_minute_either_way_is_let_in(exchange: LocalExchange, off_ms: int) -> None:
    assert sent(exchange, "GET", POSITIONS, headers=stamped(exchange, off_ms)) == (200, [])


@pytest.mark.parametrize("off_ms", [-30_001, 30_001])
def test_more_is_refused(exchange: LocalExchange, off_ms: int) -> None:
    status, told = sent(exchange, "GET", POSITIONS, headers=stamped(exchange, off_ms))
    assert (status, told["code"]) == (401, -1046)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("ACCESS-KEY", "", -1040),
        ("ACCESS-SIGN", "", -1041),
        ("ACCESS-TIMESTAMP", "", -1042),
        ("ACCESS-TIMESTAMP", "soon", -1043),
        ("ACCESS-KEY", "another", -1044),
        ("ACCESS-PASSPHRASE", "another", -1049),
        ("ACCESS-SIGN", "another", -1047),
    ],
)
def test_each_part_is_needed_and_right(
    exchange: LocalExchange, header: str, value: str, code: int
) -> None:
    status, told = sent(exchange, "GET", POSITIONS, headers={header: value})
    assert (status, told["code"]) == (401, code)


def test_the_secret_signs_the_query_and_the_body(exchange: LocalExchange) -> None:
    query = {"symbol": "BTCUSDT"}
    assert sent(exchange, "GET", POSITIONS, query=query)[0] == 200
    assert sent(exchange, "GET", POSITIONS, query=query, secret="another")[1]["code"] == -1047
    assert sent(exchange, "POST", ORDER, body=raw_order(), secret="another")[1]["code"] == -1047
    assert sent(exchange, "POST", ORDER, body=raw_order())[1]["success"] is True


@pytest.mark.parametrize("body", ["{", "[1]", "[]"])
def test_a_body_that_is_no_object_is_no_json(exchange: LocalExchange, body: str) -> None:
    assert sent(exchange, "POST", ORDER, body=body)[1]["code"] == -1135
