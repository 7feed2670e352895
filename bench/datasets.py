"""The vectors of exact_bench.py and index_bench.py: real embeddings from a file, synthetic ones, and their int8 and bit forms.

The last QUERIES rows of a set are held out as queries; the rows before them go into the tables.
"""
import hashlib
import os

import numpy

QUERIES = 1000
TOPICS, SUBTOPICS = 40, 3000
SPECTRUM = 0.4               # direction j has the weight (1 + j) ** -SPECTRUM
TOPIC, SUBTOPIC = 0.5, 0.5   # a and b below
BLOCK = 8192


def synthetic(rows, dims, seed, out=None):
    """Unit vectors that lie as embeddings do: few strong directions, topics, and in them subtopics.

    With s[j] = (1 + j) ** -0.4, scaled to norm 1, g a new standard normal vector each time, and * by element:

        topic    = a * g * s                         a = 0.5, 40 of them
        subtopic = its topic + b * g * s             b = 0.5, 3,000 of them, each in a random topic
        row      = its subtopic + c * g * s          a² + b² + c² = 1, each in a random subtopic
        row      = (row / |row|) @ R                 R one random rotation

    Of 100,000 x 768 the cosine of the 10th neighbour is .52 (.45 to .63 for nine queries in ten), of the 1,000th
    .28, of any two rows 0. out: where they go, for sets larger than memory.
    """
    rng = numpy.random.default_rng(seed)
    scale = numpy.arange(1, dims + 1) ** -SPECTRUM
    scale = (scale / numpy.linalg.norm(scale)).astype(numpy.float32)

    def normal(n, weight):
        return rng.standard_normal((n, dims), dtype=numpy.float32) * (scale * numpy.float32(weight))

    rotation = numpy.linalg.qr(rng.standard_normal((dims, dims)))[0].astype(numpy.float32)
    topics = normal(TOPICS, TOPIC)
    subtopics = topics[rng.integers(0, TOPICS, SUBTOPICS)] + normal(SUBTOPICS, SUBTOPIC)
    if out is None:
        out = numpy.empty((rows, dims), dtype=numpy.float32)
    for start in range(0, rows, BLOCK):
        n = min(BLOCK, rows - start)
        block = subtopics[rng.integers(0, SUBTOPICS, n)] + normal(n, (1 - TOPIC ** 2 - SUBTOPIC ** 2) ** 0.5)
        block /= numpy.linalg.norm(block, axis=1, keepdims=True)
        out[start:start + n] = block @ rotation
    return out


def synthetic_file(folder, rows, dims, seed):
    path = os.path.join(folder, f"synthetic-{rows}x{dims}-{seed}.npy")
    if not os.path.exists(path):
        out = numpy.lib.format.open_memmap(path + ".part", "w+", numpy.float32, (rows, dims))
        synthetic(rows, dims, seed, out).flush()
        os.rename(path + ".part", path)
    return path


def cached_synthetic(folder, rows, dims, seed):
    return numpy.load(synthetic_file(folder, rows, dims, seed))


class Dataset:
    """rows and queries in one form. kind: float32, int8 or bit (packed, lowest bit first)."""

    def __init__(self, name, kind, dims, rows, queries):
        self.name, self.kind, self.dims = name, kind, dims
        self.rows, self.queries = numpy.ascontiguousarray(rows), numpy.ascontiguousarray(queries)
        self.digest = hashlib.sha256(self.rows.data).hexdigest()[:12]

    def first(self, rows):
        return Dataset(self.name, self.kind, self.dims, self.rows[:rows], self.queries)

    def int8(self):
        """One scale for the whole set, so that the largest value of the rows becomes 127."""
        scale = 127 / numpy.abs(self.rows).max()

        def form(x):
            return numpy.clip(numpy.rint(x * scale), -127, 127).astype(numpy.int8)
        return Dataset(self.name, "int8", self.dims, form(self.rows), form(self.queries))

    def bit(self):
        def form(x):
            return numpy.packbits(x > 0, axis=1, bitorder="little")
        return Dataset(self.name, "bit", self.dims, form(self.rows), form(self.queries))


def held_out(name, vectors, rows):
    if len(vectors) < rows + QUERIES:
        raise SystemExit(f"{name}: {len(vectors)} vectors; {rows} rows and {QUERIES} queries are asked for")
    if vectors.dtype != numpy.float32:
        raise SystemExit(f"{name}: {vectors.dtype} instead of float32")
    return Dataset(name, "float32", vectors.shape[1], vectors[:rows], vectors[-QUERIES:])
