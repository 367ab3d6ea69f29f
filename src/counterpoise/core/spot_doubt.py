"""What cannot be believed of spot prices, and of what hangs on them."""

from __future__ import annotations

from counterpoise.core.decision import Situation
from counterpoise.core.doubt import (
    CLOCK_STEP_MAX_MS,
    PRICES_APART_MAX,
    strange_holdings,
    unread_holdings,
)
from counterpoise.core.exposure import price_of
from counterpoise.core.instrument import SpotKey
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.policy.policy import Holding, Policy, Proxied, Target
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.units import ONE, plain


def multiple_doubt(
    snapshot: Snapshot, situation: Situation, policy: Policy, target: Target
) -> Hold | None:
    """
    Return why a perpetual may not count its asset as it seems to, if so.

    A market that counts in multiples is believed only while the asset's own spot price says the
    same of one unit: read 1,000 times wrong, its name would make every order 1,000 times wrong.
    """
    instrument = snapshot.instruments[target.instrument]
    if target.spot is None:
        if instrument.multiplier == ONE:
            return None
        said = f"{instrument.symbol} counts {instrument.unit}, and no spot price was asked for"
        return _hold(target, HoldReason.SNAPSHOT_INCOMPLETE, said)
    doubt = _price_doubt(snapshot, situation, policy, target, target.spot)
    if doubt is not None:
        return doubt
    spot, price = snapshot.spots[target.spot].mid, price_of(snapshot, target)
    if abs(price - spot) <= PRICES_APART_MAX * spot:
        return None
    detail = (
        f"{instrument.symbol} makes one {target.asset} {plain(price)} if it counts "
        f"{plain(instrument.multiplier)}, the spot market {plain(spot)}"
    )
    return _hold(target, HoldReason.PRICES_APART, detail)


def proxied_doubt(
    snapshot: Snapshot, situation: Situation, policy: Policy, proxied: Proxied
) -> Hold | None:
    """Return why price or holdings of an asset without a perpetual cannot be believed, if so."""
    return (
        unread_holdings(snapshot, proxied)
        or _price_doubt(snapshot, situation, policy, proxied, proxied.spot)
        or strange_holdings(snapshot, situation, proxied, hedged=False)
    )


def _price_doubt(
    snapshot: Snapshot, situation: Situation, policy: Policy, held: Holding, market: SpotKey
) -> Hold | None:
    price = snapshot.spots.get(market)
    if price is None:
        missing = snapshot.missing_for(held.asset)
        why = f"{missing.what}: {missing.reason}" if missing else f"no price of {market} was read"
        return _hold(held, HoldReason.SNAPSHOT_INCOMPLETE, why)
    age_ms = situation.now_ms - (snapshot.started_at_ms if price.at_ms is None else price.at_ms)
    if not -CLOCK_STEP_MAX_MS <= age_ms <= policy.snapshot_age_max_ms:
        detail = f"price of {market} is {age_ms} ms old, at most {policy.snapshot_age_max_ms}"
        return _hold(held, HoldReason.SNAPSHOT_STALE, f"{detail} allowed")
    if price.ask - price.bid > PRICES_APART_MAX * price.mid:  # an empty market has any middle
        detail = f"{market} is bid at {plain(price.bid)}, asked at {plain(price.ask)}"
        return _hold(held, HoldReason.PRICES_APART, detail)
    return None


def _hold(held: Holding, reason: HoldReason, detail: str) -> Hold:
    return Hold(asset=held.asset, reason=reason, detail=detail)
