"""Files go both ways: what one engine wrote, the other reads, searches, changes, renames and drops."""
import random
import struct

import pytest
from nearest import same_nearest
from vec0_cases import AUXILIARY, METADATA, METRICS, Column, Table, quoted

SEED = 5
PARTITIONS = [Column("partition", "p0", "text"), Column("partition", "p1", "integer")]
VALUES = [Column("metadata", f"m{i}", kind) for i, kind in enumerate(METADATA)] + [
    Column("auxiliary", f"x{i}", kind) for i, kind in enumerate(AUXILIARY)]
KEYS = {"rowid": [], "integer": [Column("key", "id", "integer")], "text": [Column("key", "id", "text")]}
VECTORS = {f"{kind}-{metric or 'default'}": [Column("vector", "v0", kind, 16, metric)] for kind in METRICS for metric in METRICS[kind]}
SHAPES = {f"{vector}-{key}-{more}": (VECTORS[vector] + KEYS[key] + columns, 8)
          for vector in VECTORS for key in KEYS for more, columns in {"bare": [], "full": PARTITIONS + VALUES}.items()}
SHAPES |= {
    "several-vectors": ([Column("vector", f"v{i}", *c) for i, c in enumerate([("float", 3, "cosine"), ("int8", 5, "l1"), ("bit", 24), ("float", 1)])], 16),
    "sixteen-of-each": ([Column("vector", f"v{i}", "float", 2) for i in range(16)] + [Column("metadata", f"m{i}", METADATA[i % 4]) for i in range(16)] +
                        [Column("auxiliary", f"x{i}", AUXILIARY[i % 4]) for i in range(16)] + [Column("partition", f"p{i}", "integer") for i in range(4)], 8),
    "key-in-the-middle": (VALUES[:4] + PARTITIONS + KEYS["text"] + VECTORS["float-l2"] + VALUES[4:], 8),
    "one-partition": (VECTORS["int8-l2"] + PARTITIONS[:1] + VALUES[3:5], 8),
    "chunk-1024": (VECTORS["float-default"] + KEYS["integer"] + VALUES, 1024),
    "chunk-4096": (VECTORS["bit-default"] + VALUES, 4096),
}


