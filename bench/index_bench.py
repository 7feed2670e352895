#!/usr/bin/env python3
"""The cairn() index beside sqlite-vec, vectorlite, hnswlib, usearch, faiss, LanceDB and zvec, a process and a thread each.

    bench/index_bench.py build/release/lib/vec0.so [--vectors minilm.npy | --rows 1000000 --dims 768] [--work FOLDER]
                         [--index flat] [--only REGEX] [--show warm,build] [--clock cpu] [--json FILE]

Prints tables as Markdown: warm queries, build and sizes, filters, writes. A peer takes part when it is installed
(bench/requirements.txt), at the fastest of its settings that reaches a recall; Cairn is asked for that recall. Ratios
are the peer's time / Cairn's. With --work the peers' indexes, the times of their builds and their settings are kept,
and a later run begins at once; Cairn's and sqlite-vec's tables are made anew each time. The exit code is 1 when
an exact answer of Cairn is wrong or a recall that it promised is not met.
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

TARGETS = (0.95, 0.99)
FILTERS = (100, 10, 1)  # of 1,000 buckets: 10 %, 1 %, .1 %
FEW = 30                # rounds and queries of what is slow
OPENS, COLDS, BLOCK = 5, 3, 50
SHOWS = ("warm", "build", "filter", "writes")  # in this order: serving tells the memory that the second table shows


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extension")
    parser.add_argument("--vectors", help="real embeddings, .npy of float32; the last 1,000 rows are the queries")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dims", type=int, default=768, help="of synthetic rows, without --vectors")
    parser.add_argument("--work", help="keeps vectors, true answers and the peers' indexes here")
    parser.add_argument("--index", default="cairn()", help="what the table is INDEXED BY; flat: Cairn's exact answers alone")
    parser.add_argument("--only", default="", help="engines whose name this finds, besides cairn")
    parser.add_argument("--show", default=",".join(SHOWS), help="of the tables, separated by commas; none: builds the indexes and finds the peers' settings")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1000, help="of write then query, and of single inserts")
    parser.add_argument("--budget", default="1GB", help="CAIRN_MEMORY; empty: leave it")
    parser.add_argument("--simd", help="CAIRN_SIMD")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a busy machine")
    parser.add_argument("--json", help="everything measured goes here")
    return parser.parse_args()


def environment(args):
    """Before anything is imported that reads it; the engines' processes inherit it."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LANCE_CPU_THREADS",
                 "TOKIO_WORKER_THREADS"):  # with one LANCE_IO_THREADS, too, LanceDB waits for ever
        os.environ[name] = "1"
    os.environ["EXACT_BENCH_CLOCK"] = args.clock
    if args.budget:
        os.environ["CAIRN_MEMORY"] = args.budget
    if args.simd:
        os.environ["CAIRN_SIMD"] = args.simd


ARGS = parse()
environment(ARGS)

import numpy  # noqa: E402

import datasets  # noqa: E402
import exact_engines  # noqa: E402
import exact_truth as truth  # noqa: E402
import index_engines as engines  # noqa: E402

Cannot = engines.Cannot


def milliseconds(seconds, part=0.5):
    return float(numpy.quantile(seconds, part)) * 1e3


def shown(value, digits=3):
    return "–" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.{digits}g}"


class Table:
    """Of Markdown, printed row by row."""

    def __init__(self, *head):
        print()
        self.write(head)
        self.write(["---"] + ["---:"] * (len(head) - 1))

    @staticmethod
    def write(cells):
        print("| " + " | ".join(cells) + " |", flush=True)


class Data:
    """The rows, mapped, the held-out queries, and the true distances of the K nearest."""

    def __init__(self, path, rows, queries, work):
        vectors = numpy.load(path, mmap_mode="r")
        if len(vectors) < rows + datasets.QUERIES or vectors.dtype != numpy.float32:
            raise SystemExit(f"{path}: {vectors.dtype} of {len(vectors)} rows; float32 of {rows} rows and "
                             f"{datasets.QUERIES} queries is asked for")
        self.path, self.rows, self.dims = path, vectors[:rows], vectors.shape[1]
        self.queries = numpy.array(vectors[-datasets.QUERIES:][:queries])
        self.name = f"{os.path.splitext(os.path.basename(path))[0]}-{rows}"
        self.folder = os.path.join(work, self.name)
        os.makedirs(self.folder, exist_ok=True)
        buckets = engines.buckets(rows)
        kept = numpy.ones(rows, dtype=bool)
        kept[numpy.array(engines.every_tenth(rows)) - 1] = False
        self.masks = {"all": None, "kept": kept, **{below: buckets < below for below in FILTERS}}

    def best(self, which):
        path = os.path.join(self.folder, f"nearest-{which}-{len(self.queries)}.npy")
        if not os.path.exists(path):
            numpy.save(path, truth.nearest("l2", self.rows, self.queries, engines.K, self.masks[which]))
        return numpy.load(path)

    def recall(self, ids, which="all", first=0):
        """The mean over answers to the queries first, first + 1, …"""
        best, count = self.best(which), len(self.queries)
        return statistics.fmean(
            truth.recall("l2", self.rows, self.queries[(first + i) % count], of_query, best[(first + i) % count],
                         self.masks[which]) for i, of_query in enumerate(ids))


