"""One account on one venue, through ccxt and the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from counterpoise.core.basis import Close
from counterpoise.core.instrument import (
    Asset,
    Instrument,
    InstrumentKey,
    Kind,
    SpotKey,
    Symbol,
    VenueName,
)
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
)
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position, SpotPrice
from counterpoise.errors import CounterpoiseError, SettingsError, Unsent
from counterpoise.ports import AccountFacts, Clock, VenueLimits
from counterpoise.venues.dialect import (
    Listed,
    Listing,
    Product,
    Reads,
    Terms,
    Trading,
    Wallet,
)
from counterpoise.venues.door import Door
from counterpoise.venues.fills import fills_since
from counterpoise.venues.mapping import listed_of, named_as, no_balance, no_margin, perpetual
from counterpoise.venues.outcomes import Judge
from counterpoise.venues.requester import Requester
from counterpoise.venues.settings import VenueConfig
from counterpoise.venues.spot_markets import spot_of
from counterpoise.venues.two_sides import by_mode

K = TypeVar("K")
V = TypeVar("V")


class CcxtGateway:
    """Implements ports.Gateway. Reads are retried within bounds; an order is sent once."""

    def __init__(
        self, config: VenueConfig, requester: Requester, door: Door, judge: Judge, clock: Clock
    ) -> None:
        """Put the parts together; `open` comes before anything else."""
        self.door = door
        self._config = config
        self._requester = requester
        self._judge = judge
        self._clock = clock
        self._profile = judge.profile
        self._wallets = tuple(Wallet(wallet) for wallet in config.wallets)
        self._margin_wallets = tuple(w for w in self._wallets if w in self._profile.products)
        self._products: Mapping[Kind, Product] = {
            product.kind: product
            for wallet in self._margin_wallets
            for product in self._profile.products[wallet]
        }
        self._listings: Mapping[Kind, Listing] = {}
        self._hedged: bool | None = None  # nothing is sent before the account has said it
        self._by_symbol: Mapping[Symbol, Listed] = {}

    @property
    def venue(self) -> VenueName:
        """Return the venue's name in the settings."""
        return self._config.name

    @property
    def limits(self) -> VenueLimits:
        """Return what this venue's requests keep to."""
        return self._profile.limits

    @property
    def remedies(self) -> Mapping[str, str]:
        """Return the click path there that mends each thing which `doctor` looks at."""
        return self._profile.remedies

    @property
    def unified(self) -> bool:
        """Say whether one wallet of many assets is the margin of everything."""
        return Wallet.UNIFIED in self._wallets

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return where requests go: the endpoint, or the hosts of the mode."""
        origin = self._config.origin
        return (origin,) if origin else tuple(sorted(self.door.rules.hosts))

    async def open(self) -> tuple[Instrument, ...]:
        """Load the configured perpetuals. Raises SettingsError for one that is not listed."""
        symbols = self._config.symbols
        markets = await self._requester.markets() if symbols else {}
        found = [
            listed_of(
                perpetual(markets, symbol, self.venue, self._products),
                self.venue,
                self._products,
                self._config.hedged.get(symbol),
            )
            for symbol in symbols
        ]
        self._listings = {
            kind: {one.market_id: one for one in found if one.instrument.kind is kind}
            for kind in self._products
        }
        self._by_symbol = {listed.instrument.symbol: listed for listed in found}
        return tuple(listed.instrument for listed in found)

    async def close(self) -> None:
        """Let go of connections."""
        try:
            await self._requester.close()
        finally:
            await self.door.close()

    async def skew_ms(self) -> int:
        """Return the venue's clock minus ours, as of the middle of the round trip."""
        wallet = self._margin_wallets[0] if self._margin_wallets else self._wallets[0]
        before_ms = self._clock.wall_ms()
        venue_ms = await self._profile.time_ms(self._requester, wallet)
        return venue_ms - (before_ms + self._clock.wall_ms()) // 2

    async def balances(self) -> tuple[Balance, ...]:
        """Return the balances of the configured wallets, all assets; margin is not among them."""
        found: list[Balance] = []
        for wallet, read in self._profile.balances.items():
            if wallet in self._wallets:
                source = f"{self.venue}:{wallet}"
                shown = await read(self._requester, source)
                found += (*shown, *self._zeros(wallet, {one.asset for one in shown}, no_balance))
        return tuple(found)

    async def margins(self) -> tuple[Margin, ...]:
        """Return the margin accounts of the configured wallets that hold perpetuals."""
        found: list[Margin] = []
        demo = self._config.demo_of(self._profile)
        for wallet in self._margin_wallets:
            source, ask = f"{self.venue}:{wallet}", self._profile.margins[wallet]
            answer = await ask(self._requester, source, self._shown_by(wallet))
            shown = named_as(answer, demo.play_money if demo else {})
            found += (*shown, *self._zeros(wallet, {one.asset for one in shown}, no_margin))
        return tuple(found)

    def _zeros(
        self, wallet: Wallet, shown: Collection[Asset], zero: Callable[[str, Asset], V]
    ) -> list[V]:
        """Return the zeros that a wallet leaves out of a whole answer."""
        if wallet not in self._profile.leaves_out_zeros:
            return []
        source = f"{self.venue}:{wallet}"
        return [zero(source, asset) for asset in self._config.assets if asset not in shown]

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        """Return the position of every configured instrument, flat ones as zero."""
        shown = await self._of_all(lambda trading: trading.positions)
        return {key: self._by_mode(position) for key, position in shown.items()}

    def _by_mode(self, position: Position) -> Position:
        listed = self._listed(Symbol(position.instrument.partition(":")[2]))
        return by_mode(position, two_sided=self._two_sided(listed))

    def _two_sided(self, listed: Listed) -> bool | None:
        """Say whether positions in a perpetual have two sides; None before the account said it."""
        if self._hedged is None:
            return None
        return self._hedged and self._products[listed.instrument.kind].two_sided

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        """Return mark, index and funding of every configured instrument."""
        return await self._of_all(lambda trading: trading.marks)

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        """Return the best bid and ask of every configured instrument."""
        return await self._of_all(lambda trading: trading.books)

    async def spots(self) -> Mapping[SpotKey, SpotPrice]:
        """Return the best bid and ask of every spot market whose price is needed."""
        asked = [spot_of(self._profile, self.venue, symbol) for symbol in self._config.spots]
        return {spot.key: await markets.price(self._requester, spot) for markets, spot in asked}

    async def closes(self, symbol: Symbol) -> tuple[Close, ...]:
        """Return what a spot market last traded at in each span of some weeks, oldest first."""
        markets, spot = spot_of(self._profile, self.venue, symbol)
        return await markets.closes(self._requester, spot)

    async def place(self, intent: Intent) -> OrderReport:
        """
        Send the order of a recorded intent, once.

        Raises Unavailable if it provably had no effect, Rejected if the venue refused it, and
        OutcomeUnknown for everything else, an answer about another order included.
        """
        listed = self._by_symbol.get(intent.order.symbol)
        if listed is None:
            raise Unsent(f"{intent.order.symbol} is not among this venue's configured perpetuals")
        two_sided = self._two_sided(listed)
        if two_sided is None:
            raise Unsent(f"{self.venue} has not said whether its positions have two sides")
        trading, window_ms = self._trading(listed), self.limits.receive_window_ms
        terms = Terms(receive_window_ms=window_ms, hedged=two_sided)
        params = trading.order_params(intent, listed, terms)
        async with self._requester.order_lane:
            if self._clock.wall_ms() > intent.expires_at_ms - window_ms:
                raise Unsent("the decision expired while its order waited to be sent")
            raw = await self._requester.write(trading.place, params)
        try:
            return trading.placed(raw, intent, listed)
        except CounterpoiseError as error:
            raise self._judge.classify(error, writing=True) from None

    async def find(self, intent: Intent) -> OrderReport | None:
        """Return what the venue knows of an intent, or None where it says not found."""
        listed = self._listed(intent.order.symbol)
        return await self._trading(listed).find(self._requester, intent, listed)

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:
        """Return the client order ids of the resting orders of one instrument."""
        listed = self._listed(symbol)
        return await self._trading(listed).open_order_ids(self._requester, listed)

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        """Return the account's trades in one instrument since `since_ms`, oldest first."""
        listed, window = self._listed(symbol), self._profile.fills_window

        async def page(start_ms: int) -> tuple[Fill, ...]:
            read = self._trading(listed).fills
            return await read(self._requester, listed, start_ms, window.rows_max)

        now_ms = self._clock.wall_ms()
        return await fills_since(page, window, since_ms=since_ms, now_ms=now_ms)

    async def origins(
        self, symbol: Symbol, venue_order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        """Return whose these orders were, by the venue's id; one not known is left out."""
        listed = self._listed(symbol)
        ask = self._trading(listed).origins
        return {} if ask is None else await ask(self._requester, listed, venue_order_ids, since_ms)

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        """Return every resting order of one instrument, and the newest ended since `since_ms`."""
        listed = self._listed(symbol)
        ask = self._trading(listed).orders
        found = () if ask is None else await ask(self._requester, listed)
        return tuple(order for order in found if order.resting or order.at_ms >= since_ms)

    async def account(self) -> AccountFacts:
        """Return what the venue says of the account."""
        facts = await self._profile.account(self._requester, tuple(self._by_symbol.values()))
        self._hedged = facts.hedge_mode
        both = any(product.two_sided for product in self._products.values())
        return replace(facts, hedge_mode_traded=both)

    async def _of_all(
        self, question: Callable[[Trading], Callable[[Reads, Listing], Awaitable[Mapping[K, V]]]]
    ) -> Mapping[K, V]:
        """Ask the same of every product that has a configured instrument."""
        found: dict[K, V] = {}
        for kind, listing in self._listings.items():
            if listing:
                ask = question(self._products[kind].trading)
                found.update(await ask(self._requester, listing))
        return found

    def _shown_by(self, wallet: Wallet) -> frozenset[Asset]:
        """Return the assets that a margin wallet must show: one for everything, all of them."""
        others = self._config.assets if wallet is Wallet.UNIFIED else ()
        return self._settles(wallet).union(others)

    def _settles(self, wallet: Wallet) -> frozenset[Asset]:
        """Return what the configured perpetuals of a margin wallet are settled in."""
        kinds = {product.kind for product in self._profile.products[wallet]}
        found = (listed.instrument for listed in self._by_symbol.values())
        settles = frozenset(one.settle for one in found if one.kind in kinds)
        return settles or self._profile.settles[wallet]

    def _trading(self, listed: Listed) -> Trading:
        return self._products[listed.instrument.kind].trading

    def _listed(self, symbol: Symbol) -> Listed:
        found = self._by_symbol.get(symbol)
        if found is None:
            raise SettingsError(f"{symbol} is not among {self.venue}'s configured perpetuals")
        return found
