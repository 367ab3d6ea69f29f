"""Which handler answers which question or action, and how what is refused is put."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.exchange.dialects.common import json_answer
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.hyperliquid import account, market_data, order_views, orders
from counterpoise.exchange.dialects.hyperliquid.errors import (
    NOT_HERE,
    ORDER_TEXTS,
    UNREADABLE,
    UNREADABLE_STATUS,
    Denied,
    Unreadable,
    order_text,
)
from counterpoise.exchange.dialects.hyperliquid.signing import Gate
from counterpoise.exchange.dialects.hyperliquid.wire import Asked, Body, Handler, done
from counterpoise.ports import HttpResponse

QUESTIONS: Mapping[str, Handler] = {
    "exchangeStatus": market_data.server_time,
    "perpDexs": market_data.other_exchanges,
    "meta": market_data.meta,
    "metaAndAssetCtxs": market_data.perpetuals,
    "spotMeta": market_data.spot_meta,
    "spotMetaAndAssetCtxs": market_data.pairs,
    "l2Book": market_data.book,
    "candleSnapshot": market_data.candles,
    "fundingHistory": market_data.past_funding,
    "clearinghouseState": account.margin,
    "spotClearinghouseState": account.balances,
    "activeAssetData": account.leverage,
    "userFees": account.fees,
    "userFunding": account.funding_paid,
    "userAbstraction": account.mode,
    "orderStatus": order_views.order,
    "openOrders": order_views.open_orders,
    "frontendOpenOrders": order_views.open_orders,
    "historicalOrders": order_views.history,
    "userFills": order_views.fills,
    "userFillsByTime": order_views.fills_by_time,
}
ROLE = "userRole"  # the one question that also knows the agent
ACTIONS: Mapping[str, Handler] = {
    "order": orders.create,
    "cancel": orders.cancel,
    "cancelByCloid": orders.cancel_by_cloid,
    "updateLeverage": orders.set_leverage,
}
INFO, EXCHANGE = ("POST", "/info"), ("POST", "/exchange")
TOO_MANY_STATUS, FORBIDDEN, NOT_FOUND = 429, 403, 404
PAGE = {"Content-Type": "text/html"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
FORBIDDEN_PAGE = b"<html><head><title>403 Forbidden</title></head><body></body></html>"


@dataclass(frozen=True, slots=True)
class HyperliquidDialect:
    """Hyperliquid's protocol over one venue."""

    desk: Desk
    gate: Gate

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as Hyperliquid would: status 200 for most that is refused."""
        where = (call.method, call.path)
        if where not in {INFO, EXCHANGE}:
            return _page(NOT_FOUND, b"", "Not Found")
        try:
            body = _body_of(call)
            asked = Asked(desk=self.desk, call=call, body=body)
            found = self._told(asked) if where == INFO else self._acted(asked)
        except Unreadable:
            return HttpResponse(
                status=UNREADABLE_STATUS,
                headers=PLAIN,
                body=UNREADABLE,
                reason="Unprocessable Entity",
            )
        except Denied as denied:
            return json_answer({"status": "err", "response": str(denied)})
        return json_answer(found)

    def _told(self, asked: Asked) -> object:
        kind = asked.body.get("type")
        if kind == ROLE:
            return account.agent_role(asked, self.gate.agent)
        handler = QUESTIONS.get(str(kind))
        if handler is None:
            raise Unreadable("type")
        return handler(asked)

    def _acted(self, asked: Asked) -> object:
        may_trade = self.desk.venue.engine.account.can_trade
        self.gate.check(asked.body, asked.call.now, may_trade=may_trade)
        action: Body = asked.body["action"]
        handler = ACTIONS.get(str(action.get("type")))
        if handler is None:
            raise Denied(NOT_HERE)
        return handler(Asked(desk=self.desk, call=asked.call, body=action))

    def rejection(self, code: str, message: str) -> HttpResponse:
        """
        Return a refusal in words, as Hyperliquid has no codes.

        The code is the place of an order's text among `ORDER_TEXTS`, from 1 on; 0 stands for a
        whole request that is refused with the message.
        """
        names = [*ORDER_TEXTS]
        place = int(code)
        if not 0 < place <= len(names):
            return json_answer({"status": "err", "response": message})
        text = message or order_text(names[place - 1], "0")
        return json_answer(done("order", {"statuses": [{"error": text}]}))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:  # noqa: ARG002
        """Return the answer to too many requests, or to a banned address; neither says how long."""
        if status == TOO_MANY_STATUS:
            return json_answer(None, status=TOO_MANY_STATUS)
        return _page(FORBIDDEN, FORBIDDEN_PAGE, "Forbidden")

    def secret_params(self) -> frozenset[str]:
        """Return the names of what no log may show."""
        return frozenset({"signature"})


def _body_of(call: Call) -> Body:
    try:
        body = json.loads(call.body, parse_float=str)
    except ValueError:
        raise Unreadable("body") from None
    if not isinstance(body, dict):
        raise Unreadable("body")
    return body


def _page(status: int, body: bytes, reason: str) -> HttpResponse:
    return HttpResponse(status=status, headers=PAGE, body=body, reason=reason)
