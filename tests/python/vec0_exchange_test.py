"""Files go both ways: what one engine wrote, the other reads, searches, changes and drops."""
import random
import struct

import pytest

SEED = 5
DIMS = 16
SHAPES = {
    "float-l2": ("v float[16]", "?"),
    "float-cosine": ("v float[16] distance_metric=cosine", "?"),
    "float-l1": ("v float[16] distance_metric=l1", "?"),
    "int8": ("v int8[16]", "vec_int8(?)"),
    "bit": ("v bit[16]", "vec_bit(?)"),
}
COLUMNS = "id, v, p, n, f, b, s, note"


def vector(rng, convert):
    if convert == "?":
        return struct.pack(f"{DIMS}f", *(rng.uniform(-1, 1) for _ in range(DIMS)))
    return bytes(rng.randrange(256) for _ in range(DIMS if "int8" in convert else DIMS // 8))


def new_row(rng, convert, key):
    n = rng.randrange(5)
    return (key, vector(rng, convert), rng.choice(["x", "y"]), n, n / 2, n % 2,
            rng.choice(["", "short", "exactly12byt", "longer than twelve bytes"]), rng.choice([None, "a note"]))


def insert(db, convert, row):
    db(f"INSERT INTO t({COLUMNS}) VALUES (?, {convert}, ?, ?, ?, ?, ?, ?)", *row)


def contents(db):
    return sorted(db(f"SELECT {COLUMNS} FROM t"))


def nearest(db, convert, query, where=""):
    """Distances to five digits, since the engines add floats in different orders."""
    rows = db(f"SELECT id, distance FROM t WHERE v MATCH {convert} AND k = 15 {where}", query)
    return [(key, f"{distance:.5g}") for key, distance in rows]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("key_type", ["integer", "text"])
@pytest.mark.parametrize("first, second", [("vec0", "sqlite-vec"), ("sqlite-vec", "vec0")])
def test_exchange(tmp_path, connect, shape, key_type, first, second):
    rng = random.Random(SEED)
    column, convert = SHAPES[shape]
    path = tmp_path / "exchange.db"
    key = (lambda i: i) if key_type == "integer" else (lambda i: f"key-{i}")
    model = {}

    a = connect(path, first)
    a(f"CREATE VIRTUAL TABLE t USING vec0(id {key_type} primary key, {column}, p text partition key, n integer, "
      "f float, b boolean, s text, +note text, chunk_size=8)")
    for i in range(60):
        model[key(i)] = new_row(rng, convert, key(i))
        insert(a, convert, model[key(i)])
    for i in range(0, 60, 7):
        a("DELETE FROM t WHERE id = ?", key(i))
        del model[key(i)]
    a.close()

    b = connect(path, second)
    assert contents(b) == sorted(model.values())
    for i in range(100, 120):
        model[key(i)] = new_row(rng, convert, key(i))
        insert(b, convert, model[key(i)])
    for i in range(1, 60, 10):
        if key(i) in model:
            b("UPDATE t SET n = 9, s = 'changed to something long' WHERE id = ?", key(i))
            old = model[key(i)]
            model[key(i)] = (*old[:3], 9, *old[4:6], "changed to something long", old[7])
    b.close()

    for engine in (first, second):
        db = connect(path, engine)
        assert contents(db) == sorted(model.values())
        assert db("PRAGMA integrity_check") == [("ok",)]
        db.close()
    a, b = connect(path, first), connect(path, second)
    for _ in range(5):
        query = vector(rng, convert)
        for where in ("", "AND p = 'x'", "AND n >= 2", "AND s = 'exactly12byt'", "AND b = 1 AND f < 2.0", "AND n IN (1, 9)"):
            assert nearest(a, convert, query, where) == nearest(b, convert, query, where), where
    a.close()
    b("DROP TABLE t")
    assert b("SELECT name FROM sqlite_schema WHERE name LIKE 't\\_%' ESCAPE '\\'") == []


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


def test_a_file_of_sqlite_vec_has_no_command_column(tmp_path, connect):
    path = tmp_path / "old.db"
    theirs = connect(path, "sqlite-vec")
    theirs("CREATE VIRTUAL TABLE t USING vec0(a float[2], t2 text)")
    theirs.close()
    ours = connect(path, "vec0")
    assert [r[1] for r in ours("SELECT * FROM pragma_table_xinfo('t')")] == ["rowid", "a", "t2", "distance", "k"]
