"""What an order is on the wire, and that nothing else passes for one."""

from __future__ import annotations

import json

import pytest

from counterpoise.errors import Unsent
from counterpoise.venues.dialect import Terms
from counterpoise.venues.okx_requests import is_order, order_params
from tests.venues.okx.rows import INVERSE, LINEAR, listed
from tests.venues.orders import intent_of

NET, TWO_SIDED = (Terms(receive_window_ms=30_000, hedged=hedged) for hedged in (False, True))


def test_an_order_is_a_limit_in_contracts_that_does_not_rest() -> None:
    assert order_params(intent_of(), LINEAR, NET) == {
        "instId": "BTC-USDT-SWAP",
        "tdMode": "cross",
        "side": "buy",
        "ordType": "ioc",
        "sz": "150",
        "px": "3410.2",
        "clOrdId": "cp0000000000000000000000001a",
    }


def test_a_coin_margined_order_counts_contracts_of_dollars() -> None:
    assert order_params(intent_of(size="-3000"), INVERSE, NET)["sz"] == "30"


def test_in_the_net_mode_a_reduction_says_so() -> None:
    params = order_params(intent_of(size="-1.5", reduce_only=True), LINEAR, NET)
    assert (params["side"], params["reduceOnly"]) == ("sell", True)
    assert "posSide" not in params


@pytest.mark.parametrize(
    ("size", "reduces", "side"),
    [
        ("1.5", False, "long"),
        ("-1.5", False, "short"),
        ("-1.5", True, "long"),
        ("1.5", True, "short"),
    ],
)
def test_in_the_other_mode_the_side_is_that_of_the_position(
    size: str, reduces: bool, side: str
) -> None:
    params = order_params(intent_of(size=size, reduce_only=reduces), LINEAR, TWO_SIDED)
    assert params["posSide"] == side
    assert "reduceOnly" not in params  # OKX ignores it there


@pytest.mark.parametrize(("size", "price"), [("1.5001", "3410.2"), ("1.5", "3410.21")])
def test_a_number_off_the_step_is_not_rounded(size: str, price: str) -> None:
    with pytest.raises(Unsent, match="multiple"):
        order_params(intent_of(size=size, price=price), LINEAR, NET)


@pytest.mark.parametrize(
    "facts",
    [
        {"ctVal": "0.1"},
        {"ctMult": "10"},
        {"ctValCcy": "USDT"},
        {"ctVal": ""},
        {"ctVal": None},
    ],
)
def test_a_contract_of_another_size_is_not_ordered(facts: dict[str, object]) -> None:
    with pytest.raises(Unsent, match="contract"):
        order_params(intent_of(), listed(facts), NET)


def test_our_order_passes_the_door() -> None:
    for terms in (NET, TWO_SIDED):
        assert is_order(json.dumps(order_params(intent_of(), LINEAR, terms)).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"ordType": "limit"},
        {"ordType": "market"},
        {"tdMode": "isolated"},
        {"instId": "BTC-USDT"},
        {"clOrdId": ""},
        {"attachAlgoOrds": []},
    ],
)
def test_nothing_else_does(changed: dict[str, object]) -> None:
    body = {**order_params(intent_of(), LINEAR, NET), **changed}
    assert not is_order(json.dumps(body).encode())
    assert not is_order(json.dumps([body]).encode())
    assert not is_order(b"no JSON")
