"""Whatever a client sends has an answer in the venue's own form: no dialect ever raises."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from types import ModuleType
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise.exchange.dialects.bybit import dialect as bybit
from counterpoise.exchange.dialects.okx import dialect as okx
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import HttpRequest
from tests.exchange.wires import FakeClock

NAMES = (
    *("category", "symbol", "side", "orderType", "qty", "price", "timeInForce", "positionIdx"),
    *("orderLinkId", "orderId", "reduceOnly", "limit", "cursor", "settleCoin", "baseCoin"),
    *("startTime", "endTime", "mode", "coin", "buyLeverage", "sellLeverage", "accountType"),
    *("execType", "orderStatus", "openOnly", "marketUnit", "setMarginMode", "status"),
    *("instType", "instId", "tdMode", "ordType", "sz", "px", "posSide", "clOrdId", "ordId"),
    *("after", "before", "ccy", "lever", "mgnMode", "posMode", "type", "tgtCcy", "begin", "end"),
)
WORDS = (
    *("", "None", "0", "-1", "1", "3", "0.5", "1e5", "NaN", "9" * 30, "true", "1760000000000"),
    *("linear", "spot", "inverse", "option", "BTCUSDT", "BTCUSD", "LTCUSD", "Buy", "Sell"),
    *("Limit", "Market", "IOC", "PostOnly", "FOK", "USDT", "BTC", "UNIFIED", "Trade", "Funding"),
    *("SPOT", "SWAP", "FUTURES", "BTC-USDT", "BTC-USDT-SWAP", "BTC-USD-SWAP", "LTC-USDT-SWAP"),
    *("cash", "cross", "buy", "sell", "limit", "market", "post_only", "ioc", "long", "net", "ANY"),
    *("net_mode", "REGULAR_MARGIN", "baseCoin", "quote_ccy", "86000", "99000", "a b", "é"),
)
sent = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(WORDS), max_size=12)
bodies = st.one_of(
    sent.map(json.dumps),
    st.lists(sent, max_size=3).map(json.dumps),
    st.sampled_from(["", "null", "[]", "{", "[1]", '"x"', '{"qty": {"a": []}, "symbol": null}']),
)
SPOKEN = {"bybit": bybit, "okx": okx}
SETTINGS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def routes(module: ModuleType) -> Iterable[tuple[str, str]]:
    return [*module.PUBLIC, *module.SIGNED]


@pytest.fixture(params=SPOKEN)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    venue: str = request.param
    monkeypatch.setattr(SPOKEN[venue].signing, "check_signed", lambda *_: None)
    return venue


@SETTINGS
@given(data=st.data())
def test_nonsense_is_answered_in_the_venues_own_form(spoken: str, data: st.DataObject) -> None:
    exchange = build(LocalExchangeConfig(venue=spoken, speed=Decimal(0)), FakeClock())
    for method, path in routes(SPOKEN[spoken]):
        query = f"?{urlencode(data.draw(sent))}" if method == "GET" else ""
        body = data.draw(bodies) if method == "POST" else ""
        _check_answer(exchange, method, f"{path}{query}", body)


def _check_answer(exchange: LocalExchange, method: str, target: str, body: str) -> None:
    request = HttpRequest(method=method, url=f"http://venue{target}", body=body.encode())
    answer = exchange.answer(request).response
    assert answer is not None
    told = json.loads(answer.body)
    assert answer.status == 200
    assert "retCode" in told or "code" in told
