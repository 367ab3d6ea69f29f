"""Whatever is asked of Hyperliquid, or signed, has an answer in its own form."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise.exchange.dialects.hyperliquid.dialect import ACTIONS, QUESTIONS, ROLE
from counterpoise.exchange.dialects.hyperliquid.signing import Gate
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.hyperliquid_speaker import CONFIG, NOBODY, cloid
from tests.exchange.wires import FakeClock

NAMES = (
    *("user", "coin", "oid", "startTime", "endTime", "dex", "asset", "isCross", "leverage"),
    *("a", "b", "p", "s", "r", "t", "c", "o", "cloid", "grouping"),
)
VALUES: tuple[object, ...] = (
    *(None, 0, 1, 2, -1, 10_001, 2**70, True, False, 0.5, "", "x", "NaN", "1e5", "-1", "0"),
    *("0.02", "87400", "80000", "BTC", "@1", "PURR/USDC", CONFIG.api_key, NOBODY, cloid("a")),
    *({"limit": {"tif": "Ioc"}}, {"limit": {"tif": "Alo"}}, {"limit": "x"}, {"trigger": {}}, []),
)
fields = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=10)
entries = st.one_of(st.lists(fields, max_size=3), st.sampled_from(VALUES))
SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def answered(exchange: LocalExchange, path: str, body: object) -> tuple[int, str]:
    text = json.dumps(body).encode()
    answer = exchange.answer(HttpRequest(method="POST", url=f"http://v{path}", body=text)).response
    assert answer is not None
    return answer.status, answer.body.decode()


@SETTINGS
@given(data=st.data())
def test_every_question_has_an_answer(data: st.DataObject) -> None:
    exchange = build(LocalExchangeConfig(venue="hyperliquid", speed=Decimal(0)), FakeClock())
    for kind in (*QUESTIONS, ROLE):
        status, body = answered(exchange, "/info", data.draw(fields) | {"type": kind})
        assert status == 422 or json.loads(body) is not Ellipsis


@SETTINGS
@given(data=st.data())
def test_every_action_has_an_answer(data: st.DataObject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "check", lambda *_, **__: None)
    exchange = build(LocalExchangeConfig(venue="hyperliquid", speed=Decimal(0)), FakeClock())
    for kind in (*ACTIONS, "withdraw3", None):
        action = data.draw(fields) | {
            "type": kind,
            "orders": data.draw(entries),
            "cancels": data.draw(entries),
        }
        status, body = answered(exchange, "/exchange", {"action": action})
        assert status == 422 or json.loads(body)["status"] in {"ok", "err"}
