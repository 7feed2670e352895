#!/usr/bin/env python3
"""The guide's benchmark: 10,000 x 768 floats, the 10 nearest; Cairn's vec0.so beside sqlite-vec.

    bench/guide_bench.py build/release/lib/vec0.so [--rows 10000] [--dims 768] [--repeat 30]

Both engines run in this process, in turn, on the same vectors, each in its own file with the guide's
PRAGMAs. sqlite-vec comes from its PyPI package, SQLite from apsw's. Prints medians, the ratio, and a hash of
the result, which must be equal: ids, and distances to four digits.
"""
import argparse
import hashlib
import os
import statistics
import sys
import tempfile
import time

import apsw
import numpy
import sqlite_vec

PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -64000;
PRAGMA mmap_size = 268435456;
PRAGMA temp_store = MEMORY;
"""

# k = ? is what the reference can do everywhere; the LIMIT form is the guide's own.
QUERIES = {
    "LIMIT 10": "SELECT content_id, distance FROM vec_content WHERE vector MATCH ? ORDER BY distance LIMIT 10",
    "k = 10": "SELECT content_id, distance FROM vec_content WHERE vector MATCH ? AND k = 10",
    "k = 1000": "SELECT content_id, distance FROM vec_content WHERE vector MATCH ? AND k = 1000",
}


def guide_vectors(rows, dims):
    """The guide's own formulas: row i is sin(i * j), the query cos(j)."""
    j = numpy.arange(dims, dtype=numpy.float32)
    i = numpy.arange(rows, dtype=numpy.float32)[:, None]
    return numpy.sin(i * j), numpy.cos(j)


def connect(path, extension):
    db = apsw.Connection(path)
    db.enable_load_extension(True)
    if extension is None:
        db.load_extension(sqlite_vec.loadable_path())
    else:
        db.load_extension(os.path.abspath(extension), "sqlite3_vec_init")
    for pragma in PRAGMAS.split(";"):
        db.execute(pragma).fetchall()
    return db


def fill(db, vectors):
    db.execute(f"CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector FLOAT[{vectors.shape[1]}])")
    start = time.perf_counter()
    with db:
        db.executemany("INSERT INTO vec_content(content_id, vector) VALUES (?, ?)",
                       ((i, v.tobytes()) for i, v in enumerate(vectors)))
    return (time.perf_counter() - start) / len(vectors) * 1e6


def result_hash(rows):
    """Rows at equal printed distance are ordered by id, so that the last bits of a float do not matter."""
    text = repr(sorted((f"{distance:.4g}", i) for i, distance in rows))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extension")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--dims", type=int, default=768)
    parser.add_argument("--repeat", type=int, default=30)
    args = parser.parse_args()
    vectors, query = guide_vectors(args.rows, args.dims)
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        engines = {name: connect(os.path.join(folder, name), ext)
                   for name, ext in (("cairn", args.extension), ("sqlite-vec", None))}
        inserts = {name: fill(db, vectors) for name, db in engines.items()}
        print(f"{args.rows} x {args.dims} float32, L2, SQLite {apsw.sqlite_lib_version()}")
        print(f"{'':16}{'cairn':>12}{'sqlite-vec':>12}{'ratio':>8}  result")
        print(f"{'insert us':16}{inserts['cairn']:12.2f}{inserts['sqlite-vec']:12.2f}"
              f"{inserts['sqlite-vec'] / inserts['cairn']:8.2f}")
        for label, sql in QUERIES.items():
            wall = {name: [] for name in engines}
            cpu = {name: [] for name in engines}
            hashes = {}
            for _ in range(args.repeat + 1):
                for name, db in engines.items():
                    start, start_cpu = time.perf_counter(), time.process_time()
                    rows = db.execute(sql, (query.tobytes(),)).fetchall()
                    wall[name].append(time.perf_counter() - start)
                    cpu[name].append(time.process_time() - start_cpu)
                    hashes[name] = result_hash(rows)
            same = hashes["cairn"] == hashes["sqlite-vec"]
            equal &= same
            for unit, times in (("ms", wall), ("CPU ms", cpu)):  # the second hardly depends on who else is busy
                median = {name: statistics.median(t[1:]) * 1e3 for name, t in times.items()}
                print(f"{label + ' ' + unit:16}{median['cairn']:12.3f}{median['sqlite-vec']:12.3f}"
                      f"{median['sqlite-vec'] / median['cairn']:8.2f}  {hashes['cairn']}"
                      f"{'' if same else ' differs from ' + hashes['sqlite-vec']}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
