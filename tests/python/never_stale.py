"""Tables, connections (here and in other processes) and the oracle of vec0_never_stale_test.py.

The oracle: the shadow tables, read with plain SQL in the same transaction and decoded with numpy, say which rows
there are and how far each is. A scan of the table through vec_distance_… and every search must say the same,
distances as equal float32, ties in their order. Float elements are small integers, so that sums are exact whatever
their order.

As a program it is the other process: it reads calls from its standard input and answers on its standard output.
"""
import json
import os
import pickle
import random
import subprocess
import sys
from dataclasses import dataclass

import apsw
import numpy as np
from conftest import ENGINES, Newest, System

ROWS = int(os.environ.get("CAIRN_STALE_ROWS", 3000))  # enough for a table to be kept in memory
LONG = float(os.environ.get("CAIRN_STALE_SECONDS", 10)) >= 60
BREAK = "CAIRN_STALE_BREAK" in os.environ  # answers are kept here, and only dropped when this connection writes
WARM = 4  # searches after which whatever can be kept is
BUSY, LOCKED, CORRUPT = 5, 6, 11
FILL_SEED, HOT_SEED, HOT = 11, 12, 2


class Stale(AssertionError):
    pass


@dataclass(frozen=True)
class Layout:
    """A table's columns and the file that it is in."""
    element: str = "float"
    metric: str = "l2"
    dims: int = 64
    chunk_size: int = 64
    partition: bool = False
    journal: str = "wal"
    page_size: int = 4096
    auto_vacuum: str = "none"

    @property
    def size(self):
        """Of a vector, in bytes."""
        return {"float": 4 * self.dims, "int8": self.dims, "bit": self.dims // 8}[self.element]

    def literal(self, value="?"):
        return value if self.element == "float" else f"vec_{self.element}({value})"

    def declaration(self):
        metric = f" distance_metric={self.metric}" if self.metric != "hamming" else ""
        partition = ", p integer partition key" if self.partition else ""
        return f"vec0(v {self.element}[{self.dims}]{metric}, tag integer{partition}, +note text, chunk_size={self.chunk_size})"

    def random_vectors(self, seed, count):
        rng = np.random.default_rng(seed)
        if self.element == "bit":
            return rng.integers(0, 256, (count, self.size), dtype=np.uint8)
        # Sums of squares of differences stay below 2**24, where float32 begins to round.
        limit = int(2 ** 11 / self.dims ** 0.5) - 1 if self.element == "float" else 100
        return rng.integers(-limit, limit + 1, (count, self.dims)).astype(np.float32 if self.element == "float" else np.int8)

    def hot(self):
        """The vectors that are searched for: neighbours, and what is written is mostly near them, so that it changes both answers."""
        vectors = self.random_vectors(HOT_SEED, 1).repeat(HOT, axis=0)
        vectors[:, 0] = range(HOT)
        return vectors

    def near(self, rng):
        vector = rng.choice(self.hot()).copy()
        for _ in range(rng.randrange(3)):
            vector[rng.randrange(len(vector))] = rng.randrange(100)
        return vector.tobytes()

    def distances(self, vectors, query):
        """Of rows of bytes to one, as float32."""
        if self.element == "bit":
            differ = np.unpackbits(vectors ^ query, axis=1)
            return differ.sum(axis=1).astype(np.float32)
        a, b = vectors.astype(np.float64), query.astype(np.float64)
        if self.metric == "l1":
            return np.abs(a - b).sum(axis=1).astype(np.float32)
        if self.metric == "l2":
            return np.sqrt(((a - b) ** 2).sum(axis=1).astype(np.float32))
        with np.errstate(divide="ignore", invalid="ignore"):
            cosine = (1.0 - (a @ b) / (np.sqrt((b * b).sum()) * np.sqrt((a * a).sum(axis=1)))).astype(np.float32)
        return np.where(np.isnan(cosine), np.float32(np.inf), cosine)


@dataclass(frozen=True)
class Table:
    layout: Layout
    name: str = "t"
    schema: str = "main"
    qualified: bool = False

    @property
    def sql(self):
        return f"{self.schema}.{self.name}" if self.qualified else self.name

    def shadow(self, suffix):
        return f"{self.schema}.\"{self.name}_{suffix}\""

    def create(self):
        return f"CREATE VIRTUAL TABLE {self.sql} USING {self.layout.declaration()}"


def as_arrays(columns):
    """Rowids, and distances as float32. NULL is the cosine that is not defined, and comes last."""
    rowids, distances = columns
    return np.array(rowids, np.int64), np.array([np.inf if d is None else d for d in distances], np.float32)


def equal(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b))


