from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from counterpoise.bootstrap.assembly import venue_config
from counterpoise.config import Request, SettingsProblems, load
from counterpoise.core.instrument import VenueName
from tests.config.files import GOOD, KEYS, changed, loaded, refusal, written

KEY, SECRET = "canary-key-0123456789", "canary-secret-0123456789"


def secret_file(path: Path, text: str = f"{SECRET}\n", mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def with_files(folder: Path, key: Path, secret: Path) -> Path:
    lines = f'api_key_file = "{key}"\napi_secret_file = "{secret}"\n'
    return written(folder, GOOD + lines)


def test_secrets_come_from_the_files_that_are_named(tmp_path: Path) -> None:
    key = secret_file(tmp_path / "key", f"{KEY}\n")
    path = with_files(tmp_path, key, secret_file(tmp_path / "secret"))
    settings = loaded(path, {})
    assert settings.secrets == (KEY, SECRET)
    assert settings.told()["venues.main.api_key"] == ("********", f"secret file {key}")


def test_secrets_come_from_a_folder_of_secrets(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    secret_file(folder / "main_api_key", KEY)
    secret_file(folder / "main_api_secret")
    secret_file(folder / "of-somebody-else", mode=0o644)
    environ = {"COUNTERPOISE_SECRETS_DIR": str(folder)}
    assert loaded(written(tmp_path), environ).secrets == (KEY, SECRET)


def test_the_environment_can_name_a_file_too(tmp_path: Path) -> None:
    secret = secret_file(tmp_path / "secret")
    environ = {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET_FILE": str(secret),
    }
    assert loaded(written(tmp_path), environ).secrets == (KEY, SECRET)


@pytest.mark.parametrize("way", ["variable", "file", "variable naming a file", "folder"])
def test_a_passphrase_comes_in_every_way_that_a_key_does(tmp_path: Path, way: str) -> None:
    third, variable = "canary-passphrase-012345", "COUNTERPOISE_VENUES__MAIN__API_PASSPHRASE"
    file, text, environ = secret_file(tmp_path / "main_api_passphrase", third), GOOD, dict(KEYS)
    match way:
        case "variable":
            environ[variable] = third
        case "file":
            text += f'api_passphrase_file = "{file}"\n'
        case "variable naming a file":
            environ[f"{variable}_FILE"] = str(file)
        case "folder":
            environ["COUNTERPOISE_SECRETS_DIR"] = str(tmp_path)
    settings = loaded(written(tmp_path, text), environ)
    assert settings.secrets == ("key-value-1", "secret-value-1", third)
    assert venue_config(settings, VenueName("main"), settings.venues["main"]).secrets[2] == third
    assert third not in repr(settings)


def test_what_the_environment_has_is_not_looked_for_in_files(tmp_path: Path) -> None:
    path = with_files(tmp_path, tmp_path / "absent-1", tmp_path / "absent-2")
    assert loaded(path, KEYS).secrets == ("key-value-1", "secret-value-1")


@pytest.mark.parametrize("odd", ["one\ntwo", "gl\u00fcck", "zero\u200bwidth", "tab\tbed"])
def test_a_secret_that_no_exchange_gave_out_is_refused_before_it_is_sent(
    tmp_path: Path, odd: str
) -> None:
    key = secret_file(tmp_path / "key", odd)
    path = with_files(tmp_path, key, secret_file(tmp_path / "secret"))
    told = str(refusal(path, {}))
    assert "venues.main.api_key_file names" in told
    assert "beyond ASCII" in told
    assert odd not in told
    written_out = KEYS | {"COUNTERPOISE_VENUES__MAIN__API_SECRET": odd}
    assert "venues.main.api_secret has characters" in str(refusal(written(tmp_path), written_out))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666, 0o777])
def test_a_secret_that_others_can_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    key = secret_file(tmp_path / "key")
    secret = secret_file(tmp_path / "a secret", mode=mode)
    told = str(refusal(with_files(tmp_path, key, secret), {}))
    assert "venues.main.api_secret_file" in told
    assert f"chmod 600 '{secret}'" in told
    assert SECRET not in told


