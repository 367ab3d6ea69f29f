"""What an account must and must not be before anything is decided on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import AccountChanged, SettingsError, Unavailable
from counterpoise.logs import Log
from counterpoise.ports import AccountFacts, Gateway

Vet = Callable[[Gateway], Awaitable[None]]


def vetting(mode: Mode, confirm: tuple[str, ...], log: Log, *, key_checked: bool = False) -> Vet:
    """
    Return the look that every venue gets before its first reading counts, and then hourly.

    `confirm` has the account ids that live mode was told to trade on; `key_checked` that a person
    looked at the rights of the key, for a venue that does not say them.
    """
    first: dict[VenueName, AccountFacts] = {}

    async def vet(gateway: Gateway) -> None:
        facts = await gateway.account()
        check_unchanged(gateway.venue, first.get(gateway.venue, facts), facts)
        check_positions(gateway.venue, facts)
        if mode is Mode.LIVE:
            check_live(gateway.venue, facts, confirm, key_checked=key_checked)
            if gateway.venue not in first:
                warn_unbound(gateway.venue, facts, log)
        first.setdefault(gateway.venue, facts)

    return vet


def check_unchanged(venue: VenueName, first: AccountFacts, now: AccountFacts) -> None:
    """
    Refuse an account whose modes were changed while it was traded on. Silence is no change.

    Raises AccountChanged: whoever changed them may have changed what the positions are.
    """
    modes = {
        "position mode": (first.hedge_mode, now.hedge_mode),
        "multi-asset margin": (first.multi_asset_margin, now.multi_asset_margin),
    } | {
        f"margin mode of {symbol}": (mode, now.margin_mode.get(symbol))
        for symbol, mode in first.margin_mode.items()
    }
    for name, (before, after) in modes.items():
        if before is not None and after is not None and before != after:
            raise AccountChanged(
                f"venues.{venue}: the {name} was changed while the daemon ran",
                hint="put it back, look at the positions, then counterpoise resume; or restart, "
                "if it is to stay so",
            )


def check_positions(venue: VenueName, facts: AccountFacts) -> None:
    """
    Refuse an account whose position mode is not known, or not known how to trade in.

    Raises SettingsError for hedge mode where orders cannot say which side they mean, Unavailable
    while the venue does not say: an order sent in the wrong mode opens a second position instead of
    closing the first.
    """
    if facts.hedge_mode is None:
        raise Unavailable(f"{venue} does not say whether the account is in one-way or hedge mode")
    if facts.hedge_mode and not facts.hedge_mode_traded:
        raise SettingsError(
            f"venues.{venue}: the account is in hedge mode, which this version does not trade in "
            "there",
            hint="set one-way mode where counterpoise doctor says, then start again",
        )


def check_live(
    venue: VenueName, facts: AccountFacts, confirm: tuple[str, ...], *, key_checked: bool
) -> None:
    """Refuse real money on another account than was confirmed, or with a key that can withdraw."""
    if facts.account_id is None:
        raise Unavailable(f"{venue} does not say which account this is")
    if facts.account_id not in confirm:
        raise SettingsError(
            f"live.confirm = {list(confirm)} is not the account that the key of {venue} opens",
            hint="counterpoise doctor shows the id; copy it only if you know it to be yours",
        )
    if facts.can_withdraw is None and not key_checked:
        raise Unavailable(
            f"{venue} does not say whether the key may withdraw",
            hint="where a venue never says, look at the key there, and set live.key_checked = true",
        )
    if facts.can_withdraw:
        raise SettingsError(
            f"venues.{venue}: the key may withdraw, so whoever has it may empty the account",
            hint="take that right from the key: counterpoise doctor says where",
        )
    if facts.can_trade_perpetuals is False:
        raise SettingsError(
            f"venues.{venue}: the key may not trade perpetuals",
            hint="give it that right: counterpoise doctor says where",
        )


def warn_unbound(venue: VenueName, facts: AccountFacts, log: Log) -> None:
    """Say that a key works from any address, so that whoever copies it can trade with it."""
    if facts.ip_restricted is False:
        log.warning(
            "key.unbound",
            venue=venue,
            hint="bind the key to this machine's address: counterpoise doctor says where",
        )
