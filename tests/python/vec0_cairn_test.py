"""What cairn() tables have that flat ones do not, what they cost in the file, and what sqlite-vec does with them.

Everything that both have is tested by the files beside this one, with `engine` and `engines` of conftest.py, and by
vec0_model_test.py."""
import itertools
import random
import struct

import apsw
import numpy as np
import pytest
from vec0_upkeep_test import KEYS, contents, use_in_every_way


def pack(numbers):
    return np.asarray(numbers, np.float32).tobytes()


@pytest.fixture
def db(connect):
    return connect(":memory:", "vec0")


@pytest.fixture
def newest(connect):
    if connect.__bases__[0].__name__ != "Newest":
        pytest.skip("one SQLite is enough")
    return connect


COLUMNS = ("id integer primary key, a float[3] INDEXED BY cairn(), n integer, f float, b boolean, s text, p text partition key, +x integer")


def test_null_in_metadata(db):
    db(f"CREATE VIRTUAL TABLE t USING vec0({COLUMNS})")
    db("CREATE TABLE m(id, a, n, f, b, s, p, x)")
    values = [[None, 0, 5], [None, 0.0, 2.5], [None, 0, 1], [None, "", "short", "a text of more than twelve bytes"]]
    for table in "tm":
        for i, row in enumerate(itertools.product(*values), 1):
            db(f"INSERT INTO {table}(id, a, n, f, b, s) VALUES (?, ?, ?, ?, ?, ?)", i, pack([i, 0, 0]), *row)
    def compare():
        assert db("SELECT * FROM t ORDER BY id") == db("SELECT * FROM m ORDER BY id")
        for column, value in itertools.product("nfbs", ["0", "1", "2.5", "''", "'short'", "'b'", "NULL"]):
            for operator in ["=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT"]:
                where = f"{column} {operator} {value}"
                expected = db(f"SELECT id FROM m WHERE {where} ORDER BY id LIMIT 20")
                assert db(f"SELECT id FROM t WHERE a MATCH '[0, 0, 0]' AND k = 20 AND {where}") == expected, where
                assert db(f"SELECT id FROM t WHERE {where} ORDER BY id LIMIT 20") == expected, where
        for where in ["n IN (0, NULL)", "s IN ('short', NULL)", "b IS NULL AND n IS NOT NULL", "s LIKE '%t%'", "s NOT LIKE '%t%'", "n IS f"]:
            assert db(f"SELECT id FROM t WHERE a MATCH '[0, 0, 0]' AND {where} ORDER BY distance") == db(f"SELECT id FROM m WHERE {where} ORDER BY id")
    compare()
    for change in ["n = NULL WHERE id % 3 = 0", "s = NULL, b = NULL WHERE id % 5 = 0", "s = 'another text of some length' WHERE s IS NULL",
                   "f = 1.5 WHERE f IS NULL AND id < 40", "b = 1 WHERE b IS NULL"]:
        for table in "tm":
            db(f"UPDATE {table} SET {change}")
        compare()
    db("INSERT INTO t(t) VALUES ('optimize')")
    compare()
    db("INSERT INTO t(t) VALUES ('integrity')")
    for wrong in ("n = 'x'", "f = 1", "b = 2", "s = 5"):
        assert db.outcome(f"UPDATE t SET {wrong} WHERE id = 1")[0] == 1
    compare()


def test_halves(db):
    """f16 columns: what is stored, rounded to nearest even, is what comes back and what is measured."""
    rng = np.random.default_rng(3)
    db("CREATE VIRTUAL TABLE t USING vec0(a f16[70] distance_metric=cosine INDEXED BY cairn(), b f16[3] INDEXED BY cairn())")
    a = (rng.standard_normal((300, 70)) * 10.0 ** rng.integers(-4, 3, (300, 1))).astype(np.float32)
    b = np.array([[65504, -65504, 0], [5.9604645e-08, -0.0, 6.1e-05], [1 + 2**-11, 1 + 3 * 2**-11, 2048.5], [2.9e-8, 3e-8, 65519.0]], np.float32)
    for i in range(300):
        db("INSERT INTO t(rowid, a, b) VALUES (?, ?, ?)", i, pack(a[i]), pack(b[i % 4]))
    for rowid, x, y, kind in db("SELECT rowid, a, b, vec_type(a) FROM t"):
        assert kind == "float32"
        assert x == a[rowid].astype(np.float16).astype(np.float32).tobytes()
        assert y == b[rowid % 4].astype(np.float16).astype(np.float32).tobytes()
    query = pack(rng.standard_normal(70))
    assert db("SELECT rowid, distance FROM t WHERE a MATCH ? AND k = 50", query) == \
        db("SELECT rowid, vec_distance_cosine(a, ?) AS d FROM t ORDER BY d, rowid LIMIT 50", query)
    for too_large in (65520, 1e30, -70000):
        assert db.outcome("INSERT INTO t(a, b) VALUES (?, ?)", pack(a[0]), pack([0, too_large, 0]))[0] == 1
    db("UPDATE t SET b = '[3, 4, 0]' WHERE rowid = 7")
    assert db("SELECT rowid, distance FROM t WHERE b MATCH '[0, 0, 0]' AND rowid = 7") == [(7, 5.0)]
    assert db("SELECT count(*) FROM t") == [(300,)]


