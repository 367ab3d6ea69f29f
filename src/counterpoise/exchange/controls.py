"""Steering the exchange by hand, under `/_exchange/`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address

from counterpoise.core.units import ZERO, plain
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.faults import Fault, FaultKind
from counterpoise.exchange.fields import ControlError, Fields
from counterpoise.exchange.front import Front
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.matching import LEVELS, BookShape
from counterpoise.exchange.orders import IncomeType, PositionSide, Refused
from counterpoise.exchange.prices import PriceKind
from counterpoise.exchange.settling import trade_by_hand
from counterpoise.exchange.state import state
from counterpoise.exchange.venue import Venue
from counterpoise.ports import HttpResponse

PREFIX = "/_exchange/"
LOOPBACK_NAMES = frozenset({"", "localhost"})
REQUEST_ROWS = 1_000


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

    def _state(self, call: Call) -> object:
        return state(self.venue, self.front.faults, call.now)

    def _requests(self, call: Call) -> object:
        log = self.front.log
        rows = min(int(call.params.get("limit", REQUEST_ROWS)), len(log.kept)) if (
            call.params.get("limit", "0").isdigit()
        ) else 0
        newest = list(log.kept)[len(log.kept) - rows :]
        return {"total": log.total, "requests": [entry.row() for entry in newest]}

    def _price(self, call: Call) -> object:
        """Move the prices of a symbol on every market that lists it, or on one."""
        fields = Fields(call.body)
        symbol, to = fields.text("symbol"), fields.decimal("price")
        markets = [fields.word("market", Market)] if fields.has("market") else list(Market)
        kinds = [fields.word("kind", PriceKind)] if fields.has("kind") else list(PriceKind)
        fields.finish()
        if to <= ZERO:
            raise ControlError(f"price must be positive, was {to}")
        for listing in self._listings(symbol, markets):
            self.venue.engine.prices.move(listing, kinds, to, call.now.market_ms)
        self.venue.settling.catch_up(call.now)
        return {"symbol": symbol, "price": plain(to)}

    def _balance(self, call: Call) -> object:
        """Set a balance, as a deposit or a withdrawal would."""
        fields = Fields(call.body)
        wallet = fields.text("wallet", "spot")
        asset = fields.text("asset")
        quantity = fields.at_least("quantity", ZERO)
        fields.finish()
        account, now = self.venue.engine.account, call.now
        if wallet == "spot":
            account.add_spot(asset, quantity - account.spot.get(asset, ZERO), now.venue_ms)
        elif wallet == "futures":
            change = quantity - account.futures.get(asset, ZERO)
            self.venue.engine.ledger.transfer(asset, change, now, IncomeType.TRANSFER)
        else:
            raise ControlError(f"wallet was {wallet!r}", allowed=["spot", "futures"])
        self.venue.settling.catch_up(now)
        return {"wallet": wallet, "asset": asset, "quantity": plain(quantity)}

    def _position(self, call: Call) -> object:
        """Bring a position to a quantity at its mark price, as a trade by hand would."""
        fields = Fields(call.body)
        listing = self._listing(fields, Market.LINEAR)
        quantity = fields.decimal("quantity")
        sides = hedge_sides(self.venue.engine.account)
        side = fields.word("side", PositionSide, sides[0] if quantity >= ZERO else sides[-1])
        fields.finish()
        if side not in sides:
            raise ControlError(f"side was {side.value!r}", allowed=[part.value for part in sides])
        position = self.venue.engine.account.position(listing, side)
        trade_by_hand(self.venue.engine, position, quantity, call.now)
        return {"symbol": listing.key.symbol, "side": side.value, "quantity": plain(quantity)}

    def _book(self, call: Call) -> object:
        """Set the shape of a book, or with `reset` let it be as recorded."""
        fields = Fields(call.body)
        listing = self._listing(fields, Market.LINEAR)
        if fields.has("reset") and fields.flag("reset"):
            fields.finish()
            self.venue.engine.books.shape(listing, None)
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
        self.venue.engine.books.shape(listing, shape)
        return {"symbol": listing.key.symbol, "levels": shape.levels}

    def _fault(self, call: Call) -> object:
        """Arm a fault."""
        fault = _fault(Fields(call.body))
        try:
            self.front.faults.arm(fault)
        except ValueError as error:
            raise ControlError(str(error)) from error
        return {"armed": [armed.row() for armed in self.front.faults.armed]}

    def _no_faults(self, _call: Call) -> object:
        """Disarm every fault."""
        self.front.faults.armed.clear()
        return {"armed": []}

    def _clock(self, call: Call) -> object:
        """Skew the venue's clock, or let recorded time jump ahead."""
        fields = Fields(call.body)
        clock = self.venue.clock
        if fields.has("skew_ms"):
            clock.skew_ms = fields.whole("skew_ms", -(10**12))
        if fields.has("advance_s"):
            clock.advance(fields.at_least("advance_s", ZERO))
        fields.finish()
        now = clock.now()
        self.venue.settling.catch_up(now)
        return {"skew_ms": clock.skew_ms, "market_ms": now.market_ms, "venue_ms": now.venue_ms}

    def _account(self, call: Call) -> object:
        """Change what the account may do, as its owner would on the venue's own page."""
        fields = Fields(call.body)
        account = self.venue.engine.account
        for name in ("can_trade", "can_withdraw", "multi_assets"):
            if fields.has(name):
                setattr(account, name, fields.flag(name))
        if fields.has("hedge_mode") and fields.flag("hedge_mode") is not account.hedge_mode:
            self.venue.engine.set_hedge_mode(hedge_mode=fields.flag("hedge_mode"))
        fields.finish()
        return {
            "can_trade": account.can_trade,
            "can_withdraw": account.can_withdraw,
            "hedge_mode": account.hedge_mode,
            "multi_assets": account.multi_assets,
        }

    def _listing(self, fields: Fields, default: Market) -> Listing:
        symbol, market = fields.text("symbol"), fields.word("market", Market, default)
        return self._listings(symbol, [market])[0]

    def _listings(self, symbol: str, markets: list[Market]) -> list[Listing]:
        listings = self.venue.engine.listings
        keys = [ListingKey(market, symbol) for market in markets]
        found = [listings[key] for key in keys if key in listings]
        if not found:
            known = sorted({key.symbol for key in listings if key.market in markets})
            raise ControlError(f"symbol {symbol!r} is not listed", allowed=known)
        return found


