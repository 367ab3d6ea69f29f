"""What the futures account is set to: position mode, leverage, fees."""

from __future__ import annotations

from counterpoise.exchange.dialects.common import VenueError
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import contract_listing, contract_sent, contracts
from counterpoise.exchange.dialects.mexc.contract_account import CROSS, LONG, SHORT, position_id
from counterpoise.exchange.dialects.mexc.contract_market import Row
from counterpoise.exchange.dialects.mexc.errors import COMMON
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.margin import brackets_of
from counterpoise.exchange.orders import PositionSide

HEDGE, ONE_WAY = 1, 2
MODES = {str(HEDGE): True, str(ONE_WAY): False}


def position_mode(desk: Desk, _call: Call) -> object:
    """Return 1 for hedge mode, 2 for one-way (fetch_position_mode)."""
    return HEDGE if desk.venue.engine.account.hedge_mode else ONE_WAY


def set_position_mode(desk: Desk, call: Call) -> object:
    """Change the position mode; the one that is set already is a success."""
    wanted = contract_sent(call).chosen("positionMode", MODES)
    if wanted is not desk.venue.engine.account.hedge_mode:
        desk.venue.engine.set_hedge_mode(hedge_mode=wanted)
    return None


def leverage(desk: Desk, call: Call) -> object:
    """Return a contract's leverage for long and short (fetch_leverage)."""
    listing = contract_listing(desk, contract_sent(call))
    first = brackets_of(listing)[0]
    row: Row = {
        "level": 1,
        "maxVol": listing.quantity_max,
        "mmr": first.rate,
        "openType": CROSS,
        "leverage": desk.venue.engine.account.leverage_of(listing.key),
        "limitBySys": False,
        "currentMmr": first.rate,
    }
    return [row | {"positionType": LONG}, row | {"positionType": SHORT}]


def set_leverage(desk: Desk, call: Call) -> object:
    """Change a contract's leverage, by position or by symbol. Only cross margin trades here."""
    sent = contract_sent(call)
    listing = _by_position(desk, sent.text("positionId")) if sent.has("positionId") else None
    if listing is None:
        listing = contract_listing(desk, sent)
        if sent.text("openType") != str(CROSS):
            raise VenueError(2002, "Open type error!")
    desk.venue.engine.set_leverage(listing, sent.whole("leverage") or 0, call.now)
    return None


def _by_position(desk: Desk, number: str) -> Listing:
    for listing in contracts(desk):
        if number in {str(position_id(desk, listing, side)) for side in PositionSide}:
            return listing
    raise VenueError(600, COMMON[600])


def fee_rate(desk: Desk, call: Call) -> object:
    """Return what trading a contract costs."""
    listing = contract_listing(desk, contract_sent(call))
    fees = FEES[listing.key.market]
    return {
        "symbol": listing.key.symbol,
        "originalMakerFee": fees.maker,
        "originalTakerFee": fees.taker,
        "realMakerFee": fees.maker,
        "realTakerFee": fees.taker,
    }
