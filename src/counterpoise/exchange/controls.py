"""Steering the exchange by hand, under `/_exchange/`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import islice

from counterpoise.core.units import ZERO, plain
from counterpoise.exchange.arming import fault_of
from counterpoise.exchange.control_orders import force, order
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.fields import ControlError, Fields
from counterpoise.exchange.front import Front
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.matching import LEVELS, BookShape
from counterpoise.exchange.orders import IncomeType, PositionSide, Refused
from counterpoise.exchange.prices import PriceKind
from counterpoise.exchange.settling import trade_by_hand
from counterpoise.exchange.state import state
from counterpoise.exchange.venue import Venue
from counterpoise.ports import HttpResponse

PREFIX = "/_exchange/"
SKEW_MAX_MS = 10**12
LOOPBACK_NAMES = frozenset({"", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The controls of one exchange."""

    venue: Venue
    front: Front
    token: str | None

    def owns(self, path: str) -> bool:
        """Say whether a path is a control."""
        return path.startswith(PREFIX)

    def answer(self, call: Call, remote: str) -> HttpResponse:
        """Carry out a control. Wrong ones get an error that says what is allowed."""
        try:
            self._check_caller(call, remote)
            self.venue.settling.catch_up(call.now)
            return _json(200, self._done(call))
        except ControlError as error:
            body: dict[str, object] = {"error": str(error)}
            if error.allowed is not None:
                body["allowed"] = error.allowed
            return _json(error.status, body)
        except Refused as refused:
            return _json(400, {"error": str(refused)})

    def _check_caller(self, call: Call, remote: str) -> None:
        """Let in whoever has the token or, where none is set, whoever is on this machine."""
        if self.token is None:
            if not _on_this_machine(remote):
                raise ControlError("controls are for this machine alone", status=403)
            return
        given = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise ControlError("the control token is missing or wrong", status=401)

    def _done(self, call: Call) -> object:
        name = call.path.removeprefix(PREFIX)
        control = CONTROLS.get((call.method, name))
        if control is None:
            allowed = [f"{method} {PREFIX}{known}" for method, known in CONTROLS]
            raise ControlError(f"no control {call.method} {call.path}", status=404, allowed=allowed)
        return control(self, call)

    def listing(self, fields: Fields, default: Market) -> Listing:
        """Return the listing that a control names. Raises ControlError for an unknown one."""
        symbol, market = fields.text("symbol"), fields.word("market", Market, default)
        return self.listings(symbol, [market])[0]

    def listings(self, symbol: str, markets: list[Market]) -> list[Listing]:
        """
        Return a symbol's listings, by the venue's name for it or by its pair.

        Raises ControlError where none of the markets has it.
        """
        listings = self.venue.engine.listings
        found = [
            listing
            for key, listing in listings.items()
            if key.market in markets and symbol in {key.symbol, listing.pair}
        ]
        if not found:
            known = sorted({key.symbol for key in listings if key.market in markets})
            raise ControlError(f"symbol {symbol!r} is not listed", allowed=known)
        return found


def _state(controls: Controls, call: Call) -> object:
    return state(controls.venue, controls.front.faults, call.now)


def _requests(controls: Controls, call: Call) -> object:
    """Return the newest requests, oldest first; `limit` of them where it is given."""
    log = controls.front.log
    limit = call.params.get("limit", str(len(log.kept)))
    if not limit.isdecimal():
        raise ControlError(f"limit must be a whole number, was {limit!r}")
    older = max(0, len(log.kept) - int(limit))
    newest = islice(log.kept, older, None)
    return {"total": log.total, "requests": [entry.row() for entry in newest]}


def _price(controls: Controls, call: Call) -> object:
    """Move the prices of a symbol on every market that lists it, or on one."""
    fields = Fields(call.body)
    symbol, to = fields.text("symbol"), fields.decimal("price")
    markets = [fields.word("market", Market)] if fields.has("market") else list(Market)
    kinds = [fields.word("kind", PriceKind)] if fields.has("kind") else list(PriceKind)
    fields.finish()
    if to <= ZERO:
        raise ControlError(f"price must be positive, was {to}")
    for listing in controls.listings(symbol, markets):
        controls.venue.engine.prices.move(listing, kinds, to, call.now.market_ms)
    controls.venue.settling.catch_up(call.now)
    return {"symbol": symbol, "price": plain(to)}


def _balance(controls: Controls, call: Call) -> object:
    """Set a balance, as a deposit or a withdrawal would."""
    fields = Fields(call.body)
    wallet = fields.text("wallet", "spot")
    asset = fields.text("asset")
    quantity = fields.at_least("quantity", ZERO)
    fields.finish()
    account, now = controls.venue.engine.account, call.now
    if wallet == "spot":
        account.add_spot(asset, quantity - account.spot.get(asset, ZERO), now.venue_ms)
    elif wallet == "futures":
        change = quantity - account.futures.get(asset, ZERO)
        controls.venue.engine.ledger.transfer(asset, change, now, IncomeType.TRANSFER)
    elif wallet == "collateral":
        account.collateral[asset] = quantity
        account.futures_updated_ms = now.venue_ms
    else:
        raise ControlError(f"wallet was {wallet!r}", allowed=["spot", "futures", "collateral"])
    controls.venue.settling.catch_up(now)
    return {"wallet": wallet, "asset": asset, "quantity": plain(quantity)}


