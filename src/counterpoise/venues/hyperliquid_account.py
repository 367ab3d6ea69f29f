"""Who the account is, and who signs for it: the two must belong together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.errors import SettingsError, SnapshotError
from counterpoise.ports import AccountFacts
from counterpoise.venues.dialect import Listed, Reads
from counterpoise.venues.hyperliquid_requests import INFO, about, coin
from counterpoise.venues.hyperliquid_signing import AGENT
from counterpoise.venues.shapes import positive, record, text

# account modes, which are answered as one bare word
APART = frozenset({'"disabled"', '"default"'})
TOGETHER = frozenset({'"unifiedAccount"', '"portfolioMargin"', '"dexAbstraction"'})
SOME_COIN = "BTC"  # to be asked about where none is configured: it is listed everywhere
USER, ITS_AGENT = "user", "agent"


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what Hyperliquid says of the account and of the wallet that signs for it.

    An agent's orders are its own account's, whatever address is asked about, and an agent's address
    looks like an account that holds nothing. Raises SettingsError where the two do not belong
    together, and where spot and perpetuals are one wallet.
    """
    address = await _address(reads)
    if await _role(reads) != USER:
        raise SettingsError(
            "wallet_address is no account that trades for itself",
            hint="wallet_address is the account's own address: not that of its API wallet, of a "
            "vault or of a sub-account",
        )
    mode = _word(await reads.read(INFO, about("userAbstraction")))
    if mode not in APART:
        raise SettingsError(
            f"the account mode is {mode}: spot and perpetuals are one wallet there",
            hint="on Hyperliquid: Portfolio > Account mode > Standard",
        )
    signer = await _signer(reads, address)
    leverage, margin_mode = await _settings(reads, listed)
    return AccountFacts(
        account_id=address,
        can_trade_perpetuals=signer in {USER, ITS_AGENT},
        can_withdraw=signer == USER,
        ip_restricted=None,  # there is nothing that could be
        hedge_mode=False,
        multi_asset_margin=False,
        leverage=leverage,
        margin_mode=margin_mode,
    )


async def _role(reads: Reads) -> str:
    return text(record(await reads.read(INFO, about("userRole")), "role"), "role", "role")


async def _signer(reads: Reads, address: str) -> str:
    """Return what the wallet that signs is. Raises SettingsError where it acts for another."""
    what = "role of the agent"
    row = record(await reads.read(INFO, about("userRole") | {"user": AGENT}), what)
    role = text(row, "role", what)
    if role == ITS_AGENT:
        master = text(record(row.get("data"), what), "user", what).lower()
    else:
        master = await _address(reads, AGENT)
    if role in {USER, ITS_AGENT} and master != address:
        raise SettingsError(
            "agent_key signs for another account than wallet_address: orders would go there",
            hint="make the API wallet in the account that wallet_address names",
        )
    return role


async def _address(reads: Reads, whom: str = "") -> str:
    """Return the address that a question was about, which this one repeats."""
    asked = about("activeAssetData", coin=SOME_COIN)
    raw = await reads.read(INFO, asked | ({"user": whom} if whom else {}))
    return text(record(raw, "account"), "user", "account").lower()


async def _settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return leverage and margin mode of each perpetual."""
    leverage: dict[Symbol, Decimal] = {}
    margin_mode: dict[Symbol, str] = {}
    for one in listed:
        what = f"leverage of {one.instrument.key}"
        raw = await reads.read(INFO, about("activeAssetData", coin=coin(one)))
        row = record(record(raw, what).get("leverage"), what)
        leverage[one.instrument.symbol] = positive(row, "value", what)
        margin_mode[one.instrument.symbol] = text(row, "type", what)
    return leverage, margin_mode


def _word(raw: object) -> str:
    """Return an answer that is one bare word."""
    found = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    if not isinstance(found, str) or found not in APART | TOGETHER:
        raise SnapshotError("account mode: expected one word")
    return found
