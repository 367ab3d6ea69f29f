"""What Binance's handlers share: the venue, what is listed, and finding things by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.errors import INVALID_SYMBOL, WireError
from counterpoise.exchange.dialects.binance.listings import ExchangeInfo
from counterpoise.exchange.dialects.binance.wire import Json
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Trade, VenueOrder
from counterpoise.exchange.venue import Venue

TRADE_ROWS = 500
WINDOW_MAX_MS = 7 * 24 * HOUR_MS
TOO_LONG = {
    Market.SPOT: WireError(-1127, "More than 24 hours between startTime and endTime."),
    Market.LINEAR: WireError(-4165, "Invalid time interval"),
    Market.INVERSE: WireError(-4088, "Maximum time interval is 7 days."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The venue as Binance's handlers see it."""

    venue: Venue
    info: Mapping[Market, ExchangeInfo]
    coins: frozenset[str]  # that a coin-margined symbol is settled in

    def listing(self, call: Call, market: Market) -> Listing:
        """Return the listing that a call names."""
        found = self.venue.engine.listings.get(
            ListingKey(market, params.text(call.params, "symbol"))
        )
        if found is None:
            raise INVALID_SYMBOL
        return found

    def settles(self, asset: str, market: Market) -> bool:
        """Say whether an asset lies in a market's futures wallet: a coin in COIN-M's."""
        return (asset in self.coins) is (market is Market.INVERSE)

    def each(self, call: Call, market: Market, row: Callable[[Listing], dict[str, object]]) -> Json:
        """
        Return one row for the symbol that a call names, or a list of all rows.

        COIN-M, which may be asked for a pair of several symbols, has a list for one symbol too.
        """
        if "symbol" in call.params:
            one = row(self.listing(call, market))
            return [one] if market is Market.INVERSE else one
        pair = call.params.get("pair") if market is Market.INVERSE else None
        listed = self.venue.engine.priced(market)
        return [row(listing) for listing in listed if pair in {None, listing.pair}]

    def order(self, call: Call, market: Market, unknown: WireError) -> VenueOrder:
        """
        Return the order that a call names, by either id; of several with one id, the newest.

        Raises `unknown` where readers see none.
        """
        listing = self.listing(call, market)
        order_id = params.whole(call.params, "orderId")
        client_order_id = call.params.get("origClientOrderId")
        if order_id is None and not client_order_id:
            raise WireError(
                -1102,
                "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
            )
        seen = self.venue.visibility
        if order_id is not None:
            order = seen.order(order_id, call.now)
        else:
            order = seen.named(listing, client_order_id or "", call.now)
        if order is None or order.request.listing is not listing:
            raise unknown
        return order

    def open_orders(self, call: Call, market: Market) -> Iterable[VenueOrder]:
        """Yield the open orders of a market, or of the symbol that a call names, oldest first."""
        only = self.listing(call, market) if "symbol" in call.params else None
        for order in self.venue.visibility.open_orders(call.now):
            listing = order.request.listing
            if listing.key.market is market and (only is None or only is listing):
                yield order

    def trades(self, call: Call, market: Market) -> list[Trade]:
        """Return the trades of a symbol within what a call asks for, oldest first."""
        listing = self.listing(call, market)
        order_id = params.whole(call.params, "orderId")
        first_id = params.whole(call.params, "fromId")
        since_ms = params.whole(call.params, "startTime")
        until_ms = _window_end(since_ms, params.whole(call.params, "endTime"), market)
        newest = takewhile(
            lambda trade: (
                (since_ms is None or trade.at_ms >= since_ms)
                and (first_id is None or trade.id >= first_id)
            ),
            self.venue.visibility.trades(listing, call.now),
        )
        found = [
            trade
            for trade in newest
            if (order_id is None or trade.order_id == order_id)
            and (until_ms is None or trade.at_ms <= until_ms)
        ][::-1]
        rows = params.rows_max(call.params, TRADE_ROWS)
        return found[:rows] if first_id is not None or since_ms is not None else found[-rows:]


def _window_end(since_ms: int | None, until_ms: int | None, market: Market) -> int | None:
    """Return the end of the time asked for: a week is the most that one call gets."""
    if since_ms is None:
        return until_ms
    if until_ms is None:
        return since_ms + WINDOW_MAX_MS
    if until_ms - since_ms > WINDOW_MAX_MS:
        raise TOO_LONG[market]
    return until_ms


Handler = Callable[[Desk, Call], Json]