def _position(controls: Controls, call: Call) -> object:
    """Bring a position to a quantity at its mark price, as a trade by hand would."""
    fields = Fields(call.body)
    listing = controls.listing(fields, Market.LINEAR)
    quantity = fields.decimal("quantity")
    sides = hedge_sides(controls.venue.engine.account)
    side = fields.word("side", PositionSide, sides[0] if quantity >= ZERO else sides[-1])
    fields.finish()
    if side not in sides:
        raise ControlError(f"side was {side.value!r}", allowed=[part.value for part in sides])
    position = controls.venue.engine.account.position(listing, side)
    trade_by_hand(controls.venue.engine, position, quantity, call.now)
    return {"symbol": listing.key.symbol, "side": side.value, "quantity": plain(quantity)}


def _book(controls: Controls, call: Call) -> object:
    """Set the shape of a book, or with `reset` let it be as recorded."""
    fields = Fields(call.body)
    listing = controls.listing(fields, Market.LINEAR)
    if fields.has("reset") and fields.flag("reset"):
        fields.finish()
        controls.venue.engine.books.shape(listing, None)
        return {"symbol": listing.key.symbol, "reset": True}
    shape = BookShape(
        spread=fields.at_least("spread", ZERO) if fields.has("spread") else None,
        levels=fields.whole("levels", 0, LEVELS),
        level_quantity=(
            fields.at_least("level_quantity", listing.quantity_step)
            if fields.has("level_quantity")
            else None
        ),
    )
    fields.finish()
    controls.venue.engine.books.shape(listing, shape)
    return {"symbol": listing.key.symbol, "levels": shape.levels}


def _listing_state(controls: Controls, call: Call) -> object:
    """Open or close a listing for trading, as a venue does before it delists."""
    fields = Fields(call.body)
    listing, trading = controls.listing(fields, Market.LINEAR), fields.flag("trading")
    fields.finish()
    closed = controls.venue.engine.closed
    closed.discard(listing.key) if trading else closed.add(listing.key)
    return {"symbol": listing.key.symbol, "trading": controls.venue.engine.trading(listing)}


def _fault(controls: Controls, call: Call) -> object:
    """Arm a fault."""
    fault = fault_of(Fields(call.body))
    try:
        controls.front.faults.arm(fault)
    except ValueError as error:
        raise ControlError(str(error)) from error
    return {"armed": [armed.row() for armed in controls.front.faults.armed]}


def _no_faults(controls: Controls, _call: Call) -> object:
    """Disarm every fault."""
    controls.front.faults.armed.clear()
    return {"armed": []}


def _clock(controls: Controls, call: Call) -> object:
    """Skew the venue's clock, or let recorded time jump ahead."""
    fields, clock = Fields(call.body), controls.venue.clock
    skew_ms = fields.whole("skew_ms", -SKEW_MAX_MS, clock.skew_ms)
    advance_s = fields.at_least("advance_s", ZERO, ZERO)
    fields.finish()
    clock.skew_ms = skew_ms
    clock.advance(advance_s)
    now = clock.now()
    controls.venue.settling.catch_up(now)
    return {"skew_ms": clock.skew_ms, "market_ms": now.market_ms, "venue_ms": now.venue_ms}


def _account(controls: Controls, call: Call) -> object:
    """Change what the account may do, as its owner would on the venue's own page."""
    fields, account = Fields(call.body), controls.venue.engine.account
    can_trade = fields.flag("can_trade", account.can_trade)
    can_withdraw = fields.flag("can_withdraw", account.can_withdraw)
    multi_assets = fields.flag("multi_assets", account.multi_assets)
    hedge_mode = fields.flag("hedge_mode", account.hedge_mode)
    fields.finish()
    if hedge_mode is not account.hedge_mode:
        controls.venue.engine.set_hedge_mode(hedge_mode=hedge_mode)
    account.can_trade, account.can_withdraw = can_trade, can_withdraw
    account.multi_assets = multi_assets
    return {
        "can_trade": account.can_trade,
        "can_withdraw": account.can_withdraw,
        "hedge_mode": account.hedge_mode,
        "multi_assets": account.multi_assets,
    }


CONTROLS: Mapping[tuple[str, str], Callable[[Controls, Call], object]] = {
    ("GET", "state"): _state,
    ("GET", "requests"): _requests,
    ("POST", "price"): _price,
    ("POST", "balance"): _balance,
    ("POST", "position"): _position,
    ("POST", "force"): force,
    ("POST", "order"): order,
    ("POST", "book"): _book,
    ("POST", "listing"): _listing_state,
    ("POST", "fault"): _fault,
    ("DELETE", "fault"): _no_faults,
    ("POST", "clock"): _clock,
    ("POST", "account"): _account,
}


def _on_this_machine(remote: str) -> bool:
    if remote in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(remote).is_loopback
    except ValueError:
        return False


def _json(status: int, body: object) -> HttpResponse:
    text = json.dumps(body, indent=1)
    return HttpResponse(
        status=status, headers={"Content-Type": "application/json"}, body=text.encode()
    )
