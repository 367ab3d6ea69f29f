"""
Keccak-256 as Ethereum has it, which is SHA-3 before its padding changed.

Python's hashlib has only the later one, and nothing else that the exchange may import has either.
"""

from __future__ import annotations

from itertools import pairwise

RATE = 136  # bytes taken in between two permutations
LANE = 8
MASK = (1 << 64) - 1
ROUNDS = 24


def _round_constants() -> tuple[int, ...]:
    """Return what each round mixes into the first lane, from a shift register of eight bits."""
    found, register = [], 1
    for _ in range(ROUNDS):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << ((1 << power) - 1)
            register = (register << 1) ^ (0x171 if register >> 7 else 0)
        found.append(constant)
    return tuple(found)


def _walk() -> tuple[tuple[int, int], ...]:
    """Return every lane but the first in the order of rho and pi, each with its rotation."""
    x, y = 1, 0
    found = []
    for step in range(ROUNDS + 1):
        found.append((x + 5 * y, (step + 1) * (step + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(found)


CONSTANTS = _round_constants()
WALK = _walk()


def _rotated(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & MASK


def _permuted(lanes: list[int]) -> list[int]:
    for constant in CONSTANTS:
        columns = [
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
            for x in range(5)
        ]
        mixed = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[place % 5] for place, lane in enumerate(lanes)]
        moved = lanes.copy()
        for (here, turn), (there, _) in pairwise(WALK):
            moved[there] = _rotated(lanes[here], turn)
        lanes = [
            moved[place] ^ (~moved[_beside(place, 1)] & moved[_beside(place, 2)])
            for place in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def _beside(place: int, by: int) -> int:
    """Return the lane `by` further on in the same row."""
    return place - place % 5 + (place + by) % 5


def keccak(data: bytes) -> bytes:
    """Return the 32 bytes of a text's hash."""
    short = -len(data) % RATE or RATE
    padded = bytearray(data + bytes(short))
    padded[len(data)] |= 0x01
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), RATE):
        for place in range(RATE // LANE):
            first = start + LANE * place
            lanes[place] ^= int.from_bytes(padded[first : first + LANE], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(LANE, "little") for lane in lanes[:4])
