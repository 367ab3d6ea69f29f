"""The settings as a whole, and what follows from them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, PrivateAttr, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from counterpoise.config.alert_checks import beyond_host, shown
from counterpoise.config.alerts import AlertsSettings
from counterpoise.config.layers import FROM_ENV, KeyPath, Layer, leaves
from counterpoise.config.model import (
    AssetSettings,
    CycleSettings,
    JournalSettings,
    LimitsSettings,
    LiveSettings,
    LogSettings,
    PortfolioSettings,
    TriggerSettings,
    VenueSettings,
)
from counterpoise.config.secrets import (
    HEARTBEAT_URL,
    JOURNAL_URL,
    VENUE_SECRETS,
    alert_address,
    is_secret,
)
from counterpoise.config.values import choice
from counterpoise.core.mode import Mode

DIGEST_LENGTH = 8
MASK = "********"
STATE_DIR_ELSEWHERE = Path("var")  # where the journal is a server
SQLITE = "sqlite:///"


class LayerSource(PydanticBaseSettingsSource):
    """One layer, as pydantic-settings takes it."""

    def __init__(self, settings: type[BaseSettings], layer: Layer) -> None:
        """Serve the tree of `layer`."""
        super().__init__(settings)
        self._tree = layer.tree

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the library's signature
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """Return one field; only the library's own base class asks."""
        return self._tree.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every value of the layer."""
        return self._tree


class Settings(BaseSettings):
    """
    Everything that one portfolio's owner has decided.

    Made only by `load` and `build`, which tell what is wrong in our own words.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    mode: Annotated[Mode, BeforeValidator(choice(Mode))] = Mode.DRY_RUN
    portfolio: PortfolioSettings = PortfolioSettings()
    assets: dict[str, AssetSettings] = {}
    trigger: TriggerSettings = TriggerSettings()
    limits: LimitsSettings = LimitsSettings()
    cycle: CycleSettings = CycleSettings()
    venues: dict[str, VenueSettings] = {}
    alerts: AlertsSettings = AlertsSettings()
    live: LiveSettings = LiveSettings()
    journal: JournalSettings = JournalSettings()
    log: LogSettings = LogSettings()

    _name: str = PrivateAttr(default="counterpoise")
    _source: Path | None = PrivateAttr(default=None)
    _bytes_digest: str = PrivateAttr(default="")
    _checked: tuple[int, ...] | None = PrivateAttr(default=None)  # the file's stamp, back then
    _changed: bool = PrivateAttr(default=False)
    _origins: Mapping[KeyPath, str] = PrivateAttr(default_factory=dict)

    @property
    def portfolio_name(self) -> str:
        """Return the portfolio's name, which is the stem of its file."""
        return self._name

    @property
    def source(self) -> Path | None:
        """Return the file that the settings came from; None where they came from none."""
        return self._source

    @property
    def digest(self) -> str:
        """Return a short name for these very settings; secrets do not change it."""
        told = json.dumps({k: shown for k, (shown, _) in self.told().items()}, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:DIGEST_LENGTH]

    @property
    def state_dir(self) -> Path:
        """Return the folder of the journal, where the status document and halt file are too."""
        url = self.journal.url.get_secret_value()
        return Path(url[len(SQLITE) :]).parent if url.startswith(SQLITE) else STATE_DIR_ELSEWHERE

    @property
    def status_path(self) -> Path:
        """Return where the running daemon writes its status document."""
        return self.state_dir / f"{self._name}.status.json"

    @property
    def halt_path(self) -> Path:
        """Return the file whose being there means: halt."""
        return self.state_dir / f"{self._name}.halt"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's redaction and nothing else."""
        venues = (getattr(s, key) for s in self.venues.values() for key in VENUE_SECRETS)
        password = urlsplit(self.journal.url.get_secret_value()).password
        found = (v.get_secret_value() for v in venues if v is not None)
        addresses = (beyond_host(url.get_secret_value()) for url in self.alerts.addresses)
        return *found, *((password,) if password else ()), *filter(None, addresses)

    @property
    def secret_variables(self) -> tuple[str, ...]:
        """Return the environment variables that a secret came from."""
        given = {p: o for p, o in self._origins.items() if is_secret(p) and o.startswith(FROM_ENV)}
        if urlsplit(self.journal.url.get_secret_value()).password is None:
            given.pop(JOURNAL_URL, None)
        return tuple(sorted({origin.removeprefix(FROM_ENV) for origin in given.values()}))

    def told(self) -> dict[str, tuple[Any, str]]:
        """Return each effective setting by its dotted key, secrets masked, with its origin."""
        tree = self.model_dump(mode="json", exclude_none=True)
        return {".".join(path): self._told(path, tree) for path in leaves(tree)}

    def _told(self, path: KeyPath, tree: dict[str, Any]) -> tuple[Any, str]:
        value: Any = tree
        for key in path:
            value = value[key]
        origins = (self._origins.get(path[:n]) for n in range(len(path), 0, -1))
        origin = next((found for found in origins if found), "default")
        if path == JOURNAL_URL:
            return masked_url(self.journal.url), origin
        if alert_address(path):
            return self._address_told(path), origin
        return (MASK if is_secret(path) else value), origin

    def _address_told(self, path: KeyPath) -> str:
        """Return the host that an alert goes to, and nothing of what makes it work."""
        hook = self.alerts.heartbeat if path == HEARTBEAT_URL else self.alerts.webhooks[path[2]]
        return "" if hook.url is None else f"{shown(hook.url.get_secret_value())}{MASK}"

    def file_changed(self) -> bool:
        """Say whether the file has another content than when it was read, or is gone."""
        if self._source is None:
            return False
        stamp = _stamp(self._source)
        if stamp is None or stamp != self._checked:
            self._changed = bytes_digest(self._source) != self._bytes_digest
            self._checked = stamp
        return self._changed


def masked_url(url: SecretStr) -> str:
    """Return a journal's address without its password."""
    return re.sub(r"(://[^:/@]*):[^@]*@", rf"\1:{MASK}@", url.get_secret_value())


def _stamp(file: Path) -> tuple[int, ...] | None:
    """Return what differs after every write to `file`; None where it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def bytes_digest(file: Path) -> str:
    """Return a digest of the content of `file`; empty where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""
