"""
Binance: spot and USD-M perpetuals.

Field sets are those of the sample answers in the comments of ccxt 4.5.90's binance class, codes
and messages those of Binance's published error tables.
"""
