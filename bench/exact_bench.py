#!/usr/bin/env python3
"""Exact search: vec0.so beside sqlite-vec, faiss, usearch and numpy, one thread each, in turn in one process.

    bench/exact_bench.py build/release/lib/vec0.so [--vectors minilm.npy] [--work FOLDER] [--budget 512MB]
                         [--simd avx2] [--pragmas guide|none] [--only REGEX] [--json FILE]

Prints a table of medians in ms as Markdown: Cairn, sqlite-vec with the guide's PRAGMAs, sqlite-vec with the whole file
mapped too, and those peers that are installed (bench/requirements.txt). Ratios are theirs / Cairn's. Every answer of
Cairn is compared with numpy's in float64: the exit code is 1 if one differs by more than ties. With --work the files
are kept, and a second run begins at once.
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
import zlib

WARM_UP = 3
BATCH = 100
FEW_ROUNDS = 30  # of write then query, for sqlite-vec
KINDS, BUCKETS = 10, 100
SEED = 5
COLUMNS = ("cairn", "sqlite-vec", "mapped", "faiss", "usearch", "numpy")
SQL_ENGINES = COLUMNS[:3]
CANNOT = "-"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extension")
    parser.add_argument("--vectors", help="real embeddings, .npy of float32; the last 1,000 rows are the queries")
    parser.add_argument("--work", help="keeps the vectors and files of the engines here")
    parser.add_argument("--budget", default="512MB", help="CAIRN_MEMORY; empty: leave it")
    parser.add_argument("--simd", help="CAIRN_SIMD; avx2 holds faiss and numpy to AVX2 too")
    parser.add_argument("--pragmas", choices=("guide", "none"), default="guide")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dims", type=int, default=384, help="without --vectors; the wide set has 768, or twice this")
    parser.add_argument("--queries", type=int, default=20, help="per median")
    parser.add_argument("--block", type=int, default=1, help="queries that an engine answers before the next's turn")
    parser.add_argument("--rounds", type=int, default=1000, help="of write then query")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a busy machine")
    parser.add_argument("--only", help="rows whose label this finds")
    parser.add_argument("--json", help="everything measured goes here")
    return parser.parse_args()


def environment(args):
    """Before anything is imported that reads it."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["EXACT_BENCH_CLOCK"] = args.clock
    if args.budget:
        os.environ["CAIRN_MEMORY"] = args.budget
    if args.simd:
        os.environ["CAIRN_SIMD"] = args.simd
    if args.simd == "avx2":
        os.environ["FAISS_SIMD_LEVEL"] = "AVX2"
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"


ARGS = parse()
environment(ARGS)

import apsw  # noqa: E402
import numpy  # noqa: E402
import sqlite_vec  # noqa: E402

import datasets  # noqa: E402
import exact_engines as engines  # noqa: E402
import exact_truth as truth  # noqa: E402

TYPE = {"float32": "float", "int8": "int8", "bit": "bit"}
VALUE = {"float32": "?", "int8": "vec_int8(?)", "bit": "vec_bit(?)"}


def timed(work):
    start = engines.clock()
    result = work()
    return engines.clock() - start, result


