"""What stops orders besides a snapshot, how near liquidation is, and when a person must hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.alarm import (
    FOREIGN_ORDER,
    GRACE_MS,
    MINUTE_MS,
    OUTSIDE_MAX_MS,
    Alert,
    Standing,
    alerts,
    notices,
    standings,
)
from counterpoise.core.decision import Decision, Plan
from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.margin import (
    backing_equity,
    liquidation_distance,
    margin_use,
    strained,
)
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.snapshot import Backing, Margin, Snapshot
from counterpoise.core.state import AccountState, AssetMemory, Control
from counterpoise.holds import held_back
from simulation.scripts.claims import Claims, told
from tests.sim.gateway import LIMITS, MAIN, TWO
from tests.sim.parts import order_for, record_of
from tests.worlds import LOOSE, NOW_MS

D = Decimal
TEN_YEARS_MS = 315_360_000_000
BTC, ETH, USDT = Asset("BTC"), Asset("ETH"), Asset("USDT")
OTHER = VenueName("other")
BOTH = {BTC, ETH}
AT_ONCE = (  # of what may have cost money already, or goes on until somebody looks
    HoldReason.ZERO_UNEXPLAINED,
    HoldReason.POSITION_UNEXPLAINED,
    HoldReason.CONTRACT_CHANGED,
    HoldReason.NOT_TRADING,
    HoldReason.EXTERNAL_EXPIRED,
    HoldReason.CLOCK_SKEW,
    HoldReason.ACCOUNT_UNFIT,
    HoldReason.TURNOVER_DAY,
    HoldReason.POSITION_NOTIONAL,
    HoldReason.LEVERAGE,
    HoldReason.MARGIN_USE,
    HoldReason.LIQUIDATION_NEAR,
    HoldReason.LIQUIDATED,
    HoldReason.FORCED,
    HoldReason.BOOKS_APART,
    HoldReason.DELEVERAGED,
    HoldReason.FOREIGN_TRADE,
    HoldReason.BACK_OFF,
)
SOON = (
    HoldReason.UNSETTLED,
    HoldReason.SNAPSHOT_INCOMPLETE,
    HoldReason.SNAPSHOT_STALE,
    HoldReason.PRICES_APART,
    HoldReason.POSITION_UNCONFIRMED,
)
LATER = (
    HoldReason.SPREAD,
    HoldReason.PRICE_COLLAR,
    HoldReason.NOT_FILLING,
    HoldReason.ORDERS_PER_MINUTE,
)
NEVER = (HoldReason.IN_BAND, HoldReason.SUSTAIN, HoldReason.COOLDOWN, HoldReason.BELOW_MINIMUM)


def _held(control: Control, skew_ms: int = 0, **unfit: str) -> dict[Asset, HoldReason]:
    """Return what holds, on a venue of two assets; `unfit` by venue."""
    limits = {MAIN: LIMITS, OTHER: LIMITS}
    named = {VenueName(venue): said for venue, said in unfit.items()}
    found = held_back(control, TWO.policy, {MAIN: skew_ms, OTHER: 0}, limits, named)
    return {asset: hold.reason for asset, hold in found.items()}


def words(made: Claims) -> None:
    """See that a person's word, a clock astray and an unfit account hold all that they concern."""
    run = Control()
    flat = Control(state=AccountState.PAUSE, flattening=True)
    halted, paused = (Control(state=s) for s in (AccountState.HALT, AccountState.PAUSE))
    cases: tuple[tuple[str, dict[Asset, HoldReason], HoldReason | None], ...] = (
        ("running", _held(run), None),
        ("flattening", _held(flat), None),
        ("paused", _held(paused), HoldReason.OPERATOR),
        ("halted", _held(halted), HoldReason.OPERATOR),
        ("halted and astray", _held(halted, 9_999), HoldReason.OPERATOR),
        ("a clock on the edge", _held(run, -LIMITS.skew_max_ms), None),
        ("a clock behind", _held(run, -LIMITS.skew_max_ms - 1), HoldReason.CLOCK_SKEW),
        ("a clock ahead", _held(run, LIMITS.skew_max_ms + 1), HoldReason.CLOCK_SKEW),
        ("a clock ahead, flattening", _held(flat, 9_999), HoldReason.CLOCK_SKEW),
        ("unfit", _held(run, main="may withdraw"), HoldReason.ACCOUNT_UNFIT),
        ("unfit and astray", _held(run, 9_999, main="x"), HoldReason.ACCOUNT_UNFIT),
        ("unfit, flattening", _held(flat, main="x"), HoldReason.ACCOUNT_UNFIT),
        ("unfit elsewhere", _held(run, other="x"), None),
    )
    for name, found, wanted in cases:
        meant = {} if wanted is None else dict.fromkeys(BOTH, wanted)
        made.claim("I-26", found == meant, f"{name}: {found}")


