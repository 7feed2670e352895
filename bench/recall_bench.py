#!/usr/bin/env python3
"""Whether a promised recall is kept: the sets of recall_sets.py, their queries, recall@1, @10 and @100.

    bench/recall_bench.py build/release/lib/cairn.so [--vectors minilm.npy] [--only REGEX] [--queries 1000] [--json FILE]

Each set goes into a cairn() table of its own, in one transaction. For each recall that is asked the table shows the mean
recall@1, @10 and @100, and of k = 10 the share of the rows that was scanned and the time beside an exact query's. Real sets
are left out without --vectors, which embed_corpus.py writes. The exit code is 1 where a mean is below what was asked, or an
exact answer is wrong.
"""
import argparse
import json
import re
import statistics
import sys
import time

import apsw
import numpy

import recall_sets

RECALLS = (0.9, 0.95, 0.99)
KS = (1, 10, 100)
BLOCK = 100


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extension", help="cairn.so, for cairn_explain()")
    parser.add_argument("--vectors", help="real embeddings, .npy of float32")
    parser.add_argument("--only", default="", help="sets whose name this finds")
    parser.add_argument("--queries", type=int, default=recall_sets.QUERIES)
    parser.add_argument("--rows", type=int, help="of every set, for a quick look; real sets are left out")
    parser.add_argument("--json", help="everything measured goes here")
    return parser.parse_args()


def true_distances(rows, queries, metric, k):
    """The k smallest distances of each query, in float64 from float32 products but for those that count."""
    rows64_square = (rows.astype(numpy.float64) ** 2).sum(axis=1)
    out = numpy.empty((len(queries), k))
    for start in range(0, len(queries), BLOCK):
        block = queries[start:start + BLOCK]
        products = block @ rows.T
        if metric == "cosine":
            rough = -products / numpy.sqrt(rows64_square)
        else:
            rough = rows64_square - 2 * products
        near = numpy.argpartition(rough, min(2 * k + 50, len(rows) - 1), axis=1)[:, :2 * k + 50]
        for i, query in enumerate(block):
            chosen, query64 = rows[near[i]].astype(numpy.float64), query.astype(numpy.float64)
            if metric == "cosine":
                exact = 1 - chosen @ query64 / numpy.linalg.norm(chosen, axis=1) / numpy.linalg.norm(query64)
            else:
                exact = numpy.linalg.norm(chosen - query64, axis=1)
            out[start + i] = numpy.sort(exact)[:k]
    return out


class Table:
    def __init__(self, extension, rows, metric):
        self.db = apsw.Connection(":memory:")
        self.db.enable_load_extension(True)
        self.db.load_extension(extension)
        self.db.execute(f"CREATE VIRTUAL TABLE v USING vec0(e float[{rows.shape[1]}] distance_metric={metric} INDEXED BY cairn())")
        with self.db:
            self.db.executemany("INSERT INTO v(rowid, e) VALUES (?, ?)", ((i, row.tobytes()) for i, row in enumerate(rows)))

    def distances(self, query, k, recall):
        """The distances, and how long it took."""
        start = time.perf_counter()
        found = self.db.execute("SELECT distance FROM v WHERE e MATCH ? AND k = ? AND recall = ?", (query, k, recall)).fetchall()
        return [row[0] for row in found], time.perf_counter() - start

    def scanned(self):
        return json.loads(self.db.execute("SELECT cairn_explain('v')").fetchall()[0][0])["scanned"]


def measure(table, queries, truth, k, recall):
    """Mean recall, mean share scanned, median time. A row at the distance of the k-th is as good as that."""
    found, scanned, times = 0, 0, []
    for query, true in zip(queries, truth):
        distances, seconds = table.distances(query.tobytes(), k, recall)
        limit = true[k - 1] * (1 + 1e-5) + 1e-6
        found += sum(distance <= limit for distance in distances)
        scanned += table.scanned()
        times.append(seconds)
    return found / k / len(queries), scanned / len(queries), statistics.median(times)


def main():
    args = parse()
    vectors = numpy.load(args.vectors, mmap_mode="r") if args.vectors else None
    print(f"{args.queries} queries each; recall asked: " + ", ".join(f"{r:.2f}" for r in RECALLS))
    print("| set | rows | recall@1 | @10 | @100 | scanned, k = 10 | time to exact, k = 10 |\n|---|---|---|---|---|---|---|", flush=True)
    results, failed = [], False
    for name, recall_set in recall_sets.SETS.items():
        if not re.search(args.only, name) or recall_set.real and (vectors is None or args.rows):
            continue
        rows, queries = recall_sets.make(name, vectors)
        rows, queries = rows[:args.rows], queries[:args.queries]
        truth = true_distances(rows, queries, recall_set.metric, max(KS))
        table = Table(args.extension, rows, recall_set.metric)
        exact, _, exact_time = measure(table, queries, truth, 10, 1.0)
        measured = {r: {k: measure(table, queries, truth, k, r) for k in KS} for r in RECALLS}
        failed |= exact < 1 or any(measured[r][k][0] < r for r in RECALLS for k in KS)
        cells = [" ".join(f"{measured[r][k][0]:.4f}".lstrip("0") for r in RECALLS) for k in KS]
        cells.append(" ".join(f"{measured[r][10][1] / len(rows):.3f}".lstrip("0") for r in RECALLS))
        cells.append(" ".join(f"{measured[r][10][2] / exact_time:.2f}" for r in RECALLS))
        print(f"| {name}{'' if exact == 1 else ' (exact answers wrong)'} | {len(rows):,} × {rows.shape[1]} | " + " | ".join(cells) + " |", flush=True)
        results.append({"set": name, "exact": exact, "exact_seconds": exact_time, "asked": measured})
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    sys.exit(failed)


if __name__ == "__main__":
    main()
