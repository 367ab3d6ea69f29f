"""The settings of one portfolio. Defaults are the safe side; what is not named is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from counterpoise.config.ranges import (
    Beta,
    Collar,
    Drift,
    Exposure,
    Held,
    Interval,
    Leverage,
    LiquidationDistance,
    MarginUse,
    Notional,
    OrdersPerMinute,
    ReturnTo,
    Weight,
)
from counterpoise.config.values import (
    Calendar,
    Flag,
    Moment,
    Span,
    Word,
    Words,
    choice,
    unfit,
)
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.schedule import MINUTE_MS, SECOND_MS, Duration

WALLETS = ("spot", "margin", "funding", "linear", "inverse", "unified")
WALLETS_USUAL_OF = {
    "bybit": ["unified"],
    "okx": ["unified"],
}  # where nobody named any: one wallet for everything
PERPETUAL_FORM = 'venue:BASE/QUOTE:SETTLE, such as "main:BTC/USDT:USDT"'
SPOT_FORM = 'venue:BASE/QUOTE, such as "main:PEPE/USDT"'
HOST_MAX = 253


class LogLevel(StrEnum):
    """The least important log line that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look. Auto is JSON unless on a terminal."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


def _asset_form(value: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{1,20}", value):
        raise unfit(
            "an asset as the exchange writes it, in capitals: BTC", f"write {value.upper()}"
        )
    return value


def _perpetual_form(value: str) -> str:
    venue, _, symbol = value.partition(":")
    if "/" in venue:
        raise unfit(PERPETUAL_FORM, f'name the venue: "main:{value}"')
    if symbol and ":" not in symbol:
        quote = symbol.partition("/")[2] or "USDT"
        raise unfit(
            f"a perpetual, {PERPETUAL_FORM}; this is a spot symbol, and spot is never traded",
            f'write "{value}:{quote}"',
        )
    if re.search(r"-\d{6}", symbol):
        raise unfit("a perpetual; this is a future with an end date", f'write "{value[:-7]}"')
    if not re.fullmatch(r"[^:/\s]+:[^:/\s]+/[^:/\s]+:[^:/\s]+", value):
        raise unfit(PERPETUAL_FORM)
    return value


def _spot_form(value: str) -> str:
    if re.fullmatch(r"[^:/\s]+:[^:/\s]+/[^:/\s]+:[^:/\s]+", value):
        spot = value.rpartition(":")[0]
        raise unfit(f"a spot market, {SPOT_FORM}; this is a perpetual", f'write "{spot}"')
    if not re.fullmatch(r"[^:/\s]+:[^:/\s]+/[^:/\s]+", value):
        raise unfit(SPOT_FORM, f'name the venue: "main:{value}"' if ":" not in value else "")
    return value


def _url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    known = parts.scheme in {"http", "https"} and parts.hostname
    if not known or parts.path.strip("/") or parts.query or "@" in parts.netloc:
        raise unfit(
            'an address without path or password, such as "http://127.0.0.1:8089"',
            f'write "http://{value}"' if re.fullmatch(r"[\w.-]+:\d+", value) else "",
        )
    return value.rstrip("/")


def _wallets(value: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in value if name not in WALLETS]
    if unknown or not value:
        raise unfit(f"a list of some of: {', '.join(WALLETS)}")
    return tuple(dict.fromkeys(value))


def _ids(value: object) -> object:
    return () if value == "" else value


def _journal_url(value: object) -> object:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    form = "sqlite:///PATH (four slashes for an absolute one) or postgresql://USER@HOST/NAME"
    if not isinstance(text, str) or not re.match(r"(sqlite:///.|postgresql://.)", text):
        raise unfit(form, 'write "sqlite:///var/counterpoise.db"')
    return value


class Part(BaseModel):
    """One table of the settings."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # built once, as a part of the whole
    )


class PortfolioSettings(Part):
    """What weights are shares of, and how much of it stays exposed."""

    quote: Annotated[Word, AfterValidator(_asset_form)] = "USDT"
    exposure: Exposure = Decimal(1)
    value: Annotated[ValueBasis, BeforeValidator(choice(ValueBasis))] = ValueBasis.HOLDINGS


class ProxySettings(Part):
    """Whose perpetual hedges an asset that has none, and how much of it."""

    asset: Annotated[Word, AfterValidator(_asset_form)]
    beta: Beta  # by how many per cent the asset moves where its carrier moves one


class AssetSettings(Part):
    """What one asset should be, and with which perpetual it is made so: its own or another's."""

    weight: Weight
    perpetual: Annotated[Word, AfterValidator(_perpetual_form)] | None = None
    proxy: ProxySettings | None = None
    price: Annotated[Word, AfterValidator(_spot_form)] | None = None  # where a spot price is needed
    drift: Drift | None = None  # instead of trigger.drift
    wallets: Words | None = None  # that must show it, "main:spot"; None is all that can hold it
    external: Held | None = None  # base units held where no exchange shows them
    external_as_of: Moment | None = None
    external_valid_for: Span | None = None


class TriggerSettings(Part):
    """When to act, and how far to go."""

    drift: Drift = Decimal("0.05")
    every: Calendar | None = None
    sustain: Span = Duration(ms=0)
    cooldown: Span = Duration(ms=5 * MINUTE_MS)
    on_start: Flag = False
    return_to: ReturnTo = Decimal(0)


class LimitsSettings(Part):
    """Bounds that no plan passes; None is unlimited, which live mode refuses."""

    order_notional_max: Notional | None = None
    position_notional_max: Notional | None = None
    turnover_day_max: Notional | None = None
    orders_per_minute_max: OrdersPerMinute | None = None
    leverage_max: Leverage | None = None
    price_collar: Collar = Decimal("0.003")
    spread_max: Collar = Decimal("0.002")
    margin_use_max: MarginUse = Decimal("0.5")
    liquidation_distance_min: LiquidationDistance = Decimal("0.1")


class CycleSettings(Part):
    """How often to look, and how old a look may be when something is decided on it."""

    interval: Interval = Duration(ms=10 * SECOND_MS)
    snapshot_age_max: Interval = Duration(ms=10 * SECOND_MS)


class VenueSettings(Part):
    """One account on one exchange."""

    exchange: Word
    wallets: Annotated[Words, AfterValidator(_wallets)] = ("spot", "linear")
    api_key: SecretStr | None = None
    api_secret: SecretStr | None = None
    api_passphrase: SecretStr | None = None  # where the exchange has one
    wallet_address: Word = ""  # of the account, where an exchange has wallets instead of keys
    agent_key: SecretStr | None = None  # private key of the wallet that signs for it
    environment: Word = ""  # which test environment, where the exchange has several
    endpoint: Annotated[Word, AfterValidator(_url)] = ""
    proxy: Annotated[Word, AfterValidator(_url)] = ""
    options: dict[str, Any] = Field(default_factory=dict)  # ccxt's own

    @model_validator(mode="before")
    @classmethod
    def _with_usual_wallets(cls, given: object) -> object:
        """Name the wallets that an exchange usually has, where nobody did."""
        if not isinstance(given, dict) or "wallets" in given:
            return given
        usual = WALLETS_USUAL_OF.get(str(given.get("exchange")))
        return given if usual is None else {**given, "wallets": usual}


class LiveSettings(Part):
    """The second deliberate step to real money."""

    # the id of the account; of several venues, of each
    confirm: Annotated[Words, BeforeValidator(_ids)] = ()
    key_checked: bool = False  # a person saw that the key may not withdraw; some venues never say


class JournalSettings(Part):
    """Where everything is recorded. The address may hold a password, so it is a secret."""

    url: Annotated[SecretStr, BeforeValidator(_journal_url)] = SecretStr(
        "sqlite:///var/counterpoise.db"
    )


class LogSettings(Part):
    """How much is logged, and in which form."""

    level: Annotated[LogLevel, BeforeValidator(choice(LogLevel))] = LogLevel.INFO
    format: Annotated[LogFormat, BeforeValidator(choice(LogFormat))] = LogFormat.AUTO
