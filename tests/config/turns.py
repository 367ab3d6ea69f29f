"""Mistakes in a settings file, each with the words that its answer must have."""

from __future__ import annotations

from tests.config.files import GOOD, LIVE, changed

LIVE_MODE = changed('mode = "testnet"', 'mode = "live"')
BTC = 'perpetual = "main:BTC/USDT:USDT"'
WRONG_TURNS: dict[str, tuple[str, list[str]]] = {
    "misspelt key": (
        changed("drift = 0.05", "drfit = 0.05"),
        ["trigger.drfit is not a key", "main.toml:15", "did you mean trigger.drift?"],
    ),
    "misspelt table": (
        changed("[trigger]", "[triger]"),
        ["triger is not a key", "did you mean trigger?"],
    ),
    "key in the wrong table": (
        changed("[trigger]", "[trigger]\nprice_collar = 0.003"),
        ["trigger.price_collar is not a key", "did you mean limits.price_collar?"],
    ),
    "misspelt secret file": (
        GOOD + 'api_key_fil = "/x"\n',
        ["venues.main.api_key_fil is not a key", "did you mean venues.main.api_key_file?"],
    ),
    "weight 100 instead of 1.00": (
        changed("weight = 0.5", "weight = 100"),
        ["assets.BTC.weight = 100", "0 to 1", "write 1.00"],
    ),
    "weight as a percentage": (
        changed("weight = 0.5", 'weight = "50%"'),
        ["assets.BTC.weight", "0.05 for 5 %"],
    ),
    "weights over 1": (
        changed("weight = 0.5", "weight = 0.8"),
        ["have weights of 1.1 in all", "BTC 0.8 + ETH 0.3", "at most 1", "lower them by 0.1"],
    ),
    "negative weight": (
        changed("weight = 0.5", "weight = -0.5"),
        ["assets.BTC.weight = -0.5", "0 to 1", "exposure = 0"],
    ),
    "drift 5 instead of 0.05": (
        changed("drift = 0.05", "drift = 5"),
        ["trigger.drift = 5", "0.05 is five points", "write 0.05"],
    ),
    "drift 0": (changed("drift = 0.05", "drift = 0"), ["trigger.drift = 0", "above 0"]),
    "exposure 100": (
        changed("exposure = 1.0", "exposure = 100"),
        ["portfolio.exposure = 100", "0 is delta-neutral", "write 1.00"],
    ),
    "unknown exchange": (
        changed('"binance"', '"binnance"'),
        ['venues.main.exchange = "binnance"', "does not support", 'write "binance"'],
    ),
    "test environment that is not there": (
        changed('exchange = "binance"', 'exchange = "bybit"\nenvironment = "dmo"'),
        ['venues.main.environment = "dmo"', "nothing for the usual one, or demo", "take it out"],
    ),
    "test environment in live mode": (
        changed('mode = "testnet"', 'mode = "live"').replace(
            'exchange = "binance"', 'exchange = "bybit"\nenvironment = "demo"'
        )
        + LIVE,
        ['venues.main.environment = "demo" in live mode', "live is no test"],
    ),
    "unknown venue": (
        changed("main:ETH", "mian:ETH"),
        ["there is no [venues.mian]", "a venue of this file: main", '"main:ETH/USDT:USDT"'],
    ),
    "perpetual without a venue": (
        changed(BTC, 'perpetual = "BTC/USDT:USDT"'),
        ["assets.BTC.perpetual", "name the venue", '"main:BTC/USDT:USDT"'],
    ),
    "spot symbol as perpetual": (
        changed(BTC, 'perpetual = "main:BTC/USDT"'),
        ["spot symbol, and spot is never traded", 'write "main:BTC/USDT:USDT"'],
    ),
    "future with an end": (
        changed(BTC, 'perpetual = "main:BTC/USDT:USDT-261225"'),
        ["a future with an end date", 'write "main:BTC/USDT:USDT"'],
    ),
    "two assets on one perpetual": (
        changed("main:ETH/USDT:USDT", "main:BTC/USDT:USDT"),
        ["which is the perpetual of BTC too", "one perpetual an asset"],
    ),
    "perpetual of another asset": (
        changed("main:ETH/USDT:USDT", "main:SOL/USDT:USDT"),
        ["a perpetual of SOL", 'write "main:ETH/USDT:USDT"'],
    ),
    "multiplied contract of another asset": (
        changed("[assets.ETH]", "[assets.PEPE]").replace("main:ETH/", "main:1000SHIB/"),
        ["a perpetual of 1000SHIB", "a multiple of it such as 1000PEPE", "proxy = "],
    ),
    "proxy beside a perpetual": (
        changed(BTC, f'{BTC}\nproxy = {{asset = "ETH", beta = 1}}'),
        ["assets.BTC.proxy is given beside perpetual", "take proxy out"],
    ),
    "proxy that is not there": (
        changed(BTC, 'proxy = {asset = "SOL", beta = 1}'),
        ["assets.BTC.proxy", "no perpetual in this file", "add [assets.SOL]"],
    ),
    "proxy that is carried itself": (
        changed(BTC, 'proxy = {asset = "BTC", beta = 1}'),
        ["assets.BTC.proxy", "no perpetual in this file", "ETH"],
    ),
    "proxy without a beta": (
        changed(BTC, 'proxy = {asset = "ETH"}'),
        ["assets.BTC.proxy.beta is missing", "beta = 1.2"],
    ),
    "proxy of beta zero": (
        changed(BTC, 'proxy = {asset = "ETH", beta = 0}'),
        ["assets.BTC.proxy.beta = 0", "-5 to 5 and not 0"],
    ),
    "proxy by its name alone": (
        changed(BTC, 'proxy = "ETH"'),
        ["assets.BTC.proxy", "a table of keys"],
    ),
    "price that nobody needs": (
        changed(BTC, f'{BTC}\nprice = "main:BTC/USDT"'),
        ["assets.BTC.price", "the perpetual says the price", "take it out"],
    ),
    "price of another asset": (
        changed(BTC, 'proxy = {asset = "ETH", beta = 1}\nprice = "main:ETH/USDT"'),
        ["assets.BTC.price", 'write "main:BTC/USDT"'],
    ),
    "price in another currency": (
        changed(BTC, 'proxy = {asset = "ETH", beta = 1}\nprice = "main:BTC/USDC"'),
        ["assets.BTC.price", 'write "main:BTC/USDT"'],
    ),
    "price by a perpetual": (
        changed(BTC, 'proxy = {asset = "ETH", beta = 1}\nprice = "main:BTC/USDT:USDT"'),
        ["this is a perpetual", 'write "main:BTC/USDT"'],
    ),
    "price on a venue that is not there": (
        changed(BTC, 'proxy = {asset = "ETH", beta = 1}\nprice = "other:BTC/USDT"'),
        ["assets.BTC.price", "add [venues.other]"],
    ),
    "perpetual in another currency": (
        changed("main:ETH/USDT:USDT", "main:ETH/USDC:USDC"),
        ["quoted in USDC, while portfolio.quote is USDT", 'portfolio.quote = "USDC"'],
    ),
    "asset without perpetual": (
        changed(f"{BTC}\n", ""),
        [
            "assets.BTC.perpetual is missing",
            "under [assets.BTC]",
            "proxy = {asset =",
            "no other asset stands in unless it is declared",
        ],
    ),
    "asset without weight": (
        changed("weight = 0.5\n", ""),
        ["assets.BTC.weight is missing", "weight = 0.5"],
    ),
    "perpetual whose wallet is not looked at": (
        GOOD + 'wallets = ["spot"]\n',
        ["venues.main.wallets has no 'linear'", 'write wallets = ["spot", "linear"]'],
    ),
    "unknown wallet": (
        GOOD + 'wallets = ["spot", "lineer"]\n',
        ["venues.main.wallets", "spot, margin, funding, linear, inverse"],
    ),
    "duration without a unit": (
        changed("drift = 0.05", "drift = 0.05\ncooldown = 300"),
        ["trigger.cooldown = 300", "its unit", 'write "300s"'],
    ),
    "text duration without a unit": (
        changed("drift = 0.05", 'drift = 0.05\nsustain = "300"'),
        ["trigger.sustain", 'write "300s"'],
    ),
    "calendar that is none": (
        changed("drift = 0.05", 'drift = 0.05\nevery = "0 8 1"'),
        ["trigger.every", "5 fields", "has 3"],
    ),
    "calendar that never comes": (
        changed("drift = 0.05", 'drift = 0.05\nevery = "0 0 30 2 *"'),
        ["trigger.every", "never comes"],
    ),
    "missing limits in live": (
        LIVE_MODE + '[live]\nconfirm = "1"\n[limits]\nspread_max = 0.002\nleverage_max = 3\n',
        ["limits has no order_notional_max", "price_collar", "every limit, set on purpose"],
    ),
    "live without confirm": (
        LIVE_MODE + LIVE.replace('confirm = "4200001"', ""),
        ["live.confirm is missing", "account's own id", "counterpoise doctor"],
    ),
    "endpoint in live mode": (
        LIVE_MODE + 'endpoint = "http://127.0.0.1:8089"\n' + LIVE,
        ["venues.main.endpoint", "in live mode", "take the endpoint out"],
    ),
    "endpoint that is no address": (
        GOOD + 'endpoint = "127.0.0.1:8089"\n',
        ["venues.main.endpoint", 'write "http://127.0.0.1:8089"'],
    ),
    "endpoint with a path": (
        GOOD + 'endpoint = "http://127.0.0.1:8089/api"\n',
        ["venues.main.endpoint", "without path"],
    ),
    "endpoint of another kind": (
        GOOD + 'endpoint = "ftp://127.0.0.1"\n',
        ["venues.main.endpoint", "http://127.0.0.1:8089"],
    ),
    "asset looked for in a wallet that is not there": (
        changed("weight = 0.5\n", 'weight = 0.5\nwallets = ["main:spott"]\n'),
        ["assets.BTC.wallets", 'names "main:spott"', 'write "main:spot"'],
    ),
    "asset looked for in a wallet that holds none": (
        changed("weight = 0.5\n", 'weight = 0.5\nwallets = ["main:linear"]\n'),
        ["assets.BTC.wallets", 'names "main:linear"', "can hold an asset"],
    ),
    "asset looked for nowhere": (
        changed("weight = 0.5\n", "weight = 0.5\nwallets = []\n"),
        ["assets.BTC.wallets is empty", "external"],
    ),
    "external without a date": (
        changed("weight = 0.5\n", "weight = 0.5\nexternal = 0.25\n"),
        ["assets.BTC.external = 0.25, without external_as_of and external_valid_for", "90d"],
    ),
    "date without external": (
        changed("weight = 0.5\n", "weight = 0.5\nexternal_as_of = 2025-01-01\n"),
        ["assets.BTC.external is missing, though it is dated"],
    ),
    "external that is negative": (
        changed("weight = 0.5\n", "weight = 0.5\nexternal = -1\n"),
        ["assets.BTC.external = -1", "0 or more"],
    ),
    "unknown mode": (
        changed('"testnet"', '"test"'),
        ['mode = "test"', "dry-run, testnet or live", 'write "testnet"'],
    ),
    "unknown log level": (
        GOOD + '[log]\nlevel = "warn"\n',
        ["log.level", "debug, info, warning or error", 'write "warning"'],
    ),
    "journal of another kind": (
        GOOD + '[journal]\nurl = "mysql://localhost/x"\n',
        ["journal.url = (hidden)", "sqlite:///", "postgresql://"],
    ),
    "journal in memory": (GOOD + '[journal]\nurl = "sqlite://"\n', ["journal.url", "sqlite:///"]),
    "limit below zero": (
        GOOD + "[limits]\norder_notional_max = -1\n",
        ["limits.order_notional_max = -1", "above 0, in quote currency"],
    ),
    "collar in percent": (
        GOOD + "[limits]\nprice_collar = 0.3\n",
        ["limits.price_collar = 0.3", "0.003 is 0.3 %"],
    ),
    "half an order": (
        GOOD + "[limits]\norders_per_minute_max = 1.5\n",
        ["limits.orders_per_minute_max = 1.5", "a whole number"],
    ),
    "text for a number": (
        changed("weight = 0.5", 'weight = "half"'),
        ['assets.BTC.weight = "half"', "a number"],
    ),
    "yes for true": (
        changed("drift = 0.05", 'drift = 0.05\non_start = "yes"'),
        ["trigger.on_start", "true or false"],
    ),
    "number for text": (changed('"binance"', "1"), ["venues.main.exchange = 1", "text in quotes"]),
    "value for a table": (
        'mode = "testnet"\nassets = 1\n[venues.main]\nexchange = "binance"\n',
        ["assets = 1", "a table of keys"],
    ),
    "asset in small letters": (
        changed("[assets.BTC]", "[assets.btc]"),
        ["a perpetual of BTC", "a perpetual of btc"],
    ),
    "not TOML": (
        changed('mode = "testnet"', "mode = testnet"),
        ["line 1 is not TOML", "text in quotes", "main.toml:1"],
    ),
    "no asset": (GOOD[: GOOD.index("[assets.BTC]")], ["assets is missing", "[assets.BTC]"]),
    "a number without end": (
        changed("weight = 0.5", f"weight = {'9' * 5000}"),
        ["is no settings file", "a number without end"],
    ),
    "a file without end": (GOOD + "#" * 70_000, ["is no settings file", "too large"]),
    "lists within lists": (f"a = {'[' * 5000}{']' * 5000}\n", ["is no settings file", "too deep"]),
    "empty file": ("", ["is empty", "[assets.X]", "counterpoise demo"]),
    "nothing but comments": ("# to do\n", ["is empty"]),
}
