"""The ccxt client: one unmodified class, made strict, with the door as its session."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Awaitable, Iterator, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from counterpoise import __version__
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError
from counterpoise.ports import Clock
from counterpoise.venues.ccxt_import import Library, load_class
from counterpoise.venues.dialect import Demo, Params, Profile, Wallet
from counterpoise.venues.door import DoorSession
from counterpoise.venues.outcomes import Reply, VenueError
from counterpoise.venues.pauses import pause_s
from counterpoise.venues.provenance import check_published
from counterpoise.venues.settings import VenueConfig

LOUD_LOGGERS = ("ccxt", "ccxt.base.exchange", "aiohttp", "aiohttp.client", "aiohttp.access")
SUCCESSES = range(200, 300)


class Request(Protocol):
    """One of ccxt's implicit methods: signs, sends, and returns the parsed body."""

    def __call__(self, params: Params) -> Awaitable[object]:
        """Send."""
        ...


class Strict:
    """
    A mixin before a ccxt class: every answer that is no success is an error.

    ccxt itself returns normally for HTML, nothing or a cut body under most statuses; an order
    then has no id and a snapshot is empty, which looks like no position.
    """

    number = str  # of every number ccxt parses: nothing passes through float
    timeout_on_exit = 0  # ccxt would sleep so long for a session that is not its own
    strict_profile: Profile
    strict_clock: Clock
    strict_base_error: type[Exception]

    def milliseconds(self) -> int:
        """Return the time to sign with."""
        return self.strict_clock.wall_ms()

    def get_socks_proxy_session(self, *_proxy: str) -> object:
        """Refuse: such a session would go past the door."""
        raise DoorRefused("a SOCKS proxy of ccxt's own would go past the door")

    def handle_errors(self, *answer: object) -> None:
        """Raise VenueError unless the answer is a success with a JSON body."""
        status, headers, text, body = answer[0], answer[4], answer[5], answer[6]
        failed = False
        try:
            super().handle_errors(*answer)  # type: ignore[misc]  # the ccxt class comes next
        except self.strict_base_error:
            failed = True
        readable = isinstance(body, dict | list) or text in self.strict_profile.bare_answers
        says_so = self.strict_profile.is_failure
        failed = failed or (says_so is not None and says_so(body))
        if not isinstance(status, int) or not isinstance(headers, Mapping):
            raise TypeError("ccxt calls handle_errors otherwise than it did")
        if failed or not readable or status not in SUCCESSES:
            code, message = self.strict_profile.error_code(body) if readable else ("", str(text))
            raise VenueError(
                Reply(
                    status=status,
                    code=code,
                    message=message,
                    readable=readable,
                    retry_after_s=pause_s(status, headers, self.strict_profile.pauses),
                )
            )


class Client:
    """One account's ccxt client, and the few things that are asked of it."""

    def __init__(self, config: VenueConfig, profile: Profile, clock: Clock) -> None:
        """Build the class; nothing is sent, and there is no session yet."""
        quiet_libraries()
        library = load_class(profile.exchange)
        check_published(library.exchange, live=config.mode is Mode.LIVE)
        self._ccxt = _strict_class(library, profile, clock)(_arguments(config, profile))
        self._market_loader = profile.market_loader
        self.local_error = library.base_error
        _check_safe(self._ccxt)
        _check_complete(self._ccxt, profile)

    def connect(self, session: DoorSession, demo: Demo | None) -> None:
        """
        Switch to the test environment if there is a `demo` to switch to, then hand over the door.

        Raises SettingsError if the switch fails, or if any URL then leads elsewhere.
        """
        if demo is not None:
            self._switch(demo)
        vars(self._ccxt)["session"] = session

    def request(self, name: str) -> Request:
        """Return one of ccxt's implicit methods."""
        found: Request = getattr(self._ccxt, name)
        return found

    async def markets(self) -> Mapping[str, Mapping[str, object]]:
        """Return the venue's perpetuals by symbol, as ccxt describes them; none are kept."""
        found = await getattr(self._ccxt, self._market_loader)()
        return {str(market["symbol"]): market for market in found if market}

    async def close(self) -> None:
        """Let go, without ccxt's pause."""
        await self._ccxt.close()

    def _switch(self, demo: Demo) -> None:
        failed = ""
        try:
            getattr(self._ccxt, demo.method)(True)  # noqa: FBT003 - ccxt's signature
        except Exception as error:  # noqa: BLE001 - whatever it is, this client is not used
            failed = type(error).__name__
        if failed:
            raise SettingsError(f"ccxt could not switch to the test environment: {failed}")
        facts = vars(self._ccxt)
        hosts = set(_hosts(facts["urls"]["api"], str(facts.get("hostname", ""))))
        astray = sorted(hosts - demo.hosts - demo.hosts_unused)
        if astray:
            raise SettingsError(
                f"ccxt's test environment leads to {', '.join(astray)}",
                hint="this ccxt version is not safe to test with: nothing was started",
            )


def _strict_class(library: Library, profile: Profile, clock: Clock) -> type:
    facts = {
        "strict_profile": profile,
        "strict_clock": clock,
        "strict_base_error": library.base_error,
    }
    own = () if profile.mixin is object else (profile.mixin,)
    return type(f"Strict_{profile.exchange}", (Strict, *own, library.exchange), facts)


def _arguments(config: VenueConfig, profile: Profile) -> Params:
    """Return ccxt's configuration: the user's options first, so that ours win."""
    wallets = [Wallet(wallet) for wallet in config.wallets]
    products = [p for wallet in wallets for p in profile.products.get(wallet, ())]
    types = list(dict.fromkeys(product.market_type for product in products))
    return {
        **{theirs: getattr(config, ours) for theirs, ours in profile.credentials.items()},
        "session": None,  # stays so until the door is handed over
        "enableRateLimit": False,  # two lanes of our own: an order never waits behind a read
        "verbose": False,
        "userAgent": f"counterpoise/{__version__}",
        "headers": dict(profile.sent_headers),
        # ccxt wants one of its own although it never connects; without authorities it trusts none
        "ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "options": {**config.options, **profile.options, "fetchMarkets": {"types": types}},
    }


def _check_safe(client: object) -> None:
    """Check what must hold of the finished client, whatever ccxt's version."""
    facts = vars(client)
    options = facts["options"]
    safe = (
        options.get("maxRetriesOnFailure") == 0
        and facts["enableRateLimit"] is False
        and not facts.get("verbose")
        and facts.get("own_session") is False
    )
    if not safe:
        raise SettingsError("this ccxt version does not keep to its settings; nothing was started")
    facts["has"]["fetchCurrencies"] = False


def _check_complete(client: object, profile: Profile) -> None:
    """Check that ccxt still has every method that is called, before the first one is needed."""
    needed = [profile.market_loader, *(call.name for call in (*profile.asked, *profile.writes))]
    for name in needed:
        if not callable(getattr(client, name, None)):
            raise SettingsError(f"this ccxt version has no {name}; nothing was started")


def _hosts(urls: object, hostname: str) -> Iterator[str]:
    """Return the host of every URL in ccxt's nested table, in which `hostname` may be left open."""
    if isinstance(urls, Mapping):
        for below in urls.values():
            yield from _hosts(below, hostname)
    elif isinstance(urls, str):
        yield urlsplit(urls.replace("{hostname}", hostname)).hostname or ""


def quiet_libraries() -> None:
    """Pin the loggers that would print signed URLs and keys at debug level."""
    for name in LOUD_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