def test_ties_come_by_rowid(db):
    db("CREATE VIRTUAL TABLE t USING vec0(a float[1] INDEXED BY cairn())")
    rowids = random.Random(1).sample(range(-500, 500), 300)
    for rowid in rowids:
        db("INSERT INTO t(rowid, a) VALUES (?, '[1]')", rowid)
    for rowid in rowids[::7]:
        db("DELETE FROM t WHERE rowid = ?", rowid)
        db("INSERT INTO t(rowid, a) VALUES (?, '[1]')", rowid)
    expected = [(rowid,) for rowid in sorted(rowids)]
    for _ in range(3):
        assert db("SELECT rowid FROM t WHERE a MATCH '[0]' AND k = 40") == expected[:40]
        assert db("SELECT rowid FROM t WHERE a MATCH '[0]' ORDER BY distance") == expected
        assert db("SELECT rowid FROM t WHERE a MATCH '[0]' AND rowid > 3 ORDER BY distance LIMIT 9") == [r for r in expected if r[0] > 3][:9]
    for order in ("distance", "distance, rowid", "distance ASC, rowid ASC"):
        for end in (f"ORDER BY {order}", f"AND k = 9 ORDER BY {order}"):
            plan = db(f"EXPLAIN QUERY PLAN SELECT rowid FROM t WHERE a MATCH '[0]' {end}")
            assert not any("TEMP B-TREE" in row[3] for row in plan), (end, plan)
    assert db("SELECT rowid FROM t WHERE a MATCH '[0]' ORDER BY distance, rowid DESC LIMIT 3") == expected[:-4:-1]
    assert db("SELECT rowid FROM t WHERE a MATCH '[0]' AND k = 5 ORDER BY distance, rowid DESC") == expected[4::-1]


def test_the_column_recall(db):
    db("CREATE VIRTUAL TABLE t USING vec0(a float[64] distance_metric=cosine INDEXED BY cairn(recall=0.9), b float[64] INDEXED BY cairn(), n integer)")
    vectors = np.random.default_rng(1).standard_normal((3000, 64)).astype(np.float32)
    db("BEGIN")
    for i, vector in enumerate(vectors):
        db("INSERT INTO t(rowid, a, b, n) VALUES (?, ?, ?, ?)", i, pack(vector), pack(vector), i % 10)
    db("COMMIT")
    for column, metric in (("a", "cosine"), ("b", "l2")):
        for condition in ("", "AND n = 3", "AND rowid < 4", "AND n = 77"):
            true = db(f"SELECT rowid, vec_distance_{metric}({column}, ?) AS d FROM t WHERE 1 {condition} ORDER BY d, rowid", pack(vectors[5]))
            for recall in ("recall = 1", "recall = 0.5", "recall = 0.99", "recall = 1e-3", "recall = '0.9'", ""):
                sql = f"SELECT rowid, distance FROM t WHERE {column} MATCH ? AND k = 10 {recall and 'AND ' + recall} {condition}"
                rows = db(sql, pack(vectors[5]))
                assert len(rows) == min(10, len(true)) and set(rows) <= set(true) and rows == sorted(rows, key=lambda row: (row[1], row[0])), sql
                if recall == "recall = 1":
                    assert rows == true[:10]
            stream = db(f"SELECT rowid, distance FROM t WHERE {column} MATCH ? AND recall = 0.9 {condition} ORDER BY distance", pack(vectors[5]))
            assert set(stream) <= set(true) and stream == sorted(stream, key=lambda row: (row[1], row[0])) and len(stream) >= 0.9 * len(true)
    assert db("SELECT recall, distance, k FROM t LIMIT 1") == [(None, None, None)]
    for wrong in ("0", "-1", "1.01", "'x'", "NULL", "9e999"):
        outcome = db.outcome(f"SELECT rowid FROM t WHERE a MATCH ? AND k = 10 AND recall = {wrong}", pack(vectors[5]))
        assert outcome == [] or "recall" in outcome[1], (wrong, outcome)
    assert db.outcome("INSERT INTO t(a, b, n, recall) VALUES (?, ?, 1, 0.5)", pack(vectors[5]), pack(vectors[5])) == \
        (1, 'A value was provided for the hidden "recall" column.')
    assert "recall" in db.outcome("UPDATE t SET recall = 0.5 WHERE rowid = 1")[1]