def _margin(equity: str, maintenance: str, source: str = "main:linear", **more: object) -> Margin:
    facts: dict[str, object] = {"asset": USDT, "wallet": D(equity), **more}
    return Margin(source=source, equity=D(equity), maintenance=D(maintenance), **facts)  # type: ignore[arg-type]


def _shown(*margins: Margin, liquidation: Mapping[str, str] | None = None) -> Snapshot:
    snapshot, prices = TWO.snapshot, liquidation or {}
    positions = {
        TWO[asset].key: replace(
            snapshot.positions[TWO[asset].key],
            size=D("-1") if asset in prices else D(0),
            liquidation_price=D(prices[asset]) if asset in prices else D(1),
        )
        for asset in ("BTC", "ETH")
    }
    return replace(snapshot, margins=margins, positions=positions)


def _pool(equity: str, maintenance: str) -> Backing:
    return Backing(equity=D(equity), maintenance=D(maintenance))


def near(made: Claims) -> None:
    """See how near liquidation is: the worst wallet and the nearest price of a venue count."""
    limits = replace(LOOSE, margin_use_max=D("0.5"), liquidation_distance_min=D("0.1"))
    uses: tuple[tuple[tuple[Margin, ...], str], ...] = (
        ((), "0"),
        ((_margin("100", "20"), _margin("100", "60")), "0.6"),
        ((_margin("100", "20"), _margin("1", "1", "other:linear")), "0.2"),
        ((_margin("0", "0"),), "0"),
        ((_margin("0", "1"),), "1"),
        ((_margin("-5", "1"),), "1"),
        ((_margin("100", "1", backing=_pool("100", "70")),), "0.7"),
    )
    for margins, use in uses:
        found = margin_use(_shown(*margins), MAIN)
        made.claim("A9", found == D(use), f"{margins} use {found}")
        strain = strained(_shown(*margins), MAIN, limits)
        reason = strain and strain.reason
        wanted = HoldReason.MARGIN_USE if D(use) > D("0.5") else None
        made.claim("A9", reason is wanted, f"{margins}: {strain}")
    distances: tuple[tuple[Mapping[str, str], str | None], ...] = (
        ({}, None),
        ({"BTC": "0"}, None),
        ({"BTC": "52500"}, "0.05"),
        ({"BTC": "47500"}, "0.05"),
        ({"BTC": "60000", "ETH": "2600"}, "0.04"),
        ({"BTC": "60000"}, "0.2"),
    )
    for prices, share in distances:
        shown = _shown(liquidation=prices)
        distance = liquidation_distance(shown, MAIN)
        made.claim("A9", distance == (share and D(share)), f"{prices} is {distance} away")
        made.claim("A9", liquidation_distance(shown, OTHER) is None, "another venue's position")
        strain = strained(shown, MAIN, limits)
        close = share is not None and D(share) < D("0.1")
        made.claim("A9", (strain is not None) is close, f"{prices}: {strain}")
    blind = replace(_shown(liquidation={"BTC": "52500"}), marks={})
    made.claim("A9", liquidation_distance(blind, MAIN) is None, "a distance without a price")
    worst = _shown(_margin("1", "1"), liquidation={"BTC": "50001"})
    made.claim("A9", strained(worst, MAIN, LOOSE) is None, "limits that nobody set")


def _pooled(equity: str, source: str = "main:unified", asset: Asset = USDT) -> Margin:
    return _margin("5", "0", source, asset=asset, backing=_pool(equity, "0"))


def backing(made: Claims) -> None:
    """See that no margin counts twice, nor one whose price nobody knows."""
    prices = {USDT: D(1), BTC: D(50_000)}
    cases: tuple[tuple[str, tuple[Margin, ...], str], ...] = (
        ("two wallets", (_margin("100", "0"), _margin("2", "0", asset=BTC)), "100100"),
        ("no price", (_margin("100", "0"), _margin("2", "0", asset=Asset("X"))), "100"),
        ("a pool", (_pooled("900"), _pooled("900", asset=BTC)), "900"),
        ("two sights of a pool", (_pooled("900"), _pooled("800")), "800"),
        ("two sights, the less first", (_pooled("800"), _pooled("900")), "800"),
        ("two pools", (_pooled("900"), _pooled("7", "x:y")), "907"),
    )
    for name, margins, wanted in cases:
        found = backing_equity(margins, prices)
        made.claim("I-11", found == D(wanted), f"{name} back {found}, not {wanted}")