# What a process may keep in memory: all of these tables; of one table, where there are codes, only those; nothing.
# In between connections throw each other's out.
MEMORY = {"all": "512MB", "codes": "600000", "two tables": "2500KB", "nothing": "0"}
setters = {}


def set_memory(driver, amount):
    """In this process, for good. A table of 3,000 vectors of 64 floats takes 1.1 MB, and its codes 0.3 MB."""
    if driver not in setters:
        setters[driver] = Db(":memory:", driver, "vec0")
        setters[driver]("CREATE VIRTUAL TABLE setter USING vec0(v float[1])")
    setters[driver](f"INSERT INTO setter(setter) VALUES ('memory={MEMORY[amount]}')")


class Db:
    """A connection. Calls give all rows; `code` is that of an error."""

    def __init__(self, path, driver, engine):
        self.base = {"newest": Newest, "system": System}[driver](str(path))
        self.db = self.base.db
        self.driver, self.engine = driver, engine
        self.db.load_extension(*ENGINES[engine])
        self.open = {}
        self.checked = 0
        self.turn = 0
        self.stale = {}
        self("PRAGMA synchronous = OFF")

    @property
    def errors(self):
        return self.base.errors

    def code(self, error):
        return (self.base.code(error) or 0) & 255

    def __call__(self, sql, *parameters):
        return list(self.db.execute(sql, parameters))

    def begin_rows(self, name, sql, parameters, count):
        """The first rows of a statement that stays open until end_rows."""
        self.open[name] = rows = iter(self.db.execute(sql, parameters) if self.driver == "newest" else self.db.rows(sql, parameters))
        return [row for _, row in zip(range(count), rows)]  # in this order zip takes no row too many

    def end_rows(self, name, read=False):
        rows = self.open.pop(name)
        rest = list(rows) if read else []
        if not read:
            rows.close()
        return rest

    def write_blob(self, table, suffix, column, rowid, data, offset):
        name = f"{table.name}_{suffix}"
        if self.driver == "system":
            self.db.write_blob(table.schema, name, column, rowid, data, offset)
            return
        blob = self.db.blob_open(table.schema, name, column, rowid, True)
        try:
            blob.seek(offset)
            blob.write(data)
        finally:
            blob.close()

    def overwrite_with(self, path):
        """All of the main database with another file's content, as the backup API does it."""
        source = type(self.base)(str(path))
        try:
            if self.driver == "system":
                self.db.overwrite(source.db)
            else:
                with self.db.backup("main", source.db, "main") as backup:
                    backup.step()
        finally:
            source.db.close()

    def is_in_transaction(self):
        return self.db.in_transaction

    def count(self):
        """How many answers were compared."""
        return self.checked

    def close(self):
        for name in list(self.open):
            self.end_rows(name)
        self.db.close()

    def columns(self, select, count, *parameters):
        """The columns of a SELECT without a LIMIT, as lists, through one row: row by row takes longer than all else."""
        ((*columns,),) = self("SELECT " + ", ".join(f"json_group_array(c{i})" for i in range(count)) + f" FROM ({select} LIMIT -1)", *parameters)
        return [json.loads(column) for column in columns]

    # --- searches ---

    def ask(self, table, query, few=False, first="k"):
        """{kind: rows} of all the ways to search, for one query vector."""
        answer = {}
        for kind, sql, more in sorted(questions(table, few), key=lambda question: question[0] != first):
            if BREAK:
                key, now = (sql, query, more), self("SELECT total_changes()")
                if self.stale.get(key, (None,))[0] == now:
                    answer[kind] = self.stale[key][1]
                    continue
            if kind == "all":
                answer[kind] = as_arrays(self.columns(sql, 2, query))
            else:
                answer[kind] = as_arrays(list(zip(*self(sql, query, *more))) or ((), ()))
            if BREAK:
                self.stale[key] = now, answer[kind]
        return answer

    def begin_search(self, name, table, kind, query, count):
        """One of these searches, of which some rows are read and which stays open."""
        sql, more = next((sql, more) for k, sql, more in questions(table) if k == kind)
        return self.begin_rows(name, sql, (query, *more), count)

    def warm(self, table, few=False):
        for query in table.layout.hot():
            for _ in range(WARM):
                self.ask(table, query.tobytes(), few)

    def decode(self, table, places):
        """Rowids, chunks, slots, vectors, tags and partitions of all rows, from the shadow tables. `places`: compared with _rowids."""
        layout = table.layout
        columns = "chunk_id, validity, rowids" + (", partition00" if layout.partition else "")
        chunks = self(f"SELECT {columns} FROM {table.shadow('chunks')} ORDER BY chunk_id")
        vectors = dict(self(f"SELECT _rowid_, vectors FROM {table.shadow('vector_chunks00')}"))
        tags = dict(self(f"SELECT _rowid_, data FROM {table.shadow('metadatachunks00')}"))
        size = layout.chunk_size
        join = lambda blobs, dtype: np.frombuffer(b"".join(blobs), dtype=dtype)
        live = np.unpackbits(join((c[1] for c in chunks), np.uint8), bitorder="little").astype(bool)
        dtype = {"float": np.float32, "int8": np.int8, "bit": np.uint8}[layout.element]
        all_vectors = join((vectors[c[0]] for c in chunks), dtype).reshape(len(chunks) * size, layout.size if layout.element == "bit" else layout.dims)
        out = {"rowid": join((c[2] for c in chunks), np.int64), "chunk": np.repeat(np.array([c[0] for c in chunks], np.int64), size),
               "slot": np.tile(np.arange(size), len(chunks)), "vector": all_vectors,
               "tag": join((tags[c[0]] for c in chunks), np.int64),
               "p": np.repeat(np.array([c[3] if layout.partition else 0 for c in chunks], np.int64), size)}
        out = {name: values[live] for name, values in out.items()}
        if places:
            columns = self.columns(f"SELECT rowid AS c0, chunk_id AS c1, chunk_offset AS c2 FROM {table.shadow('rowids')} ORDER BY 2, 3", 3)
            if columns != [out[name].tolist() for name in ("rowid", "chunk", "slot")]:
                raise Stale(f"the test itself: {table.sql}_rowids and _chunks do not agree")
        return out

    def check(self, table, queries=None, few=False, first="k"):
        """Searches in every way and compares with the oracle, all in one transaction if there is one; outside of one the searches
        run on their own as well, before and after, and nobody else may write. `few`: in few ways, and without a scan.
        `first`: the way to begin with."""
        if queries is None:
            queries = list(table.layout.hot())
            self.turn = (self.turn + 1) % HOT
            queries = queries if LONG else [queries[self.turn]]
        for query in queries:
            if self.is_in_transaction() or self.open:
                self.check_in_transaction(table, query, few, first)
                continue
            before = self.ask(table, query.tobytes(), few, first)
            expected = self.check_in_transaction(table, query, few)
            self.compare(table, expected, before, "on its own")
            self.compare(table, expected, self.ask(table, query.tobytes(), True), "after the transaction")

    def check_in_transaction(self, table, query, few=False, first="k"):
        """As check, but safe while others write. Gives the rows in ascending distance."""
        begun = not self.is_in_transaction()
        if begun:
            self("BEGIN")
        try:
            before = self.ask(table, query.tobytes(), few, first)
            # Before the shadow tables: it also writes what a large transaction has not written yet.
            metric, literal = table.layout.metric, table.layout.literal()
            scanned = None if few else self.columns(f"SELECT rowid AS c0, vec_distance_{metric}(v, {literal}) AS c1 FROM {table.sql}", 2, query.tobytes())
            rows = self.decode(table, places=not few)
            after = self.ask(table, query.tobytes(), True)
            distances = table.layout.distances(rows["vector"], query)
            order = np.lexsort((-rows["slot"], rows["chunk"], distances))
            expected = {name: values[order] for name, values in rows.items()} | {"distance": distances[order]}
            if scanned:
                scanned, right = as_arrays(scanned), (expected["rowid"], expected["distance"])
                by_rowid = lambda arrays: tuple(a[np.argsort(arrays[0])] for a in arrays)
                self.checked += 1
                if not equal(by_rowid(scanned), by_rowid(right)):
                    self.fail(table, "a scan", by_rowid(scanned), by_rowid(right))
            self.compare(table, expected, before, "in a transaction")
            self.compare(table, expected, after, "again in the transaction")
            return expected
        finally:
            if begun and self.is_in_transaction():
                self("COMMIT")

    def compare(self, table, expected, answer, when):
        for kind, _, more in questions(table):
            if kind in answer:
                right = right_answer(kind, more, expected)
                self.checked += 1
                if not equal(answer[kind], right):
                    self.fail(table, f"{kind}, {when}", answer[kind], right)

    def fail(self, table, what, got, right):
        got, right = (list(zip(rowids.tolist(), distances.tolist())) for rowids, distances in (got, right))
        place = next((i for i, (a, b) in enumerate(zip(got, right)) if a != b), min(len(got), len(right)))
        raise Stale(f"{what}: {len(got)} rows of {table.sql}, and {len(right)} are right; first difference at {place}: "
                    f"{got[place:place + 3]} instead of {right[place:place + 3]} ({self.driver} SQLite, {self.engine})")


