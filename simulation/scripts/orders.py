"""What an order looks like on the wire, and what every kind of answer to it may be taken for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.core.orders import OrderReport, VenueStatus
from counterpoise.errors import (
    OutcomeUnknown,
    Rejected,
    Unauthorized,
    Unavailable,
    Unsent,
)
from simulation.scripts.bench import Bench, bench, sprung
from tests.venues.fake import (
    NOW_MS,
    ORDER,
    Handler,
    answer,
    filled,
    genuine,
    refusal,
)
from tests.venues.orders import intent_of

D = Decimal
WINDOW_MS = 5_000
KINDS = {
    "unknown": OutcomeUnknown,
    "rejected": Rejected,
    "without effect": Unavailable,
    "unauthorized": Unauthorized,
}
CODES: Mapping[str, tuple[int, ...]] = {  # as the venue documents them
    "rejected": (-1013, -1102, -1111, -2010, -2019, -2022, -2027, -4003, -4061, -4131, -4164),
    "without effect": (-1003, -1015, -1021),
    "unauthorized": (-1002, -1022, -2014, -2015),
    "unknown": (-1000, -1001, -1006, -1007, -1008, -4116, -2013, -9999, -31337, 0, 1),
}
STATUSES = (500, 502, 503, 504, 400, 404, 409, 202, 204, 599)
GARBAGE = ("", "<html>ok</html>", "{", '{"orderId": 1', "null", "[]", '"ok"', "NaN", "0", "{}")


async def _placed(made: Bench, said: object) -> object:
    """Place an order, have it answered so, and return what came of it."""
    made.fresh().says("POST", ORDER, said)
    return await made.outcome(made.gateway.place(intent_of()))


def _is(found: object, kind: str) -> bool:
    """Say whether an outcome is of one kind, and of no narrower one."""
    if kind == "without effect":
        return isinstance(found, Unavailable)
    return type(found) is KINDS[kind]


async def codes(made: Bench) -> None:
    """Only a documented refusal is a refusal; what is not listed is unknown."""
    for kind, listed in CODES.items():
        for code in listed:
            for status in (400, 200, 503):
                found = await _placed(made, refusal(code, "no", status))
                made.claim("I-6", _is(found, kind), f"{code} under {status} is {found!r}")
                made.claim("I-8", made.posts == 1, f"{code}: {made.posts} requests")
    text = "Duplicate order sent."
    found = await _placed(made, refusal(-2010, text))
    made.claim("I-6", _is(found, "unknown"), f"an order that exists is {found!r}")


async def garbage(made: Bench) -> None:
    """No answer that cannot be read says anything about an order."""
    for status in STATUSES:
        found = await _placed(made, answer({"msg": "x"}, status))
        made.claim("I-6", _is(found, "unknown"), f"HTTP {status} is {found!r}")
    for body in GARBAGE:
        for status in (200, 503):
            found = await _placed(made, answer(body, status))
            made.claim("I-6", _is(found, "unknown"), f"{body!r} under {status} is {found!r}")
            made.claim("I-8", made.posts == 1, f"{body!r}: {made.posts} requests")
    for status in (402, 420, 499, 500, 503, 520, 599):
        made.fresh().handlers["POST", ORDER] = lambda p, s=status: answer(filled(p), s)  # type: ignore[misc]
        found = await made.outcome(made.gateway.place(intent_of()))
        made.claim("I-6", _is(found, "unknown"), f"a whole answer under {status}: {found!r}")
    for error, kind in (
        (Unsent("refused"), "without effect"),
        (OutcomeUnknown("no answer"), "unknown"),
        (RuntimeError("x"), "unknown"),
        (OSError("x"), "unknown"),
        (ValueError("x"), "unknown"),
    ):
        venue = made.fresh()
        venue.fault("POST", ORDER, error)
        found = await made.outcome(made.gateway.place(intent_of()))
        made.claim("I-6", _is(found, kind), f"{error!r} is {found!r}")
        made.claim("I-8", len(venue.seen("POST", ORDER)) == 1, f"{error!r}: sent again")


WRONG: tuple[tuple[str, object], ...] = (
    ("clientOrderId", "another"),
    ("clientOrderId", None),
    ("symbol", "BTCUSDT"),
    ("symbol", ""),
    ("side", "SELL"),
    ("side", "LONG"),
    ("side", None),
    ("origQty", "1.4"),
    ("origQty", None),
    ("origQty", "NaN"),
    ("executedQty", None),
    ("executedQty", "-1"),
    ("executedQty", "inf"),
    ("executedQty", "1.4"),
    ("executedQty", True),
    ("status", "DONE"),
    ("status", None),
    ("status", "filled"),
    ("orderId", None),
    ("avgPrice", None),
    ("avgPrice", "0"),
    ("avgPrice", "-1"),
    ("avgPrice", "NaN"),
    ("updateTime", "soon"),
)
RIGHT: tuple[tuple[dict[str, object], tuple[VenueStatus, str]], ...] = (
    ({}, (VenueStatus.FILLED, "1.5")),
    ({"status": "NEW", "executedQty": "0"}, (VenueStatus.OPEN, "0")),
    ({"status": "PARTIALLY_FILLED", "executedQty": "0.5"}, (VenueStatus.OPEN, "0.5")),
    ({"status": "EXPIRED", "executedQty": "0.5"}, (VenueStatus.ENDED, "0.5")),
    ({"status": "CANCELED", "executedQty": "0"}, (VenueStatus.ENDED, "0")),
    ({"status": "EXPIRED_IN_MATCH", "executedQty": "0"}, (VenueStatus.ENDED, "0")),
    ({"status": "REJECTED", "executedQty": "0"}, (VenueStatus.REJECTED, "0")),
    ({"executedQty": "1.6"}, (VenueStatus.FILLED, "1.6")),
    ({"avgPrice": None, "cumQuote": "5100"}, (VenueStatus.FILLED, "1.5")),
)


async def reports(made: Bench) -> None:
    """See that an answer about another order, or one that makes no sense, proves nothing."""
    found: object = None
    for field, value in WRONG:
        for missing in (False, True) if value is None else (False,):
            made.fresh().handlers["POST", ORDER] = _changed(field, value, missing=missing)
            found = await made.outcome(made.gateway.place(intent_of()))
            made.claim("S12", _is(found, "unknown"), f"{field} {value!r}: {found!r}")
    for changed, (status, size) in RIGHT:
        for sold in (False, True):
            made.fresh().handlers["POST", ORDER] = lambda p, c=changed: filled(p, **c)  # type: ignore[misc]
            found = await made.outcome(
                made.gateway.place(intent_of(size="-1.5" if sold else "1.5"))
            )
            wanted = (status, -D(size) if sold else D(size))
            got = isinstance(found, OrderReport) and (found.status, found.filled_size)
            made.claim("I-30", got == wanted, f"{changed}: {found!r}")
    price = isinstance(found, OrderReport) and found.price_average
    made.claim("I-30", price == 3_400, f"the mean price is {price}")


def _changed(field: str, value: object, *, missing: bool) -> Handler:
    def handler(params: Mapping[str, str]) -> object:
        said = filled(params, **{field: value})
        if missing:
            del said[field]
        return said

    return handler


async def payload(made: Bench) -> None:
    """See that an order leaves once, signed and as decided, bounded, reduce-only where it says."""
    for sold in (False, True):
        for shrinks in (False, True):
            venue = made.fresh()
            size = "-1.5" if sold else "1.5"
            intent = intent_of(size=size, reduce_only=shrinks)
            await made.outcome(made.gateway.place(intent))
            sent = venue.seen("POST", ORDER)
            made.claim("I-8", len(sent) == 1 == len(venue.requests), f"{len(sent)} orders left")
            one = sent[0] if sent else {}
            wanted = {
                "symbol": "ETHUSDT",
                "side": "SELL" if sold else "BUY",
                "quantity": "1.5",
                "price": "3410.2",
                "timeInForce": "IOC",
                "type": "LIMIT",
                "newClientOrderId": str(intent.client_order_id),
                "recvWindow": str(WINDOW_MS),
            }
            told = {key: one.get(key) for key in wanted}
            made.claim("I-2", told == wanted, f"sent {told}")
            only = one.get("reduceOnly") == "true"
            made.claim("I-14", only is shrinks, f"reduce-only {shrinks}, sent {one}")
            signed = bool(venue.requests) and genuine(venue.requests[0])
            made.claim("I-2", signed, "an order left unsigned")


async def unsent(made: Bench) -> None:
    """See that what cannot be meant never leaves: old decisions, odd sizes and prices."""
    odd = (
        ("an odd size", intent_of(size="1.5005")),
        ("an odd price", intent_of(price="3410.205")),
        ("a stranger", intent_of(symbol=Symbol("XRP/USDT:USDT"))),
        ("an expired decision", intent_of(expires_at_ms=NOW_MS + WINDOW_MS - 1)),
    )
    for name, intent in odd:
        made.fresh()
        found = await made.outcome(made.gateway.place(intent))
        made.claim("R18", isinstance(found, Unsent), f"{name}: {found!r}")
        made.claim("R18", not made.venue.requests, f"{name} left")
    stranger = bench()
    await stranger.gateway.open()
    found = await made.outcome(stranger.gateway.place(intent_of()))
    await stranger.gateway.close()
    made.claim("R12", isinstance(found, Unsent), f"before the account was looked at: {found!r}")
    made.claim("R12", not stranger.posts, "an order left before the account was looked at")
    made.fresh()
    found = await made.outcome(made.gateway.place(intent_of(expires_at_ms=NOW_MS + WINDOW_MS)))
    made.claim("I-17", isinstance(found, OrderReport), f"the last moment: {found!r}")


SCRIPTS = {
    trap.__name__: sprung(trap, invariant="I-6")
    for trap in (codes, garbage, reports, payload, unsent)
}
