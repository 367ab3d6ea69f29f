"""How a market's name tells how many units of its asset it counts, and what it does not tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.instrument import Asset
from counterpoise.core.multiples import may_count, multiplier, readings, wants_proof

D = Decimal
NAMES = st.from_regex(r"[A-Z][A-Z0-9]{0,8}[A-Z]", fullmatch=True)


@pytest.mark.parametrize(
    ("base", "own_name", "asset", "count"),
    [
        ("1000PEPE", "", "PEPE", 1_000),
        ("10000SATS", "", "SATS", 10_000),
        ("1000000MOG", "", "MOG", 1_000_000),
        ("10000000AIDOGE", "", "AIDOGE", 10_000_000),
        ("1MBABYDOGE", "", "BABYDOGE", 1_000_000),
        ("SHIB1000", "", "SHIB", 1_000),
        ("KSHIB", "kSHIB", "SHIB", 1_000),
        ("1000X", "", "X", 1_000),
    ],
)
def test_a_multiple_is_read_from_its_name(base: str, own_name: str, asset: str, count: int) -> None:
    assert multiplier(base, Asset(asset), own_name) == count
    assert multiplier(base, Asset(base), own_name) == 1  # a coin of that very name
    assert wants_proof(base, Asset(asset))


# Names that venues have listed. A multiple of most of them is another coin, or none.
PLAIN = """
0G 1CAT 1INCH 1SOL 2Z 4 42COIN 4EVER 10SET 100DOGE 1000 1M 1MX A100 A2Z API3 B3 BTC C98 HPOS10I IQ50
KAVA KSM LUNA2 ORDI R2 X2Y2
"""
MULTIPLES = """
1000APU 1000BONK 1000BTT 1000CAT 1000CATS 1000CHEEMS 1000FLOKI 1000LUNC 1000MUMU 1000NEIROCTO
1000PEPE 1000RATS 1000SATS 1000SHIB 1000TAG 1000TOSHI 1000TURBO 1000WHY 1000X 1000XEC 10000COQ
10000ELON 10000LADYS 10000QUBIC 10000SATS 10000WEN 1000000BABYDOGE 1000000CHEEMS 1000000MOG
1000000PEIPEI 10000000AIDOGE 1MBABYDOGE SHIB1000
"""


@pytest.mark.parametrize("base", MULTIPLES.split())
def test_every_multiple_that_is_listed_has_two_readings_and_a_price_to_choose(base: str) -> None:
    found = dict(readings(base))
    assert found.pop(Asset(base)) == 1
    ((asset, count),) = found.items()
    assert base in {f"{count}{asset}", f"{asset}{count}", f"1M{asset}"}
    assert wants_proof(base, asset)
    assert wants_proof(base, Asset(base))


@pytest.mark.parametrize("base", PLAIN.split())
def test_digits_in_a_name_are_not_yet_a_multiple(base: str) -> None:
    assert readings(base) == {base: 1}
    assert not wants_proof(base, Asset(base))


def test_a_capital_k_is_a_letter() -> None:
    assert readings("KAVA", "KAVA") == {"KAVA": 1}
    assert multiplier("KAVA", Asset("AVA")) is None


def test_the_settings_know_capitals_only_so_there_a_k_may_be_a_small_one() -> None:
    assert may_count("KPEPE", Asset("PEPE"))
    assert not may_count("KPEPE", Asset("SHIB"))
    assert wants_proof("KPEPE", Asset("PEPE"))


def test_a_coin_that_is_named_like_a_multiple_has_to_prove_that_it_is_none() -> None:
    assert wants_proof("1000SATS", Asset("1000SATS"))
    assert not wants_proof("KAVA", Asset("KAVA"))


@given(asset=NAMES, zeros=st.integers(3, 9))
def test_a_count_before_a_name_is_read_back_whatever_the_name(asset: str, zeros: int) -> None:
    assert multiplier(f"1{'0' * zeros}{asset}", Asset(asset)) == D(10) ** zeros


@given(base=st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True))
def test_every_base_counts_one_of_itself_and_at_least_a_thousand_of_another(base: str) -> None:
    found = dict(readings(base))
    assert found.pop(Asset(base)) == 1
    assert all(count >= 1_000 for count in found.values())
    assert all(asset and asset in base and len(asset) < len(base) for asset in found)