IN_LIST = list(range(1, 400, 13))


def questions(table, few=False):
    """(kind, SQL, further parameters): every way in which a search can be answered."""
    searched = f"FROM {table.sql} WHERE v MATCH {table.layout.literal()}"
    select, match = f"SELECT rowid, distance {searched}", "AND k = ?"
    yield "k", f"{select} {match}", (10,)
    yield "stream", f"{select} ORDER BY distance LIMIT ?", (20,)
    if few:
        return
    yield "point", f"{select} AND rowid = ?", (77,)
    yield "filtered k", f"{select} {match} AND tag = ?", (10, 3)
    yield "filtered stream", f"{select} AND tag < 3 ORDER BY distance LIMIT ?", (20,)
    yield "keys", f"{select} {match} AND rowid IN ({', '.join(map(str, IN_LIST))})", (5,)
    if table.layout.partition:
        yield "partition", f"{select} {match} AND p = ?", (10, 2)
    yield "large k", f"{select} {match}", (500,)
    yield "all", f"SELECT rowid AS c0, iif(distance > 3e38, NULL, distance) AS c1 {searched} ORDER BY distance", ()


def right_answer(kind, more, rows):
    keep = np.ones(len(rows["rowid"]), bool)
    if kind == "point":
        keep = rows["rowid"] == more[0]
    elif kind == "filtered k":
        keep = rows["tag"] == more[1]
    elif kind == "filtered stream":
        keep = rows["tag"] < 3
    elif kind == "keys":
        keep = np.isin(rows["rowid"], IN_LIST)
    elif kind == "partition":
        keep = rows["p"] == more[1]
    limit = None if kind in ("point", "all") else more[0]
    return rows["rowid"][keep][:limit], rows["distance"][keep][:limit]


