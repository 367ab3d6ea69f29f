"""What an order is on the wire, for both kinds of futures and both position modes."""

from __future__ import annotations

import pytest

from counterpoise.core.instrument import Symbol
from counterpoise.errors import Unsent
from counterpoise.venues.binance_requests import order_params
from counterpoise.venues.dialect import Listed, Terms
from tests.venues.binance.rows import COIN, coin_listed
from tests.venues.fake import ETH
from tests.venues.orders import LISTED, intent_of

ONE_WAY, HEDGED = (Terms(receive_window_ms=5_000, hedged=hedged) for hedged in (False, True))
KINDS = [(LISTED, ETH, "1.5"), (coin_listed(), COIN, "300")]


def test_a_coin_margined_order_counts_contracts() -> None:
    intent = intent_of(size="-300", price="38000.1", symbol=COIN)
    assert order_params(intent, coin_listed(), ONE_WAY) == {
        "symbol": "BTCUSD_PERP",
        "side": "SELL",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": "3",
        "price": "38000.1",
        "newClientOrderId": "cp0000000000000000000000001a",
        "newOrderRespType": "RESULT",
        "recvWindow": 5_000,
    }


def test_part_of_a_contract_is_not_rounded() -> None:
    with pytest.raises(Unsent, match="multiple"):
        order_params(intent_of(size="-250", price="38000", symbol=COIN), coin_listed(), ONE_WAY)


@pytest.mark.parametrize(("one", "symbol", "size"), KINDS, ids=["linear", "inverse"])
def test_in_one_way_mode_a_reduction_says_so_and_no_side(
    one: Listed, symbol: Symbol, size: str
) -> None:
    intent = intent_of(size=size, price="3410.2", symbol=symbol, reduce_only=True)
    params = order_params(intent, one, ONE_WAY)
    assert params["reduceOnly"] == "true"
    assert "positionSide" not in params


@pytest.mark.parametrize(("one", "symbol", "size"), KINDS, ids=["linear", "inverse"])
def test_in_hedge_mode_the_side_says_what_the_flag_would(
    one: Listed, symbol: Symbol, size: str
) -> None:
    sides = {("", False): "LONG", ("-", False): "SHORT", ("-", True): "LONG", ("", True): "SHORT"}
    for (sign, reduces), side in sides.items():
        intent = intent_of(size=sign + size, price="3410.2", symbol=symbol, reduce_only=reduces)
        params = order_params(intent, one, HEDGED)
        assert params["positionSide"] == side
        assert "reduceOnly" not in params  # Binance refuses it there
