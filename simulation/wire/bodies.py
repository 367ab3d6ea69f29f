"""What a venue in trouble puts into an answer: whole JSON, and nonsense in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def _first(body: object, part: str = "") -> dict[str, object]:
    """Return the first row of an answer, {} where it has none."""
    rows = body.get(part) if part and isinstance(body, dict) else body
    found = rows[0] if isinstance(rows, list) and rows else {}
    return found if isinstance(found, dict) else {}


def _set(part: str, **facts: object) -> Callable[[object], None]:
    def change(body: object) -> None:
        _first(body, part).update(facts)

    return change


def _drop(part: str, *names: str) -> Callable[[object], None]:
    def change(body: object) -> None:
        row = _first(body, part)
        for name in names:
            row.pop(name, None)

    return change


def _cross(body: object) -> None:
    row = _first(body)
    row["bidPrice"], row["askPrice"] = row.get("askPrice"), row.get("bidPrice")


def _reply(**facts: object) -> Callable[[object], None]:
    def change(body: object) -> None:
        if isinstance(body, dict):
            body.update(facts)

    return change


SPOT = "GET /api/v3/account"
POSITIONS = "GET /fapi/v3/positionRisk"
MARKS = "GET /fapi/v1/premiumIndex"
BOOKS = "GET /fapi/v1/ticker/bookTicker"
PLACE = "POST /fapi/v1/order"
LOOK_UP = "GET /fapi/v1/order"
TRADES = "GET /fapi/v1/userTrades"


def _double(body: object) -> None:
    if isinstance(body, list):
        body.extend(list(reversed(body)))


BODIES: Mapping[str, tuple[str, Callable[[object], None]]] = {
    "wire.balance.negative": (SPOT, _set("balances", free="-1.00000000")),
    "wire.balance.nan": (SPOT, _set("balances", free="NaN")),
    "wire.balance.none": (SPOT, _set("balances", free=None)),
    "wire.balance.missing": (SPOT, _drop("balances", "free")),
    "wire.position.none": (POSITIONS, _set("", positionAmt=None)),
    "wire.position.nan": (POSITIONS, _set("", positionAmt="nan")),
    "wire.position.text": (POSITIONS, _set("", positionAmt="much")),
    "wire.mark.zero": (MARKS, _set("", markPrice="0")),
    "wire.mark.negative": (MARKS, _set("", markPrice="-5")),
    "wire.mark.infinite": (MARKS, _set("", markPrice="Infinity")),
    "wire.mark.missing": (MARKS, _drop("", "markPrice")),
    "wire.book.crossed": (BOOKS, _cross),
    "wire.book.none": (BOOKS, _set("", bidPrice=None)),
    "wire.reply.other_id": (PLACE, _reply(clientOrderId="somebodyelse")),
    "wire.reply.other_side": (PLACE, _reply(side="NEITHER")),
    "wire.reply.strange_status": (PLACE, _reply(status="PONDERING")),
    "wire.reply.no_status": (PLACE, _reply(status=None)),
    "wire.reply.nan_filled": (PLACE, _reply(executedQty="NaN")),
    "wire.lookup.other_id": (LOOK_UP, _reply(clientOrderId="somebodyelse")),
    "wire.lookup.strange_status": (LOOK_UP, _reply(status="PONDERING")),
    "wire.trades.twice": (TRADES, _double),
}