def fill(db, table, count, seed=FILL_SEED):
    """Rows with the next free rowids, all in one statement."""
    layout = table.layout
    columns, values = ("v, tag, p", "i % 7, i % 3") if layout.partition else ("v, tag", "i % 7")
    piece = layout.literal(f"substr(?1, 1 + i * {layout.size}, {layout.size})")
    db(f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) "
       f"INSERT INTO {table.sql}({columns}) SELECT {piece}, {values} FROM n", layout.random_vectors(seed, count).tobytes(), count)


def make_file(path, layout, driver="newest", engine="vec0", rows=ROWS):
    """A file with the table t, and a table of another kind, large enough for pages to move."""
    db = Db(path, driver, engine)
    db(f"PRAGMA page_size = {layout.page_size}")
    db(f"PRAGMA auto_vacuum = {layout.auto_vacuum}")
    db(f"PRAGMA journal_mode = {layout.journal}")
    db("BEGIN")
    db("CREATE TABLE other(id INTEGER PRIMARY KEY, text)")
    db("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT INTO other SELECT i, zeroblob(1500) FROM n")
    table = Table(layout)
    db(table.create())
    fill(db, table, rows)
    db("INSERT INTO other SELECT id + 100, text FROM other")
    db("COMMIT")
    db.close()


# --- changes: each is made on one connection, and may be part of a transaction ---

def settle(db, table):
    """A large transaction's rows are in the shadow tables only after a query."""
    db(f"SELECT rowid FROM {table.sql} LIMIT 1")


def some_rowid(db, table, rng):
    settle(db, table)
    start = rng.randrange(ROWS)
    rows = db(f"SELECT rowid FROM {table.shadow('rowids')} WHERE rowid >= ? LIMIT 1", start) or db(
        f"SELECT max(rowid) FROM {table.shadow('rowids')}")
    return rows[0][0] or 1


def nearest_rowid(db, table, rng):
    rows = db(f"SELECT rowid FROM {table.sql} WHERE v MATCH {table.layout.literal()} AND k = 1", rng.choice(table.layout.hot()).tobytes())
    return rows[0][0] if rows else 1


def place_of(db, table, rowid):
    settle(db, table)
    rows = db(f"SELECT chunk_id, chunk_offset FROM {table.shadow('rowids')} WHERE rowid = ?", rowid)
    return rows[0] if rows else (None, None)