def test_flat_tables_have_no_recall(db):
    db("CREATE VIRTUAL TABLE t USING vec0(a float[1])")
    assert db.outcome("SELECT rowid FROM t WHERE a MATCH '[1]' AND k = 1 AND recall = 0.9") == (1, "no such column: recall")


@pytest.mark.parametrize("columns, message", [
    ("a float[4] INDEXED BY cairn(), b float[4]", "indexed by different kinds"), ("a float[4], b float[4] INDEXED BY cairn()", "indexed by different kinds"),
    ("a f16[4]", "f16"), ("a f16[4] INDEXED BY flat()", "f16"), ("a float[4] INDEXED BY cairn(recall=0)", "recall"),
    ("a float[4] INDEXED BY cairn(recall=2)", "recall"), ("a float[4] INDEXED BY cairn(recall=)", "recall"), ("a float[4] INDEXED BY cairn(lists=5)", "lists"),
    ("a float[4] INDEXED BY cairn", "could not parse"),
    ("a float[4] INDEXED BY cairn(), recall text", "duplicate column name: recall"), ("a f16[8193] INDEXED BY cairn()", "Dimension on vector column too large")])
def test_declarations_that_are_refused(db, columns, message):
    code, text = db.outcome(f"CREATE VIRTUAL TABLE t USING vec0({columns})")
    assert code == 1 and text.startswith("vec0 constructor error: ") and message in text
    assert db("SELECT * FROM sqlite_schema WHERE name <> 'sqlite_sequence'") == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("key_type", KEYS)
def test_what_it_leaves_is_sound_and_can_be_optimized(tmp_path, connect, key_type, seed):
    rng = random.Random(seed)
    key_column = "rowid" if key_type == "none" else "id"
    db = connect(tmp_path / "t.db", "cairn()")
    columns = ("a float[4], b int8[4], c bit[8], p text partition key, q integer partition key, bo boolean, i integer, f float, s text, +x text, +y blob")
    db(f"CREATE VIRTUAL TABLE t USING vec0({KEYS[key_type]}{columns})")
    use_in_every_way(db, rng, key_column, key_type == "text")
    sorted_contents = lambda: sorted(db(f"SELECT {key_column}, a, b, c, p, q, bo, i, f, s, x, y FROM t"), key=repr)
    before = sorted_contents()
    assert before
    for _ in range(2):
        db("INSERT INTO t(t) VALUES ('integrity')")
        assert db("PRAGMA integrity_check") == [("ok",)]
        db("INSERT INTO t(t) VALUES ('optimize')")
        assert sorted_contents() == before
        db.close()
        db = connect(tmp_path / "t.db", "cairn()")
    db("ALTER TABLE t RENAME TO \"an other\"")
    assert db("SELECT count(*) FROM \"an other\"") == [(len(before),)]
    db("INSERT INTO \"an other\"(\"an other\") VALUES ('integrity')")
    db("DROP TABLE \"an other\"")
    assert db("SELECT name FROM sqlite_schema WHERE name <> 'sqlite_sequence'") == []


# sqlite-vec must not take the file for one of its own.

@pytest.mark.parametrize("sql", ["SELECT * FROM t", "SELECT count(*) FROM t", "SELECT rowid FROM t WHERE a MATCH '[1, 2, 3]' AND k = 1", "SELECT * FROM t WHERE rowid = 1",
                                 "INSERT INTO t(a) VALUES ('[1, 2, 3]')", "UPDATE t SET a = '[1, 2, 3]'", "DELETE FROM t", "ALTER TABLE t RENAME TO u", "DROP TABLE t"])