class Table:
    """Rows of a Markdown table, printed as they come."""
    HEAD = ("ms, median", "Cairn", "sqlite-vec", "mapped", "faiss", "usearch", "numpy", "/ sqlite-vec", "asked", "/ mapped",
            "/ faiss", "asked", "recall", "same as sqlite-vec", "ids")
    WIDTH = (46, 8, 10, 8, 8, 8, 8, 12, 11, 8, 7, 10, 7, 18, 12)

    def __init__(self):
        self.rows, self.wrong = [], []
        self.write(self.HEAD)
        self.write(["-" * width for width in self.WIDTH])

    def write(self, cells):
        print("| " + " | ".join(f"{cell:{'<' if i == 0 else '>'}{width}}" for i, (cell, width) in
                                enumerate(zip(cells, self.WIDTH))) + " |", flush=True)

    @staticmethod
    def asked(ratio, limit):
        if limit is None or ratio is None:
            return ""
        return f"{limit:g} {'met' if ratio >= limit else 'missed'}"

    def add(self, label, times, asked=None, faiss_asked=None, recalls=None, answers=None, per=1, at_most=None):
        """times: per engine the seconds of each round. at_most: (times of another query of Cairn, factor)."""
        medians = {name: statistics.median(values) * 1e3 / per for name, values in times.items() if values}

        def ratio(name):
            return medians[name] / medians["cairn"] if name in medians else None

        def shown(value):
            return CANNOT if value is None else f"{value:.2f}" if value < 100 else f"{value:.0f}"
        if at_most:
            factor = medians["cairn"] / (statistics.median(at_most[0]) * 1e3)
            ratios = [f"{factor:.2f} x ours", f"<= {at_most[1]} " + ("met" if factor <= at_most[1] else "missed")]
        else:
            ratios = [shown(ratio("sqlite-vec")), self.asked(ratio("sqlite-vec"), asked)]
        recall = None if not recalls else statistics.fmean(recalls["cairn"])
        same = hashed = ""
        if answers:
            hashed = truth.ids_hash(answers["cairn"].values())
            theirs = answers.get("sqlite-vec") or {}
            if theirs:
                same = f"{sum(sorted(answers['cairn'][i]) == sorted(ids) for i, ids in theirs.items())} of {len(theirs)}"
        self.write([label, *(f"{medians[name]:.3f}" if name in medians else CANNOT for name in COLUMNS), *ratios,
                    shown(ratio("mapped")), shown(ratio("faiss")), self.asked(ratio("faiss"), faiss_asked),
                    "" if recall is None else f"{recall:.4f}", same, hashed])
        if recall is not None and recall < 1:
            self.wrong.append(label)
        self.rows.append({"label": label, "median_ms": medians, "asked": asked, "faiss_asked": faiss_asked, "per": per,
                          "seconds": times, "same": same, "ids": hashed,
                          "recall": {name: statistics.fmean(values) for name, values in (recalls or {}).items() if values}})