def _plan(reason: HoldReason | None, at_ms: int, drifted_ms: int | None = None) -> Plan:
    verdict = order_for("BTC") if reason is None else Hold(asset=BTC, reason=reason, detail="d")
    return Plan(
        at_ms=at_ms,
        value=D(1),
        decisions=(Decision(asset=BTC, verdict=verdict),),
        memories={BTC: AssetMemory(drifted_since_ms=drifted_ms)},
    )


def _raised(plan: Plan, since_ms: int, waits_ms: int = 0) -> list[str]:
    standing = standings({}, _plan(_reason(plan), since_ms), since_ms)
    standing = standings(standing, plan, plan.at_ms)
    return [str(alert.cause) for alert in alerts(standing, plan, waits_ms)]


def _reason(plan: Plan) -> HoldReason | None:
    return plan.holds[0].reason if plan.holds else None


def heard(made: Claims) -> None:
    """See that a person hears of each hold in its time, and of drift that nothing corrects."""
    for reasons, after_ms in ((AT_ONCE, 0), (SOON, MINUTE_MS), (LATER, 5 * MINUTE_MS)):
        for reason in reasons:
            found = _raised(_plan(reason, NOW_MS + after_ms), NOW_MS)
            made.claim("I-18", found == [reason], f"{reason} after {after_ms} ms: {found}")
            early = after_ms and _raised(_plan(reason, NOW_MS + after_ms - 1), NOW_MS)
            made.claim("I-42", not early, f"{reason} is raised before its time")
            found = _raised(_plan(reason, NOW_MS - TEN_YEARS_MS), NOW_MS)
            made.claim("I-18", found == [reason], f"{reason}, the clock set back: {found}")
    for quiet in (*NEVER, None):
        found = _raised(_plan(quiet, NOW_MS + 10**9), NOW_MS)
        made.claim("I-42", not found, f"{quiet}: {found}")
    made.claim("I-18", set(GRACE_MS) >= {*AT_ONCE, *SOON, *LATER}, "a hold that nobody hears of")
    for waits_ms in (0, 60_000):
        at_ms = NOW_MS + OUTSIDE_MAX_MS + waits_ms
        for late_ms, wanted in ((0, []), (1, ["out_of_band"])):
            plan = _plan(HoldReason.COOLDOWN, at_ms + late_ms, NOW_MS)
            found = _raised(plan, NOW_MS, waits_ms)
            made.claim("I-18", found == wanted, f"drifted {waits_ms} + {late_ms} ms: {found}")
    plan = _plan(HoldReason.COOLDOWN, NOW_MS - TEN_YEARS_MS, NOW_MS)
    found = _raised(plan, NOW_MS - TEN_YEARS_MS)
    made.claim("I-18", found == ["out_of_band"], f"drifted, the clock set back: {found}")
    made.claim("I-18", OUTSIDE_MAX_MS <= 600_000, "out of the band for longer than ten minutes")


def lasting(made: Claims) -> None:
    """See that how long something stands is counted from its beginning, and anew after its end."""
    first = standings({}, _plan(HoldReason.SPREAD, NOW_MS), NOW_MS)
    again = standings(first, _plan(HoldReason.SPREAD, NOW_MS + 5), NOW_MS + 5)
    made.claim("I-18", again[BTC].since_ms == NOW_MS, "a hold begins anew each cycle")
    other = standings(again, _plan(HoldReason.LEVERAGE, NOW_MS + 9), NOW_MS + 9)
    made.claim("I-42", other[BTC].since_ms == NOW_MS + 9, "another hold is as old as the last")
    changed = {BTC: Standing(reason=HoldReason.SPREAD, detail="old", since_ms=1)}
    kept = standings(changed, _plan(HoldReason.SPREAD, NOW_MS), NOW_MS)[BTC]
    made.claim("I-18", (kept.since_ms, kept.detail) == (1, "d"), f"{kept}")
    record = record_of(TWO)
    strained_ = replace(
        record,
        snapshot=_shown(_margin("1", "1")),
        policy=replace(record.policy, limits=replace(LOOSE, margin_use_max=D("0.5"))),
    )
    before = (Alert(asset=BTC, cause=FOREIGN_ORDER, detail="x", since_ms=5),)
    found = {(a.asset, a.cause): a.since_ms for a in notices(before, strained_, {BTC: "d"})}
    wanted = {(BTC, FOREIGN_ORDER): 5, (Asset("main"), "margin_use"): record.at_ms}
    made.claim("A9", found == wanted, f"noticed {found}")
    made.claim("I-42", not notices((), record, {}), "a notice of nothing")


SCRIPTS = {
    "words": told(words, "I-26"),
    "near": told(near, "A9"),
    "backing": told(backing, "I-11"),
    "heard": told(heard, "I-18"),
    "lasting": told(lasting, "I-18"),
}
