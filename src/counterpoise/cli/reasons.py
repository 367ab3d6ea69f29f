"""Hold reasons in a person's words, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.core.orders import Hold, HoldReason


@dataclass(frozen=True, slots=True)
class Words:
    """What a hold says, and the command or deed that ends it; empty where it ends by itself."""

    said: str
    remedy: str = ""


WORDS: Mapping[HoldReason, Words] = {
    HoldReason.IN_BAND: Words("inside the band"),
    HoldReason.SUSTAIN: Words("drift has not lasted long enough yet"),
    HoldReason.COOLDOWN: Words("resting after the last rebalance"),
    HoldReason.CARRIED: Words("hedged with another's perpetual"),
    HoldReason.SNAPSHOT_INCOMPLETE: Words("not everything could be read"),
    HoldReason.SNAPSHOT_STALE: Words("what was read is too old"),
    HoldReason.PRICES_APART: Words(
        "prices that must agree are far from each other", "counterpoise doctor"
    ),
    HoldReason.ZERO_UNEXPLAINED: Words(
        "a balance fell to zero and nothing explains it", "counterpoise resume --asset ASSET"
    ),
    HoldReason.POSITION_UNEXPLAINED: Words(
        "the position changed and no trade explains it",
        "counterpoise resume --asset ASSET",
    ),
    HoldReason.UNSETTLED: Words("an order is not settled yet"),
    HoldReason.POSITION_UNCONFIRMED: Words("the last fill is not in the position yet"),
    HoldReason.BELOW_MINIMUM: Words("less than the exchange's least order"),
    HoldReason.NOT_TRADING: Words("the exchange does not trade it now"),
    HoldReason.CONTRACT_CHANGED: Words(
        "the contract is another than before", "counterpoise resume --asset ASSET"
    ),
    HoldReason.EXTERNAL_EXPIRED: Words(
        "the declared external holding is too old", "count it anew: external, external_as_of"
    ),
    HoldReason.SPREAD: Words("the spread is too wide"),
    HoldReason.PRICE_COLLAR: Words("the book is too far from the mark price"),
    HoldReason.ORDER_NOTIONAL: Words("over the largest order allowed"),
    HoldReason.POSITION_NOTIONAL: Words("over the largest position allowed"),
    HoldReason.TURNOVER_DAY: Words("the day's turnover is used up"),
    HoldReason.ORDERS_PER_MINUTE: Words("too many orders in this minute"),
    HoldReason.LEVERAGE: Words("over the largest leverage allowed"),
    HoldReason.MARGIN_USE: Words("margin is near liquidation: nothing grows", "add margin"),
    HoldReason.LIQUIDATION_NEAR: Words(
        "the price is near liquidation: nothing grows", "add margin"
    ),
    HoldReason.LIQUIDATED: Words("liquidated", "counterpoise resume --asset ASSET"),
    HoldReason.FORCED: Words(
        "closed by the exchange, it seems", "counterpoise resume --asset ASSET"
    ),
    HoldReason.BOOKS_APART: Words(
        "our orders traded otherwise than the journal has it",
        "counterpoise resume --asset ASSET",
    ),
    HoldReason.DELEVERAGED: Words("auto-deleveraged by the exchange, left as it is for a while"),
    HoldReason.FOREIGN_TRADE: Words("traded by somebody else, left as it is for a while"),
    HoldReason.CLOCK_SKEW: Words(
        "the exchange's clock and this machine's are too far apart", "timedatectl set-ntp true"
    ),
    HoldReason.ACCOUNT_UNFIT: Words(
        "the key or the account is not fit for trading any more", "counterpoise doctor"
    ),
    HoldReason.NOT_FILLING: Words("the last orders filled nothing", "counterpoise orders"),
    HoldReason.BACK_OFF: Words("refused before, waiting to try again", "counterpoise orders"),
    HoldReason.OPERATOR: Words("paused or halted by a person", "counterpoise resume"),
}


def held(hold: Hold) -> str:
    """Return a hold in words, with its detail."""
    words = WORDS.get(hold.reason)
    said = words.said if words else hold.reason.value.replace("_", " ")
    return f"{said}: {hold.detail}" if hold.detail else said


def remedy(hold: Hold) -> str:
    """Return what ends a hold; empty where it ends by itself."""
    words = WORDS.get(hold.reason)
    return words.remedy.replace("ASSET", hold.asset) if words else ""
