"""Who may ask BingX, and when; and that it reads the query alone."""

from __future__ import annotations

import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.dialects.bingx_speaker import Bingx, sent
from tests.exchange.dialects.conftest import opened
from tests.exchange.wires import FakeClock

POSITIONS = "/openApi/swap/v2/user/positions"
ORDER = "/openApi/swap/v2/trade/order"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(Bingx(), clock)


@pytest.mark.parametrize("off_ms", [-5_000, 0, 5_000])
def test_five_seconds_either_way_are_let_in(exchange: LocalExchange, off_ms: int) -> None:
    stamp = str(exchange.clock.wall_ms() + off_ms)
    assert sent(exchange, "GET", POSITIONS, timestamp=stamp)[1]["code"] == 0


@pytest.mark.parametrize("off_ms", [-5_001, 5_001])
@pytest.mark.parametrize("window", ["", "60000"])
def test_more_is_refused_whatever_window_is_asked_for(
    exchange: LocalExchange, off_ms: int, window: str
) -> None:
    stamp = str(exchange.clock.wall_ms() + off_ms)
    status, body = sent(exchange, "GET", POSITIONS, timestamp=stamp, recvWindow=window)
    assert (status, body["code"]) == (200, 100421)


def test_a_smaller_window_is_kept_to(exchange: LocalExchange) -> None:
    stamp = str(exchange.clock.wall_ms() - 1_001)
    body = sent(exchange, "GET", POSITIONS, timestamp=stamp, recvWindow="1000")[1]
    assert body["code"] == 100421


def test_a_missing_timestamp_and_a_wrong_secret_are_refused(exchange: LocalExchange) -> None:
    assert sent(exchange, "GET", POSITIONS, timestamp="")[1]["code"] == 100421
    assert sent(exchange, "GET", POSITIONS, secret="other")[1]["code"] == 100001


def test_the_signature_is_over_the_text_not_its_encoding(exchange: LocalExchange) -> None:
    assert sent(exchange, "GET", POSITIONS, note="a b&c=d/é")[1]["code"] == 0


def test_nothing_but_the_query_is_read(exchange: LocalExchange) -> None:
    """Errors have status 200, and a POST carries no body."""
    params = {"symbol": "BTC-USDT", "side": "SELL", "type": "MARKET", "positionSide": "BOTH"}
    status, body = sent(exchange, "POST", ORDER, **params)
    assert (status, body["code"]) == (200, 109400)
    assert sent(exchange, "POST", ORDER, **params, quantity="0.01")[1]["code"] == 0


@pytest.mark.parametrize("quantity", ["-1", "NaN", "1e400", "x", ""])
def test_nonsense_is_answered_not_raised(exchange: LocalExchange, quantity: str) -> None:
    params = {"symbol": "BTC-USDT", "side": "SELL", "type": "MARKET", "positionSide": "BOTH"}
    assert sent(exchange, "POST", ORDER, **params, quantity=quantity)[1]["code"] == 109400


def test_a_float_with_an_exponent_is_a_number(exchange: LocalExchange) -> None:
    params = {"symbol": "BTC-USDT", "side": "SELL", "type": "MARKET", "positionSide": "BOTH"}
    assert sent(exchange, "POST", ORDER, **params, quantity="1e-02")[1]["code"] == 0
