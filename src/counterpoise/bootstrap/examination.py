"""What `doctor` finds: the account, the key, the clock and the instruments, each with a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.bootstrap.basis import Basis, bases
from counterpoise.config import Settings
from counterpoise.core.instrument import Instrument, InstrumentKey, SpotKey, VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.snapshot import Mark, SpotPrice
from counterpoise.core.units import plain
from counterpoise.errors import CounterpoiseError, SnapshotError, Unauthorized
from counterpoise.ports import AccountFacts
from counterpoise.venues.gateway import CcxtGateway

Level = Literal["ok", "warn", "bad"]
SKEW_WARN_MS = 250
BASIS_MAX = Decimal("0.05")  # mark against index: more is another contract than it seems
INDEX = "mark against index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    found: str
    remedy: str = ""


async def examine(portfolio: Portfolio) -> tuple[Finding, ...]:
    """
    Ask every venue what it says of account, key, clock and instruments.

    Raises Unauthorized if a venue refuses the credentials.
    """
    findings = list(listeners(portfolio.settings))
    try:
        for account in portfolio.accounts.values():
            findings += await _venue(portfolio, account)
        findings += [_proxy(basis) for basis in await bases(portfolio)]
    finally:
        for account in portfolio.accounts.values():
            await account.close()
    return tuple(findings)


def listeners(settings: Settings) -> Iterator[Finding]:
    """Judge who would hear of trouble: with real money, somebody has to."""
    alone: Level = "warn" if settings.mode is Mode.LIVE else "ok"
    names = ", ".join(sorted(settings.alerts.webhooks))
    remedy = "" if names else "add [alerts.webhooks.X]; try it with counterpoise alert-test"
    level: Level = "ok" if names else alone
    yield Finding(level=level, what="told of trouble", found=names or "nobody", remedy=remedy)
    watched = settings.alerts.heartbeat.url is not None
    remedy = "" if watched else "set alerts.heartbeat.url: a dead machine tells nobody anything"
    level = "ok" if watched else alone
    found = "from outside" if watched else "by nobody"
    yield Finding(level=level, what="watched over", found=found, remedy=remedy)


async def _venue(portfolio: Portfolio, account: CcxtGateway) -> list[Finding]:
    findings = [_finding("ok", account, "hosts", ", ".join(account.hosts))]
    try:
        instruments = await account.open()
        findings.append(_skew(account, await account.skew_ms()))
        findings += _account(portfolio, account, await account.account())
        marks = await account.marks()
        for instrument in instruments:
            findings += _instrument(account, instrument, marks.get(instrument.key))
        findings += await _multiples(portfolio, account, instruments, marks)
        findings += await _balances(portfolio, account)
    except Unauthorized:
        raise
    except CounterpoiseError as error:
        findings.append(_finding("bad", account, "reachable", str(error), error.hint))
    return findings


def _proxy(basis: Basis) -> Finding:
    """Judge how well an asset without a perpetual is hedged with that of another."""
    level: Level = "warn" if basis.low else "ok"
    remedy = "another carrier may fit better; what it leaves is not hedged" if basis.low else ""
    what = f"{basis.asset} hedged with {basis.carrier}"
    return Finding(level=level, what=what, found=" ".join(basis.said), remedy=remedy)


def _finding(
    level: Level, account: CcxtGateway, what: str, found: str, remedy: str = ""
) -> Finding:
    return Finding(level=level, what=f"{account.venue}: {what}", found=found, remedy=remedy)


def _skew(account: CcxtGateway, skew_ms: int) -> Finding:
    allowed = account.limits.skew_max_ms
    level: Level = "ok"
    if abs(skew_ms) > SKEW_WARN_MS:
        level = "bad" if abs(skew_ms) > allowed else "warn"
    remedy = "" if level == "ok" else "set this machine's clock: timedatectl set-ntp true"
    return _finding(level, account, "clock", f"{skew_ms:+d} ms from ours", remedy)


def _account(portfolio: Portfolio, account: CcxtGateway, facts: AccountFacts) -> Iterator[Finding]:
    """Judge what the venue says of account and key."""
    live = portfolio.settings.mode is Mode.LIVE
    yield _identity(portfolio, account, facts, live=live)
    hedged = bool(facts.hedge_mode and facts.hedge_mode_traded)  # honoured where it can be
    rows: tuple[tuple[str, bool | None, bool, str], ...] = (
        ("may trade perpetuals", facts.can_trade_perpetuals, True, "no"),
        ("may withdraw", facts.can_withdraw, False, "YES"),
        ("bound to an address", facts.ip_restricted, True, "no"),
        ("hedge mode", facts.hedge_mode, hedged, "YES"),
        ("multi-asset margin", facts.multi_asset_margin, account.unified, "yes"),
    )
    soft = {"bound to an address", "multi-asset margin"}
    for what, found, wanted, wrong in rows:
        remedy = account.remedies.get(what, "")
        if found is None:
            look = f"look there yourself: {remedy}" if remedy else ""
            yield _finding("warn" if live else "ok", account, what, "the venue does not say", look)
        elif found is wanted:
            yield _finding("ok", account, what, "yes" if found else "no")
        else:
            yield _finding("warn" if what in soft else "bad", account, what, wrong, remedy)
    for symbol, leverage in facts.leverage.items():
        mode = facts.margin_mode.get(symbol, "?")
        yield _finding("ok", account, f"{symbol} leverage", f"{plain(leverage)}x, {mode} margin")


def _identity(
    portfolio: Portfolio, account: CcxtGateway, facts: AccountFacts, *, live: bool
) -> Finding:
    found = facts.account_id or "the venue does not say"
    if not live or facts.account_id in portfolio.settings.live.confirm:
        return _finding("ok", account, "account", found)
    remedy = f'if this is the account you mean: live.confirm = "{found}"'
    return _finding("bad", account, "account", found, remedy)


def _instrument(
    account: CcxtGateway, instrument: Instrument, mark: Mark | None
) -> Iterator[Finding]:
    """Judge one perpetual: does it trade, and is its price that of the asset it is named for."""
    name = str(instrument.symbol)
    least = f"{plain(instrument.size_min)} {instrument.unit}"
    worth = f"{plain(instrument.notional_min)} {instrument.quote}"
    yield _finding("ok", account, f"{name} least order", f"{least}, worth {worth}")
    if not instrument.trading:
        remedy = "name another perpetual, or wait: the asset holds until it trades"
        yield _finding("bad", account, name, "not trading", remedy)
    if mark is None or mark.index_price is None:
        yield _finding("warn", account, f"{name} {INDEX}", "not known")
        return
    away = abs(mark.mark_price / mark.index_price - 1)
    far = away > BASIS_MAX
    remedy = "check on the exchange what one contract is; do not trade it so" if far else ""
    found = f"{plain(mark.mark_price)} against {plain(mark.index_price)}"
    yield _finding("bad" if far else "ok", account, f"{name} {INDEX}", found, remedy)


async def _multiples(
    portfolio: Portfolio,
    account: CcxtGateway,
    instruments: tuple[Instrument, ...],
    marks: Mapping[InstrumentKey, Mark],
) -> list[Finding]:
    """Judge each perpetual that counts its asset in multiples by the asset's own price."""
    findings = []
    wanted = {t.instrument: t.spot for t in portfolio.policy.targets if t.spot is not None}
    for instrument in instruments:
        market = wanted.get(instrument.key)
        if market is None:
            continue
        what = f"one {instrument.unit} counted as {plain(instrument.multiplier)} {instrument.base}"
        spot = (await _spots(portfolio, market)).get(market)
        mark = marks.get(instrument.key)
        if spot is None or mark is None:
            remedy = f'name a market that is listed: price = "VENUE:{market.partition(":")[2]}"'
            findings.append(_finding("bad", account, what, f"no price of {market}", remedy))
            continue
        price = instrument.price_of_asset(mark.mark_price)
        far = abs(price / spot.mid - 1) > BASIS_MAX
        found = f"{plain(price)} a {instrument.base}, {plain(spot.mid)} on the spot market"
        remedy = "it is no such multiple, or of another coin: name another perpetual" if far else ""
        findings.append(_finding("bad" if far else "ok", account, what, found, remedy))
    return findings


async def _spots(portfolio: Portfolio, market: SpotKey) -> Mapping[SpotKey, SpotPrice]:
    try:
        return await portfolio.accounts[VenueName(market.partition(":")[0])].spots()
    except SnapshotError:
        return {}


async def _balances(portfolio: Portfolio, account: CcxtGateway) -> list[Finding]:
    """Say which configured assets each wallet shows."""
    shown = {(one.source, one.asset): one.equity for one in await account.margins()}
    shown |= {(one.source, one.asset): one.quantity for one in await account.balances()}
    findings = []
    for target in portfolio.policy.every:
        for source in target.sources:
            if source.partition(":")[0] != account.venue:
                continue
            quantity = shown.get((source, target.asset))
            what = f"{target.asset} in {source.partition(':')[2]}"
            if quantity is None:
                remedy = "hold some there, or leave that wallet out of venues.*.wallets"
                findings.append(_finding("bad", account, what, "not listed", remedy))
            else:
                findings.append(_finding("ok", account, what, plain(quantity)))
    return findings