class Index:
    """One engine's index on disk, and what is known of it."""

    def __init__(self, bench, name, filtered=False):
        self.bench, self.name, self.filtered = bench, name, filtered
        self.folder = os.path.join(bench.data.folder, name.replace(" ", "-") + ("-filtered" if filtered else ""))
        self.about = os.path.join(self.folder, "about.json")

    def process(self, folder=None):
        bench = self.bench
        return engines.Process(name=self.name, extension=bench.extension, index=bench.args.index,
                               folder=folder or self.folder, vectors=bench.data.path, rows=len(bench.data.rows),
                               filtered=self.filtered)

    @contextlib.contextmanager
    def opened(self, folder=None, writing=False):
        with self.process(folder) as ask:
            ask("open", writing=writing)
            yield ask

    @contextlib.contextmanager
    def copy(self):
        with tempfile.TemporaryDirectory(dir=self.bench.data.folder) as outer:
            folder = os.path.join(outer, "copy")
            shutil.copytree(self.folder, folder)
            yield folder

    def known(self):
        if not os.path.exists(self.about):
            return None
        with open(self.about, encoding="utf-8") as file:
            return json.load(file)

    def note(self, **facts):
        facts = {**(self.known() or {}), **facts}
        with open(self.about, "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=1)
        return facts

    def built(self, anew):
        known = None if anew else self.known()
        if known is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
            with self.process() as ask:
                facts = ask("build")
            size = sum(os.path.getsize(path) for path in engines.files(self.folder))
            known = self.note(build=facts["seconds"], cpu=facts["cpu"], build_memory=facts["memory"], bytes=size,
                              load=os.getloadavg()[0], built=time.strftime("%Y-%m-%d"))
        return known


class Bench:
    def __init__(self, args, data):
        self.args, self.data, self.extension = args, data, os.path.abspath(args.extension)
        self.indexes, self.results, self.cannot, self.wrong = {}, {}, [], []
        for name in engines.installed(self.extension, args.index):
            if name == "cairn" or re.search(args.only, name):
                with self.may_fail(name, "build"):
                    self.indexes[name] = self.build(name)

    @staticmethod
    def ours(name):
        return name in ("cairn", "cairn flat", "sqlite-vec")

    def build(self, name, filtered=False):
        index = Index(self, name, filtered)
        facts = index.built(anew=self.ours(name))
        if not filtered:
            self.results[name] = dict(facts)
        return index

    @contextlib.contextmanager
    def may_fail(self, name, what):
        """What an engine cannot do is noted, and the others go on."""
        try:
            yield
        except Cannot as error:
            self.cannot.append(f"{name}: {what}: {error}")

    # The settings

    def choose(self):
        """Per engine and target the effort to measure. Cairn is asked for the target; a peer climbs its ladders."""
        for name, index in self.indexes.items():
            with self.may_fail(name, "search"), index.process() as ask:
                ladders = ask.about["ladders"]
                if name == "cairn" or ladders == [[None]]:
                    chosen = {"exact" if recall is None else str(recall): recall for recall in ladders[0]}
                else:
                    chosen = self.results[name].get("chosen")
                    if chosen is None:
                        ask("open")
                        tried = self.climb(ask, ladders)
                        chosen = {str(target): min(good, key=lambda one: one["p50"])["effort"] for target in TARGETS
                                  if (good := [one for one in tried if one["recall"] >= target])}
                        index.note(chosen=chosen, tried=tried)
                        self.results[name]["tried"] = tried
                self.results[name]["chosen"] = chosen

    def climb(self, ask, ladders):
        tried = []
        for ladder in ladders:
            for effort in ladder:
                ask("ask", effort=effort, first=0, count=3)
                answer = ask("ask", effort=effort, first=0, count=len(self.data.queries))
                tried.append({"effort": effort, "recall": self.data.recall(answer["ids"]),
                              "p50": milliseconds(answer["seconds"])})
                if tried[-1]["recall"] >= TARGETS[-1]:
                    break
        return tried

    def effort(self, name):
        """For the tables that have one setting: that of the highest target that is reached, or exact."""
        chosen = self.results[name].get("chosen")
        if not chosen:
            raise Cannot(f"no setting reaches a recall of {TARGETS[0]}")
        return list(chosen.values())[-1]

    # The tables

    def build_table(self):
        table = Table("engine", "build s", "CPU s", "rows/s", "memory MB", "file MB", "file / raw", "first query ms", "cache dropped",
                      "memory MB serving", "load at build")
        raw = self.data.rows.nbytes
        for name, index in self.indexes.items():
            known = self.results[name]
            with self.may_fail(name, "first query"):
                self.first_query(name, index)
            table.write([name, shown(known["build"]), shown(known["cpu"]), shown(len(self.data.rows) / known["build"]),
                         shown(known["build_memory"] / 1e6), shown(known["bytes"] / 1e6), f"{known['bytes'] / raw:.2f}",
                         shown(known.get("first")), shown(known.get("first_cold")),
                         shown(known["memory"] / 1e6 if "memory" in known else None), shown(known["load"], 2)])

    def first_query(self, name, index):
        """A new process: opening and one query, its start not counted."""
        effort, known = self.effort(name), self.results[name]

        def once(i):
            with index.process() as ask:
                return ask("open")["seconds"] + ask("ask", effort=effort, first=i, count=1)["seconds"][0]
        rounds = []
        for i in range(OPENS + 1):
            rounds.append(once(i))
        known["first"] = milliseconds(rounds[1:])
        rounds = []
        for i in range(COLDS):
            exact_engines.drop_from_cache(engines.files(index.folder))
            rounds.append(once(i))
        known["first_cold"] = milliseconds(rounds)

    def warm_table(self):
        """In turn, in blocks, so that a busy machine is busy for all."""
        entries = [(name, group, effort) for name in self.indexes
                   for group, effort in (self.results[name].get("chosen") or {}).items()]
        found = {(name, group): ([], []) for name, group, _ in entries}
        with contextlib.ExitStack() as stack:
            asks = {name: stack.enter_context(self.indexes[name].opened()) for name in dict.fromkeys(e[0] for e in entries)}
            for entry in list(entries):
                name, _, effort = entry
                try:
                    asks[name]("ask", effort=effort, first=0, count=3)
                except Cannot as error:
                    self.cannot.append(f"{name}: search {effort}: {error}")
                    entries.remove(entry)
                    del found[entry[:2]]
                    if asks[name].process.poll() is not None:
                        asks[name] = stack.enter_context(self.indexes[name].opened())
            for first in range(0, len(self.data.queries), BLOCK):
                for name, group, effort in entries:
                    count = min(BLOCK // 10 if effort is None else BLOCK, len(self.data.queries) - first)
                    answer = asks[name]("ask", effort=effort, first=first, count=count)
                    found[name, group][0].extend(answer["seconds"])
                    found[name, group][1].append(self.data.recall(answer["ids"], first=first) * count)
            for name, ask in asks.items():
                self.results[name].update(ask("memory"))
        for (name, group), (seconds, recalls) in found.items():
            recall = sum(recalls) / len(seconds)
            self.results[name].setdefault("warm", {})[group] = {
                "recall": recall, "p50": milliseconds(seconds), "p99": milliseconds(seconds, 0.99)}
            if name == "cairn" and recall < (1 if group == "exact" else float(group)):
                self.wrong.append(f"{group}: {recall:.5f}")
        table = Table("recall@10", "engine", "setting", "measured", "p50 ms", "p99 ms", "/ Cairn")
        for group in dict.fromkeys(group for _, group, _ in entries):
            own = self.results["cairn"]["warm"].get(group)
            for name, of_entry, effort in entries:
                if of_entry == group:
                    one = self.results[name]["warm"][group]
                    table.write([group if group == "exact" else f"≥ {group}", name, "" if effort is None else json.dumps(effort),
                                 f"{one['recall']:.4f}", f"{one['p50']:.3f}", f"{one['p99']:.3f}",
                                 shown(one["p50"] / own["p50"] if own else None)])

    def filter_table(self):
        table = Table("filter, p50 ms (recall)", *(f"{100 * below / engines.BUCKETS:g} %" for below in FILTERS), "no filter")
        for name in self.indexes:
            efforts = {}
            with self.may_fail(name, "filter"):
                efforts[name] = self.effort(name)
            if name == "cairn":
                efforts = {"cairn, exact": None, **({name: efforts[name]} if efforts[name] is not None else {})}
            for label, effort in efforts.items():
                self.filter_row(table, name, label, effort)

    def filter_row(self, table, name, label, effort):
        with self.may_fail(name, "filter"), contextlib.ExitStack() as stack:
            index = self.indexes[name]
            if self.ours(name):
                index = self.build(name, filtered=True)
            ask = stack.enter_context(index.opened(stack.enter_context(index.copy())))
            ask("allow_filter")
            cells = []
            for below in (*FILTERS, None):
                more = {} if below is None else {"below": below}
                count = min(len(self.data.queries), 2 * FEW if effort is None else 10 * FEW)
                try:
                    ask("ask", effort=effort, first=0, count=3, **more)
                    answer = ask("ask", effort=effort, first=0, count=count, **more)
                except Cannot as error:
                    self.cannot.append(f"{name}: filter of {below}: {error}")
                    cells.append("–")
                    continue
                p50, recall = milliseconds(answer["seconds"]), self.data.recall(answer["ids"], below or "all")
                if name == "cairn" and effort is None and recall < 1:
                    self.wrong.append(f"exact, filter of {below}: {recall:.5f}")
                self.results[name].setdefault("filter", {})[f"{label} {below}"] = {"p50": p50, "recall": recall}
                cells.append(f"{p50:.3f} ({recall:.3f})")
            table.write([label, *cells])

    def writes_table(self):
        table = Table("engine", "single inserts rows/s", "warm p50 ms", "after an own commit", "×", "new row found",
                      "after another process's", "×", "delete rows/s", "p50 then", "recall then")
        for name, index in self.indexes.items():
            known = self.results[name]["writes"] = {}
            with self.may_fail(name, "writes"):
                effort = self.effort(name)
                for work in (self.own_writes, self.other_process, self.delete):
                    with self.may_fail(name, work.__name__), index.copy() as folder:
                        work(index, folder, effort, known)
                warm = known.get("warm")

                def times(key):
                    return shown(known[key] / warm if key in known else None)
                table.write([name, shown(known.get("insert")), shown(warm), shown(known.get("own")), times("own"),
                             shown(known.get("fresh")), shown(known.get("other")), times("other"), shown(known.get("delete")),
                             shown(known.get("after_delete")), shown(known.get("recall_after_delete"), 4)])

    def own_writes(self, index, folder, effort, known):
        with index.opened(folder, writing=True) as ask:
            ask("ask", effort=effort, first=0, count=3)
            known["warm"] = milliseconds(ask("ask", effort=effort, first=0, count=2 * FEW)["seconds"])
            rounds = self.args.rounds if known["warm"] < 5 else FEW
            answer = ask("rounds", effort=effort, first=0, count=rounds)
            known["own"], known["fresh"] = milliseconds(answer["seconds"]), answer["fresh"] / rounds
            known["insert"] = self.args.rounds / sum(ask("insert", first=rounds, count=self.args.rounds)["seconds"])

    def other_process(self, index, folder, effort, known):
        with index.process(folder) as ask, index.process(folder) as other:
            if not ask.about["processes"]:
                return
            ask("open")
            other("open", writing=True)
            ask("ask", effort=effort, first=0, count=3)
            seconds = []
            for i in range(self.args.rounds if known["warm"] < 5 else FEW):
                number = other("insert", first=i, count=1)["numbers"][0]
                answer = ask("ask", effort=effort, first=i, count=1)
                seconds += answer["seconds"]
                if number not in answer["ids"][0] and index.name == "cairn":
                    self.wrong.append(f"{number} was inserted by another process and is not in the answer")
            known["other"] = milliseconds(seconds)

    def delete(self, index, folder, effort, known):
        with index.opened(folder, writing=True) as ask:
            ask("ask", effort=effort, first=0, count=3)
            answer = ask("delete")
            known["delete"] = answer["count"] / answer["seconds"]
            count = min(len(self.data.queries), FEW if effort is None else 10 * FEW)
            answer = ask("ask", effort=effort, first=0, count=count)
            known["after_delete"] = milliseconds(answer["seconds"])
            known["recall_after_delete"] = self.data.recall(answer["ids"], "kept")

    def run(self):
        show = self.args.show.split(",")
        self.choose()
        for name in SHOWS:
            if name in show:
                getattr(self, name + "_table")()


def main():
    args, start = ARGS, time.time()
    with contextlib.ExitStack() as stack:
        work = args.work or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(work, exist_ok=True)
        path = args.vectors or datasets.synthetic_file(work, args.rows + datasets.QUERIES, args.dims, 2)
        data = Data(os.path.abspath(path), args.rows, args.queries, os.path.abspath(work))
        print(f"{data.name} × {data.dims}; INDEXED BY {args.index}; budget {args.budget}; {args.clock} clock; "
              f"load {os.getloadavg()[0]:.1f}", flush=True)
        bench = Bench(args, data)
        bench.run()
    print(f"\n{time.time() - start:.0f} s; load {os.getloadavg()[0]:.1f}")
    for line in bench.cannot:
        print(f"cannot: {line}")
    for line in bench.wrong:
        print(f"Cairn's answers are not what was asked: {line}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"data": data.name, "index": args.index, "results": bench.results, "cannot": bench.cannot}, file, indent=1)
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
