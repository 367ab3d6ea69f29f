"""Pure: values in, values out. No I/O, clock, log, randomness or settings."""
