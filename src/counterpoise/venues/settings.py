"""What a gateway is made of, checked before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from counterpoise.core.instrument import Asset, Kind, Symbol, VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError
from counterpoise.venues.dialect import Demo, Lanes, Profile, Wallet
from counterpoise.venues.mapping import kind_named, nearest
from counterpoise.venues.profiles import profile_of

# of ccxt's options, those that would weaken a promise; compared without case and underscores
UNSAFE_OPTIONS = frozenset(
    {
        "adjustfortimedifference",
        "aiohttpproxy",
        "aiohttptrustenv",
        "apikey",
        "asyncioloop",
        "cafile",
        "createorder",
        "disablefuturessandboxwarning",
        "enabledemotrading",
        "enableratelimit",
        "fetch",
        "fetchcurrencies",
        "fetchmargins",
        "fetchmarkets",
        "headers",
        "hostname",
        "httpproxy",
        "httpsproxy",
        "maxretriesonfailure",
        "maxretriesonfailuredelay",
        "number",
        "papi",
        "portfoliomargin",
        "proxies",
        "proxy",
        "proxyurl",
        "recvwindow",
        "sandbox",
        "sandboxmode",
        "secret",
        "session",
        "socksproxy",
        "sslcontext",
        "testnet",
        "timedifference",
        "timeout",
        "trustenv",
        "urls",
        "useragent",
        "verbose",
        "verify",
        "wsproxy",
        "wssproxy",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueConfig:
    """One account on one venue, as the settings have it."""

    name: VenueName
    exchange: str  # a ccxt id
    wallets: tuple[str, ...]
    mode: Mode
    symbols: tuple[Symbol, ...]  # of the configured perpetuals
    hedged: Mapping[Symbol, Asset] = field(default_factory=dict)  # whose they are, where it is said
    spots: tuple[Symbol, ...] = ()  # spot markets whose price an asset needs, "PEPE/USDT"
    assets: tuple[Asset, ...] = ()  # that a wallet which leaves out zeros must still show
    environment: str = ""  # which test environment, where there are several; empty: the usual one
    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    api_passphrase: str = field(default="", repr=False)  # where the venue wants a third one
    wallet_address: str = ""  # of the account, where the venue knows wallets instead of keys
    agent_key: str = field(default="", repr=False)  # private key of the wallet that signs for it
    endpoint: str = ""
    proxy: str = field(default="", repr=False)  # may carry a password
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    lanes: Lanes | None = None  # None: the venue's own pace

    def checked(self) -> Profile:
        """Return the venue's profile. Raises SettingsError for what cannot be meant."""
        profile = profile_of(self.exchange, self.mode, self.endpoint)
        self._check_wallets(profile)
        self._check_spots(profile)
        self._check_environment(profile)
        self._check_endpoint()
        self._check_options()
        demo = self.demo_of(profile)
        return profile if demo is None or demo.spoken is None else demo.spoken(profile)

    def _check_wallets(self, profile: Profile) -> None:
        allowed = ", ".join(sorted(profile.wallets))
        for wallet in self.wallets:
            if wallet not in profile.wallets:
                raise SettingsError(
                    f"venues.{self.name}.wallets: {wallet!r} is not one of {allowed}",
                    hint=f"did you mean {nearest(wallet, profile.wallets)[0]!r}?",
                )
        demo = self.demo_of(profile)
        lacking = set(self.wallets) - demo.wallets if demo and demo.wallets is not None else set()
        if lacking:
            raise SettingsError(
                f"venues.{self.name}.wallets: {self.exchange} has no {min(lacking)!r} in its test "
                "environment",
                hint='take it out, set mode = "dry-run", or `endpoint` to an exchange of your own',
            )
        self._check_wallets_apart(profile)
        if self.symbols and not set(self.wallets) & set(profile.products):
            kind = kind_named(self.symbols[0])
            margins = " or ".join(
                f"'{wallet}'"
                for wallet, products in sorted(profile.products.items())
                if kind in {product.kind for product in products}
            )
            raise SettingsError(
                f"venues.{self.name}.wallets lacks {margins}, yet {self.symbols[0]} is traded there"
            )

    def _check_wallets_apart(self, profile: Profile) -> None:
        """Refuse two names of one wallet: what is in it would count twice."""
        named: dict[Kind, str] = {}
        for wallet in self.wallets:
            for product in profile.products.get(Wallet(wallet), ()):
                other = named.setdefault(product.kind, wallet)
                if other != wallet:
                    raise SettingsError(
                        f"venues.{self.name}.wallets: {other!r} and {wallet!r} are one wallet of "
                        f"{self.exchange}",
                        hint="name it once, as the account's mode has it: see docs/venues.md",
                    )

    def _check_spots(self, profile: Profile) -> None:
        if self.spots and profile.spots is None:
            raise SettingsError(
                f"venues.{self.name}: spot prices of {self.exchange} cannot be read yet, and that "
                f"of {self.spots[0]} is needed",
                hint='name a market of another venue: price = "VENUE:BASE/QUOTE"',
            )

    def _check_environment(self, profile: Profile) -> None:
        if self.environment and self.environment not in profile.other_demos:
            known = ", ".join(sorted(profile.other_demos)) or "nothing"
            raise SettingsError(
                f"venues.{self.name}.environment: {self.exchange} has no {self.environment!r}",
                hint=f"leave it out for the usual one, or write one of: {known}",
            )

    def _check_endpoint(self) -> None:
        if not self.endpoint:
            return
        key = f"venues.{self.name}.endpoint"
        if self.mode is Mode.LIVE:
            raise SettingsError(f"{key} must be empty in live mode")
        parts = urlsplit(self.endpoint)
        extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
            raise SettingsError(
                f"{key} must be a scheme, a host and a port, no more",
                hint='for example "http://127.0.0.1:8089"',
            )

    def _check_options(self) -> None:
        for key in _keys(self.options):
            if key.replace("_", "").lower() in UNSAFE_OPTIONS:
                raise SettingsError(
                    f"venues.{self.name}.options.{key} cannot be set",
                    hint="counterpoise sets it itself, for safety",
                )

    def demo_of(self, profile: Profile) -> Demo | None:
        """
        Return the test environment to switch to, if the mode has one.

        An endpoint stands for the whole venue: a test environment that lacks a part of it is
        then not switched to. It is none of production either: where a mark on requests tells the
        two apart, dry-run on an endpoint has the mark.
        """
        rehearsed = self.origin and profile.demo is not None and profile.demo.marked is not None
        tests = self.mode is Mode.TESTNET or rehearsed
        chosen = profile.demo_called(self.environment) if tests else None
        part = chosen is not None and chosen.wallets is not None
        return None if part and self.origin else chosen

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what no error may show."""
        agent = self.agent_key.removeprefix("0x")  # hidden with and without it
        return self.api_key, self.api_secret, self.api_passphrase, agent

    @property
    def origin(self) -> str:
        """Return scheme and authority of the endpoint, empty where there is none."""
        return self.endpoint.rstrip("/")


def _keys(options: Mapping[str, object]) -> Iterator[str]:
    """Return every key at every depth: ccxt also looks for options below a method's name."""
    for key, value in options.items():
        yield str(key)
        if isinstance(value, Mapping):
            yield from _keys(value)
