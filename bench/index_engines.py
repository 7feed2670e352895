#!/usr/bin/env python3
"""The engines of index_bench.py, each with its index in a folder of its own and one thread.

Run as a program it is one engine in a process of its own: it reads JSON lines {"do": method of Host, ...}, answers
each with a line, and ends with its input. Rows have the ids 1 to n; the id 0 means none.
"""
import contextlib
import glob
import importlib.util
import json
import math
import os
import subprocess
import sys
import time
import traceback

import numpy

import datasets
import exact_engines

K = 10
BLOCK = 10_000
BUCKETS, SEED = 1000, 5
EF = (10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640)
NPROBE = (2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
clock = exact_engines.clock


class Rows:
    """The first rows of an .npy file, read and not mapped, so that they are not part of a process's memory."""

    def __init__(self, path, count):
        mapped = numpy.load(path, mmap_mode="r")
        self.path, self.offset, self.count, self.dims = path, mapped.offset, count, mapped.shape[1]
        self.queries = numpy.array(mapped[-datasets.QUERIES:])

    def read(self, start, count):
        return numpy.fromfile(self.path, numpy.float32, count * self.dims, offset=self.offset + 4 * start * self.dims
                              ).reshape(count, self.dims)

    def blocks(self):
        for start in range(0, self.count, BLOCK):
            yield start, self.read(start, min(BLOCK, self.count - start))

    def sample(self, count):
        """Some count rows, in blocks of 1,000 from all over the file."""
        starts = range(0, self.count, 1000)
        step = max(1, len(starts) * 1000 // count)
        return numpy.concatenate([self.read(s, min(1000, self.count - s)) for s in starts[::step]])

    def near_query(self, number):
        """A row that is the nearest of a query, so that an answer without it is an old one."""
        query = self.queries[number % len(self.queries)]
        noise = numpy.random.default_rng(number).standard_normal(self.dims) * 0.01 / math.sqrt(self.dims)
        return (query + noise).astype(numpy.float32)


def buckets(count):
    return numpy.random.default_rng(SEED).integers(0, BUCKETS, count)


def every_tenth(count):
    return range(10, count + 1, 10)


class Engine:
    """search, with an effort of one of the ladders, and what else an engine can do.

    ladders: lists of efforts that rise; None answers exactly.
    processes: another process may write while this one reads.
    """
    ladders = [[None]]
    processes = False

    def __init__(self, folder, rows, filtered=False):
        self.folder, self.rows, self.filtered_too = folder, rows, filtered

    def path(self, name):
        return os.path.join(self.folder, name)

    def allow_filter(self):
        """What a filter needs beside the index."""
        raise NotImplementedError("it has no filter")


class Sql(Engine):
    """A virtual table in a file of its own, with the guide's PRAGMAs."""
    insert_sql = "INSERT INTO t(rowid, v) VALUES (?, ?)"

    def connect(self):
        return exact_engines.connect(self.path("t.db"), self.library, exact_engines.PRAGMAS["guide"])

    def build(self):
        db = self.connect()
        db.execute(self.table())
        with db:
            db.executemany(self.insert_sql, self.values())
        db.close()

    def values(self):
        for start, block in self.rows.blocks():
            for i, row in enumerate(block, start + 1):
                yield i, row.tobytes()

    def open(self, _):
        self.db = self.connect()

    def insert(self, number, row):
        self.db.execute(self.insert_sql, (number, row.tobytes()))

    def delete(self, numbers):
        with self.db:
            self.db.executemany("DELETE FROM t WHERE rowid = ?", ((i,) for i in numbers))

    def ids(self, sql, *params):
        return [row[0] for row in self.db.execute(sql, params)]


class Vec0(Sql):
    processes = True

    def __init__(self, library, clause, recalls, *args):
        super().__init__(*args)
        self.library, self.clause = library, clause
        self.ladders = [[None, *recalls]]

    def table(self):
        bucket = ", bucket integer" if self.filtered_too else ""
        return f"CREATE VIRTUAL TABLE t USING vec0(v float[{self.rows.dims}]{self.clause}{bucket})"

    def build(self):
        if self.filtered_too:
            self.insert_sql = "INSERT INTO t(rowid, v, bucket) VALUES (?, ?, ?)"
        super().build()

    def values(self):
        if not self.filtered_too:
            return super().values()
        return ((*value, int(bucket)) for value, bucket in zip(super().values(), buckets(self.rows.count)))

    def allow_filter(self):
        pass

    def search(self, query, effort, below=None):
        sql, params = f"SELECT rowid, distance FROM t WHERE v MATCH ? AND k = {K}", [query.tobytes()]
        for clause, value in ((" AND recall = ?", effort), (" AND bucket < ?", below)):
            if value is not None:
                sql += clause
                params.append(value)
        return self.ids(sql, *params)


class Vectorlite(Sql):
    """hnswlib in SQLite. The index is read when the table is first used and written when the connection closes."""
    ladders = [EF]

    def __init__(self, *args):
        super().__init__(*args)
        import vectorlite_py
        self.library = vectorlite_py.vectorlite_path()

    def connect(self):
        import apsw
        db = apsw.Connection(self.path("t.db"))
        db.enable_load_extension(True)
        db.load_extension(self.library)
        return db

    def table(self):
        # The file's path is part of the schema: a relative one, so that a copied folder reads its own.
        os.chdir(self.folder)
        return (f"CREATE VIRTUAL TABLE t USING vectorlite(v float32[{self.rows.dims}] l2, hnsw(max_elements="
                f"{self.rows.count + 10_000}, ef_construction=200, M=16), 't.hnsw')")

    def open(self, writing):
        os.chdir(self.folder)
        super().open(writing)

    def allow_filter(self):
        self.db.execute("CREATE TEMP TABLE buckets(id INTEGER PRIMARY KEY, bucket)")
        self.db.executemany("INSERT INTO buckets VALUES (?, ?)",
                            ((i, int(b)) for i, b in enumerate(buckets(self.rows.count), 1)))
        self.db.execute("CREATE INDEX by_bucket ON buckets(bucket)")

    def search(self, query, effort, below=None):
        sql = f"SELECT rowid, distance FROM t WHERE knn_search(v, knn_param(?, {K}, ?))"
        if below is None:
            return self.ids(sql, query.tobytes(), effort)
        return self.ids(sql + " AND rowid IN (SELECT id FROM buckets WHERE bucket < ?)", query.tobytes(), effort, below)


class Hnswlib(Engine):
    ladders = [EF]

    def __init__(self, m, construction, *args):
        super().__init__(*args)
        import hnswlib
        self.m, self.construction = m, construction
        self.index = hnswlib.Index("l2", self.rows.dims)
        self.index.set_num_threads(1)

    def build(self):
        self.index.init_index(self.rows.count, M=self.m, ef_construction=self.construction)
        for start, block in self.rows.blocks():
            self.index.add_items(block, numpy.arange(start + 1, start + 1 + len(block)))
        self.index.save_index(self.path("hnsw"))

    def open(self, _):
        self.index.load_index(self.path("hnsw"), self.rows.count + 10_000)

    def allow_filter(self):
        self.bucket_of = [0, *buckets(self.rows.count).tolist()]

    def search(self, query, effort, below=None):
        self.index.set_ef(effort)
        keep = None if below is None else (lambda i: self.bucket_of[i] < below)
        return self.index.knn_query(query, K, num_threads=1, filter=keep)[0][0].tolist()

    def insert(self, number, row):
        self.index.add_items(row[None], [number])

    def delete(self, numbers):
        for i in numbers:
            self.index.mark_deleted(i)


class Usearch(Engine):
    ladders = [EF]

    def __init__(self, dtype, *args):
        super().__init__(*args)
        from usearch.index import Index
        self.index = Index(ndim=self.rows.dims, metric="l2sq", dtype=dtype, connectivity=16, expansion_add=128)

    def build(self):
        for start, block in self.rows.blocks():
            self.index.add(numpy.arange(start + 1, start + 1 + len(block)), block, threads=1)
        self.index.save(self.path("usearch"))

    def open(self, _):
        self.index.load(self.path("usearch"))

    def search(self, query, effort):
        self.index.expansion_search = effort
        return self.index.search(query, K, threads=1).keys.tolist()

    def insert(self, number, row):
        self.index.add(number, row, threads=1)

    def delete(self, numbers):
        self.index.remove(numpy.array(numbers), threads=1)


class Faiss(Engine):
    def __init__(self, factory, *args):
        super().__init__(*args)
        import faiss
        self.faiss, self.factory = faiss, factory
        faiss.omp_set_num_threads(1)
        self.lists = 2 * int(math.sqrt(self.rows.count))
        self.refined = factory.endswith("Refine(Flat)")
        if factory.startswith("HNSW"):
            self.ladders = [EF]
        else:
            self.ladders = [[(nprobe, factor) for nprobe in NPROBE] for factor in ((4, 10, 25) if self.refined else (1,))]

    def build(self):
        index = self.faiss.index_factory(self.rows.dims, self.factory.format(lists=self.lists))
        if self.factory.startswith("HNSW"):
            index.hnsw.efConstruction = 200
        else:
            index.train(self.rows.sample(100 * self.lists))
        for _, block in self.rows.blocks():
            index.add(block)
        self.faiss.write_index(index, self.path("faiss"))

    def open(self, _):
        self.index = self.faiss.read_index(self.path("faiss"))

    def allow_filter(self):
        self.bucket_of, self.selectors = buckets(self.rows.count), {}

    def selector(self, below):
        """Made once for a filter and not counted."""
        if below is None:
            return None
        if below not in self.selectors:
            bits = numpy.packbits(self.bucket_of < below, bitorder="little")
            self.selectors[below] = self.faiss.IDSelectorBitmap(bits)
        return self.selectors[below]

    def search(self, query, effort, below=None):
        faiss, chosen = self.faiss, self.selector(below)
        if self.factory.startswith("HNSW"):
            params = faiss.SearchParametersHNSW(efSearch=effort, sel=chosen)
        else:
            params = faiss.SearchParametersIVF(nprobe=effort[0], sel=chosen)
        if self.refined:
            params = faiss.IndexRefineSearchParameters(k_factor=effort[1], base_index_params=params)
        return (self.index.search(query[None], K, params=params)[1][0] + 1).tolist()

    def insert(self, number, row):
        assert number == self.index.ntotal + 1, "ids are positions"
        self.index.add(row[None])

    def delete(self, numbers):
        self.index.remove_ids(numpy.array(numbers) - 1)


class Lance(Engine):
    def __init__(self, kind, *args):
        super().__init__(*args)
        # lancedb would take our datasets.py for a package of that name.
        sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
        del sys.modules["datasets"]
        from lancedb.index import HnswSq, IvfRq
        partitions = 2 * int(math.sqrt(self.rows.count))
        if kind == "HNSW_SQ":
            self.config = HnswSq(num_partitions=1, m=16, ef_construction=200)
            self.ladders = [[{"ef": ef, **more} for ef in EF if ef >= 2 * K] for more in ({}, {"refine_factor": 2})]
        else:
            self.config = IvfRq(num_partitions=partitions)
            self.ladders = [[{"nprobes": n, "refine_factor": factor} for n in NPROBE[2:]] for factor in (4, 10, 25)]

    def arrow(self, start, block, of_bucket):
        import pyarrow
        return pyarrow.record_batch({
            "id": pyarrow.array(numpy.arange(start + 1, start + 1 + len(block))),
            "bucket": pyarrow.array(of_bucket),
            "v": pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(block.reshape(-1)), self.rows.dims)})

    def build(self):
        import lancedb
        import pyarrow
        of_bucket = buckets(self.rows.count)
        batches = (self.arrow(start, block, of_bucket[start:start + len(block)]) for start, block in self.rows.blocks())
        first = next(batches)

        def every():
            yield first
            yield from batches
        table = lancedb.connect(self.folder).create_table("t", pyarrow.RecordBatchReader.from_batches(first.schema, every()))
        table.create_index("v", config=self.config)

    def open(self, _):
        import lancedb
        self.table = lancedb.connect(self.folder).open_table("t")

    def allow_filter(self):
        from lancedb.index import BTree
        self.table.create_index("bucket", config=BTree())

    def search(self, query, effort, below=None):
        asked = self.table.search(query, vector_column_name="v").select(["id", "_distance"]).limit(K)
        for name, value in effort.items():
            asked = getattr(asked, name)(value)
        if below is not None:
            asked = asked.where(f"bucket < {below}")
        return asked.to_arrow()["id"].to_pylist()

    def insert(self, number, row):
        import pyarrow
        batch = self.arrow(number - 1, row[None], numpy.zeros(1, numpy.int64))
        self.table.add(pyarrow.Table.from_batches([batch]))

    def delete(self, numbers):
        assert list(numbers) == list(every_tenth(self.rows.count))
        self.table.delete("id % 10 = 0")


class Zvec(Engine):
    """Answers come by the low-latency path, which a collection has when it is opened to read."""

    def __init__(self, kind, *args):
        super().__init__(*args)
        import zvec
        self.zvec = zvec
        zvec.init(log_level=zvec.LogLevel.ERROR, query_threads=1, optimize_threads=1)
        l2 = zvec.MetricType.L2
        graph = {"m": 16, "ef_construction": 200}
        if kind == "HNSW":
            self.index = zvec.HnswIndexParam(l2, **graph, use_contiguous_memory=True)
            self.param, self.ladders = (lambda ef: zvec.HnswQueryParam(ef=ef)), [EF]
        elif kind == "HNSW int8":
            self.index = zvec.HnswIndexParam(l2, **graph, quantize_type=zvec.QuantizeType.INT8,
                                             use_contiguous_memory=True, use_flat_contiguous_memory=True)
            self.param, self.ladders = (lambda ef: zvec.HnswQueryParam(ef=ef, is_using_refiner=True)), [EF]
        elif kind == "HNSW RaBitQ":
            self.index = zvec.HnswRabitqIndexParam(l2, **graph)
            self.param, self.ladders = (lambda ef: zvec.HnswRabitqQueryParam(ef=ef)), [EF]
        else:
            self.index = zvec.IvfRabitqIndexParam(l2, nlist=2 * int(math.sqrt(self.rows.count)))
            self.param, self.ladders = (lambda n: zvec.IvfRabitqQueryParam(nprobe=n, is_using_refiner=True)), [NPROBE]

    def doc(self, number, bucket, row):
        return self.zvec.Doc(id=str(number), fields={"bucket": int(bucket)}, vectors={"v": row})

    def build(self):
        zvec = self.zvec
        bucket = zvec.FieldSchema("bucket", zvec.DataType.INT32,
                                  index_param=zvec.InvertIndexParam(enable_range_optimization=True))
        vector = zvec.VectorSchema("v", zvec.DataType.VECTOR_FP32, self.rows.dims, index_param=self.index)
        collection = zvec.create_and_open(self.path("t"), zvec.CollectionSchema("t", fields=[bucket], vectors=[vector]))
        of_bucket = buckets(self.rows.count)
        for start, block in self.rows.blocks():
            for at in range(0, len(block), 1000):
                collection.insert([self.doc(start + i + 1, of_bucket[start + i], block[i])
                                   for i in range(at, min(at + 1000, len(block)))])
        collection.optimize(zvec.OptimizeOption(concurrency=1))
        collection.flush()
        collection.close()

    def open(self, writing):
        self.writing = writing
        self.collection = self.zvec.open(self.path("t"), self.zvec.CollectionOption(read_only=not writing))

    def allow_filter(self):
        pass

    def search(self, query, effort, below=None):
        asked = self.zvec.Query("v", vector=query, param=self.param(effort))
        keep = None if below is None else f"bucket < {below}"
        if self.writing:
            return [int(doc.id) for doc in self.collection.query(asked, topk=K, filter=keep, output_fields=[])]
        found = self.collection.query_internal_ids(asked, topk=K, filter=keep)
        return [int(i) for i in self.collection.resolve_internal_ids(found) if i is not None]

    def insert(self, number, row):
        assert self.collection.insert(self.doc(number, 0, row)).ok()

    def delete(self, numbers):
        numbers = [str(i) for i in numbers]
        for at in range(0, len(numbers), 1000):
            self.collection.delete(numbers[at:at + 1000])


def kinds(extension, index):
    """name -> what makes the engine, and the module that must be there. index: what follows INDEXED BY."""
    import sqlite_vec
    recalls = () if index == "flat" else (0.90, 0.95, 0.99)
    clause = "" if index == "flat" else f" INDEXED BY {index}"

    def kind(module, make, *first):
        return module, lambda *args: make(*first, *args)
    return {
        "cairn": kind("apsw", Vec0, extension, clause, recalls),
        "cairn flat": kind("apsw", Vec0, extension, "", ()),
        "sqlite-vec": kind("apsw", Vec0, sqlite_vec.loadable_path(), "", ()),
        "vectorlite": kind("vectorlite_py", Vectorlite),
        "hnswlib": kind("hnswlib", Hnswlib, 16, 200),
        "hnswlib M 32": kind("hnswlib", Hnswlib, 32, 200),
        "usearch f32": kind("usearch", Usearch, "f32"),
        "usearch f16": kind("usearch", Usearch, "f16"),
        "faiss HNSW32": kind("faiss", Faiss, "HNSW32"),
        "faiss IVF": kind("faiss", Faiss, "IVF{lists},Flat"),
        "faiss IVF RaBitQ": kind("faiss", Faiss, "IVF{lists},RaBitQ,Refine(Flat)"),
        "faiss IVF RaBitQ fs": kind("faiss", Faiss, "IVF{lists},RaBitQfs,Refine(Flat)"),
        "lancedb HNSW_SQ": kind("lancedb", Lance, "HNSW_SQ"),
        "lancedb RQ": kind("lancedb", Lance, "RQ"),
        "zvec HNSW": kind("zvec", Zvec, "HNSW"),
        "zvec HNSW int8": kind("zvec", Zvec, "HNSW int8"),
        "zvec HNSW RaBitQ": kind("zvec", Zvec, "HNSW RaBitQ"),
        "zvec IVF RaBitQ": kind("zvec", Zvec, "IVF RaBitQ"),
    }


def installed(extension, index):
    return [name for name, (module, _) in kinds(extension, index).items() if importlib.util.find_spec(module)]


def files(folder):
    return [path for path in glob.glob(os.path.join(folder, "**"), recursive=True) if os.path.isfile(path)]


def memory_bytes(field):
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


class Host:
    """What a process with one engine can be asked to do; seconds are of the work alone."""

    def make(self, name, extension, index, folder, vectors, rows, filtered=False):
        self.rows = Rows(vectors, rows)
        self.next_number = rows + 1
        self.engine = kinds(extension, index)[name][1](folder, self.rows, filtered)
        self.before = memory_bytes("VmRSS")
        return {"ladders": self.engine.ladders, "processes": self.engine.processes}

    def build(self):
        start, cpu = clock(), time.process_time()
        self.engine.build()
        return {"seconds": clock() - start, "cpu": time.process_time() - cpu, **self.memory()}

    def open(self, writing=False):
        start = clock()
        self.engine.open(writing)
        return {"seconds": clock() - start}

    def memory(self):
        """The peak since the engine was made."""
        return {"memory": max(0, memory_bytes("VmHWM") - self.before)}

    def allow_filter(self):
        self.engine.allow_filter()

    def ask(self, effort, first, count, below=None):
        more = () if below is None else (below,)
        seconds, ids = [], []
        for i in range(first, first + count):
            query = self.rows.queries[i % len(self.rows.queries)]
            start = clock()
            found = self.engine.search(query, effort, *more)
            seconds.append(clock() - start)
            ids.append(found)
        return {"seconds": seconds, "ids": ids}

    def insert(self, first, count):
        """Rows near the queries first, first + 1, …, each a transaction of its own."""
        seconds, numbers = [], []
        for i in range(first, first + count):
            row = self.rows.near_query(i)
            start = clock()
            self.engine.insert(self.next_number, row)
            seconds.append(clock() - start)
            numbers.append(self.next_number)
            self.next_number += 1
        return {"seconds": seconds, "numbers": numbers}

    def rounds(self, effort, first, count):
        """One row in, then the query it is near: the seconds of the queries, and how many answers have the row."""
        seconds, fresh = [], 0
        for i in range(first, first + count):
            number = self.insert(i, 1)["numbers"][0]
            answer = self.ask(effort, i, 1)
            seconds += answer["seconds"]
            fresh += number in answer["ids"][0]
        return {"seconds": seconds, "fresh": fresh}

    def delete(self):
        numbers = every_tenth(self.rows.count)
        start = clock()
        self.engine.delete(numbers)
        return {"seconds": clock() - start, "count": len(numbers)}


class Process:
    """A Host in a process of its own. An engine that cannot do what is asked raises Cannot."""

    def __init__(self, **made):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        try:
            self.about = self("make", **made)
        except Cannot:
            self.__exit__()
            raise

    def __call__(self, do, **named):
        line = ""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"do": do, **named}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        if not line:
            raise Cannot(f"its process ended: {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Cannot(answer["error"])
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


class Cannot(Exception):
    pass


def serve():
    # Libraries that print would spoil the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    host = Host()
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = getattr(host, message.pop("do"))(**message) or {}
        except Exception as error:
            if os.environ.get("INDEX_BENCH_TRACE"):
                traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}".strip().splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