CONTROLS: Mapping[tuple[str, str], Callable[[Controls, Call], object]] = {
    ("GET", "state"): Controls._state,  # noqa: SLF001 - the table of its own methods
    ("GET", "requests"): Controls._requests,  # noqa: SLF001
    ("POST", "price"): Controls._price,  # noqa: SLF001
    ("POST", "balance"): Controls._balance,  # noqa: SLF001
    ("POST", "position"): Controls._position,  # noqa: SLF001
    ("POST", "book"): Controls._book,  # noqa: SLF001
    ("POST", "fault"): Controls._fault,  # noqa: SLF001
    ("DELETE", "fault"): Controls._no_faults,  # noqa: SLF001
    ("POST", "clock"): Controls._clock,  # noqa: SLF001
    ("POST", "account"): Controls._account,  # noqa: SLF001
}


def _fault(fields: Fields) -> Fault:
    kind = fields.word("kind", FaultKind)
    fault = Fault(
        path=fields.text("path", ""),
        method=fields.text("method", "").upper(),
        kind=kind,
        times=fields.whole("times", 1, 1),
        after=fields.whole("after", 0, 0),
        status=fields.whole("status", 100, 503),
        code=str(fields.whole("code", -(10**6))) if fields.has("code") else "",
        message=fields.text("message", ""),
        body=fields.text("body") if fields.has("body") else None,
        delay_s=float(fields.at_least("delay_s", ZERO, Decimal(3))),
        hold_s=float(fields.at_least("hold_s", ZERO, Decimal(60))),
        share=fields.at_least("share", ZERO, Decimal("0.5")),
        retry_after_s=fields.whole("retry_after_s", 0, 5),
        executed=fields.flag("executed") if fields.has("executed") else None,
        late=fields.flag("late", False),  # noqa: FBT003 - a default
    )
    fields.finish()
    if kind is FaultKind.REJECT and not fault.code:
        raise ControlError("a reject needs a code, the venue's own")
    if fault.share > 1:
        raise ControlError(f"share must be at most 1, was {fault.share}")
    return fault


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
