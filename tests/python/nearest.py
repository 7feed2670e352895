"""When the answers of two engines, which add floats in different orders, count as the same."""
import math
import struct


def ulp_apart(a, b):
    """How many float32 lie between two distances; 0 if they are equal."""
    if a == b:
        return 0
    if a is None or b is None or not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    as_int = lambda x: struct.unpack("<i", struct.pack("<f", x))[0]
    return abs(as_int(a) - as_int(b)) if (a < 0) == (b < 0) else math.inf


def close(a, b, cosine):
    """Within 4 ulp; a cosine distance is 1 minus a number near 1, so that its last digits are those of the 1."""
    return ulp_apart(a, b) <= 4 or (cosine and a is not None and b is not None and abs(a - b) <= 4 * 2.0**-23)


def same_nearest(ours, theirs, ordered, cosine):
    """Rows with the distance in the second place, compared group by group of rows that are equally far."""
    if len(ours) != len(theirs) or not all(close(a[1], b[1], cosine) for a, b in zip(ours, theirs)):
        return False
    start = 0
    while start < len(ours):
        end = start + 1
        while end < len(ours) and any(close(rows[end - 1][1], rows[end][1], cosine) for rows in (ours, theirs)):
            end += 1
        mine, other = ([row[:1] + row[2:] for row in rows[start:end]] for rows in (ours, theirs))
        exact = ordered and len({row[1] for rows in (ours, theirs) for row in rows[start:end]}) == 1
        # Which rows of the last group fall under k is as open as their order.
        if mine != other and (exact or (end < len(ours) and sorted(mine, key=repr) != sorted(other, key=repr))):
            return False
        start = end
    return True