def insert(db, table, rng, verb="INSERT", rowid=None):
    columns, values = ("rowid, v, tag, p, note", "?, ?, ?") if table.layout.partition else ("rowid, v, tag, note", "?, ?")
    parameters = [rng.randrange(7)] + ([rng.randrange(3)] if table.layout.partition else []) + ["a note"]
    db(f"{verb} INTO {table.sql}({columns}) VALUES (?, {table.layout.literal()}, {values})", rowid, table.layout.near(rng), *parameters)


def insert_many(db, table, rng):
    fill(db, table, 150, rng.randrange(10**6))
    insert(db, table, rng)


def replace(db, table, rng):
    if db.engine == "sqlite-vec":
        return delete(db, table, rng)
    insert(db, table, rng, "INSERT OR REPLACE", some_rowid(db, table, rng))


def update(db, table, rng):
    if db.engine == "sqlite-vec" and table.layout.element != "float":
        return blob_write(db, table, rng)  # it can set no others
    db(f"UPDATE {table.sql} SET v = {table.layout.literal()} WHERE rowid = ?", table.layout.near(rng), some_rowid(db, table, rng))


def update_many(db, table, rng):
    if db.engine == "sqlite-vec" and table.layout.element != "float":
        return raw_swap(db, table, rng)
    start = rng.randrange(ROWS)
    db(f"UPDATE {table.sql} SET v = {table.layout.literal()} WHERE rowid BETWEEN ? AND ?", table.layout.near(rng), start, start + 90)


def update_tag(db, table, rng):
    db(f"UPDATE {table.sql} SET tag = ? WHERE rowid = ?", rng.randrange(7), nearest_rowid(db, table, rng))


def delete(db, table, rng):
    db(f"DELETE FROM {table.sql} WHERE rowid = ?", nearest_rowid(db, table, rng))


def delete_chunk(db, table, rng):
    chunk, _ = place_of(db, table, nearest_rowid(db, table, rng))
    rowids = [r for (r,) in db(f"SELECT rowid FROM {table.shadow('rowids')} WHERE chunk_id = ?", chunk)][:100]
    for rowid in rowids:
        db(f"DELETE FROM {table.sql} WHERE rowid = ?", rowid)


def raw_update(db, table, rng):
    """One vector, in SQL on the shadow table."""
    chunk, slot = place_of(db, table, some_rowid(db, table, rng))
    if chunk is None:
        return
    ((blob,),) = db(f"SELECT vectors FROM {table.shadow('vector_chunks00')} WHERE rowid = ?", chunk)
    at = slot * table.layout.size
    db(f"UPDATE {table.shadow('vector_chunks00')} SET vectors = ? WHERE rowid = ?",
       blob[:at] + table.layout.near(rng) + blob[at + table.layout.size:], chunk)


def raw_swap(db, table, rng):
    """The vectors of two chunks; sizes and everything else stay."""
    settle(db, table)
    chunks = [c for (c,) in db(f"SELECT rowid FROM {table.shadow('vector_chunks00')} ORDER BY rowid")]
    if len(chunks) < 2:
        return
    near, _ = place_of(db, table, nearest_rowid(db, table, rng))
    a, b = near or chunks[0], rng.choice([c for c in chunks if c != (near or chunks[0])])
    blobs = dict(db(f"SELECT rowid, vectors FROM {table.shadow('vector_chunks00')} WHERE rowid IN (?, ?)", a, b))
    db(f"UPDATE {table.shadow('vector_chunks00')} SET vectors = iif(rowid = ?1, ?3, ?4) WHERE rowid IN (?1, ?2)", a, b, blobs[b], blobs[a])


def raw_new_row(db, table, rng):
    """The chunk's row of the vectors written anew, so that its pages are others."""
    settle(db, table)
    rows = db(f"SELECT _rowid_, vectors FROM {table.shadow('vector_chunks00')} WHERE rowid >= ? LIMIT 1", rng.randrange(5))
    if not rows:
        return
    ((chunk, blob),) = rows
    name = table.shadow("vector_chunks00")
    db(f"DELETE FROM {name} WHERE rowid = ?", chunk)
    db("INSERT INTO main.other(text) VALUES (zeroblob(3000))")
    db(f"INSERT INTO {name}(_rowid_, rowid, vectors) VALUES (?1, ?1, ?2)", chunk, table.layout.near(rng) + blob[table.layout.size:])