class Bench:
    def __init__(self, args, work):
        self.args, self.work, self.table = args, work, None
        self.libraries = {"cairn": os.path.abspath(args.extension), "sqlite-vec": sqlite_vec.loadable_path()}
        self.pragmas = engines.PRAGMAS[args.pragmas]
        random = numpy.random.default_rng(SEED)
        self.kinds = random.integers(0, KINDS, args.rows)
        self.buckets = random.integers(0, BUCKETS, args.rows)
        if args.vectors:
            vectors, name = numpy.load(args.vectors), os.path.basename(args.vectors)
        else:
            vectors = datasets.cached_synthetic(work, args.rows + datasets.QUERIES, args.dims, 1)
            name = "synthetic, for want of --vectors"
        self.real = datasets.held_out(name, vectors, args.rows)
        self.wide_vectors = None

    def wide(self):
        if self.wide_vectors is None:
            dims = 768 if self.args.vectors else 2 * self.args.dims
            vectors = datasets.cached_synthetic(self.work, self.args.rows + datasets.QUERIES, dims, 2)
            self.wide_vectors = datasets.held_out("synthetic", vectors, self.args.rows)
        return self.wide_vectors

    # Files

    def fill(self, db, data, metric, extra):
        of_metric = "" if metric == "hamming" else f" distance_metric={metric}"
        column = f"v {TYPE[data.kind]}[{data.dims}]{of_metric}"
        bucket = extra == "bucket"
        db.execute(f"CREATE VIRTUAL TABLE t USING vec0({column}{', bucket integer' if bucket else ''})")
        with db:
            db.executemany(f"INSERT INTO t(rowid, v{', bucket' if bucket else ''}) "
                           f"VALUES (?, {VALUE[data.kind]}{', ?' if bucket else ''})",
                           ((i + 1, v.tobytes(), *((int(self.buckets[i]),) if bucket else ()))
                            for i, v in enumerate(data.rows)))
        if extra == "neighbours":
            db.execute("CREATE TABLE content(id INTEGER PRIMARY KEY, kind INTEGER);"
                       "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);"
                       "CREATE TABLE queries(id INTEGER PRIMARY KEY, v BLOB)")
            with db:
                db.executemany("INSERT INTO content VALUES (?, ?)", ((i + 1, int(k)) for i, k in enumerate(self.kinds)))
                db.executemany("INSERT INTO queries VALUES (?, ?)",
                               ((i, v.tobytes()) for i, v in enumerate(data.queries)))
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(len(data.rows),)]

    def files(self, data, metric, extra=""):
        """The engines over their own files with the same rows, built if they are not there."""
        made = {}
        for name, library in self.libraries.items():
            path = os.path.join(self.work, f"{data.digest}-{data.dims}-{metric}-{extra or 'alone'}.{name}.db")
            if not os.path.exists(path):
                part = path + ".part"
                for suffix in ("", "-wal", "-shm"):
                    with contextlib.suppress(FileNotFoundError):
                        os.remove(part + suffix)
                db = engines.connect(part, library, self.pragmas)
                self.fill(db, data, metric, extra)
                db.close()
                os.rename(part, path)
            made[name] = engines.Sql(library, path, self.pragmas)
        made["mapped"] = self.mapped(made["sqlite-vec"].path)
        return made

    def mapped(self, path):
        pragma = f"mmap_size = {2 * os.path.getsize(path) + (64 << 20)}"
        return engines.Sql(self.libraries["sqlite-vec"], path, (*self.pragmas, pragma))

    @contextlib.contextmanager
    def copies(self, data, metric, extra):
        """For rows that write: each engine has a copy of its own, sqlite-vec two."""
        made = self.files(data, metric, extra)
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            for name, engine in made.items():
                path = os.path.join(folder, name + ".db")
                shutil.copyfile(engine.path, path)
                made[name] = engines.Sql(engine.library, path, engine.pragmas)
            yield made

    # Measuring

    @staticmethod
    def queries_for(label, count):
        """Numbers of held-out queries, others for each row of the table and the same in each run."""
        start = zlib.crc32(label.encode())
        return [i % datasets.QUERIES for i in range(start, start + count)]

    @contextlib.contextmanager
    def connections(self, made):
        opened = {name: engine.connect() for name, engine in made.items()}
        try:
            yield opened
        finally:
            for db in opened.values():
                db.close()

    @staticmethod
    def knn(data, k, more=""):
        return f"SELECT rowid, distance FROM t WHERE v MATCH {VALUE[data.kind]} AND k = {k}{more}"

    def in_turn(self, asks, numbers):
        """asks: per engine a function of a query's number that gives its rows. Times and ids of all but the first."""
        times, answers = {name: [] for name in asks}, {name: {} for name in asks}
        blocks = [numbers[:WARM_UP]]
        blocks += [numbers[at:at + self.args.block] for at in range(WARM_UP, len(numbers), self.args.block)]
        for position, name, i in ((position, name, i) for position, block in enumerate(blocks) for name in asks
                                  for i in block):
            seconds, rows = timed(lambda: asks[name](i))
            if position:
                times[name].append(seconds)
                answers[name][i] = [row[0] for row in rows] if isinstance(rows, list) else (rows[0] + 1).tolist()
        return times, answers

    @staticmethod
    def recalls(data, metric, k, answers, mask=None):
        """Of every engine against the truth of the queries it answered."""
        numbers = sorted({i for of_engine in answers.values() for i in of_engine})
        best = dict(zip(numbers, truth.nearest(metric, data.rows, data.queries[numbers], k, mask)))
        return {name: [truth.recall(metric, data.rows, data.queries[i], ids, best[i], mask)
                       for i, ids in of_engine.items()] for name, of_engine in answers.items()}

    def warm(self, label, data, metric, k=10, extra="", **asked):
        made = self.files(data, metric, extra)
        blobs = [query.tobytes() for query in data.queries]
        sql = self.knn(data, k)
        with self.connections(made) as opened:
            asks = {name: lambda i, db=db: db.execute(sql, (blobs[i],)).fetchall() for name, db in opened.items()}
            for name, peer in engines.peers(data, metric).items():
                asks[name] = lambda i, peer=peer: peer.search(data.queries[i:i + 1], k)
            times, answers = self.in_turn(asks, self.queries_for(label, self.args.queries + WARM_UP))
        self.table.add(label, times, recalls=self.recalls(data, metric, k, answers), answers=answers, **asked)

    # The rows that are not warm and plain

    def after_writes(self, label, data, insert_of, is_own, asked):
        """insert_of: the number of a round -> the SQL and parameters of its write. sqlite-vec stops early."""
        rounds = self.args.rounds
        numbers = self.queries_for(label, rounds)
        sql = self.knn(data, 10)
        writes, times = ({name: [] for name in SQL_ENGINES} for _ in range(2))
        answers = {name: {} for name in SQL_ENGINES}
        with self.copies(data, "l2", "neighbours") as made, self.connections(made) as opened:
            for position in range(-WARM_UP, rounds):
                query = data.queries[numbers[position % rounds]].tobytes()
                for name, db in opened.items():
                    if name != "cairn" and position >= FEW_ROUNDS:
                        continue
                    if position >= 0:
                        writes[name].append(timed(lambda: db.execute(*insert_of(position, numbers)).fetchall())[0])
                    seconds, rows = timed(lambda: db.execute(sql, (query,)).fetchall())
                    if position >= 0:
                        times[name].append(seconds)
                        answers[name][position] = [row[0] for row in rows]
        recalls = self.recalls_of_rounds(data, numbers, answers, self.added(data, numbers)[:rounds if is_own else 0])
        self.table.add(label, times, asked=asked, recalls=recalls, answers=answers)
        self.table.add("- that write", writes)

    @staticmethod
    def added(data, numbers):
        """The row that each round inserts: near the query that follows it, so that an old answer is a wrong one."""
        noise = numpy.random.default_rng(SEED).standard_normal((len(numbers), data.dims)).astype(numpy.float32)
        near = data.queries[numbers] + noise * numpy.float32(0.5 * data.dims ** -0.5)
        return (near / numpy.linalg.norm(near, axis=1, keepdims=True)).astype(numpy.float32)

    @staticmethod
    def recalls_of_rounds(data, numbers, answers, added):
        """The truth of a round knows the rows that were added up to it."""
        base = truth.nearest("l2", data.rows, data.queries[numbers], 10)
        far = truth.distances("l2", added, data.queries[numbers])
        every = numpy.concatenate([data.rows, added])

        def recall(position, ids):
            best = numpy.sort(numpy.concatenate([base[position], far[position, :position + 1]]))[:10]
            return truth.recall("l2", every[:len(data.rows) + position + 1], data.queries[numbers[position]], ids, best)
        return {name: [recall(position, ids) for position, ids in of_engine.items()]
                for name, of_engine in answers.items()}

    def own_insert(self, label, data):
        def insert(position, numbers, memory={}):
            if not memory:
                memory["added"] = self.added(data, numbers)
            return ("INSERT INTO t(rowid, v) VALUES (?, ?)",
                    (len(data.rows) + 1 + position, memory["added"][position].tobytes()))
        self.after_writes(label, data, insert, True, 10)

    def other_table(self, label, data):
        self.after_writes(label, data, lambda position, _: ("INSERT INTO notes(text) VALUES (?)", (f"note {position}",)),
                          False, 10)

    def other_process(self, label, data):
        rounds = min(FEW_ROUNDS, self.args.rounds)
        numbers = self.queries_for(label, rounds)
        added, sql = self.added(data, numbers), self.knn(data, 10)
        times, answers = {name: [] for name in SQL_ENGINES}, {name: {} for name in SQL_ENGINES}
        with self.copies(data, "l2", "neighbours") as made, self.connections(made) as opened, \
                contextlib.ExitStack() as stack:
            others = {name: stack.enter_context(engines.OtherProcess(engine)) for name, engine in made.items()}
            for position in range(-WARM_UP, rounds):
                query = data.queries[numbers[position % rounds]].tobytes()
                for name, db in opened.items():
                    if position >= 0:
                        others[name].run("INSERT INTO t(rowid, v) VALUES (?, ?)",
                                         (len(data.rows) + 1 + position, added[position].tobytes()))
                    seconds, rows = timed(lambda: db.execute(sql, (query,)).fetchall())
                    if position >= 0:
                        times[name].append(seconds)
                        answers[name][position] = [row[0] for row in rows]
        recalls = self.recalls_of_rounds(data, numbers, answers, added)
        self.table.add(label, times, recalls=recalls, answers=answers)

    def first_query(self, label, data, rounds, once, asked=None):
        """once: an engine, SQL, parameters -> the seconds of opening, those of the first query, and its rows."""
        made, sql = self.files(data, "l2"), self.knn(data, 10)
        whole, first = ({name: [] for name in made} for _ in range(2))
        answers = {name: {} for name in made}
        numbers = self.queries_for(label, rounds)
        for i in numbers:
            for name, engine in made.items():
                opening, query, rows = once(engine, sql, (data.queries[i].tobytes(),))
                whole[name].append(opening + query)
                first[name].append(query)
                answers[name][i] = [row[0] for row in rows]
        self.table.add(label, whole, asked=asked, recalls=self.recalls(data, "l2", 10, answers), answers=answers)
        self.table.add("- the first query alone", first)

    @staticmethod
    def in_new_connection(engine, sql, params):
        opening, db = timed(engine.connect)
        seconds, rows = timed(lambda: db.execute(sql, params).fetchall())
        db.close()
        return opening, seconds, rows

    @staticmethod
    def in_new_process(engine, sql, params):
        with engines.OtherProcess() as other:
            opening = other.open(engine)["seconds"]
            answer = other.run(sql, params)
        return opening, answer["seconds"], answer["rows"]

    def in_new_process_cold(self, engine, sql, params):
        engines.drop_from_cache(engine.files())
        return self.in_new_process(engine, sql, params)

    def metadata_filter(self, label, data):
        made, sql = self.files(data, "l2", "bucket"), self.knn(data, 10, " AND bucket = ?")
        blobs = [query.tobytes() for query in data.queries]
        numbers = self.queries_for(label, self.args.queries + WARM_UP)
        bucket = 7
        mask = self.buckets == bucket
        with self.connections(made) as opened:
            asks = {name: lambda i, db=db: db.execute(sql, (blobs[i], bucket)).fetchall() for name, db in opened.items()}
            peer = engines.Numpy(data, "l2")
            asks["numpy"] = lambda i: peer.search(data.queries[i:i + 1], 10, self.buckets == bucket)
            times, answers = self.in_turn(asks, numbers)
        self.table.add(label, times, asked=15, recalls=self.recalls(data, "l2", 10, answers, mask), answers=answers)

    def join_filter(self, label, data):
        made = self.files(data, "l2", "neighbours")
        blobs = [query.tobytes() for query in data.queries]
        plain = "SELECT rowid, distance FROM t WHERE v MATCH ? ORDER BY distance LIMIT 10"
        joined = ("SELECT c.id, v.distance FROM content c JOIN t v ON v.rowid = c.id "
                  "WHERE c.kind = 3 AND v.v MATCH ? ORDER BY v.distance LIMIT 10")
        with self.connections(made) as opened:
            asks = {name: lambda i, db=db: db.execute(plain, (blobs[i],)).fetchall() for name, db in opened.items()}
            asks["joined"] = lambda i: opened["cairn"].execute(joined, (blobs[i],)).fetchall()
            times, answers = self.in_turn(asks, self.queries_for(label, self.args.queries + WARM_UP))
        joined_times, joined_answers = {"cairn": times.pop("joined")}, {"cairn": answers.pop("joined")}
        self.table.add(label, joined_times, at_most=(times["cairn"], 2), answers=joined_answers,
                       recalls=self.recalls(data, "l2", 10, joined_answers, self.kinds == 3))
        self.table.add("- ORDER BY distance LIMIT 10, no filter", times, answers=answers,
                       recalls=self.recalls(data, "l2", 10, answers))

    def batch(self, label, data):
        made, rounds = self.files(data, "l2", "neighbours"), min(5, self.args.queries)
        sql = ("SELECT q.id, t.rowid FROM queries q JOIN t ON t.v MATCH q.v AND t.k = 10 "
               "WHERE q.id BETWEEN ? AND ?")
        times, answers = {}, {}
        with self.connections(made) as opened:
            asks = {name: lambda a, b, db=db: db.execute(sql, (a, b)).fetchall() for name, db in opened.items()}
            for name, peer in engines.peers(data, "l2").items():
                asks[name] = lambda a, b, peer=peer: peer.search(data.queries[a:b + 1], 10)
            for db in opened.values():
                db.execute(sql, (0, 0)).fetchall()
            for position in range(rounds):
                first = position * BATCH
                for name, ask in asks.items():
                    seconds, rows = timed(lambda: ask(first, first + BATCH - 1))
                    times.setdefault(name, []).append(seconds)
                    if not isinstance(rows, list):
                        rows = [(first + i, row + 1) for i, of_query in enumerate(rows) for row in of_query.tolist()]
                    for i, row in rows:
                        answers.setdefault(name, {}).setdefault(i, []).append(row)
        self.table.add(label, times, per=BATCH, recalls=self.recalls(data, "l2", 10, answers), answers=answers)

    # The table

    def run(self):
        args, real = self.args, self.real
        few, rows = max(1, args.rows // 10), args.rows
        narrow, wide = real.dims, 768 if args.vectors else 2 * args.dims
        opens, colds = min(9, args.queries), min(5, args.queries)
        plan = []

        def row(label, work, *more, **named):
            if not args.only or re.search(args.only, label):
                plan.append(lambda: work(label, *more, **named))

        def later(work, data, *more, **named):  # the wide set only when a row asks for it
            return lambda label: work(label, data(), *more, **named)

        for metric, name in (("l2", "L2"), ("cosine", "cosine")):
            row(f"float32 {name}, {few:,} x {narrow}, warm", later(self.warm, lambda: real.first(few), metric, asked=15,
                                                                   faiss_asked=2))
        for metric, name in (("l2", "L2"), ("cosine", "cosine")):
            row(f"float32 {name}, {rows:,} x {narrow}, warm", self.warm, real, metric, asked=20, faiss_asked=2)
        for metric, name in (("l2", "L2"), ("cosine", "cosine")):
            row(f"float32 {name}, {rows:,} x {wide}, warm", later(self.warm, self.wide, metric, asked=25, faiss_asked=2))
        row(f"int8 column, {rows:,} x {narrow}", later(self.warm, real.int8, "l2", asked=25))
        row(f"bit column, {rows:,} x {narrow}", later(self.warm, real.bit, "hamming", asked=4))
        row(f"k = 1,000, {rows:,} x {narrow}", self.warm, real, "l2", k=1000, asked=40)
        row("after one own insert", self.own_insert, real)
        row("after a commit to another table", self.other_table, real)
        row("after another process's one-row commit", self.other_process, real)
        for data, dims in ((lambda: real, narrow), (self.wide, wide)):
            row(f"new connection, OS cache warm, x {dims}", later(self.first_query, data, opens, self.in_new_connection,
                                                                  asked=2))
        row(f"new process, OS cache warm, x {narrow}", self.first_query, real, opens, self.in_new_process)
        row(f"new process, OS cache dropped, x {narrow}", self.first_query, real, colds, self.in_new_process_cold)
        row("metadata filter matching 1 %", self.metadata_filter, real)
        row("join filter matching 10 %, no k", self.join_filter, real)
        row(f"join of {BATCH} query vectors, per query", self.batch, real)
        self.table = Table()
        for work in plan:
            work()


def versions():
    import importlib.metadata
    for package in ("apsw", "sqlite-vec", "faiss-cpu", "usearch", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield f"{package} {importlib.metadata.version(package)}"


def processor():
    with contextlib.suppress(OSError):
        with open("/proc/cpuinfo", encoding="ascii") as file:
            return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "?")
    return "?"


def main():
    args, start = ARGS, time.time()
    with contextlib.ExitStack() as stack:
        work = args.work or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(work, exist_ok=True)
        bench = Bench(args, work)
        about = {"processor": processor(), "load": os.getloadavg()[0], "SQLite": apsw.sqlite_lib_version(),
                 "versions": list(versions()), "vectors": bench.real.name, "budget": args.budget,
                 "simd": args.simd or "best", "pragmas": args.pragmas, "clock": args.clock}
        print("; ".join(f"{name}: {', '.join(value) if isinstance(value, list) else value}"
                        for name, value in about.items()) + "\n", flush=True)
        bench.run()
    print(f"\n{time.time() - start:.0f} s")
    for label in bench.table.wrong:
        print(f"Cairn's answers differ from the truth: {label}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"about": about, "rows": bench.table.rows}, file, indent=1)
    return 1 if bench.table.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
