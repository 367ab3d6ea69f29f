"""A venue that has a table is everywhere else too: what one lacks is named, not left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from counterpoise.config.load import EXCHANGES
from counterpoise.exchange.local import DIALECTS
from counterpoise.venues.profiles import PROFILES
from tests.exchange.dialects.conftest import SPEAKERS
from tests.scenarios.protocols import PROTOCOLS
from tests.scenarios.test_venues import REFUSALS
from tests.venues.contract.stands import STANDS

LISTS: Mapping[str, Collection[str]] = {
    "PROFILES of src/counterpoise/venues/profiles.py": PROFILES,
    "EXCHANGES of src/counterpoise/config/load.py": EXCHANGES.supported,
    "DIALECTS of src/counterpoise/exchange/local.py": DIALECTS,
    "SPEAKERS of tests/exchange/dialects/conftest.py": {one.venue for one in SPEAKERS},
    "STANDS of tests/venues/contract/stands.py": {one.exchange for one in STANDS},
    "PROTOCOLS of tests/scenarios/protocols.py": PROTOCOLS,
    "REFUSALS of tests/scenarios/test_venues.py": REFUSALS,
}


@pytest.mark.parametrize("exchange", sorted({name for names in LISTS.values() for name in names}))
def test_a_venue_is_in_every_list(exchange: str) -> None:
    lacking = [where for where, names in LISTS.items() if exchange not in names]
    assert not lacking, f"{exchange} is not in " + ", nor in ".join(lacking)
