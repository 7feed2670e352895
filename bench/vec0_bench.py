#!/usr/bin/env python3
"""vec0.so beside sqlite-vec on the same rows: inserts, deletes, searches, scans, many small partitions.

    bench/vec0_bench.py build/release/lib/vec0.so [--rows 100000] [--dims 384] [--repeat 5] [--pragmas guide|none]

Both engines run in this process, in turn, each in its own file with the same PRAGMAs: the guide's (WAL, a cache of
64 MB, 256 MB mapped), or none (rollback journal, 2 MB, nothing mapped). Prints medians and the ratio reference /
Cairn: above 1, Cairn is faster, or its file smaller.
"""
import argparse
import os
import statistics
import sys
import tempfile
import time

import apsw
import numpy
import sqlite_vec

SEED = 1
PRAGMAS = {
    "guide": ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -64000", "mmap_size = 268435456",
              "temp_store = MEMORY"),
    "none": (),
}


class Engine:
    def __init__(self, path, library, entry, pragmas):
        self.path, self.library, self.entry, self.pragmas = path, library, entry, pragmas
        self.db = None
        self.reset()

    def reset(self):
        if self.db:
            self.db.close()
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.path + suffix):
                os.remove(self.path + suffix)
        self.db = apsw.Connection(self.path)
        self.db.enable_load_extension(True)
        self.db.load_extension(self.library, self.entry)
        for pragma in self.pragmas:
            self.db.execute("PRAGMA " + pragma).fetchall()

    def insert(self, rows, batch, sql="INSERT INTO t(rowid, v) VALUES (?, ?)"):
        for start in range(0, len(rows), batch):
            if batch > 1:
                self.db.execute("BEGIN")
            self.db.executemany(sql, rows[start:start + batch])
            if batch > 1:
                self.db.execute("COMMIT")

    def file_size(self):
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return os.path.getsize(self.path)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Report:
    def __init__(self):
        print(f"{'':34}{'cairn':>12}{'sqlite-vec':>12}{'ratio':>8}", flush=True)

    def line(self, label, unit, scale, values):
        """values: per engine a list of measurements"""
        ours, theirs = (statistics.median(values[name]) * scale for name in ("cairn", "sqlite-vec"))
        print(f"{label + ' ' + unit:34}{ours:12.3f}{theirs:12.3f}{theirs / ours:8.2f}", flush=True)


def interleaved(engines, repeat, work, prepare=lambda engine: None):
    times = {name: [] for name in engines}
    for _ in range(repeat):
        for name, engine in engines.items():
            prepare(engine)
            times[name].append(seconds(lambda: work(engine)))
    return times


def one_table(engines, report, rows, args):
    def empty(engine):
        engine.reset()
        engine.db.execute(f"CREATE VIRTUAL TABLE t USING vec0(v float[{args.dims}])")

    def half(engine):
        engine.db.execute("DELETE FROM t WHERE rowid % 2 = 0")

    us = 1e6 / len(rows)
    report.line("insert, batches of 1,000", "us/row", us,
                interleaved(engines, args.repeat, lambda e: e.insert(rows, 1000), empty))
    report.line("insert, one transaction", "us/row", us,
                interleaved(engines, args.repeat, lambda e: e.insert(rows, len(rows)), empty))
    more = [(len(rows) + 1 + i, vector) for i, (_, vector) in enumerate(rows[:2000])]
    report.line("insert, autocommit", "us/row", 1e6 / len(more),
                interleaved(engines, 1, lambda e: e.insert(more, 1)))
    query = rows[len(rows) // 2][1]
    for k in (10, 1000, 4096):
        report.line(f"k = {k}", "ms", 1e3, interleaved(engines, args.repeat, lambda e: e.db.execute(
            "SELECT rowid, distance FROM t WHERE v MATCH ? AND k = ?", (query, k)).fetchall()))
    report.line("count(*)", "ms", 1e3, interleaved(engines, args.repeat, lambda e: e.db.execute(
        "SELECT count(*) FROM t").fetchall()))
    report.line("rowid of every row", "ms", 1e3, interleaved(engines, args.repeat, lambda e: e.db.execute(
        "SELECT sum(rowid) FROM t").fetchall()))
    report.line("vector of every row", "ms", 1e3, interleaved(engines, args.repeat, lambda e: e.db.execute(
        "SELECT sum(length(v)) FROM t").fetchall()))
    report.line("delete of half", "us/row", 2 * us, interleaved(engines, 1, half))
    report.line("insert after it, one transaction", "us/row", 1e6 / len(more), interleaved(
        engines, 1, lambda e: e.insert([(i + 10 ** 6, v) for i, v in more], len(more))))
    report.line("file after it", "MB", 1e-6, {name: [engine.file_size()] for name, engine in engines.items()})


def many_partitions(engines, report, rows, args):
    """1,000 users with 100 rows each, arriving in turn."""
    users = max(1, len(rows) // 100)
    of_users = [(i, i % users, vector) for i, vector in rows]
    sql = "INSERT INTO t(rowid, user, v) VALUES (?, ?, ?)"

    def empty(engine):
        engine.reset()
        engine.db.execute(
            f"CREATE VIRTUAL TABLE t USING vec0(user integer partition key, v float[{args.dims}], chunk_size=128)")

    report.line(f"{users} users: insert, one transaction", "us/row", 1e6 / len(rows),
                interleaved(engines, 1, lambda e: e.insert(of_users, len(rows), sql), empty))
    report.line(f"{users} users: insert, batches", "us/row", 1e6 / len(rows),
                interleaved(engines, 1, lambda e: e.insert(of_users, 1000, sql), empty))
    query = rows[0][1]

    def ask_every_user(engine):
        for user in range(users):
            engine.db.execute("SELECT rowid, distance FROM t WHERE v MATCH ? AND k = 10 AND user = ?",
                              (query, user)).fetchall()

    report.line("k = 10 of one user", "ms", 1e3 / users, interleaved(engines, args.repeat, ask_every_user))
    report.line(f"{users} users: file", "MB", 1e-6, {name: [engine.file_size()] for name, engine in engines.items()})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extension")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dims", type=int, default=384)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--pragmas", choices=PRAGMAS, default="guide")
    args = parser.parse_args()
    vectors = numpy.random.default_rng(SEED).standard_normal((args.rows, args.dims), dtype=numpy.float32)
    rows = [(i + 1, v.tobytes()) for i, v in enumerate(vectors)]
    print(f"{args.rows} x {args.dims} float32, L2, SQLite {apsw.sqlite_lib_version()}, sqlite-vec "
          f"{sqlite_vec.__version__}, PRAGMAs: {args.pragmas}")
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        libraries = {"cairn": os.path.abspath(args.extension), "sqlite-vec": sqlite_vec.loadable_path()}
        engines = {name: Engine(os.path.join(folder, name), library, "sqlite3_vec_init", PRAGMAS[args.pragmas])
                   for name, library in libraries.items()}
        one_table(engines, report, rows, args)
        many_partitions(engines, report, rows, args)


if __name__ == "__main__":
    sys.exit(main())
