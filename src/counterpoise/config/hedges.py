"""Which perpetual hedges an asset, which spot market says its price, and what is wrong there."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from counterpoise.config.layers import KeyPath
from counterpoise.config.problems import Problem, listed
from counterpoise.config.settings import Settings
from counterpoise.core.instrument import Asset
from counterpoise.core.multiples import may_count, wants_proof

EXAMPLE = 'proxy = {asset = "BTC", beta = 1.2}'


def parts_of(perpetual: str) -> tuple[str, str, str, str]:
    """Return venue, base, quote and settle currency of a perpetual."""
    venue, pair, settle = perpetual.split(":")
    base, quote = pair.split("/")
    return venue, base, quote, settle


def perpetuals(settings: Settings) -> Iterator[tuple[str, str, tuple[str, str, str, str]]]:
    """Yield each asset that has a perpetual, that, and its parts."""
    for name, asset in settings.assets.items():
        if asset.perpetual is not None:
            yield name, asset.perpetual, parts_of(asset.perpetual)


def spot_market(settings: Settings, name: str) -> str | None:
    """
    Return the spot market that says the price of an asset; None where its perpetual alone does.

    It is the one named, else that of the venue whose perpetual hedges the asset.
    """
    asset = settings.assets[name]
    hedge = asset.perpetual
    if hedge is None:
        carrier = settings.assets[asset.proxy.asset] if asset.proxy else None
        hedge = carrier.perpetual if carrier else None
        needed = True
    else:
        needed = wants_proof(parts_of(hedge)[1], Asset(name))
    if not needed or hedge is None:
        return None
    return asset.price or f"{parts_of(hedge)[0]}:{name}/{settings.portfolio.quote}"


def contradictions(settings: Settings, wrong: Sequence[KeyPath]) -> Iterator[Problem]:
    """Yield everything about hedges that contradicts itself, but for what is `wrong` anyway."""
    unread = frozenset(path[:3] for path in wrong)
    yield from no_hedge(settings, unread)
    yield from wrong_carrier(settings, unread)
    for check in (wrong_base, shared_perpetuals, wrong_price):
        yield from check(settings)


def no_hedge(settings: Settings, unread: Container[KeyPath]) -> Iterator[Problem]:
    """Find an asset that nothing hedges, or two things."""
    for name, asset in settings.assets.items():
        if ("assets", name, "proxy") in unread:
            continue
        if asset.perpetual is None and asset.proxy is None:
            yield Problem(
                key=f"assets.{name}.perpetual",
                said="is missing",
                allowed=f'perpetual = "main:{name}/USDT:USDT", under [assets.{name}]; where no '
                f"venue lists one, another asset's by {EXAMPLE}",
                remedy="add it: no other asset stands in unless it is declared",
            )
        elif asset.perpetual is not None and asset.proxy is not None:
            yield Problem(
                key=f"assets.{name}.proxy",
                said=f'is given beside perpetual = "{asset.perpetual}"',
                allowed="one of the two",
                remedy="take proxy out: an asset's own perpetual hedges it best",
            )


def wrong_base(settings: Settings) -> Iterator[Problem]:
    """Find a perpetual of another asset."""
    for name, perpetual, (venue, base, quote, settle) in perpetuals(settings):
        if may_count(base, Asset(name)):
            continue
        also = _proxy_for(settings, base)
        yield Problem(
            key=f"assets.{name}.perpetual",
            said=f'= "{perpetual}", a perpetual of {base}',
            allowed=f"a perpetual of {name}, or of a multiple of it such as 1000{name}",
            remedy=f'write "{venue}:{name}/{quote}:{settle}", or where there is none, {also}',
        )


def _proxy_for(settings: Settings, base: str) -> str:
    """Return what to write to be hedged with the perpetual of another asset."""
    carrier = base if base in settings.assets else next(iter(settings.assets))
    return f'proxy = {{asset = "{carrier}", beta = 1.0}} in its place'


def shared_perpetuals(settings: Settings) -> Iterator[Problem]:
    """Find two assets that would trade one position against each other."""
    first: dict[str, str] = {}
    for name, perpetual, (venue, *_) in perpetuals(settings):
        other = first.setdefault(perpetual, name)
        if other != name:
            yield Problem(
                key=f"assets.{name}.perpetual",
                said=f'= "{perpetual}", which is the perpetual of {other} too',
                allowed="one perpetual an asset, of that asset",
                remedy=f'write "{venue}:{name}/USDT:USDT"',
            )


def wrong_carrier(settings: Settings, unread: Container[KeyPath]) -> Iterator[Problem]:
    """Find an asset that is to be carried by one that carries nothing."""
    able = [name for name, asset in settings.assets.items() if asset.perpetual is not None]
    for name, asset in settings.assets.items():
        if asset.proxy is None or asset.proxy.asset in able:
            continue
        if ("assets", asset.proxy.asset, "perpetual") in unread:
            continue
        yield Problem(
            key=f"assets.{name}.proxy",
            said=f'= {{asset = "{asset.proxy.asset}", ...}}, which has no perpetual in this file',
            allowed=f"an asset of this file with one: {listed(able) or 'there is none yet'}",
            remedy=f"add [assets.{asset.proxy.asset}] with its perpetual; its weight may be 0",
        )


def wrong_price(settings: Settings) -> Iterator[Problem]:
    """Find a spot market that says nothing of the asset, or that nobody asks."""
    for name, asset in settings.assets.items():
        if asset.price is None:
            continue
        said = f'= "{asset.price}"'
        venue, _, pair = asset.price.partition(":")
        wanted = f"{name}/{settings.portfolio.quote}"
        known = venue in settings.venues
        if asset.proxy is None and spot_market(settings, name) is None:
            allowed = "nothing: the perpetual says the price"
            yield _price(name, said, allowed, "take it out")
        elif pair != wanted:
            allowed = f"the market of {name} in {settings.portfolio.quote}"
            yield _price(name, said, allowed, f'write "{venue}:{wanted}"')
        elif settings.venues and not known:
            allowed = f"a venue of this file: {listed(sorted(settings.venues))}"
            yield _price(name, said, allowed, f"add [venues.{venue}]")


def _price(name: str, said: str, allowed: str, remedy: str) -> Problem:
    return Problem(key=f"assets.{name}.price", said=said, allowed=allowed, remedy=remedy)
