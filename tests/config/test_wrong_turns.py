"""Every mistake in a settings file: named, with what is allowed and what to do, in three lines."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from counterpoise.config import Exchanges, Problem, Request, SettingsProblems, build, load
from tests.config.files import GOOD, KEYS, changed, refusal, written
from tests.config.turns import BTC, WRONG_TURNS


@pytest.mark.parametrize("turn", WRONG_TURNS)
def test_a_wrong_turn_is_named_with_the_way_back(tmp_path: Path, turn: str) -> None:
    text, expected = WRONG_TURNS[turn]
    told = str(refusal(written(tmp_path, text)))
    for words in expected:
        assert words in told, told


@pytest.mark.parametrize("turn", WRONG_TURNS)
def test_a_problem_takes_three_lines_and_names_the_next_command(tmp_path: Path, turn: str) -> None:
    for problem in refusal(written(tmp_path, WRONG_TURNS[turn][0])).problems:
        lines = str(problem).splitlines()
        assert 2 <= len(lines) <= 3
        assert "next: " in lines[-1]
        assert "counterpoise " in lines[-1]


@pytest.mark.parametrize("turn", WRONG_TURNS)
def test_no_problem_is_told_in_another_librarys_words(tmp_path: Path, turn: str) -> None:
    told = str(refusal(written(tmp_path, WRONG_TURNS[turn][0]))).lower()
    foreign = ("pydantic", "validation error", "input should", "type=", "errno", "extra inputs")
    assert not any(words in told for words in foreign), told


def test_every_problem_is_told_in_one_go(tmp_path: Path) -> None:
    text = changed("drift = 0.05", "drfit = 0.05").replace("weight = 0.5", "weight = 100")
    text = text.replace('"binance"', '"binnance"')
    keys = [problem.key for problem in refusal(written(tmp_path, text)).problems]
    assert keys == ["assets.BTC.weight", "trigger.drfit", "venues.main.exchange"]


def test_a_problem_that_follows_from_another_is_not_told_twice(tmp_path: Path) -> None:
    text = changed(BTC, 'perpetual = "nowhere:BTC/USDT"')
    keys = [problem.key for problem in refusal(written(tmp_path, text)).problems]
    assert keys == ["assets.BTC.perpetual"]


def test_a_misspelt_variable_is_named(tmp_path: Path) -> None:
    environ = {**KEYS, "COUNTERPOISE_TRIGGER__DRFIT": "0.05"}
    told = str(refusal(written(tmp_path), environ))
    assert "trigger.drfit is not a key  (env COUNTERPOISE_TRIGGER__DRFIT)" in told
    assert "did you mean trigger.drift?" in told


def test_missing_credentials_are_named_with_the_ways_to_give_them(tmp_path: Path) -> None:
    told = str(refusal(written(tmp_path), {}))
    assert "venues.main.api_key is missing, and so is api_secret" in told
    assert "COUNTERPOISE_VENUES__MAIN__API_SECRET" in told
    assert "api_key_file" in told


def test_a_missing_passphrase_is_named_only_where_a_key_has_one(tmp_path: Path) -> None:
    exchanges = Exchanges(
        supported=frozenset({"binance", "okx"}),
        with_testnet=frozenset({"binance", "okx"}),
        with_passphrase=frozenset({"okx"}),
    )
    load(written(tmp_path), Request(environ=KEYS, exchanges=exchanges))
    path = written(tmp_path, changed('"binance"', '"okx"'))
    with pytest.raises(SettingsProblems) as caught:
        load(path, Request(environ=KEYS, exchanges=exchanges))
    assert "venues.main.api_passphrase is missing" in str(caught.value)
    assert "COUNTERPOISE_VENUES__MAIN__API_PASSPHRASE" in str(caught.value)


def wallet_of(tmp_path: Path, **given: str) -> str:
    """Return what is said of a venue that has wallets instead of keys."""
    path = written(tmp_path, changed('"binance"', '"hyperliquid"'))
    keys = {f"COUNTERPOISE_VENUES__MAIN__{name}": value for name, value in given.items()}
    return str(refusal(path, keys))


ADDRESS = "0x" + "ab" * 20


def test_a_missing_wallet_is_named_where_a_venue_has_wallets(tmp_path: Path) -> None:
    told = wallet_of(tmp_path)
    assert "venues.main.wallet_address is missing, and so is agent_key" in told
    assert "agent_key_file" in told
    assert "cannot withdraw" in told
    assert "agent_key is missing" in wallet_of(tmp_path, WALLET_ADDRESS=ADDRESS)


@pytest.mark.parametrize("address", ["0x12", ADDRESS[2:], ADDRESS + "00", "main wallet"])
def test_an_address_of_another_form_is_refused(tmp_path: Path, address: str) -> None:
    told = wallet_of(tmp_path, WALLET_ADDRESS=address, AGENT_KEY="0x" + "12" * 32)
    assert f'wallet_address = "{address}"' in told
    assert "40 hexadecimal digits" in told
    assert "1212" not in told


def test_missing_credentials_of_a_local_exchange_are_where_it_prints_them(tmp_path: Path) -> None:
    text = GOOD + 'endpoint = "http://127.0.0.1:8089"\n'
    assert "`counterpoise exchange` prints" in str(refusal(written(tmp_path, text), {}))


def test_testnet_asked_of_a_venue_that_has_none_is_refused(tmp_path: Path) -> None:
    exchanges = Exchanges(
        supported=frozenset({"binance", "mexc"}), with_testnet=frozenset({"binance"})
    )
    path = written(tmp_path, changed('"binance"', '"mexc"'))
    with pytest.raises(SettingsProblems) as caught:
        load(path, Request(environ=KEYS, exchanges=exchanges))
    assert "mexc (venues.main) has no test environment" in str(caught.value)
    assert 'mode = "dry-run"' in str(caught.value)


def test_no_file_says_how_to_begin(tmp_path: Path) -> None:
    told = str(refusal(tmp_path / "absent.toml"))
    assert "there is no settings file" in told
    assert "counterpoise demo" in told


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read" in str(refusal(tmp_path))


def test_bytes_are_no_settings(tmp_path: Path) -> None:
    path = tmp_path / "main.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in str(refusal(path))


def test_a_mark_before_the_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "main.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path, Request(environ=KEYS)).portfolio_name == "main"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=8), st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEY_NAMES = st.sampled_from(
    ["mode", "portfolio", "assets", "trigger", "limits", "cycle", "venues", "live", "journal"]
)


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.dictionaries(KEY_NAMES, VALUES, max_size=5))
def test_whatever_is_written_the_answer_is_settings_or_problems(tree: dict[str, object]) -> None:
    with suppress(SettingsProblems):
        build(tree, "main", Request(environ=KEYS))


@given(st.text(), st.text())
def test_a_problem_is_three_lines_whatever_was_written(key: str, said: str) -> None:
    problem = Problem(key=key, said=said, allowed=said, remedy=said, where=key)
    assert len(str(problem).splitlines()) <= 3


@pytest.mark.parametrize(
    ("hedge", "count"),
    [
        ('proxy = {asset = "ETH", beta = 0}', 1),
        ('proxy = "ETH"', 1),
        ('perpetual = "BTC"', 1),
        ('perpetual = "BTC"\n[assets.ALT]\nweight = 0\nproxy = {asset = "BTC", beta = 1}', 1),
        ('proxy = {asset = "ALT", beta = 1}\n[assets.ALT]\nweight = 0', 2),
    ],
)
def test_what_follows_from_a_wrong_hedge_is_not_told_beside_it(
    tmp_path: Path, hedge: str, count: int
) -> None:
    text = changed('perpetual = "main:BTC/USDT:USDT"', hedge)
    assert len(refusal(written(tmp_path, text)).problems) == count