def raw_delete(db, table, rng):
    """A row, from all shadow tables by hand."""
    rowid = nearest_rowid(db, table, rng)
    chunk, slot = place_of(db, table, rowid)
    ((validity, rowids),) = db(f"SELECT validity, rowids FROM {table.shadow('chunks')} WHERE chunk_id = ?", chunk) if chunk else ((None, None),)
    if not validity or np.unpackbits(np.frombuffer(validity, np.uint8)).sum() == 1:
        return  # the chunk would have to go as well
    validity, rowids = bytearray(validity), bytearray(rowids)
    validity[slot // 8] &= ~(1 << slot % 8)
    rowids[slot * 8:slot * 8 + 8] = bytes(8)
    db(f"UPDATE {table.shadow('chunks')} SET validity = ?, rowids = ? WHERE chunk_id = ?", bytes(validity), bytes(rowids), chunk)
    db(f"DELETE FROM {table.shadow('rowids')} WHERE rowid = ?", rowid)
    db(f"DELETE FROM {table.shadow('auxiliary')} WHERE rowid = ?", rowid)
    db.write_blob(table, "vector_chunks00", "vectors", chunk, bytes(table.layout.size), slot * table.layout.size)
    db.write_blob(table, "metadatachunks00", "data", chunk, bytes(8), slot * 8)


def raw_tag(db, table, rng):
    chunk, slot = place_of(db, table, nearest_rowid(db, table, rng))
    if chunk:
        db.write_blob(table, "metadatachunks00", "data", chunk, rng.randrange(7).to_bytes(8, "little"), slot * 8)


def blob_write(db, table, rng):
    chunk, slot = place_of(db, table, some_rowid(db, table, rng))
    if chunk:
        db.write_blob(table, "vector_chunks00", "vectors", chunk, table.layout.near(rng), slot * table.layout.size)


def blob_write_nearest(db, table, rng):
    """The nearest row moves away."""
    chunk, slot = place_of(db, table, nearest_rowid(db, table, rng))
    if chunk:
        db.write_blob(table, "vector_chunks00", "vectors", chunk, table.layout.random_vectors(rng.randrange(10**6), 1).tobytes(),
                      slot * table.layout.size)


def drop_and_create(db, table, rng):
    db(f"DROP TABLE {table.sql}")
    db(table.create())
    fill(db, table, ROWS, rng.randrange(10**6))


def refill(db, table, rng):
    db(f"DELETE FROM {table.sql}")
    fill(db, table, ROWS, rng.randrange(10**6))


def unrelated(db, table, rng):
    start = rng.randrange(100)
    rng.choice([lambda: db("INSERT INTO main.other(text) VALUES (zeroblob(?))", rng.choice([10, 3000, 30000])),
                lambda: db("DELETE FROM main.other WHERE id BETWEEN ? AND ?", start, start + 25),
                lambda: db("UPDATE main.other SET text = zeroblob(2000) WHERE id BETWEEN ? AND ?", start, start + 3)])()


def unrelated_schema(db, table, rng):
    db("CREATE TABLE main.passing(a)")
    db("INSERT INTO main.passing VALUES (1)")
    db("DROP TABLE main.passing")


def rename_there_and_back(db, table, rng):
    if db.engine == "sqlite-vec":
        return unrelated_schema(db, table, rng)
    there = Table(table.layout, "renamed", table.schema, table.qualified)
    db(f"ALTER TABLE {table.sql} RENAME TO renamed")
    insert(db, there, rng)
    db.check(there, few=True)
    db(f"ALTER TABLE {there.sql} RENAME TO {table.name}")


def optimize(db, table, rng):
    if db.engine == "sqlite-vec":
        return delete_chunk(db, table, rng)
    db(f"INSERT INTO {table.sql}({table.name}) VALUES ('optimize')")


def failing_statement(db, table, rng):
    """It changes rows, and is undone when it fails at the last of them."""
    sql = rng.choice([
        f"UPDATE {table.shadow('vector_chunks00')} SET vectors = iif(rowid < (SELECT max(rowid) FROM {table.shadow('chunks')}), "
        f"zeroblob(length(vectors)), abs(-9223372036854775807 - 1))",
        f"INSERT INTO {table.sql}(rowid, v, tag{', p' if table.layout.partition else ''}) SELECT iif(rowid % 50, NULL, 1), "
        f"{table.layout.literal('v')}, tag{', p' if table.layout.partition else ''} FROM {table.sql} WHERE rowid < 200"])
    if db.engine == "sqlite-vec" or (table.layout.element != "float" and "INTO" in sql):
        return unrelated(db, table, rng)
    try:
        db(sql)
    except db.errors as error:
        if db.code(error) in (BUSY, LOCKED, CORRUPT):
            raise


CHANGES = [insert, insert_many, replace, update, update_many, update_tag, delete, delete_chunk, raw_update, raw_swap, raw_new_row,
           raw_delete, raw_tag, blob_write, blob_write_nearest, drop_and_create, refill, unrelated, unrelated_schema,
           rename_there_and_back, optimize, failing_statement]


# Of one writing statement, which SQLite undoes if it fails.
SINGLE = [insert, update, update_tag, delete, raw_update, raw_swap, raw_tag, blob_write, blob_write_nearest, unrelated]


class Actor:
    """Random steps on one connection; which, follows from the numbers that it is given."""

    WEIGHTS = [(insert, 6), (insert_many, 2), (replace, 3), (update, 8), (update_many, 2), (update_tag, 3), (delete, 4),
               (delete_chunk, 1), (raw_update, 6), (raw_swap, 4), (raw_new_row, 2), (raw_delete, 2), (raw_tag, 2), (blob_write, 6),
               (blob_write_nearest, 4), (drop_and_create, 1), (refill, 1), (unrelated, 16), (unrelated_schema, 2),
               (rename_there_and_back, 1), (optimize, 1), (failing_statement, 2)]

    def __init__(self, db, tables, alone):
        self.db, self.tables = db, tables
        self.alone = alone  # nobody else writes during a step
        self.attached = True
        self.seen = {}  # what happened how often

    def step(self, seed):
        rng = random.Random(seed)
        table = rng.choice(self.tables if self.attached else self.tables[:-1])
        what = "?"
        try:
            # sqlite-vec only writes.
            draw = rng.random() if self.db.engine == "vec0" else rng.choice([0.45, 0.6, 0.8, 0.9])
            # Who holds a transaction keeps the others from writing, so not for long.
            if (self.db.is_in_transaction() or self.db.open) and rng.random() < 0.3:
                what = "the end"
                for name in list(self.db.open):
                    self.db.end_rows(name, read=rng.random() < 0.5)
                if self.db.is_in_transaction():
                    what = rng.choice(["COMMIT", "ROLLBACK"])
                    self.db(what)
            elif draw < 0.4:
                what = "check"
                self.search(table, rng)
            elif draw < (0.55 if self.db.is_in_transaction() else 0.46):
                what = self.transaction(rng)
            elif draw < 0.63:
                what = self.upkeep(rng)
            elif draw < 0.70:
                what = self.stay_open(table, rng)
            else:
                change = rng.choices([c for c, _ in self.WEIGHTS], [w for _, w in self.WEIGHTS])[0]
                what = f"{change.__name__} {table.sql}"
                self.change(change, table, rng)
            outcome = ""
        except self.db.errors as error:
            if what == "check" and self.db.code(error) not in (BUSY, LOCKED):
                raise Stale(f"a search failed: {self.db.code(error)}, {error}") from error
            if self.db.code(error) == CORRUPT:
                raise Stale(f"{what} met damage: {error}") from error
            outcome = f"{self.db.code(error)} {error}"
        key = f"{what.split()[0]}{': ' + outcome if outcome else ''}"
        self.seen[key] = self.seen.get(key, 0) + 1
        return f"{what}{' -> ' + outcome if outcome else ''}"

    def search(self, table, rng):
        queries = [rng.choice(table.layout.hot()) if rng.random() < 0.8 else table.layout.random_vectors(rng.randrange(99), 1)[0]]
        few = rng.random() < 0.6
        if self.alone:
            self.db.check(table, queries, few)
        else:
            self.db.ask(table, queries[0].tobytes(), few)
            self.db.check_in_transaction(table, queries[0], few)
        if rng.random() < 0.5:
            for _ in range(WARM):
                self.db.ask(table, queries[0].tobytes(), few)

    def change(self, change, table, rng):
        """sqlite-vec leaves half a row when it fails inside a transaction; and a change is of several statements, which must all be
        there when another connection looks."""
        if change in SINGLE and rng.random() < 0.5 and not self.db.is_in_transaction():
            change(self.db, table, rng)
            return
        self.db("SAVEPOINT change")
        try:
            change(self.db, table, rng)
        except BaseException:
            if self.db.is_in_transaction():
                self.db("ROLLBACK TO change")
                self.db("RELEASE change")
            raise
        try:
            self.db("RELEASE change")
        except self.db.errors:
            self.db("ROLLBACK")  # the commit found the file busy
            raise

    def transaction(self, rng):
        sql = rng.choice(["BEGIN IMMEDIATE", "BEGIN", "SAVEPOINT a", "SAVEPOINT b"] if not self.db.is_in_transaction() else
                         ["SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO b", "RELEASE a", "RELEASE b"])
        self.db(sql)
        return sql

    def upkeep(self, rng):
        sql = rng.choice(["PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(RESTART)", "PRAGMA wal_checkpoint(TRUNCATE)",
                          "PRAGMA cache_size = 10", "PRAGMA cache_size = 2000", "PRAGMA shrink_memory", "VACUUM",
                          "PRAGMA incremental_vacuum(20)", "PRAGMA journal_mode = wal", "PRAGMA journal_mode = delete",
                          "PRAGMA journal_mode = persist", "REINDEX", "ANALYZE main", "attach"])
        if sql == "attach":
            extra = self.tables[-1]
            sql = f"ATTACH '{rng.choice(self.files)}' AS {extra.schema}"
            if self.attached:
                self.db(f"DETACH {extra.schema}")
            self.attached = False  # a busy file cannot be attached
            self.db(sql)
            self.attached = True
            return sql
        self.db(sql)
        return sql

    def stay_open(self, table, rng):
        if self.db.open:
            self.db.end_rows("open", read=rng.random() < 0.5)
            return "close the search"
        self.db.begin_rows("open", f"SELECT rowid, distance FROM {table.sql} WHERE v MATCH {table.layout.literal()} ORDER BY distance LIMIT ?",
                           (table.layout.hot()[0].tobytes(), 20), 1)
        return "search, left open"


class Host:
    """What a worker process offers."""

    def __init__(self):
        self.connections = {}

    def connect(self, name, path, driver, engine):
        self.connections[name] = Db(path, driver, engine)

    def call(self, name, method, *arguments, **options):
        result = getattr(self.connections[name], method)(*arguments, **options)
        if method == "close":
            del self.connections[name]
        return result

    def run(self, name, function, *arguments):
        return function(self.connections[name], *arguments)

    def set_memory(self, driver, amount):
        set_memory(driver, amount)

    def actor(self, name, tables, alone, files):
        db = self.connections[name]
        db.actor = Actor(db, tables, alone)
        db.actor.files = files

    def step(self, name, seed):
        return self.connections[name].actor.step(seed)

    def seen(self, name):
        return self.connections[name].actor.seen

    def run_free(self, names, seed, seconds):
        import time
        rng = random.Random(seed)
        end = time.monotonic() + seconds
        log = []
        while time.monotonic() < end:
            name = rng.choice(names)
            log.append(f"{name}: {self.step_or_log(name, rng.randrange(2**40), log)}")
        return len(log)

    def step_or_log(self, name, seed, log):
        try:
            return self.step(name, seed)
        except Stale as stale:
            raise Stale("\n".join(log[-60:] + [f"{name}: {stale}"])) from stale


class Remote:
    """A worker process."""

    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.process = subprocess.Popen([sys.executable, os.path.join(here, "never_stale.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.names = 0

    def send(self, method, *arguments, **options):
        pickle.dump((method, arguments, options), self.process.stdin)
        self.process.stdin.flush()

    def receive(self):
        fine, result = pickle.load(self.process.stdout)
        if not fine:
            raise result
        return result

    def call(self, method, *arguments, **options):
        self.send(method, *arguments, **options)
        return self.receive()

    def connect(self, path, driver, engine):
        self.names += 1
        self.call("connect", self.names, str(path), driver, engine)
        return RemoteDb(self, self.names, driver, engine)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class RemoteError(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)


class RemoteDb:
    """A Db in a worker process."""
    errors = RemoteError

    def __init__(self, remote, name, driver, engine):
        self.remote, self.name, self.driver, self.engine = remote, name, driver, engine

    def __call__(self, sql, *parameters):
        return self.remote.call("call", self.name, "__call__", sql, *parameters)

    def __getattr__(self, method):
        return lambda *arguments, **options: self.remote.call("call", self.name, method, *arguments, **options)

    def code(self, error):
        return error.args[0]

    def run(self, function, *arguments):
        return self.remote.call("run", self.name, function, *arguments)


def serve():
    # So that functions of this file are the same whether they come from here or through the pipe.
    import never_stale
    host, out = never_stale.Host(), sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            method, arguments, options = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = True, getattr(host, method)(*arguments, **options)
        except never_stale.Stale as stale:
            answer = False, stale
        except (apsw.Error, System.errors) as error:
            code = Newest.code(error) if isinstance(error, apsw.Error) else System.code(error)
            answer = False, never_stale.RemoteError((code or 0) & 255, str(error))
        except Exception as error:  # a mistake in the test
            import traceback
            answer = False, RuntimeError(f"{error!r}\n{traceback.format_exc()}")
        pickle.dump(answer, out)
        out.flush()


if __name__ == "__main__":
    serve()
