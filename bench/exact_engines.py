#!/usr/bin/env python3
"""The engines of exact_bench.py: Cairn and sqlite-vec in SQLite; faiss, usearch and numpy over an array.

Run as a program it is the other process of that benchmark: it reads JSON lines, {"open": {...}} or {"run": sql,
"params": [...]}, answers each with a line, and ends with its input.
"""
import importlib
import json
import os
import subprocess
import sys
import time

import apsw

PRAGMAS = {
    "guide": ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -64000", "mmap_size = 268435456",
              "temp_store = MEMORY"),
    "none": ("journal_mode = DELETE",),  # the default; a file remembers that it once was WAL
}
ENTRY = "sqlite3_vec_init"
clock = time.process_time if os.environ.get("EXACT_BENCH_CLOCK") == "cpu" else time.perf_counter


def connect(path, library, pragmas):
    db = apsw.Connection(path)
    db.enable_load_extension(True)
    db.load_extension(library, ENTRY)
    for pragma in pragmas:
        db.execute("PRAGMA " + pragma).fetchall()
    return db


def drop_from_cache(paths):
    """Asks the kernel to forget the pages of these files, and of no others."""
    for path in paths:
        if os.path.exists(path):
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


class Sql:
    """One of the engines in SQLite, without a connection: a library, a file, PRAGMAs."""

    def __init__(self, library, path, pragmas):
        self.library, self.path, self.pragmas = library, path, pragmas

    def connect(self):
        return connect(self.path, self.library, self.pragmas)

    def files(self):
        return [self.path + suffix for suffix in ("", "-wal", "-shm")]


class OtherProcess:
    def __init__(self, engine=None):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        if engine is not None:
            self.open(engine)

    def ask(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the other process ended")
        return json.loads(answer)

    def open(self, engine):
        return self.ask({"open": [engine.path, engine.library, list(engine.pragmas)]})

    def run(self, sql, params):
        return self.ask({"run": sql, "params": [{"hex": p.hex()} if isinstance(p, bytes) else p for p in params]})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def serve():
    db = None
    for line in sys.stdin:
        message = json.loads(line)
        start = clock()
        rows = []
        if "open" in message:
            db = connect(*message["open"])
        else:
            params = [bytes.fromhex(p["hex"]) if isinstance(p, dict) else p for p in message["params"]]
            start = clock()
            rows = db.execute(message["run"], params).fetchall()
        print(json.dumps({"seconds": clock() - start, "rows": rows}), flush=True)
    if db is not None:
        db.close()


class Faiss:
    """IndexFlatL2, IndexFlatIP of unit vectors for cosine, IndexBinaryFlat."""

    def __init__(self, dataset, metric):
        import faiss
        import numpy
        faiss.omp_set_num_threads(1)
        if dataset.kind == "int8":
            raise ImportError("no flat index of int8")
        self.numpy, self.cosine = numpy, metric == "cosine"
        kind = {"l2": faiss.IndexFlatL2, "cosine": faiss.IndexFlatIP, "hamming": faiss.IndexBinaryFlat}[metric]
        self.index = kind(dataset.dims)
        self.index.add(self.unit(dataset.rows))

    def unit(self, x):
        return x / self.numpy.linalg.norm(x, axis=1, keepdims=True) if self.cosine else x

    def search(self, queries, k):
        return self.index.search(self.unit(queries), k)[1]


class Usearch:
    def __init__(self, dataset, metric):
        index = importlib.import_module("usearch.index")
        self.rows, self.function = dataset.rows, index.search
        self.metric = {"l2": index.MetricKind.L2sq, "cosine": index.MetricKind.Cos,
                       "hamming": index.MetricKind.Hamming}[metric]
        self.dtype = {"float32": index.ScalarKind.F32, "int8": index.ScalarKind.I8,
                      "bit": index.ScalarKind.B1}[dataset.kind]

    def search(self, queries, k):
        found = self.function(self.rows, queries, k, self.metric, exact=True, threads=1, dtype=self.dtype)
        return found.keys.reshape(len(queries), -1)


class Numpy:
    """A product of matrices in float32 and argpartition; bits by counting."""

    def __init__(self, dataset, metric):
        import numpy
        self.numpy, self.metric = numpy, metric
        if metric == "hamming":
            words = 8 if dataset.rows.shape[1] % 8 == 0 else 1
            self.type = numpy.dtype(f"u{words}")
            self.rows = dataset.rows.view(self.type)
            return
        self.rows = dataset.rows.astype(numpy.float32)
        self.norms = (self.rows * self.rows).sum(axis=1)
        if metric == "cosine":
            self.rows = self.rows / numpy.sqrt(self.norms)[:, None]

    def search(self, queries, k, mask=None):
        numpy, rows = self.numpy, self.rows if mask is None else self.rows[mask]
        if self.metric == "hamming":
            found = numpy.stack([numpy.bitwise_count(rows ^ q).sum(axis=1, dtype=numpy.int32)
                                 for q in queries.view(self.type)])
        else:
            found = queries.astype(numpy.float32) @ rows.T
            found *= -1 if self.metric == "cosine" else -2
            if self.metric == "l2":
                found += self.norms if mask is None else self.norms[mask]
        k = min(k, found.shape[1])
        best = numpy.argpartition(found, k - 1, axis=1)[:, :k]
        best = numpy.take_along_axis(best, numpy.take_along_axis(found, best, 1).argsort(axis=1), 1)
        return best if mask is None else numpy.flatnonzero(mask)[best]


PEERS = {"faiss": Faiss, "usearch": Usearch, "numpy": Numpy}


def peers(dataset, metric):
    """Those that are installed and can do this."""
    made = {}
    for name, kind in PEERS.items():
        try:
            made[name] = kind(dataset, metric)
        except ImportError:
            pass
    return made


if __name__ == "__main__":
    serve()
