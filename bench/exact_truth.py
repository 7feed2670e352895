"""The exact answers, from numpy in float64, and what an engine's answer is worth beside them."""
import hashlib

import numpy

BLOCK = 10_000
# An engine computes in float32, so it may swap neighbours whose distances differ by less than this, of squared L2
# relative and of cosine absolute. Integers and bits have ties, and no tolerance.
RELATIVE = {"l2": 2e-6, "cosine": 0, "hamming": 0}
ABSOLUTE = {"l2": 1e-12, "cosine": 5e-7, "hamming": 0}


def distances(metric, rows, queries):
    """queries x rows in float64, L2 squared."""
    if metric == "hamming":
        return numpy.stack([numpy.bitwise_count(rows ^ q).sum(axis=1, dtype=numpy.int64) for q in queries])
    rows, queries = rows.astype(numpy.float64), queries.astype(numpy.float64)
    row_norms, query_norms = (rows * rows).sum(axis=1), (queries * queries).sum(axis=1)
    dots = queries @ rows.T
    if metric == "cosine":
        return 1 - dots / numpy.sqrt(query_norms[:, None] * row_norms)
    return numpy.maximum(query_norms[:, None] - 2 * dots + row_norms, 0)


def nearest(metric, rows, queries, k, mask=None):
    """For each query the k smallest distances, rising."""
    best = numpy.empty((len(queries), 0))
    for start in range(0, len(rows), BLOCK):
        block = rows[start:start + BLOCK]
        if mask is not None:
            block = block[mask[start:start + BLOCK]]
        best = numpy.concatenate([best, distances(metric, block, queries)], axis=1)
        if best.shape[1] > k:
            best = numpy.partition(best, k - 1, axis=1)[:, :k]
    return numpy.sort(best, axis=1)


def recall(metric, rows, query, ids, best, allowed=None):
    """The part of the answer that belongs there: different ids, allowed, and no farther than the true last one."""
    ids = numpy.asarray(sorted(set(ids)), dtype=numpy.int64)
    ids = ids[(ids >= 1) & (ids <= len(rows))]
    if allowed is not None:
        ids = ids[allowed[ids - 1]]
    if not len(best) or not len(ids):
        return 1.0 if not len(best) else 0.0
    limit = best[-1] * (1 + RELATIVE[metric]) + ABSOLUTE[metric]
    return float((distances(metric, rows[ids - 1], query[None])[0] <= limit).sum() / len(best))


def ids_hash(answers):
    """Of all queries of a row, each sorted, so that the last bits of a float do not matter."""
    text = repr([sorted(int(i) for i in ids) for ids in answers])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
