"""Settings that must not start a daemon, and that those which may are what it goes by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from pydantic_core import PydanticCustomError

from counterpoise.bootstrap.assembly import venue_config
from counterpoise.bootstrap.mandate import policy_of
from counterpoise.config import Settings, SettingsProblems, alerts, model, ranges, values
from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.schedule import Duration
from simulation.findings import Violation
from simulation.folders import folder
from simulation.scripts.claims import Claims, refusal, told
from tests.config.files import GOOD, KEYS, LIVE, changed, loaded, written

D = Decimal
LIVE_MODE = changed('mode = "testnet"', 'mode = "live"') + LIVE
HTTP = "http://127.0.0.1:8089"
Wrong = Sequence[tuple[str, str, str]]  # what, the file, and the key that is named


def _without(line: str) -> str:
    """Return real money without one line."""
    return changed(next(one for one in LIVE.splitlines() if one.startswith(line)), "", LIVE_MODE)


REAL_MONEY: Wrong = (
    *(
        (f"no {limit}", _without(limit), "limits")
        for limit in (
            "order_notional_max",
            "position_notional_max",
            "turnover_day_max",
            "orders_per_minute_max",
            "leverage_max",
            "price_collar",
            "spread_max",
        )
    ),
    ("no confirmation", _without("confirm"), "live.confirm"),
    (
        "an endpoint",
        changed('"binance"', f'"binance"\nendpoint = "{HTTP}"', LIVE_MODE),
        "venues.main.endpoint",
    ),
    (
        "a test environment",
        changed('"binance"', '"bybit"\nenvironment = "demo"', LIVE_MODE),
        "venues.main.environment",
    ),
)
PORTFOLIOS: Wrong = (
    ("weights over 1", changed("weight = 0.5", "weight = 0.8"), "assets"),
    ("one perpetual twice", changed("main:ETH/", "main:BTC/"), "assets.ETH.perpetual"),
    ("another's perpetual", changed("main:ETH/", "main:SOL/"), "assets.ETH.perpetual"),
    ("another quote", changed("ETH/USDT:USDT", "ETH/USDC:USDC"), "assets.ETH.perpetual"),
    ("no such venue", changed("main:ETH", "mian:ETH"), "assets.ETH.perpetual"),
    ("a wallet not looked at", GOOD + 'wallets = ["spot"]\n', "venues.main.wallets"),
    ("undated", changed("weight = 0.5", "weight = 0.5\nexternal = 1"), "assets.BTC.external"),
    (
        "dated nothing",
        changed("weight = 0.5", "weight = 0.5\nexternal_as_of = 2025-01-01"),
        "assets.BTC.external",
    ),
    ("no such exchange", changed('"binance"', '"binnance"'), "venues.main.exchange"),
    ("no test environment", changed('"binance"', '"mexc"'), "mode"),
    (
        "no such environment",
        changed('"binance"', '"bybit"\nenvironment = "dmo"'),
        "venues.main.environment",
    ),
    ("no passphrase", changed('"binance"', '"okx"'), "venues.main.api_passphrase"),
    (
        "for ever",
        changed("weight = 0.5", "weight = 0.5\nexternal = 1\nexternal_as_of = 2025-01-01"),
        "assets.BTC.external",
    ),
    (
        "since nobody knows when",
        changed("weight = 0.5", 'weight = 0.5\nexternal = 1\nexternal_valid_for = "9d"'),
        "assets.BTC.external",
    ),
    ("no wallet address", changed('"binance"', '"hyperliquid"'), "venues.main.wallet_address"),
    ("no asset", GOOD[: GOOD.index("[assets.BTC]")], "assets"),
)
KEYS_WRONG: Wrong = (
    ("a misspelt key", changed("drift = 0.05", "drfit = 0.05"), "trigger.drfit"),
    ("a misspelt table", changed("[trigger]", "[triger]"), "triger"),
    ("an unknown mode", changed('"testnet"', '"test"'), "mode"),
    ("no unit", changed("drift = 0.05", "drift = 0.05\ncooldown = 300"), "trigger.cooldown"),
    ("a spot symbol", changed("BTC/USDT:USDT", "BTC/USDT"), "assets.BTC.perpetual"),
    ("an end date", changed("T:USDT", "T:USDT-261225"), "assets.BTC.perpetual"),
    ("a journal in memory", GOOD + '[journal]\nurl = "sqlite://"\n', "journal.url"),
    ("no limit", GOOD + "[limits]\nlevrage_max = 3\n", "limits.levrage_max"),
    ("nothing", "", ""),
    ("a file without end", GOOD + "#" * 70_000, ""),
)


def refused(wrong: Wrong) -> Callable[[], Sequence[Violation]]:
    """Return a script that loads each file, and wants its mistake named."""

    def trap(made: Claims) -> None:
        with folder() as path:
            for what, text, key in wrong:
                found = refusal(lambda text=text: loaded(written(path, text)))  # type: ignore[misc]
                named = isinstance(found, SettingsProblems) and [one.key for one in found.problems]
                made.claim("I-24", named and key in named, f"{what}: {named or found!r}")

    return told(trap, "I-24")


def accepted(made: Claims) -> None:
    """See that what is right is taken, dry-run where nobody says, and no key left in sight."""
    with folder() as path:
        plain = loaded(written(path))
        quiet = loaded(written(path, changed('mode = "testnet"\n', "")))
        made.claim("I-23", quiet.mode is Mode.DRY_RUN, f"no word of a mode is {quiet.mode}")
        real = loaded(written(path, LIVE_MODE))
        made.claim("I-17", real.mode is Mode.LIVE, f"real money is {real.mode}")
        for text in (
            GOOD + f'endpoint = "{HTTP}"\n',
            changed('"binance"', f'"mexc"\nendpoint = "{HTTP}"'),
            changed('mode = "testnet"\n', "").replace('"binance"', '"mexc"'),
            changed('"binance"', '"bybit"\nenvironment = "demo"'),
        ):
            error = refusal(lambda text=text: loaded(written(path, text)))  # type: ignore[misc]
            made.claim("I-17", error is None, f"{text[-40:]!r} is refused: {error}")
        said = refusal(lambda: loaded(written(path), {}))
        made.claim("I-24", isinstance(said, SettingsProblems), f"without keys: {said!r}")
    for settings in (plain, real):
        shown = f"{settings!r} {settings} {settings.told()}"
        made.claim("I-25", not any(key in shown for key in KEYS.values()), "a key is shown")
        kept = set(KEYS.values()) <= set(settings.secrets)
        made.claim("I-25", kept, "the log is not told which secrets to hide")
        variables = set(settings.secret_variables)
        made.claim("I-25", variables == set(KEYS), f"forgets {variables}")


DATED = 'external = 2\nexternal_as_of = 2025-01-01\nexternal_valid_for = "90d"'
RICH = (
    changed("exposure = 1.0", 'exposure = 0.5\nvalue = "equity"', LIVE_MODE)
    .replace("drift = 0.05", 'drift = 0.06\nsustain = "7s"\ncooldown = "9m"\nreturn_to = 0.5')
    .replace("weight = 0.5", f"weight = 0.4\ndrift = 0.01\n{DATED}", 1)
    .replace("spread_max = 0.002", "spread_max = 0.001\nmargin_use_max = 0.4")
    .replace("leverage_max = 3.0", "leverage_max = 2\nliquidation_distance_min = 0.2")
    + '[cycle]\nsnapshot_age_max = "4s"\n'
)


def _policy(settings: Settings) -> dict[str, object]:
    """Return what the settings make of a portfolio, by name."""
    policy = policy_of(settings)
    parts: tuple[object, ...] = (policy, policy.trigger, policy.limits)
    found: dict[str, object] = {}
    for part in parts:
        names = getattr(part, "__dataclass_fields__", {})
        found |= {name: getattr(part, name) for name in names}
    return found


def mandates(made: Claims) -> None:
    """See that every setting reaches the decision that it is for, as it is written."""
    with folder() as path:
        settings = loaded(written(path, RICH))
    found = _policy(settings)
    wanted: dict[str, object] = {
        "exposure": D("0.5"),
        "value_basis": "equity",
        "sustain_ms": 7_000,
        "cooldown_ms": 540_000,
        "on_start": False,
        "return_to": D("0.5"),
        "price_collar": D("0.003"),
        "spread_max": D("0.001"),
        "order_notional_max": D(25_000),
        "position_notional_max": D(250_000),
        "turnover_day_max": D(500_000),
        "orders_per_minute_max": 20,
        "leverage_max": D(2),
        "margin_use_max": D("0.4"),
        "liquidation_distance_min": D("0.2"),
        "snapshot_age_max_ms": 4_000,
        "quote_sources": ("main:spot", "main:linear"),
    }
    for name, value in wanted.items():
        made.claim("I-24", found.get(name) == value, f"{name} is {found.get(name)}, not {value}")
    held = policy_of(settings).targets[0].external
    dated = held and (held.quantity, held.as_of_ms, held.valid_until_ms)
    begun_ms = 1_735_689_600_000  # 2025, UTC
    whole = (D(2), begun_ms, begun_ms + 90 * 86_400_000)
    made.claim("I-24", dated == whole, f"a declared holding is {dated}")
    targets = {t.asset: (t.weight, t.drift, t.sources) for t in policy_of(settings).targets}
    meant = {"BTC": (D("0.4"), D("0.01"), ("main:spot",))}
    meant["ETH"] = (D("0.3"), D("0.06"), ("main:spot",))
    made.claim("I-24", targets == meant, f"targets {targets}")
    venue = venue_config(settings, VenueName("main"), settings.venues["main"])
    facts = (venue.mode, venue.symbols, venue.assets, venue.api_key, venue.api_secret)
    symbols, assets = ("BTC/USDT:USDT", "ETH/USDT:USDT"), ("BTC", "ETH", "USDT")
    sure = facts == (Mode.LIVE, symbols, assets, *KEYS.values())
    made.claim("I-24", sure, f"the venue is asked as {facts[:3]}")
    made.claim("I-24", not venue.endpoint, f"orders go to {venue.endpoint}")


Check = tuple[object, tuple[object, ...], tuple[object, ...]]  # of a key: wrong, and right
CHECKS: tuple[Check, ...] = (
    (ranges._weight, (D("-0.1"), D("1.1"), D(100)), (D(0), D(1))),  # noqa: SLF001
    (ranges._drift, (D(0), D(-1), D(5)), (D("0.05"), D(1))),  # noqa: SLF001
    (ranges._exposure, (D("-0.1"), D("1.1"), D(100)), (D(0), D(1))),  # noqa: SLF001
    (ranges._return_to, (D("-0.1"), D("1.1")), (D(0), D(1))),  # noqa: SLF001
    (ranges._collar, (D(0), D("0.3"), D(-1)), (D("0.003"), D("0.1"))),  # noqa: SLF001
    (ranges._leverage, (D(0), D(-1), D(126)), (D(1), D(125))),  # noqa: SLF001
    (ranges._margin_use, (D(0), D(1), D(2)), (D("0.5"),)),  # noqa: SLF001
    (ranges._liquidation_distance, (D("-0.1"), D(1)), (D(0), D("0.1"))),  # noqa: SLF001
    (ranges._notional, (D(0), D(-1)), (D(1),)),  # noqa: SLF001
    (ranges._held, (D(-1),), (D(0), D(1))),  # noqa: SLF001
    (ranges._orders_per_minute, (0, -1, 601), (1, 600)),  # noqa: SLF001
    (
        ranges._interval,  # noqa: SLF001
        (Duration(ms=99), Duration(ms=3_600_001)),
        (Duration(ms=100), Duration(ms=3_600_000)),
    ),
    (
        alerts._between(5, 9, "x").func,  # noqa: SLF001
        (Duration(ms=4), Duration(ms=10)),
        (Duration(ms=5), Duration(ms=9)),
    ),
    (values._number, ("50%", "half", "", True, None, 0.5, "NaN", D("Infinity")), ("0.5", 1)),  # noqa: SLF001
    (values._whole, ("1.5", D("0.1"), "x"), ("2", 3)),  # noqa: SLF001
    (values._flag, ("yes", 1, 0, None, ""), (True, "false", "TRUE")),  # noqa: SLF001
    (values._word, (1, None, ["a"]), ("a",)),  # noqa: SLF001
    (values._duration, ("300", 300, "5 minutes", "-5m", ""), ("5m", "10s")),  # noqa: SLF001
    (values._schedule, ("0 8 1", "0 0 30 2 *", "5"), ("90d", "0 8 1 * *")),  # noqa: SLF001
    (values._moment, ("soon", 5, None), ("2025-06-30",)),  # noqa: SLF001
    (values._words, ("", 5, [1]), (["spot"], "spot, linear")),  # noqa: SLF001
    (model._wallets, ((), ("lineer",)), (("spot", "linear"),)),  # noqa: SLF001
    (model._asset_form, ("usdt", "", "U-S"), ("USDT",)),  # noqa: SLF001
    (model._journal_url, ("mysql://x/y", "sqlite://", 5), ("sqlite:///a.db",)),  # noqa: SLF001
    (
        model._url,  # noqa: SLF001
        ("127.0.0.1:1", "ftp://127.0.0.1", f"{HTTP}/api", f"{HTTP}?a=b", "http://u:p@h"),
        (HTTP, ""),
    ),
    (
        model._perpetual_form,  # noqa: SLF001
        ("BTC/USDT:USDT", "main:BTC/USDT", "main:BTC/USDT:USDT-261225", "main", "a:b:c"),
        ("main:BTC/USDT:USDT",),
    ),
    (
        alerts._outside,  # noqa: SLF001
        (
            "http://example.org/x",
            "ftp://example.org/x",
            "https://u:p@example.org/x",
            "https://example.org/x#y",
            "https://example.org/a b",
            "https:///x",
            "https://example.org:0/x",
            "https://example.org/" + "x" * 2_000,
            "https://example.org/\u00e9",
            "",
        ),
        ("https://example.org/x", "http://127.0.0.1:1/x", "http://localhost/x", None),
    ),
    (alerts._mention, ("a\nb", "x" * 101), ("<!channel>",)),  # noqa: SLF001
)


def kinds(made: Claims) -> None:
    """See that no value is taken that its key cannot mean."""
    for check, wrong, right in CHECKS:
        take: Callable[[object], object] = check  # type: ignore[assignment]
        name = getattr(check, "__name__", "?")
        for value in wrong:
            found = refusal(lambda take=take, value=value: take(value))  # type: ignore[misc]
            caught = isinstance(found, PydanticCustomError)
            made.claim("I-24", caught, f"{name} {value!r:.60}: {found!r}")
        for value in right:
            found = refusal(lambda take=take, value=value: take(value))  # type: ignore[misc]
            made.claim("I-17", found is None, f"{name} {value!r}: {found!r}")


SCRIPTS = {
    "real money": refused(REAL_MONEY),
    "portfolios": refused(PORTFOLIOS),
    "keys": refused(KEYS_WRONG),
    "accepted": told(accepted, "I-24"),
    "mandates": told(mandates, "I-24"),
    "kinds": told(kinds, "I-24"),
}