def test_sqlite_vec_leaves_the_file_alone(tmp_path, newest, sql):
    path = tmp_path / "t.db"
    db = newest(path, "cairn()")
    db("CREATE VIRTUAL TABLE t USING vec0(a float[3], n integer)")
    for i in range(50):
        db("INSERT INTO t(a, n) VALUES (?, ?)", pack([i, 1, 2]), i)
    db.close()
    before = path.read_bytes()
    theirs = newest(path, "sqlite-vec")
    with pytest.raises(apsw.Error, match="cairn|could not parse vector column"):
        theirs(sql)
    theirs.close()
    assert path.read_bytes() == before
    assert newest(path, "cairn()")("SELECT count(*), sum(n) FROM t") == [(50, 1225)]


# What it costs in the file.

def size_of(db):
    return db("SELECT (SELECT * FROM pragma_page_count) * (SELECT * FROM pragma_page_size)")[0][0]


def fill(db, rows, dims, rng, more="", value=None):
    db("BEGIN")
    for i in range(rows):
        db(f"INSERT INTO t(rowid, a{more}) VALUES (?, ?{', ?' if more else ''})", i, pack(rng.standard_normal(dims)), *([value(i)] if more else []))
    db("COMMIT")


def test_a_small_table_is_small(newest):
    db = newest(":memory:", "cairn()")
    before = size_of(db)
    db("CREATE VIRTUAL TABLE t USING vec0(a float[384], n integer, s text, +x text)")
    empty = size_of(db) - before
    assert empty <= 64 << 10  # a page for each shadow table, and its index
    fill(db, 10, 384, np.random.default_rng(1), ", n", lambda i: i)
    assert size_of(db) - before - empty <= 40 << 10  # the vectors are 15 KB


def test_small_partitions_are_small(newest):
    db = newest(":memory:", "cairn()")
    db("CREATE VIRTUAL TABLE t USING vec0(a float[96], p integer partition key, n integer)")
    rng = np.random.default_rng(1)
    fill(db, 10000, 96, rng, ", p", lambda i: i % 1000)
    assert size_of(db) <= 1000 * (16 << 10)  # the vectors of one are 4 KB
    assert db("SELECT count(*) FROM t WHERE a MATCH ? AND p = 7 AND k = 100", pack(rng.standard_normal(96))) == [(10,)]


@pytest.mark.parametrize("kind, size", [("float", 4), ("f16", 2)])
def test_the_file_is_little_more_than_the_vectors(newest, kind, size):
    db = newest(":memory:", "vec0")
    db(f"CREATE VIRTUAL TABLE t USING vec0(a {kind}[384] INDEXED BY cairn(), n integer)")
    fill(db, 20000, 384, np.random.default_rng(1), ", n", lambda i: i)
    share = size_of(db) / (20000 * 384 * size)
    print(f"{kind}: {share:.3f} of the raw vectors")
    assert share <= (1.40 if kind == "float" else 1.80)


@pytest.mark.parametrize("rows", [3000, 20000])
def test_deleting_gives_space_back(newest, tmp_path, rows):
    db = newest(tmp_path / "t.db", "cairn()")
    db("CREATE VIRTUAL TABLE t USING vec0(a float[96], s text)")
    fill(db, rows, 96, np.random.default_rng(1), ", s", lambda i: f"a text of more than twelve bytes {i}")
    full = size_of(db)
    db("DELETE FROM t WHERE rowid % 10 > 0")
    db("INSERT INTO t(t) VALUES ('optimize')")
    db("INSERT INTO t(t) VALUES ('integrity')")
    db("VACUUM")
    assert size_of(db) <= full / 10 * 1.5 + (64 << 10)
    # Rows that come and go, as of a queue, need no more room than those that are there.
    rng = np.random.default_rng(2)
    vector = lambda: pack(rng.standard_normal(96))
    for i in range(rows, rows + 2 * rows, 500):
        db("BEGIN")
        for j in range(i, i + 500):
            db("INSERT INTO t(rowid, a, s) VALUES (?, ?, 's')", j, vector())
        db("DELETE FROM t WHERE rowid < ?", i)
        db("COMMIT")
    assert size_of(db) <= full / 10 * 1.5 + 4 * 1024 * 96 * 4 + (64 << 10)
    db("DELETE FROM t")
    db("VACUUM")
    assert size_of(db) <= 100 << 10
    db("INSERT INTO t(t) VALUES ('integrity')")
