"""Binance's protocol: a call in, an answer out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from counterpoise.exchange.dialects.binance import signing
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.errors import (
    REFUSALS,
    WireError,
    error_answer,
    message_of,
    wire_error,
)
from counterpoise.exchange.dialects.binance.routes import ROUTES, Access
from counterpoise.exchange.dialects.binance.weights import Usage
from counterpoise.exchange.dialects.binance.wire import ok
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Refused
from counterpoise.ports import HttpResponse

MARKETS = {"api": Market.SPOT, "fapi": Market.LINEAR, "dapi": Market.INVERSE}
JSON_ERROR_PREFIXES = ("/fapi/", "/dapi/", "/papi/", "/eapi/")
NOT_FOUND_PAGE = b"<html><body><h2>404 Not found</h2></body></html>"


@dataclass(frozen=True, slots=True)
class BinanceDialect:
    """Binance's protocol over one venue."""

    desk: Desk
    usage: Usage = field(default_factory=Usage)

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as Binance would."""
        answer = self._answer(call)
        return replace(answer, headers={**answer.headers, **self.usage.headers(call)})

    def _answer(self, call: Call) -> HttpResponse:
        route = ROUTES.get((call.method, call.path))
        if route is None:
            return _no_such_path(call)
        try:
            if route.access is Access.SIGNED:
                signing.check_signed(call, self.desk.venue.credentials)
            return ok(route.handler(self.desk, call))
        except WireError as error:
            return error_answer(error)
        except Refused as refused:
            return error_answer(wire_error(refused, REFUSALS[_market(call)]))

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`."""
        number = int(code)
        return error_answer(WireError(number, message or message_of(number)))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """Return the answer to too many requests, or to a banned address."""
        error = WireError(-1003, message_of(-1003), status)
        answer = error_answer(error)
        headers = {**answer.headers, "Retry-After": str(retry_after_s)}
        return HttpResponse(status=status, headers=headers, body=answer.body)

    def secret_params(self) -> frozenset[str]:
        """Return the names of parameters that no log may show."""
        return frozenset({"signature"})


def _market(call: Call) -> Market:
    """Return the market that a path belongs to."""
    return MARKETS.get(call.path.split("/")[1], Market.LINEAR)


def _no_such_path(call: Call) -> HttpResponse:
    """Answer for a path that is not there: futures in JSON, the rest with a page."""
    if call.path.startswith(JSON_ERROR_PREFIXES):
        message = f"Path {call.path}, Method {call.method} is invalid"
        return error_answer(WireError(-5000, message, 404))
    headers = {"Content-Type": "text/html"}
    return HttpResponse(status=404, headers=headers, body=NOT_FOUND_PAGE, reason="Not Found")
