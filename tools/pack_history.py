"""
Pack recorded market data, small, into the package.

    python tools/pack_history.py RECORDINGS_FOLDER --from 2024-11-01 --to 2025-02-01

RECORDINGS_FOLDER holds `history/<SYMBOL>_1h.csv.gz` and `recorded/binance_*_exchangeInfo.json`.
Needed only to choose other months or symbols; what it writes is committed.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "counterpoise" / "exchange" / "data"

HISTORIES = ("BTCUSDT", "ETHUSDT", "XRPUSDT")
LISTED = {
    "spot": ("BTCUSDT", "ETHUSDT", "XRPUSDT", "ETHBTC", "BNBBTC", "LTCBTC"),
    "usdm": ("BTCUSDT", "ETHUSDT", "XRPUSDT", "BNBUSDT", "LTCUSDT", "ADAUSDT", "LINKUSDT"),
    "coinm": (),  # every one that traded
}
PERMISSION_SETS_MAX = 3  # of hundreds of trading groups that nobody here reads


def packed_history(source: Path, first: str, end: str) -> bytes:
    """Return the rows of `source` from day `first` up to, not including, day `end`."""
    head, *rows = gzip.decompress(source.read_bytes()).decode().splitlines()
    kept = [row for row in rows if first <= row[:10] < end]
    text = "\n".join([head, *kept]) + "\n"
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def numbered(value: Any, key: str = "") -> Any:  # noqa: ANN401
    """Return `value` with digit strings as numbers where the venue itself sends numbers."""
    if isinstance(value, dict):
        return {name: numbered(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [numbered(part, key) for part in value]
    if isinstance(value, str) and value.isdigit() and not key.endswith(("Up", "Down")):
        return int(value)
    return value


def trimmed(symbol: dict[str, Any]) -> dict[str, Any]:
    """Return `symbol` without the long tail of permission groups."""
    sets = symbol.get("permissionSets")
    if sets and isinstance(sets[0], list):
        symbol = symbol | {"permissionSets": [sets[0][:PERMISSION_SETS_MAX]]}
    return symbol


def trading(symbols: dict[str, dict[str, Any]]) -> list[str]:
    """Return the coin-margined symbols that traded when they were recorded."""
    return [name for name, one in symbols.items() if one["contractStatus"] == "TRADING"]


def packed_listing(recorded: Path, market: str) -> str:
    """Return the recorded exchangeInfo of `market`, cut to the symbols that we list."""
    body = json.loads((recorded / f"binance_{market}_exchangeInfo.json").read_text())
    symbols = {symbol["symbol"]: symbol for symbol in body["symbols"]}
    if market == "spot":
        extra = json.loads((recorded / "binance_spot_extra_markets.json").read_text())
        for entry in extra["markets"]:
            symbols.setdefault(entry["info"]["symbol"], numbered(entry["info"]))
    body["symbols"] = [trimmed(symbols[name]) for name in LISTED[market] or trading(symbols)]
    return json.dumps(body, separators=(",", ":")) + "\n"


def main() -> None:
    """Write every packed file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--from", dest="first", default="2024-11-01")
    parser.add_argument("--to", dest="end", default="2025-02-01", help="the first day left out")
    chosen = parser.parse_args()
    TARGET.mkdir(exist_ok=True)
    for symbol in HISTORIES:
        source = chosen.recordings / "history" / f"{symbol}_1h.csv.gz"
        name = f"{symbol.lower()}_1h.csv.gz"
        (TARGET / name).write_bytes(packed_history(source, chosen.first, chosen.end))
    for market in LISTED:
        text = packed_listing(chosen.recordings / "recorded", market)
        (TARGET / f"binance_{market}.json").write_text(text)


if __name__ == "__main__":
    main()
