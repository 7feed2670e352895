"""Twenty sets of vectors and queries on which a promised recall must hold: real, random, clustered, adversarial ones.

    rows, queries = recall_sets.make("zipf clusters")      # float32, the same on every machine and call
    recall_sets.SETS["zipf clusters"].metric               # "l2" or "cosine"

The real sets need the file that embed_corpus.py writes. Queries are never rows of the set.
"""
import dataclasses
import typing

import numpy

import datasets

QUERIES = 1000
SETS = {}


@dataclasses.dataclass(frozen=True)
class RecallSet:
    name: str
    metric: str
    rows: int
    dims: int
    draw: typing.Callable     # (rng, count, dims) -> count vectors, or (vectors, queries) where those differ in kind
    real: bool = False        # drawn from the file: (vectors, rng, rows) -> (rows, queries)


def add(name, metric, rows, dims, real=False):
    def put(draw):
        SETS[name] = RecallSet(name, metric, rows, dims, draw, real)
        return draw
    return put


def make(name, vectors=None, queries=QUERIES):
    """vectors: what embed_corpus.py wrote, for real sets."""
    recall_set = SETS[name]
    rng = numpy.random.default_rng(list(name.encode()))
    if recall_set.real:
        drawn = recall_set.draw(vectors, rng, recall_set.rows, queries)
    else:
        drawn = recall_set.draw(rng, recall_set.rows + queries, recall_set.dims)
        if not isinstance(drawn, tuple):
            drawn = drawn, drawn
        drawn = drawn[0][:recall_set.rows], drawn[1][-queries:]
    return tuple(numpy.ascontiguousarray(part, dtype=numpy.float32) for part in drawn)


def normal(rng, *shape):
    return rng.standard_normal(shape, dtype=numpy.float32)


def unit(x):
    return x / numpy.linalg.norm(x, axis=1, keepdims=True)


# Real embeddings.

@add("real", "cosine", 100_000, 384, real=True)
@add("real, few", "l2", 20_000, 384, real=True)
def held_out(vectors, rng, rows, queries):
    return vectors[:rows], vectors[-queries:]


@add("real, mixed queries", "cosine", 100_000, 384, real=True)
def mixed_queries(vectors, rng, rows, queries):
    """A query is the sum of three held-out vectors that have nothing to do with each other."""
    return vectors[:rows], unit(sum(vectors[-queries:][rng.permutation(queries)] for _ in range(3)))


@add("real, other topics", "cosine", 40_000, 384, real=True)
def other_topics(vectors, rng, rows, queries):
    """Rows from one side of a plane through the set, queries from the other."""
    side = (vectors - vectors.mean(axis=0)) @ unit(normal(rng, 1, vectors.shape[1]))[0]
    order = numpy.argsort(side)
    return vectors[rng.permutation(order[:rows])], vectors[rng.permutation(order[-20 * queries:])[:queries]]


# As embeddings lie, drawn.

@add("synthetic 768", "cosine", 100_000, 768)
@add("synthetic 1536", "cosine", 40_000, 1536)
def synthetic(rng, count, dims):
    return datasets.synthetic(count, dims, int(rng.integers(1 << 30)))


@add("two towers", "cosine", 100_000, 512)
def two_towers(rng, count, dims):
    """Queries lie in a cone of their own, as texts beside images do."""
    both = datasets.synthetic(count + QUERIES, dims, int(rng.integers(1 << 30)))
    gap = unit(normal(rng, 1, dims))
    return both[:count], unit(both[count:] + 0.8 * gap + 0.02 * normal(rng, QUERIES, dims))


# Without structure.

@add("uniform 64", "l2", 20_000, 64)
def uniform(rng, count, dims):
    return rng.random((count, dims), dtype=numpy.float32)


@add("sphere", "cosine", 50_000, 128)
def sphere(rng, count, dims):
    return unit(normal(rng, count, dims))


@add("histograms", "l2", 100_000, 128)
def histograms(rng, count, dims):
    """Whole numbers from 0 up, skewed, as local image features have them."""
    base = rng.gamma(0.6, 25, (300, dims)).astype(numpy.float32)
    return numpy.clip(numpy.rint(base[rng.integers(0, 300, count)] * rng.gamma(2, 0.5, (count, dims))), 0, 218)


@add("log-normal lengths", "l2", 50_000, 192)
def log_normal_lengths(rng, count, dims):
    return unit(normal(rng, count, dims) + 2 * normal(rng, 50, dims)[rng.integers(0, 50, count)]) * \
        numpy.exp(rng.standard_normal((count, 1)))


# Low intrinsic dimension.

@add("12 of 768 dims", "l2", 60_000, 768)
def few_of_many(rng, count, dims):
    return normal(rng, count, 12) @ normal(rng, 12, dims) + 0.05 * normal(rng, count, dims)


@add("curved sheet", "l2", 50_000, 256)
def curved_sheet(rng, count, dims):
    """Four coordinates, seen through many sines."""
    where = rng.random((count, 4), dtype=numpy.float32)
    return numpy.sin(where @ (6 * normal(rng, 4, dims)) + 6 * rng.random(dims))


@add("few lines", "l2", 50_000, 128)
def few_lines(rng, count, dims):
    line = rng.integers(0, 12, count)
    return 3 * normal(rng, 12, dims)[line] + rng.standard_normal((count, 1)) * (5 * unit(normal(rng, 12, dims)))[line] \
        + 0.01 * normal(rng, count, dims)


# Clusters.

@add("clusters", "l2", 50_000, 128)
def clusters(rng, count, dims):
    return normal(rng, 1000, dims)[rng.integers(0, 1000, count)] + 0.5 * normal(rng, count, dims)


@add("zipf clusters", "l2", 100_000, 256)
def zipf_clusters(rng, count, dims):
    """The largest has a fifth of all rows, and the wide ones are many times as wide as the narrow ones."""
    share = 1 / numpy.arange(1, 501) ** 1.2
    which = rng.choice(500, count, p=share / share.sum())
    width = numpy.exp(rng.uniform(-2, 0.3, 500)).astype(numpy.float32)
    return normal(rng, 500, dims)[which] + width[which, None] * normal(rng, count, dims)


@add("clusters in clusters", "l2", 100_000, 384)
def clusters_in_clusters(rng, count, dims):
    outer, inner = normal(rng, 30, dims), 0.5 * normal(rng, 900, dims)
    which = rng.integers(0, 900, count)
    innermost = 0.25 * normal(rng, 20_000, dims)
    return outer[which // 30] + inner[which] + innermost[which * 22 + rng.integers(0, 22, count)] + \
        0.12 * normal(rng, count, dims)


@add("near duplicates", "cosine", 50_000, 384)
def near_duplicates(rng, count, dims):
    """Twenty texts out of one mould each, thousands of moulds."""
    return unit(unit(normal(rng, 2500, dims))[rng.integers(0, 2500, count)] + 0.004 * normal(rng, count, dims))


@add("one dimension outshines", "l2", 50_000, 128)
def one_dimension_outshines(rng, count, dims):
    out = normal(rng, count, dims)
    out[:, 5] *= 60
    return out


@add("clusters, queries between", "l2", 50_000, 256)
def queries_between(rng, count, dims):
    """Queries from a wide normal distribution that knows no clusters."""
    rows = normal(rng, 400, dims)[rng.integers(0, 400, count)] + 0.4 * normal(rng, count, dims)
    return rows, 0.8 * normal(rng, QUERIES, dims)
