"""
Whose signature it is: public keys of secp256k1, recovered in plain arithmetic.

It only checks what others signed and holds no secret worth guarding, so it need not be constant in
time; no library that the exchange may import recovers keys. Points have a third coordinate, as
dividing at every step would take ten times as long.
"""

from __future__ import annotations

from counterpoise.exchange.dialects.hyperliquid.keccak import keccak

FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
PARITIES = {27: 0, 28: 1}  # `v` of a signature: whether the point's y is odd

Point = tuple[int, int, int]  # x over the square, y over the cube of the third; zero: nowhere
NOWHERE: Point = (0, 1, 0)
BASE: Point = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    1,
)


def _doubled(point: Point) -> Point:
    x, y, z = point
    square = y * y % FIELD
    s = 4 * x * square % FIELD
    slope = 3 * x * x % FIELD
    over = (slope * slope - 2 * s) % FIELD
    return over, (slope * (s - over) - 8 * square * square) % FIELD, 2 * y * z % FIELD


def _added(one: Point, other: Point) -> Point:
    if not one[2]:
        return other
    if not other[2]:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, other
    square1, square2 = z1 * z1 % FIELD, z2 * z2 % FIELD
    u1, u2 = x1 * square2 % FIELD, x2 * square1 % FIELD
    s1, s2 = y1 * z2 * square2 % FIELD, y2 * z1 * square1 % FIELD
    if u1 == u2:
        return _doubled(one) if s1 == s2 else NOWHERE
    apart, rise = u2 - u1, s2 - s1
    squared = apart * apart % FIELD
    cubed = apart * squared % FIELD
    x = (rise * rise - cubed - 2 * u1 * squared) % FIELD
    return x, (rise * (u1 * squared - x) - s1 * cubed) % FIELD, apart * z1 * z2 % FIELD


def _times(point: Point, factor: int, other: Point = NOWHERE, times: int = 0) -> Point:
    """Return a multiple of a point, plus one of another: both in one walk over their bits."""
    summands = (NOWHERE, point, other, _added(point, other))
    found = NOWHERE
    for place in reversed(range(max(factor.bit_length(), times.bit_length()))):
        found = _doubled(found)
        chosen = (factor >> place & 1) + 2 * (times >> place & 1)
        if chosen:
            found = _added(found, summands[chosen])
    return found


def _address(point: Point) -> str:
    inverse = pow(point[2], -1, FIELD)
    x = point[0] * inverse * inverse % FIELD
    y = point[1] * inverse * inverse * inverse % FIELD
    return "0x" + keccak(x.to_bytes(32) + y.to_bytes(32))[12:].hex()


def address_of(private_key: str) -> str:
    """Return the address of a private key in hexadecimal. Raises ValueError for what is none."""
    factor = int(private_key.removeprefix("0x"), 16)
    if not 0 < factor < ORDER:
        raise ValueError("no private key")
    return _address(_times(BASE, factor))


def signer_of(digest: bytes, r: int, s: int, v: int) -> str:
    """Return the address that signed a digest. Raises ValueError for what can be no signature."""
    if v not in PARITIES or not 0 < r < ORDER or not 0 < s < ORDER:
        raise ValueError("no signature")
    square = (pow(r, 3, FIELD) + 7) % FIELD
    root = pow(square, (FIELD + 1) // 4, FIELD)
    if root * root % FIELD != square:
        raise ValueError("no point of the curve")
    y = root if root % 2 == PARITIES[v] else FIELD - root
    inverse = pow(r, -1, ORDER)
    from_base = -int.from_bytes(digest) * inverse % ORDER
    found = _times(BASE, from_base, (r, y, 1), s * inverse % ORDER)
    if not found[2]:
        raise ValueError("no key")
    return _address(found)
