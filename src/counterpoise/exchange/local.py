"""The local exchange as others use it: settings in, an exchange out, over HTTP or in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from counterpoise.core.units import ZERO, toward_zero
from counterpoise.errors import SettingsError
from counterpoise.exchange.account import Account
from counterpoise.exchange.controls import Controls
from counterpoise.exchange.dialects.binance.build import binance
from counterpoise.exchange.dialects.bingx.build import bingx
from counterpoise.exchange.dialects.bybit.build import bybit
from counterpoise.exchange.dialects.dialect import Dialect, call_of
from counterpoise.exchange.dialects.hyperliquid.build import hyperliquid
from counterpoise.exchange.dialects.mexc.build import mexc
from counterpoise.exchange.dialects.okx.build import okx
from counterpoise.exchange.dialects.weex.build import weex
from counterpoise.exchange.engine import Engine, hedge_sides
from counterpoise.exchange.front import Answer, Front
from counterpoise.exchange.history import History, recorded_histories
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import SECOND_MS, MarketClock
from counterpoise.exchange.prices import Prices
from counterpoise.exchange.request_log import RequestLog
from counterpoise.exchange.server import Server, serve
from counterpoise.exchange.settling import Settling, trade_by_hand
from counterpoise.exchange.transport import MemoryTransport
from counterpoise.exchange.venue import Credentials, Venue
from counterpoise.exchange.visibility import Visibility
from counterpoise.ports import Clock, HttpRequest, HttpResponse

__all__ = [
    "LocalExchange",
    "LocalExchangeConfig",
    "MemoryTransport",
    "Server",
    "build",
    "serve",
]

START = "2024-11-15"  # just before the largest rise in the recording
ACCOUNT_ID = 4_200_001
HOLDINGS = {"BTC": Decimal(50_000), "ETH": Decimal(30_000), "XRP": Decimal(20_000)}  # USDT worth
CASH, MARGIN = Decimal(50_000), Decimal(60_000)
DOLLARS = {"hyperliquid": "USDC"}  # what a venue counts in, where it is not USDT
PLAY_KEY, PLAY_SECRET = "local-exchange-key", "local-exchange-secret"
# where keys are wallets: the address of the account, and the private key of its agent
WALLETS = {
    "hyperliquid": (
        "0x3d12318e9648563374bf7df9caa6ba4c4d6c17ec",
        "0x4951c8c0a58c763ae6ff53d5f49a80f1e21978e2806ee0445d87dfc775a24d18",
    )
}
HOLDING_STEP = Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalExchangeConfig:
    """What a local exchange is to be. None leaves the account as the demo has it."""

    venue: str = "binance"
    seed: int = 0
    speed: Decimal = Decimal(1)  # recorded seconds in one
    start: str | None = None  # ISO date or time, UTC, in the recording
    api_key: str = PLAY_KEY
    api_secret: str = field(default=PLAY_SECRET, repr=False)
    api_passphrase: str = field(default="local-exchange-passphrase", repr=False)
    balances: Mapping[str, Decimal] | None = None  # spot, by asset
    futures_wallet: Mapping[str, Decimal] | None = None  # by settle asset
    positions: Mapping[str, Decimal] = field(default_factory=dict)  # by symbol, long positive
    hedge_mode: bool = False
    control_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Take play keys of the venue's own form, where it has one and nobody gave others."""
        if self.venue not in WALLETS:
            return
        address, key = WALLETS[self.venue]
        if self.api_key == PLAY_KEY:
            object.__setattr__(self, "api_key", address)
        if self.api_secret == PLAY_SECRET:
            object.__setattr__(self, "api_secret", key)

    @property
    def sign_in(self) -> Mapping[str, str]:
        """Return what a client signs in with, by what a venue's settings call it."""
        if self.venue in WALLETS:
            return {"wallet_address": self.api_key, "agent_key": self.api_secret}
        third = {"api_passphrase": self.api_passphrase} if self.venue in PASSPHRASED else {}
        return {"api_key": self.api_key, "api_secret": self.api_secret, **third}

    @property
    def dollar(self) -> str:
        """Return what the venue counts in."""
        return DOLLARS.get(self.venue, "USDT")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalExchange:
    """A running exchange without a wire; `serve` and `MemoryTransport` are its wires."""

    venue: Venue
    front: Front
    controls: Controls
    clock: Clock

    def answer(self, request: HttpRequest, *, remote: str = "") -> Answer:
        """
        Carry out a request and return what its wire has to do.

        `remote` is the caller's address; empty for a caller in this process.
        """
        call = call_of(request, self.venue.clock.now())
        self.front.carry_out_late(call.now)
        if self.controls.owns(call.path):
            return Answer(self.controls.answer(call, remote))
        return self.front.answer(call)

    async def finish(self, answer: Answer) -> HttpResponse | None:
        """Wait as long as an answer takes, and return it; None where it never comes."""
        if answer.delay_s > 0:
            await self.clock.sleep(answer.delay_s)
            self.front.carry_out_late(self.venue.clock.now(), answer)
        return answer.response

    async def handle(self, request: HttpRequest, *, remote: str = "") -> HttpResponse | None:
        """Answer a request whole, delays included; None where no answer ever comes."""
        return await self.finish(self.answer(request, remote=remote))


