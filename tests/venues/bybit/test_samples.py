"""Replies as Bybit documents them, copied from the comments of ccxt 4.5.90's bybit class."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import ClientOrderId, Side, VenueStatus
from counterpoise.core.snapshot import Backing
from counterpoise.venues import bybit_answers as answers
from counterpoise.venues import bybit_reports as reports
from counterpoise.venues import bybit_requests as requests
from tests.venues.bybit.rows import BTC, COIN, D, Script, enveloped, intent, listed

QNT = listed("QNTUSDT")
XRP = listed("XRPUSDT")


async def test_the_wallet_of_the_samples() -> None:
    account = {
        "totalEquity": "18070.32797922",
        "accountIMRate": "0.0101",
        "totalMarginBalance": "18070.32797922",
        "totalInitialMargin": "182.60183684",
        "accountType": "UNIFIED",
        "totalAvailableBalance": "17887.72614237",
        "accountMMRate": "0",
        "totalPerpUPL": "-0.11001349",
        "totalWalletBalance": "18070.43799271",
        "accountLTV": "0.017",
        "totalMaintenanceMargin": "0.38106773",
        "coin": [
            {
                "availableToBorrow": "2.5",
                "bonus": "0",
                "accruedInterest": "0",
                "availableToWithdraw": "0.805994",
                "totalOrderIM": "0",
                "equity": "0.805994",
                "totalPositionMM": "0",
                "usdValue": "12920.95352538",
                "unrealisedPnl": "0",
                "borrowAmount": "0",
                "totalPositionIM": "0",
                "walletBalance": "0.805994",
                "cumRealisedPnl": "0",
                "coin": "BTC",
            }
        ],
    }
    script = Script({requests.WALLET.path: [enveloped({"list": [account]})]})
    (bitcoin,) = await requests.margins(script, "main:unified", frozenset({Asset("BTC")}))
    assert bitcoin.equity == D("0.805994")
    assert bitcoin.backing == Backing(equity=D("18070.32797922"), maintenance=D("0.38106773"))


def test_the_position_of_the_samples() -> None:
    row = {
        "symbol": "XRPUSDT",
        "leverage": "10",
        "avgPrice": "0.3615",
        "liqPrice": "0.0001",
        "positionValue": "36.15",
        "unrealisedPnl": "-1.83",
        "markPrice": "0.3432",
        "positionMM": "0.381021",
        "positionIdx": 0,
        "positionIM": "3.634521",
        "updatedTime": "1672279322668",
        "side": "Buy",
        "size": "100",
        "positionStatus": "Normal",
        "tradeMode": 0,
    }
    (found,) = answers.positions([row], {"XRPUSDT": XRP}).values()
    assert (found.size, found.entry_price) == (D(100), D("0.3615"))
    assert (found.liquidation_price, found.unrealised_profit) == (D("0.0001"), D("-1.83"))


def test_the_order_of_the_samples() -> None:
    row = {
        "symbol": "BTCUSDT",
        "orderType": "Market",
        "orderLinkId": "ours",  # empty in the sample: it was sent by hand
        "orderId": "f5f2d355-9a11-4af3-9b83-aa1d6ab6ddfe",
        "avgPrice": "122529.9",
        "orderStatus": "Filled",
        "createType": "CreateByUser",
        "cumExecValue": "122.5299",
        "rejectReason": "EC_NoError",
        "price": "120518",
        "createdTime": "1757837618905",
        "positionIdx": 0,
        "timeInForce": "IOC",
        "updatedTime": "1757837618909",
        "side": "Sell",
        "cumExecQty": "0.001",
        "reduceOnly": False,
        "qty": "0.001",
    }
    ours = replace(intent("-0.001"), client_order_id=ClientOrderId("ours"))
    found = reports.report([row], ours, BTC)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, D("-0.001"))
    assert (found.price_average, found.at_ms) == (D("122529.9"), 1757837618909)
    assert ours.order.side is Side.SELL


def test_the_trade_of_the_samples() -> None:
    row = {
        "symbol": "QNTUSDT",
        "orderType": "Limit",
        "orderLinkId": "1549452573428424449",
        "orderId": "1549452573428424448",
        "execTime": "1699445151998",
        "feeRate": "0.00025",
        "execPrice": "102.8",
        "orderQty": "3.652",
        "execValue": "1.028",
        "execType": "Trade",
        "seq": "19157444346",
        "side": "Buy",
        "isMaker": True,
        "execFee": "0.0000025",
        "execId": "2210000000101610464",
        "execQty": "0.01",
    }
    (fill,) = reports.fills([row], QNT)
    assert (fill.size, fill.price, fill.fee) == (D("0.01"), D("102.8"), D("0.0000025"))
    assert (fill.fee_asset, fill.at_ms) == (Asset("USDT"), 1699445151998)


def test_the_ticker_of_the_samples() -> None:
    row = {
        "symbol": "BTCUSD",
        "lastPrice": "16597.00",
        "indexPrice": "16598.54",
        "markPrice": "16596.00",
        "fundingRate": "-0.001034",
        "nextFundingTime": "1672387200000",
        "predictedDeliveryPrice": "",
        "deliveryTime": "0",
        "ask1Size": "1",
        "bid1Price": "16596.00",
        "ask1Price": "16597.50",
        "bid1Size": "1",
    }
    raw = enveloped({"category": "inverse", "list": [row]})
    (mark,) = answers.marks(raw, {"BTCUSD": COIN}, "inverse").values()
    assert (mark.mark_price, mark.index_price) == (D(16596), D("16598.54"))
    assert (mark.funding_rate, mark.funding_next_at_ms) == (D("-0.001034"), 1672387200000)
    (book,) = answers.books(raw, {"BTCUSD": COIN}, "inverse").values()
    assert (book.bid, book.ask, book.bid_size) == (D(16596), D("16597.5"), D(1))
