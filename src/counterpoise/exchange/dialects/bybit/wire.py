"""What every handler of Bybit's has in hand, and how its answers are wrapped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from counterpoise.exchange.dialects.bybit.errors import CONTRACT, SPOT, wrong
from counterpoise.exchange.dialects.common import Refusal, Row, Sent
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import OrderRequest, PositionSide, Reason

CATEGORIES: Mapping[str, Market] = {market.value: market for market in Market}
PERPETUALS: Mapping[str, Market] = {
    name: market for name, market in CATEGORIES.items() if market is not Market.SPOT
}
UUID_PARTS = (0, 8, 12, 16, 20, 32)  # where the dashes are
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
POSITION_SIDES: Mapping[str, PositionSide] = {
    "0": PositionSide.BOTH,
    "1": PositionSide.LONG,
    "2": PositionSide.SHORT,
}
POSITION_INDEX: Mapping[PositionSide, int] = {
    side: int(index) for index, side in POSITION_SIDES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call, with its parameters read and the venue at hand."""

    desk: Desk
    call: Call
    sent: Sent

    def market(self, table: Mapping[str, Market] = CATEGORIES) -> Market:
        """Return the market that the mandatory category names."""
        return self.sent.chosen("category", table)

    def listing(self, market: Market) -> Listing:
        """Return the listing that the mandatory symbol names."""
        found = self.desk.listing(market, self.sent.text("symbol"))
        if found is None:
            raise refusals_of(market)[Reason.SYMBOL_UNKNOWN].error("")
        return found

    def window(self) -> tuple[int | None, int | None]:
        """Return the time asked for, in milliseconds of venue time."""
        return self.sent.whole("startTime"), self.sent.whole("endTime")


Handler = Callable[[Asked], Row]


def refusals_of(market: Market) -> Mapping[Reason, Refusal]:
    """Return the market's own codes."""
    return SPOT if market is Market.SPOT else CONTRACT


def enveloped(result: Row, now_ms: int, code: int = 0, message: str = "OK") -> Row:
    """Return an answer as Bybit wraps every one."""
    return {
        "retCode": code,
        "retMsg": message,
        "result": result,
        "retExtInfo": {},
        "time": now_ms,
    }


def order_id_text(order_id: int, request: OrderRequest) -> str:
    """Return an order's id as its market writes it: digits on spot, else in the form of a UUID."""
    if not request.listing.perpetual:
        return str(order_id)
    digits = f"{order_id:032x}"
    return "-".join(digits[start:end] for start, end in pairwise(UUID_PARTS))


def order_id_of(text: str) -> int | None:
    """Return the order that an id names, or None for what is no id at all."""
    if text.isdecimal():
        return int(text)
    return int(text.replace("-", ""), 16) if UUID_TEXT.fullmatch(text) else None


def sent_of(values: Mapping[str, str]) -> Sent:
    """Return what a client sent, to be read with Bybit's errors."""
    return Sent(values, wrong)
