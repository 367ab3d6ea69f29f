"""One account on one venue, through ccxt and the door."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.instrument import Instrument, InstrumentKey, Symbol, VenueName
from counterpoise.core.orders import ClientOrderId, Fill, Intent, OrderReport
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.errors import CounterpoiseError, SettingsError, Unsent
from counterpoise.ports import AccountFacts, Clock, VenueLimits
from counterpoise.venues.dialect import Call, Listed, Params, Wallet
from counterpoise.venues.door import Door
from counterpoise.venues.fills import fills_since
from counterpoise.venues.mapping import listed_of, perpetual
from counterpoise.venues.outcomes import Judge
from counterpoise.venues.requester import Requester
from counterpoise.venues.settings import VenueConfig


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
        self._listing: Mapping[str, Listed] = {}  # by market id
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
    def hosts(self) -> tuple[str, ...]:
        """Return where requests go: the endpoint, or the hosts of the mode."""
        origin = self._config.origin
        return (origin,) if origin else tuple(sorted(self.door.rules.hosts))

    async def open(self) -> tuple[Instrument, ...]:
        """Load the configured perpetuals. Raises SettingsError for one that is not listed."""
        symbols = self._config.symbols
        markets = await self._requester.markets() if symbols else {}
        found = [
            listed_of(perpetual(markets, symbol, self.venue), self.venue, self._profile)
            for symbol in symbols
        ]
        self._listing = {listed.market_id: listed for listed in found}
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
        wallet = Wallet.LINEAR if Wallet.LINEAR in self._config.wallets else Wallet.SPOT
        before_ms = self._clock.wall_ms()
        raw = await self._requester.read(self._profile.calls.time[wallet], {})
        after_ms = self._clock.wall_ms()
        return self._profile.dialect.time_ms(raw) - (before_ms + after_ms) // 2

    async def balances(self) -> tuple[Balance, ...]:
        """Return the balances of the configured wallets that hold no perpetuals, all assets."""
        found: list[Balance] = []
        for wallet, call in self._profile.calls.balances.items():
            if wallet in self._config.wallets:
                raw = await self._requester.read(call, {})
                found += self._profile.dialect.balances(raw, f"{self.venue}:{wallet}")
        return tuple(found)

    async def margins(self) -> tuple[Margin, ...]:
        """Return the margin accounts of the configured wallets that hold perpetuals."""
        if Wallet.LINEAR not in self._config.wallets:
            return ()
        raw = await self._requester.read(self._profile.calls.margins, {})
        settles = {listed.instrument.settle for listed in self._listing.values()}
        source = f"{self.venue}:{Wallet.LINEAR}"
        wanted = frozenset(settles) or self._profile.settles
        return self._profile.dialect.margins(raw, source, wanted)

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        """Return the position of every configured instrument, flat ones as zero."""
        if not self._listing:
            return {}
        raw = await self._requester.read(self._profile.calls.positions, {})
        return self._profile.dialect.positions(raw, self._listing)

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        """Return mark, index and funding of every configured instrument."""
        if not self._listing:
            return {}
        raw = await self._read_markets(self._profile.calls.marks)
        return self._profile.dialect.marks(raw, self._listing)

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        """Return the best bid and ask of every configured instrument."""
        if not self._listing:
            return {}
        raw = await self._read_markets(self._profile.calls.books)
        return self._profile.dialect.books(raw, self._listing)

    async def place(self, intent: Intent) -> OrderReport:
        """
        Send the order of a recorded intent, once.

        Raises Unavailable if it provably had no effect, Rejected if the venue refused it, and
        OutcomeUnknown for everything else, an answer about another order included.
        """
        listed = self._by_symbol.get(intent.order.symbol)
        if listed is None:
            raise Unsent(f"{intent.order.symbol} is not among this venue's configured perpetuals")
        window_ms = self.limits.receive_window_ms
        params = self._profile.dialect.order_params(intent, listed, window_ms)
        async with self._requester.order_lane:
            if self._clock.wall_ms() > intent.expires_at_ms - window_ms:
                raise Unsent("the decision expired while its order waited to be sent")
            raw = await self._requester.write(self._profile.calls.place, params)
        try:
            return self._profile.dialect.report(raw, intent, listed)
        except CounterpoiseError as error:
            raise self._judge.classify(error, writing=True) from None

    async def find(self, intent: Intent) -> OrderReport | None:
        """Return what the venue knows of an intent, or None where it says not found."""
        listed = self._listed(intent.order.symbol)
        params = self._profile.dialect.find_params(intent, listed)
        raw = await self._requester.read_or_none(self._profile.calls.find, params)
        return None if raw is None else self._profile.dialect.report(raw, intent, listed)

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:
        """Return the client order ids of the resting orders of one instrument."""
        listed = self._listed(symbol)
        params = self._profile.dialect.one_symbol(listed)
        raw = await self._requester.read(self._profile.calls.open_orders, params)
        return self._profile.dialect.open_order_ids(raw, listed)

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        """Return the account's trades in one instrument since `since_ms`, oldest first."""
        listed = self._listed(symbol)
        window = self._profile.fills_window

        async def page(start_ms: int) -> tuple[Fill, ...]:
            params = self._profile.dialect.fills_params(listed, start_ms, window.rows_max)
            raw = await self._requester.read(self._profile.calls.fills, params)
            return self._profile.dialect.fills(raw, listed)

        now_ms = self._clock.wall_ms()
        return await fills_since(page, window, since_ms=since_ms, now_ms=now_ms)

    async def account(self) -> AccountFacts:
        """Return what the venue says of the account."""
        listed = tuple(self._listing.values())
        return await self._profile.dialect.account(self._requester.read, listed)

    async def _read_markets(self, call: Call) -> object:
        """Read one market alone where there is only one, else all of them at once."""
        params: Params = {}
        if len(self._listing) == 1:
            (only,) = self._listing.values()
            params = self._profile.dialect.one_symbol(only)
        return await self._requester.read(call, params)

    def _listed(self, symbol: Symbol) -> Listed:
        found = self._by_symbol.get(symbol)
        if found is None:
            raise SettingsError(f"{symbol} is not among {self.venue}'s configured perpetuals")
        return found
