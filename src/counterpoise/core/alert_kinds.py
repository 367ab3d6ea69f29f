"""
Every alert: how grave it is, and its words for somebody who was asleep a moment ago.

`SUBJECT` in a text becomes the asset, or the assets, that it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from counterpoise.core.notice import Severity

MINUTE_S = 60.0
HOUR_S = 3_600.0
RESUME = 'counterpoise resume --asset SUBJECT --reason "..."'


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKind:
    """One kind of alert."""

    severity: Severity
    title: str
    said: str
    next: str = ""
    pages_after_s: float | None = None  # standing for so long, it pages; None: never by that


def _page(title: str, said: str, deed: str = "") -> AlertKind:
    return AlertKind(severity=Severity.PAGE, title=title, said=said, next=deed)


def _warning(title: str, said: str, deed: str = "", *, pages_after_s: float = HOUR_S) -> AlertKind:
    return AlertKind(
        severity=Severity.WARNING, title=title, said=said, next=deed, pages_after_s=pages_after_s
    )


def _info(title: str, said: str, deed: str = "") -> AlertKind:
    return AlertKind(severity=Severity.INFO, title=title, said=said, next=deed)


HELD = "No order is sent for SUBJECT; the position stays as it is."
WAIT = "Wait: it is tried again every cycle."
KINDS: Mapping[str, AlertKind] = {
    # the daemon
    "started": _info("started", "The daemon runs."),
    "stopped": _info("stopped", "The daemon was told to end, and did. Positions stay as they are."),
    "ended": _page(
        "ENDED BY ITSELF",
        "The daemon could not go on and is not running. Nobody watches the positions.",
        "Mend what it names, then start it: counterpoise run. Positions: look at the exchange.",
    ),
    "halted": _page(
        "HALTED",
        "No order is sent any more, through restarts too. Positions stay as they are and are not "
        "corrected.",
        'Find out why, then: counterpoise resume --reason "..."',
    ),
    "paused": _info(
        "paused",
        "A person paused it: no order until resumed.",
        'counterpoise resume --reason "..."',
    ),
    "bug": _page(
        "a fault in counterpoise itself",
        "The cycle was abandoned, nothing was sent by it. Three in a row halt the daemon.",
        "The log has the trace (cycle.failed). If it goes on: counterpoise halt, and report it.",
    ),
    "journal_gone": _page(
        "the journal cannot be written",
        "Without it nothing is ordered. Positions stay as they are and are not corrected.",
        "Free the disk, or mount it for writing. It goes on by itself then, without a restart.",
    ),
    "cycle_failing": _warning(
        "cycles come to nothing",
        "Nothing is decided and nothing is sent. Positions stay as they are.",
        "counterpoise doctor says what the exchange answers.",
        pages_after_s=10 * MINUTE_S,
    ),
    "undelivered": _page(
        "alerts do not arrive on SUBJECT",
        "What that channel should have told is waiting, and is told by the others.",
        "counterpoise alert-test, and counterpoise status for what waits.",
    ),
    "heartbeat_failing": _warning(
        "the heartbeat does not arrive",
        "The outside watch hears nothing and will raise its own alarm, though cycles go on.",
        "counterpoise alert-test",
    ),
    "test": _info("test", "Somebody ran counterpoise alert-test. All is as before."),
    # assets
    "out_of_band": _page(
        "out of its band, and not being corrected",
        "Its weight is further from the target than the band allows, for longer than it should be.",
        "counterpoise plan says what holds it.",
    ),
    "zero_unexplained": _page(
        "balance fell to zero",
        f"The exchange shows none of it, and no trade or transfer explains that. {HELD}",
        f"Look at the exchange. If it is truly gone: {RESUME}. If not, wait until it is back.",
    ),
    "position_unexplained": _page(
        "position changed by somebody else",
        f"It is another than our own orders explain. {HELD}",
        f"Look at the exchange. If what it shows is right: {RESUME}",
    ),
    "contract_changed": _page(
        "the contract is another than before",
        f"The exchange changed what the perpetual is. {HELD}",
        f"Read its notice. If the position is still what it should be: {RESUME}",
    ),
    "not_trading": _page(
        "not traded on the exchange",
        f"The exchange lists the perpetual and takes no order for it. {HELD}",
        "Look for the exchange's notice. Wait, or name another perpetual and restart.",
    ),
    "unsettled": _page(
        "an order whose outcome is not known",
        "It was sent, and no answer proves what became of it. It is looked up every cycle and "
        "never sent again. No other order is sent for SUBJECT.",
        "counterpoise orders, then look for that id on the exchange.",
    ),
    "back_off": _page(
        "the exchange refuses our orders",
        "It is tried again by itself, ever more rarely, at most once an hour.",
        f"counterpoise orders has its words. Once mended: {RESUME} tries at once.",
    ),
    "leverage": _page(
        "no room left under limits.leverage_max",
        "Nothing that adds to the position is sent; what reduces it is.",
        "Add margin on the exchange, or raise the limit and restart.",
    ),
    "position_notional": _page(
        "no room left under limits.position_notional_max",
        "Nothing that adds to the position is sent; what reduces it is.",
        "Raise the limit and restart, or accept the drift.",
    ),
    "turnover_day": _page(
        "the day's turnover is used up",
        "limits.turnover_day_max leaves nothing for the rest of these 24 hours.",
        "Find out why so much was traded (counterpoise orders) before raising it.",
    ),
    "clock_skew": _page(
        "the clocks are too far apart",
        "This machine's clock and the exchange's differ; orders would be refused or late.",
        "timedatectl set-ntp true",
    ),
    "account_unfit": _page(
        "the key or the account is not fit for trading any more",
        "What was right at the start is not: the key may withdraw, may not trade, or the account "
        "is in hedge mode. No order is sent.",
        "counterpoise doctor. If you did not change it yourself, delete the key on the exchange.",
    ),
    "liquidated": _page(
        "LIQUIDATED",
        "The exchange closed the position, or a part of it, by force. Nothing is sent for SUBJECT, "
        "through restarts too. What it hedged is exposed now; other perpetuals go on.",
        f"Look at the exchange: margin first. Then: {RESUME}",
    ),
    "liquidation_near": _page(
        "close to liquidation",
        "Nothing that adds to the position is sent; what reduces it is.",
        "Add margin on the exchange now, or: counterpoise flatten",
    ),
    "deleveraged": _page(
        "closed by the exchange (auto-deleveraging)",
        "It took the position, or a part of it, to cover others' losses. After trigger.cooldown it "
        "is hedged again, if the spread allows.",
        "Nothing, once. If it comes again: less leverage, or another exchange.",
    ),
    "forced": _page(
        "shrank, and the exchange does not say why",
        f"Taken for a liquidation. {HELD}",
        f"Look at the exchange: margin first. If what it shows is right: {RESUME}",
    ),
    "books_apart": _page(
        "the exchange's records contradict ours",
        f"What it traded for us is not what the journal has. {HELD}",
        f"counterpoise orders, beside the exchange's own list. If that is right: {RESUME}",
    ),
    "foreign_trade": _warning(
        "traded by somebody else",
        "A trade on this account was not ours. It is left alone for trigger.cooldown, then the "
        "position is taken as it is and corrected.",
        "If it was not you: counterpoise halt, and change the key.",
        pages_after_s=30 * MINUTE_S,
    ),
    "foreign_order": _warning(
        "an order of somebody else rests on the exchange",
        "It is not ours, and is left alone. What it fills is corrected afterwards.",
        "If it was not you: counterpoise halt, and change the key.",
        pages_after_s=HOUR_S,
    ),
    "margin_use": _page(
        "margin is running short",
        "Nothing that adds to a position is sent; what reduces it is.",
        "Add margin on the exchange.",
    ),
    "external_expired": _warning(
        "the declared holding is out of date",
        f"What is held elsewhere was counted too long ago to be believed. {HELD}",
        "Count it anew: external and external_as_of in the settings, then restart.",
    ),
    "snapshot_incomplete": _warning(
        "the exchange does not tell everything",
        "A part of the picture cannot be read, and nothing is sized without it. "
        "Positions stay as they are.",
        "counterpoise doctor, and the exchange's status page.",
        pages_after_s=10 * MINUTE_S,
    ),
    "snapshot_stale": _warning(
        "what is read is too old",
        "Prices or reads are older than cycle.snapshot_age_max.",
        "A slow network, or a clock that stands still: look at both.",
        pages_after_s=10 * MINUTE_S,
    ),
    "prices_apart": _warning(
        "the exchange's prices contradict each other",
        f"The mark price is far from the index or the book. {HELD}",
        "Look at the exchange: one of them is wrong.",
        pages_after_s=30 * MINUTE_S,
    ),
    "position_unconfirmed": _warning(
        "the exchange does not show our own fill",
        f"An order filled, and the position does not have it yet. {HELD}",
        "Look at the exchange: is the fill in the position?",
        pages_after_s=10 * MINUTE_S,
    ),
    "spread": _warning(
        "the book is too thin to trade on",
        f"The spread is wider than limits.spread_max. {HELD}",
        WAIT,
    ),
    "price_collar": _warning(
        "the book is too far from the mark price",
        f"An order would have to leave limits.price_collar. {HELD}",
        WAIT,
    ),
    "not_filling": _warning(
        "the last orders filled nothing",
        "The book moves faster than the collar lets us follow; tried again after a pause.",
        "counterpoise orders",
    ),
    "orders_per_minute": _warning(
        "too many orders",
        f"limits.orders_per_minute_max is used up, minute after minute. {HELD}",
        "counterpoise orders shows which.",
    ),
}


def kind_of(event: str, chosen: Mapping[str, Severity]) -> AlertKind:
    """
    Return what is said of an alert, as grave as `chosen` has it.

    One that the table does not know pages: it is there because something is the matter.
    """
    known = KINDS.get(event) or _page(event.replace("_", " "), HELD, "counterpoise status")
    if event not in chosen:
        return known
    return replace(known, severity=chosen[event], pages_after_s=None)
