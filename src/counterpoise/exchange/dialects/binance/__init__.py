"""
Binance: spot, USD-M and COIN-M perpetuals.

Field sets are those of the sample answers in the comments of ccxt 4.5.90's binance class and of
Binance's own documents, codes and messages those of Binance's published error tables.
"""