class Exchange:
    """A table in a file, the rows that it should have, and random changes to both."""

    def __init__(self, columns, chunk_size, seed=SEED):
        self.rng = random.Random(seed)
        self.table = Table(self.rng, columns, chunk_size, null_partitions=True)
        self.key = self.table.key
        self.names = [c.name for c in columns if c.kind != "key"]
        self.model = {}
        self.made = 0

    def new_key(self):
        self.made += 1
        return self.made if self.key.type == "integer" else f"key {self.made}" + " and more" * (self.made % 2)

    def insert(self, db, count):
        for _ in range(count):
            key, row = self.new_key(), self.table.row()
            columns = [c for c in self.table.columns if c.kind != "key"]
            values = dict(zip((c.name for c in self.table.columns), row))
            literals = [quoted(key)] + [self.table.literal(c, values[c.name]) for c in columns]
            db(f"INSERT INTO {self.table.name}({', '.join([self.key.name] + self.names)}) VALUES ({', '.join(literals)})")
            self.model[key] = values

    def update(self, db, count):
        # What sqlite-vec can set as well.
        settable = [c for c in self.table.columns if c.kind in ("metadata", "auxiliary") or (c.kind, c.type) == ("vector", "float")]
        for key in self.rng.sample(sorted(self.model), min(count, len(self.model)) if settable else 0):
            column = self.rng.choice(settable)
            value = self.table.value(column)
            db(f"UPDATE {self.table.name} SET {column.name} = {self.table.literal(column, value)} WHERE {self.key.name} = {quoted(key)}")
            self.model[key][column.name] = value

    def delete(self, db, keys):
        for key in keys:
            db(f"DELETE FROM {self.table.name} WHERE {self.key.name} = {quoted(key)}")
            del self.model[key]

    def delete_some(self, db):
        """Leaves holes, and chunks that are empty."""
        keys = sorted(self.model)
        start = self.rng.randrange(len(keys) // 2)
        self.delete(db, keys[start:start + 12] + self.rng.sample(keys[:start] + keys[start + 12:], 5))

    def check(self, db):
        rows = db(f"SELECT {', '.join([self.key.name] + self.names)} FROM {self.table.name}")
        assert sorted(rows, key=repr) == sorted(((key, *(row[n] for n in self.names)) for key, row in self.model.items()), key=repr)
        assert db("PRAGMA integrity_check") == [("ok",)]
        check_format(db, self.table, len(rows))

    def check_searches(self, a, b):
        for column in self.table.of("vector"):
            query = self.table.literal(column, self.table.value(column))
            for where in [""] + [f" AND {c.name} = {quoted(self.table.value(c) or 0)}" for c in self.table.of("metadata", "partition")]:
                sql = f"SELECT {self.key.name}, distance FROM {self.table.name} WHERE {column.name} MATCH {query} AND k = 15{where}"
                assert same_nearest(a(sql), b(sql), ordered=True, cosine=column.metric == "cosine"), sql


def check_format(db, table, row_count):
    """The shadow tables against docs/format/vec0-flat.md."""
    shadow = lambda suffix: db(f"SELECT * FROM \"{table.name}_{suffix}\"")
    sizes = [(f"vector_chunks{i:02}", {"float": 4 * c.dims, "int8": c.dims, "bit": c.dims // 8}[c.type]) for i, c in enumerate(table.of("vector"))]
    sizes += [(f"metadatachunks{i:02}", {"boolean": 1 / 8, "integer": 8, "float": 8, "text": 16}[c.type]) for i, c in enumerate(table.of("metadata"))]
    places = {(chunk, offset): rowid for rowid, _, chunk, offset in shadow("rowids")}
    assert len(places) == row_count
    chunk_ids, live = [], {}
    for chunk, size, *_, validity, rowids in shadow("chunks"):
        chunk_ids.append(chunk)
        assert (size, len(validity), len(rowids)) == (table.chunk_size, table.chunk_size // 8, table.chunk_size * 8)
        live[chunk] = [slot for slot in range(size) if validity[slot // 8] >> (slot % 8) & 1]
        assert live[chunk], "an empty chunk"
        for slot, rowid in enumerate(struct.unpack(f"<{size}q", rowids)):
            assert rowid == places.pop((chunk, slot), None) if slot in live[chunk] else rowid == 0
    assert not places, "rows without a slot"
    for suffix, size in sizes:
        blobs = db(f"SELECT _rowid_, * FROM \"{table.name}_{suffix}\"")
        assert sorted(real for real, *_ in blobs) == sorted(column for _, column, _ in blobs) == sorted(chunk_ids)
        for chunk, _, blob in blobs:
            assert len(blob) == size * table.chunk_size
            if size >= 1:
                free = set(range(table.chunk_size)) - set(live[chunk])
                assert not any(blob[slot * size:(slot + 1) * size].strip(b"\0") for slot in free), f"{suffix}: a free slot is not zero"


ORDERS = pytest.mark.parametrize("first, second", [("vec0", "sqlite-vec"), ("sqlite-vec", "vec0")])


@pytest.mark.parametrize("shape", SHAPES)
@ORDERS
def test_exchange(tmp_path, connect, newer, shape, first, second):
    path = tmp_path / "exchange.db"
    exchange = Exchange(*SHAPES[shape])
    a = connect(path, first)
    a(exchange.table.create())
    for engine in (first, second, first, second):
        a.close()
        a = connect(path, engine)
        exchange.check(a)
        a("BEGIN")
        exchange.insert(a, 30)
        exchange.update(a, 10)
        exchange.delete_some(a)
        exchange.update(a, 10)
        exchange.insert(a, 3)
        a("COMMIT")
        exchange.check(a)
    b = connect(path, first)
    exchange.check(b)
    exchange.check_searches(a, b)
    a.close()
    if newer or first == "vec0":
        b("ALTER TABLE t RENAME TO \"an other\"")
        exchange.table.name = "\"an other\""
    b.close()
    a = connect(path, second)
    a(f"DROP TABLE {exchange.table.name}")
    assert a("SELECT name FROM sqlite_schema WHERE name <> 'sqlite_sequence'") == []


@pytest.mark.parametrize("key", KEYS)
@ORDERS
def test_emptied_and_filled_again(tmp_path, connect, key, first, second):
    path = tmp_path / "emptied.db"
    exchange = Exchange(VECTORS["float-l2"] + KEYS[key] + PARTITIONS + VALUES, 8)
    for engine in (first, second, first):
        db = connect(path, engine)
        if not exchange.model:
            db("DROP TABLE IF EXISTS t")
            db(exchange.table.create())
        exchange.insert(db, 20)
        exchange.check(db)
        db.close()
        db = connect(path, second if engine == first else first)
        exchange.delete(db, list(exchange.model))
        exchange.check(db)
        exchange.insert(db, 5)
        exchange.check(db)
        db.close()


@ORDERS
def test_attached_files_with_the_same_table(tmp_path, connect, first, second):
    exchanges = [Exchange(VECTORS["float-l2"] + KEYS["text"] + PARTITIONS + VALUES, 8, seed) for seed in (1, 2)]
    for engine in (first, second, first):
        db = connect(tmp_path / "0.db", engine)
        db(f"ATTACH {quoted(str(tmp_path / '1.db'))} AS other")
        for schema, exchange in zip(("main", "other"), exchanges):
            exchange.table.name = "t"
            if not exchange.model:
                db(exchange.table.create(schema))
            exchange.table.name = f"{schema}.t"
            exchange.insert(db, 20)
            exchange.update(db, 5)
            exchange.delete_some(db)
        db.close()
        for i, exchange in enumerate(exchanges):
            exchange.table.name = "t"
            db = connect(tmp_path / f"{i}.db", second if engine == first else first)
            exchange.check(db)
            db.close()


def test_rename_and_defaults(tmp_path, connect):
    path = tmp_path / "rename.db"
    ours = connect(path, "vec0")
    ours("CREATE VIRTUAL TABLE t USING vec0(a float[2])")
    ours("INSERT INTO t(rowid, a) VALUES (7, '[1, 2]')")
    ours("ALTER TABLE t RENAME TO u")
    ours.close()
    theirs = connect(path, "sqlite-vec")
    assert theirs("SELECT rowid, vec_to_json(a) FROM u") == [(7, "[1.000000,2.000000]")]
    theirs("INSERT INTO u(a) VALUES ('[3, 4]')")
    assert theirs("SELECT max(rowid) FROM u") == [(8,)]


def columns_of(db):
    return [row[1] for row in db("SELECT * FROM pragma_table_xinfo('t')")]


def test_the_command_column_follows_the_file(tmp_path, connect, newer):
    """0.1.9 has none; 0.1.10 goes by the patch number in t_info."""
    path = tmp_path / "command.db"
    theirs = connect(path, "sqlite-vec")
    theirs("CREATE VIRTUAL TABLE t USING vec0(a float[2], t2 text)")
    theirs.close()
    ours = connect(path, "vec0")
    assert columns_of(ours) == ["rowid", "a", "t2", *(["t"] if newer else []), "distance", "k"]
    ours("DROP TABLE t")
    ours("CREATE VIRTUAL TABLE t USING vec0(a float[2], t2 text)")
    ours.close()
    theirs = connect(path, "sqlite-vec")
    assert columns_of(theirs) == ["rowid", "a", "t2", *(["t"] if newer else []), "distance", "k"]
    theirs.close()
    if newer:
        for change in ("UPDATE t_info SET value = 9 WHERE key = 'CREATE_VERSION_PATCH'", "DELETE FROM t_info"):
            ours = connect(path, "vec0")
            ours(change)
            ours.close()
            for engine in ("vec0", "sqlite-vec"):
                db = connect(path, engine)
                assert columns_of(db) == ["rowid", "a", "t2", "distance", "k"]
                db.close()


@pytest.mark.parametrize("end", ["DROP TABLE t", "ALTER TABLE t RENAME TO u"])
def test_a_table_from_before_info(tmp_path, connect, end):
    path = tmp_path / "old.db"
    exchange = Exchange(VECTORS["float-l2"] + KEYS["text"] + VALUES, 8)
    theirs = connect(path, "sqlite-vec")
    theirs(exchange.table.create())
    exchange.insert(theirs, 20)
    theirs("DROP TABLE t_info")
    theirs.close()
    ours = connect(path, "vec0")
    assert "t" not in columns_of(ours)
    exchange.check(ours)
    exchange.update(ours, 5)
    exchange.delete_some(ours)
    exchange.insert(ours, 5)
    exchange.check(ours)
    ours(end)
    left = {name for (name,) in ours("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert not any(name == "t" or name.startswith("t_") for name in left)
    assert ("u_rowids" in left) == ("RENAME" in end)