def build(config: LocalExchangeConfig, clock: Clock) -> LocalExchange:
    """Return an exchange as configured. Raises SettingsError for what it cannot be."""
    if config.venue not in DIALECTS:
        raise SettingsError(
            f"the local exchange does not speak {config.venue!r}", hint=f"one of {list(DIALECTS)}"
        )
    if config.speed < ZERO:
        raise SettingsError(f"speed is {config.speed}", hint="zero or more recorded seconds in one")
    histories = recorded_histories()
    start_ms = _start_ms(config.start or START, next(iter(histories.values())))
    listings, dialect_over = DIALECTS[config.venue]()
    prices = Prices(histories, config.seed)
    market_clock = MarketClock(clock, start_ms=start_ms, speed=config.speed)
    account = Account(hedge_mode=config.hedge_mode, unified=config.venue in UNIFIED)
    engine = Engine(listings=listings, prices=prices, account=account)
    venue = Venue(
        engine=engine,
        settling=Settling(engine, start_ms),
        clock=market_clock,
        visibility=Visibility(engine),
        credentials=Credentials(
            api_key=config.api_key,
            api_secret=config.api_secret,
            passphrase=config.api_passphrase,
        ),
        account_id=ACCOUNT_ID,
    )
    _fund(venue, config)
    dialect: Dialect = dialect_over(venue)
    front = Front(dialect=dialect, settling=venue.settling, log=RequestLog(dialect.secret_params()))
    controls = Controls(venue=venue, front=front, token=config.control_token)
    return LocalExchange(venue=venue, front=front, controls=controls, clock=clock)


DIALECTS = {
    "binance": binance,
    "bingx": bingx,
    "bybit": bybit,
    "hyperliquid": hyperliquid,
    "mexc": mexc,
    "okx": okx,
    "weex": weex,
}
PASSPHRASED = frozenset({"okx", "weex"})  # venues whose keys have a third part
UNIFIED = frozenset({"bybit", "okx"})  # venues whose account is one wallet for everything


def _start_ms(start: str, history: History) -> int:
    first, end = (_date(at_ms) for at_ms in (history.first_ms, history.end_ms))
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise SettingsError(
            f"not a date: {start!r}", hint=f"a date from {first} to {end}, like {START}"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    start_ms = round(moment.timestamp() * SECOND_MS)
    if not history.first_ms <= start_ms < history.end_ms:
        raise SettingsError(
            f"nothing was recorded at {start}", hint=f"from {first} up to, not including, {end}"
        )
    return start_ms


def _date(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / SECOND_MS, tz=UTC).date().isoformat()


def _fund(venue: Venue, config: LocalExchangeConfig) -> None:
    """Put into the account what the configuration says, or what the demo starts with."""
    now, engine = venue.clock.now(), venue.engine
    spot = _demo_balances(venue, config.dollar) if config.balances is None else config.balances
    for asset, total in spot.items():
        engine.account.add_spot(asset, total, now.venue_ms)
    wallet = {config.dollar: MARGIN} if config.futures_wallet is None else config.futures_wallet
    for asset, total in wallet.items():
        engine.account.add_futures(asset, total, now.venue_ms)
    for symbol, amount in config.positions.items():
        listing = _perpetual(engine, symbol)
        sides = hedge_sides(engine.account)
        side = sides[0] if amount > ZERO else sides[-1]
        trade_by_hand(engine, engine.account.position(listing, side), amount, now)


def _perpetual(engine: Engine, symbol: str) -> Listing:
    for listing in engine.listings.values():
        if listing.perpetual and symbol in {listing.key.symbol, listing.pair}:
            return listing
    raise SettingsError(f"the local exchange lists no perpetual {symbol!r}")


def _demo_balances(venue: Venue, dollar: str) -> Mapping[str, Decimal]:
    now, engine = venue.clock.now(), venue.engine
    held = {dollar: CASH}
    for asset, worth in HOLDINGS.items():
        spot = next(
            listing
            for listing in engine.priced(Market.SPOT)
            if (listing.base, listing.quote) == (asset, dollar)
        )
        price = engine.price(spot, now).last
        held[asset] = toward_zero(worth / price, HOLDING_STEP)
    return held