def test_a_secret_that_cannot_be_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, secret = secret_file(tmp_path / "key"), secret_file(tmp_path / "secret")
    path, opened = with_files(tmp_path, key, secret), os.open

    def guarded(file: Path, *arguments: Any) -> int:  # noqa: ANN401
        if file == secret:
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *arguments)

    monkeypatch.setattr(os, "open", guarded)
    told = str(refusal(path, {}))
    assert "this user cannot read" in told
    assert "chown" in told
    assert str(secret) in told


def test_a_secret_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    told = str(refusal(with_files(tmp_path, tmp_path / "absent", tmp_path / "absent"), {}))
    assert "does not exist" in told
    assert "install -m 600" in told


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    key, secret = secret_file(tmp_path / "key"), secret_file(tmp_path / "secret", "\n")
    assert "which is empty" in str(refusal(with_files(tmp_path, key, secret), {}))


def test_two_bad_secrets_are_told_in_one_go(tmp_path: Path) -> None:
    key = secret_file(tmp_path / "key", mode=0o644)
    secret = secret_file(tmp_path / "secret", "")
    told = str(refusal(with_files(tmp_path, key, secret), {}))
    assert "chmod 600" in told
    assert "which is empty" in told


def test_a_secret_and_its_file_are_one_too_many(tmp_path: Path) -> None:
    text = GOOD + f'api_key = "{KEY}"\napi_key_file = "/x"\napi_secret = "{SECRET}"\n'
    path = written(tmp_path, text)
    path.chmod(0o600)
    told = str(refusal(path, {}))
    assert "venues.main.api_key is given, and so is venues.main.api_key_file" in told


def test_a_settings_file_with_a_secret_in_it_is_a_secret_file(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + f'api_key = "{KEY}"\napi_secret = "{SECRET}"\n')
    path.chmod(0o644)
    told = str(refusal(path, {}))
    assert f"chmod 600 {path}" in told
    assert KEY not in told
    path.chmod(0o600)
    assert loaded(path, {}).secrets == (KEY, SECRET)


def test_no_spelling_of_the_settings_shows_a_secret(tmp_path: Path) -> None:
    environ = {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET": SECRET,
        "COUNTERPOISE_JOURNAL__URL": f"postgresql://cp:{SECRET}@db/counterpoise",
    }
    settings = loaded(written(tmp_path), environ)
    spelled = f"{settings!r} {settings} {settings.told()} {settings.model_dump_json()}"
    assert KEY not in spelled
    assert SECRET not in spelled
    assert settings.told()["journal.url"][0] == "postgresql://cp:********@db/counterpoise"
    assert SECRET in settings.secrets


def test_no_refusal_shows_a_secret(tmp_path: Path) -> None:
    environ = {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET": SECRET,
        "COUNTERPOISE_JOURNAL__URL": f"mysql://cp:{SECRET}@db/counterpoise",
        "COUNTERPOISE_MODE": "lvie",
    }
    with pytest.raises(SettingsProblems) as caught:
        load(written(tmp_path, changed("0.5", "50")), Request(environ=environ))
    spelled = f"{caught.value!r} {caught.value} {caught.value.detail} {caught.value.problems}"
    assert "journal.url" in spelled
    assert KEY not in spelled
    assert SECRET not in spelled


def test_a_secret_does_not_leave_by_pickle(tmp_path: Path) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        pickle.dumps(loaded(written(tmp_path)))


def test_the_variables_that_a_secret_came_from_are_named_and_no_others(tmp_path: Path) -> None:
    environ = {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET_FILE": str(secret_file(tmp_path / "secret")),
        "COUNTERPOISE_JOURNAL__URL": f"sqlite:///{tmp_path}/journal.db",
        "COUNTERPOISE_CYCLE__INTERVAL": "30s",
    }
    settings = loaded(written(tmp_path), environ)
    assert settings.secret_variables == ("COUNTERPOISE_VENUES__MAIN__API_KEY",)
    environ["COUNTERPOISE_JOURNAL__URL"] = f"postgresql://cp:{SECRET}@db/counterpoise"
    assert "COUNTERPOISE_JOURNAL__URL" in loaded(written(tmp_path), environ).secret_variables
    whole = f'{{"api_key": "{KEY}", "api_secret": "{SECRET}"}}'
    settings = loaded(written(tmp_path), {"COUNTERPOISE_VENUES__MAIN": whole})
    assert settings.secret_variables == ("COUNTERPOISE_VENUES__MAIN",)
