"""Whatever a client sends to MEXC, BingX or WEEX has an answer in their form: none ever raises."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise.exchange.dialects.bingx import dialect as bingx
from counterpoise.exchange.dialects.mexc import dialect as mexc
from counterpoise.exchange.dialects.weex import dialect as weex
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import HttpRequest
from tests.exchange.wires import FakeClock

NAMES = (
    *("symbol", "side", "type", "quantity", "price", "timeInForce", "positionSide", "reduceOnly"),
    *("newClientOrderId", "clientOrderID", "clientOrderId", "origClientOrderId", "orderId"),
    *("vol", "openType", "positionMode", "externalOid", "external_oid", "order_id", "positionId"),
    *("leverage", "page_num", "page_size", "states", "start_time", "end_time", "currency"),
    *("limit", "startTime", "endTime", "startTs", "endTs", "tradingUnit", "quoteOrderQty"),
    *("marginType", "dualSidePosition", "incomeType", "autoCloseType"),
    *("page", "priceType", "separatedType", "crossLeverage"),
)
WORDS = (
    *("", "None", "0", "-1", "1", "2", "3", "5", "0.01", "1e-2", "1e400", "NaN", "9" * 30, "é b"),
    *("BTCUSDT", "BTC_USDT", "BTC_USD", "BTC-USDT", "BTC-USD", "ADA_USDT", "ADA-USDT", "BNB-USD"),
    *("BUY", "SELL", "LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"),
    *("IOC", "PostOnly", "FOK", "BOTH", "LONG", "SHORT", "true", "false", "CROSSED", "ISOLATED"),
    *("86000", "99000", "1760000000000", "8000000001", "CONT", "USDT", "LIQUIDATION", "one"),
)
sent = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(WORDS), max_size=14)
bodies = st.one_of(
    sent.map(json.dumps),
    st.lists(st.sampled_from(WORDS), max_size=3).map(json.dumps),
    st.sampled_from(["", "null", "[]", "{", "[{}]", '"x"', '{"vol": {"a": []}, "symbol": null}']),
)
ORDERS: tuple[dict[str, str], ...] = (  # whole enough to get past the first missing field
    {"symbol": "BTC_USDT", "openType": "2"},
    {"symbol": "BTC-USDT", "positionSide": "BOTH"},
    {"symbol": "BTC-USD", "positionSide": "BOTH"},
    {"symbol": "BTCUSDT"},
    {"symbol": "BTCSUSDT", "positionSide": "LONG", "newClientOrderId": "one"},
    {},
)
VENUES = {
    "mexc": (mexc, ("check_spot", "check_contract"), [*mexc.SPOT_ROUTES, *mexc.CONTRACT_ROUTES]),
    "bingx": (bingx, ("check_signed",), [*bingx.ROUTES]),
    "weex": (weex, ("check_signed",), [*weex.ROUTES]),
}
BODIED = {"mexc": "/api/v1/private/", "bingx": "/api/v1/private/", "weex": "/"}  # posts of JSON


@pytest.fixture(params=VENUES)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    venue: str = request.param
    module, checks, _ = VENUES[venue]
    for check in checks:
        monkeypatch.setattr(module, check, lambda *_: None)
    return venue


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_nonsense_is_answered_in_the_venues_own_form(spoken: str, data: st.DataObject) -> None:
    config = LocalExchangeConfig(venue=spoken, speed=Decimal(0))
    exchange = build(config, FakeClock())
    for method, template in VENUES[spoken][2]:
        asked = data.draw(sent) | data.draw(st.sampled_from(ORDERS))
        path = template.replace("{symbol}", "BTC_USDT").replace("{", "").replace("}", "")
        futures = path.startswith(BODIED[spoken]) and method == "POST"
        body = data.draw(st.one_of(st.just(json.dumps(asked)), bodies)) if futures else ""
        _check_answer(exchange, method, f"{path}?{urlencode(asked)}", body)


def _check_answer(exchange: LocalExchange, method: str, target: str, body: str) -> None:
    request = HttpRequest(method=method, url=f"http://venue{target}", body=body.encode())
    answer = exchange.answer(request).response
    assert answer is not None
    told = json.loads(answer.body)
    assert answer.status in {200, 400}
    assert answer.status == 200 or told["code"]
