"""What a venue says of its contracts and of the account, and what it will not say."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.mode import Mode
from counterpoise.errors import (
    DoorRefused,
    Unauthorized,
)
from simulation.scripts.answers import LISTING, D, is_error, whatever
from simulation.scripts.bench import Bench, bench, sprung
from tests.venues.fake import (
    ETH,
    answer,
    market,
    refusal,
    settled_account,
)
from tests.venues.orders import intent_of

TERMS: tuple[tuple[str, object], ...] = (
    ("contractSize", "10"),
    ("contractSize", "0.001"),
    ("contractSize", None),
    ("contractSize", "0"),
    ("swap", False),
    ("settle", None),
    ("taker", None),
    ("precision", None),
    ("precision", {"amount": "0", "price": "0.01"}),
    ("precision", {"amount": "0.001", "price": "-1"}),
    ("precision", {"amount": "NaN", "price": "0.01"}),
    ("limits", None),
    ("limits", {"amount": {"min": "x"}}),
    ("limits", {"amount": {"min": "5", "max": "1"}}),
    ("limits", {"cost": {"min": "-1"}}),
    ("id", None),
)


async def terms(made: Bench) -> None:
    """See that a contract whose facts are missing or of another size is not taken."""
    made.fresh()
    requester = made.gateway._requester  # noqa: SLF001 - what ccxt makes of a listing
    listed = await requester.markets()
    for field, value in TERMS:
        changed = {**listed, ETH: {**listed[ETH], field: value}}

        async def markets(changed: Mapping[str, object] = changed) -> Mapping[str, object]:
            return changed

        vars(requester)["markets"] = markets
        found = await whatever(made.gateway.open())
        made.claim("I-34", is_error(found), f"{field} {value!r}: {found!r:.200}")


async def listings(made: Bench) -> None:
    """See that a perpetual that is not what the settings mean is not traded."""
    made.fresh()
    (eth, _) = await made.gateway.open()
    facts = (eth.size_step, eth.size_min, eth.price_step, eth.notional_min, eth.trading)
    wanted = (D("0.001"), D("0.001"), D("0.01"), D(20), True)
    made.claim("I-34", facts == wanted, f"listed as {facts}")
    made.claim("R10", eth.size_max == 1_000, f"largest order {eth.size_max}")
    halted = [
        market("ETHUSDT", "ETH", "0.001", "0.01", status="SETTLING"),
        market("BTCUSDT", "BTC", "0.001", "0.10"),
    ]
    made.fresh().says("GET", LISTING, {"symbols": halted})
    found = await made.outcome(made.gateway.open())
    trading = isinstance(found, tuple) and found[0].trading
    made.claim("E3", trading is False, f"one that is settling trades: {found!r:.200}")
    empty: tuple[dict[str, list[dict[str, object]]], ...] = (
        {"symbols": []},
        {},
        {"symbols": [market("BTCUSDT", "BTC", "1", "1")]},
    )
    for said in empty:
        made.fresh().says("GET", LISTING, said)
        found = await made.outcome(made.gateway.open())
        made.claim("F6", is_error(found), f"{said!r:.60}: {found!r:.200}")


async def accounts(made: Bench) -> None:
    """See that what the account may do is what it says, and what it will not say is not assumed."""
    rights, mode = "/sapi/v1/account/apiRestrictions", "/fapi/v1/positionSide/dual"
    for path, field, name in (
        (rights, "enableWithdrawals", "can_withdraw"),
        (rights, "ipRestrict", "ip_restricted"),
        (mode, "dualSidePosition", "hedge_mode"),
        ("/fapi/v1/multiAssetsMargin", "multiAssetsMargin", "multi_asset_margin"),
        ("/fapi/v1/accountConfig", "canTrade", "can_trade_perpetuals"),
    ):
        for value in (True, False):
            said = dict(settled_account()["GET", path]({}))  # type: ignore[call-overload]
            made.fresh().says("GET", path, {**said, field: value})
            found = getattr(await made.gateway.account(), name)
            made.claim("I-24", found is value, f"{field} {value} is {name} {found}")
    for path, name in ((rights, "can_withdraw"), (mode, "hedge_mode")):
        for said_ in (refusal(-9999), answer({}, 404), answer("<html>", 200)):
            made.fresh().says("GET", path, said_)
            facts = await made.gateway.account()
            made.claim("I-24", getattr(facts, name) is None, f"{path} unsaid: {facts}")
    made.fresh().says("GET", rights, refusal(-2015))
    facts = await made.gateway.account()
    made.claim("I-24", facts.can_withdraw is None, f"rights not to be asked: {facts}")
    made.fresh().says("GET", mode, refusal(-2015))
    refused = await made.outcome(made.gateway.account())
    made.claim("A6", isinstance(refused, Unauthorized), f"refused, and is {refused!r}")
    made.fresh()
    facts = await made.gateway.account()
    made.claim("I-24", facts.account_id == "354937868", f"the account is {facts.account_id}")
    made.claim("E10", facts.leverage.get(ETH) == 21, f"leverage is {facts.leverage}")
    made.claim("E6", facts.margin_mode.get(ETH) == "cross", f"margin is {facts.margin_mode}")


def live() -> Bench:
    """Return a gateway of the real account."""
    return bench(mode=Mode.LIVE)


def dry_run() -> Bench:
    """Return a gateway that may only read."""
    return bench(mode=Mode.DRY_RUN)


async def locked(made: Bench) -> None:
    """See that a gateway of a dry-run cannot send, whoever asks it to."""
    found = await made.outcome(made.gateway.place(intent_of()))
    made.claim("I-23", isinstance(found, DoorRefused), f"an order in dry-run: {found!r}")
    made.claim("I-23", not made.posts, "it left")


SCRIPTS = {
    "terms": sprung(terms, invariant="I-34"),
    "listings": sprung(listings, invariant="I-34"),
    "accounts": sprung(accounts, live, "I-24"),
    "locked": sprung(locked, dry_run, "I-23"),
}
