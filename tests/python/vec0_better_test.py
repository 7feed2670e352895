"""Where sqlite-vec gives wrong rows or refuses, and Cairn's vec0 does not: docs/deviations.md.

Searches are compared with vec_distance_… over the whole table, which SQLite sorts and cuts.
"""
import random
import struct

import pytest

TEXTS = ["", "short", "twelve chars", "twelve chart", "thirteen char", "thirteen chars", "abcdefghijklm", "abcdefghijklmnopq", "ééééééé"]
COLUMNS = "id, a, c, i, b, p, q, n, f, bo, s, x"

# What SQLite hands to the table: holds before the k nearest are taken.
HANDED_DOWN = [
    "id = 7", "id > 50", "id >= 50 AND id < 60", "id BETWEEN 20 AND 40", "id IN (1, 2, 3, 999)", "id IN (3, 4) AND id IN (4, 5)", "id = 7.0", "id = 7.5",
    "(id = 4 OR id = 5)", "p = 'x'", "p <> 'x'", "p IN ('x', 'y')", "p IN ('x', 'nobody')", "p IS 'x'", "p IS NOT 'x'", "p IS NULL", "p IS NOT NULL",
    "p LIKE 'X%'", "p GLOB 'x*'", "p > 'w' AND q = 1", "p = 'x' AND p = 'y'", "q IN (1, 2)", "q = NULL", "n = 5.7", "n < 2.5", "n = NULL", "n IS NULL", "n IS NOT NULL",
    "n IN (1, 2.5, NULL)", "n LIKE '1%'", "n BETWEEN 1 AND 2", "f IN (0.5, 1.5)", "f IS 0.5", "f > 1", "bo > 0", "bo IN (0, 1)", "bo = 2", "bo IS 1", "bo < 1",
    "s = 'twelve chars'", "s < 'twelve chars'", "s <= 'twelve chars'", "s > 'twelve chars'", "s >= 'twelve chars'", "s < 'abcdefghijklmnopq'",
    "s >= 'abcdefghijklmnopq'", "s < 'thirteen chars'", "s != 'thirteen char'", "s IN ('twelve chars', 'thirteen char')", "s LIKE '%CHAR%'", "s GLOB '*char'",
    "s IS 'short'", "s = NULL", "s IS NOT NULL", "x = 3", "x > 3", "x IS NULL", "x IN (1, 2)", "x LIKE '%1%'", "n = 2 AND p = 'x' AND s > 's' AND x < 30",
    "n = '2'", "n < '2'", "n IN (1, '2')", "n = x'32'", "bo = '1'", "f = '0.5'", "s = 5", "s > 5", "s = x'73686f7274'", "q = '1'", "x = '3'",
]
# What it keeps to itself: exact without k.
KEPT = ["id NOT IN (1, 2, 3)", "id + 0 = 7", "abs(n) = 1", "(p = 'x' OR n = 2)", "s NOT LIKE 't%'", "p NOT IN ('x')", "s = 'SHORT' COLLATE NOCASE",
        "EXISTS (SELECT 1 FROM doc WHERE doc.id = t.id)", "length(s) = 12", "id IN (SELECT id FROM doc)", "n = (SELECT 2)", "x + 1 > 5 AND NOT bo"]


def pack(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


@pytest.fixture
def table(connect, engine):
    rng = random.Random(11)
    db = connect(":memory:", engine)
    db("CREATE VIRTUAL TABLE t USING vec0(id integer primary key, a float[4], c float[3] distance_metric=cosine, i int8[4], b bit[16], "
       "p text partition key, q integer partition key, n integer, f float, bo boolean, s text, +x integer, chunk_size=8)")
    db("CREATE TABLE doc(id INTEGER PRIMARY KEY)")
    db("INSERT INTO doc VALUES (7), (30), (77)")
    db("BEGIN")
    for key in range(1, 121):
        db(f"INSERT INTO t({COLUMNS}) VALUES (?, ?, ?, vec_int8(?), vec_bit(?), ?, ?, ?, ?, ?, ?, ?)", key, pack([rng.gauss(0, 1) for _ in range(4)]),
           pack([0, 0, 0]) if key % 10 == 0 else pack([rng.gauss(0, 1) for _ in range(3)]), rng.randbytes(4), rng.randbytes(2), rng.choice(["x", "y", None]),
           rng.choice([1, 2, None]), rng.randrange(-3, 6), rng.randrange(4) / 2, rng.randrange(2), rng.choice(TEXTS), rng.choice([None, rng.randrange(40)]))
    db("COMMIT")
    return db


def nearest_by_sql(db, where, query, limit):
    return db(f"SELECT id, vec_distance_l2(a, ?) d FROM t WHERE {where} ORDER BY d LIMIT {limit}", query)


def about(rows):
    return [(key, f"{distance:.5g}") for key, distance in rows]


@pytest.mark.parametrize("where", HANDED_DOWN)
def test_conditions_hold_before_the_k_nearest_are_taken(table, where):
    query = pack([0.3, -0.2, 0.5, 0.1])
    for k in (1, 6, 500):
        assert about(table(f"SELECT id, distance FROM t WHERE a MATCH ? AND k = {k} AND {where}", query)) == about(nearest_by_sql(table, where, query, k))


@pytest.mark.parametrize("where", HANDED_DOWN + KEPT)
def test_every_condition_is_exact_without_k(table, where):
    query = pack([0.3, -0.2, 0.5, 0.1])
    for limit in (1, 6, 500):
        found = table(f"SELECT id, distance FROM t WHERE a MATCH ? AND {where} ORDER BY distance LIMIT {limit}", query)
        assert about(found) == about(nearest_by_sql(table, where, query, limit))


@pytest.mark.parametrize("condition", ["= {}", "<> {}", "< {}", "<= {}", "> {}", ">= {}", "BETWEEN {} AND 2", "IN ({}, 5)", "IS {}", "IS NULL", "IS NOT NULL"])
def test_conditions_on_distance(table, condition):
    query = pack([0.3, -0.2, 0.5, 0.1])
    border = table("SELECT distance FROM t WHERE a MATCH ? AND k = 9", query)[-1][0]
    everything = table("SELECT id, distance FROM t WHERE a MATCH ? AND k = 500", query)
    table("CREATE TABLE plain(id, distance)")
    for row in everything:
        table("INSERT INTO plain VALUES (?, ?)", *row)
    where = condition.format(repr(border))
    for end in (f"AND k = 5 AND distance {where}", f"AND distance {where} ORDER BY distance LIMIT 5"):
        assert table(f"SELECT id, distance FROM t WHERE a MATCH ? {end}", query) == table(f"SELECT * FROM plain WHERE distance {where} ORDER BY distance LIMIT 5")


def test_text_keys_that_are_not_there(connect, engine):
    db = connect(":memory:", engine)
    db("CREATE VIRTUAL TABLE t USING vec0(id text primary key, a float[1])")
    db("INSERT INTO t VALUES ('x', '[1]'), ('y', '[2]'), ('z', '[3]')")
    assert db("SELECT id FROM t WHERE a MATCH '[0]' AND k = 5 AND id IN ('z', 'missing', 'x')") == [("x",), ("z",)]
    assert db("SELECT id FROM t WHERE a MATCH '[0]' AND k = 1 AND id > 'x'") == [("y",)]


def test_keys_that_differ_by_more_than_31_bits(connect, engine):
    db = connect(":memory:", engine)
    db("CREATE VIRTUAL TABLE t USING vec0(a float[1])")
    keys = [1, 2**31, 2**31 + 1, 2**32 + 1, 2**62, -2**62]
    for key in keys:
        db("INSERT INTO t(rowid, a) VALUES (?, '[1]')", key)
    found = db(f"SELECT rowid FROM t WHERE a MATCH '[1]' AND k = 9 AND rowid IN ({', '.join(map(str, keys))})")
    assert sorted(found) == sorted((key,) for key in keys)


def test_a_zero_vector_is_the_farthest_by_cosine(table):
    for end in ("AND k = 120", "ORDER BY distance"):
        rows = table(f"SELECT id, distance FROM t WHERE c MATCH '[1, 2, 3]' {end}")
        assert len(rows) == 120
        assert all((key % 10 == 0) == (distance == float("inf")) for key, distance in rows)
        assert [d for _, d in rows] == sorted(d for _, d in rows)
    assert table("SELECT vec_distance_cosine(c, '[1, 2, 3]') FROM t WHERE id = 10") == [(None,)]


def test_rows_without_a_partition_share_chunks(connect):
    db = connect(":memory:", "vec0")
    db("CREATE VIRTUAL TABLE t USING vec0(a float[1], p text partition key, q integer partition key, chunk_size=8)")
    db("BEGIN")
    for i in range(24):
        db("INSERT INTO t(a, p, q) VALUES (?, NULL, ?)", f"[{i}]", None if i % 3 else 1)
    db("COMMIT")
    assert db("SELECT partition00, partition01, count(*) FROM t_chunks GROUP BY 1, 2") == [(None, None, 2), (None, 1, 1)]


@pytest.mark.parametrize("change, column, value", [
    ("a = '[9, 9, 9, 9]'", "vec_to_json(a)", "[9.000000,9.000000,9.000000,9.000000]"), ("i = vec_int8('[1, 2, 3, 4]')", "vec_to_json(i)", "[1,2,3,4]"),
    ("i = x'05060708'", "vec_to_json(i)", "[5,6,7,8]"), ("b = vec_bit(x'0F01')", "hex(b)", "0F01"), ("b = x'FF00'", "hex(b)", "FF00"), ("n = 77", "n", 77),
    ("s = 'a text of more than twelve bytes'", "s", "a text of more than twelve bytes"), ("x = NULL", "x", None)])
@pytest.mark.parametrize("where", ["id = 9", "id BETWEEN 5 AND 60", "n = 2", "s > 't'", "p = 'x'", "x IS NULL", "1"])
def test_update_with_any_condition(table, change, column, value, where):
    untouched = [name for name in COLUMNS.split(", ") if name != change.split()[0]]
    chosen = [key for (key,) in table(f"SELECT id FROM t WHERE {where}")]
    before = table(f"SELECT {', '.join(untouched)} FROM t ORDER BY id")
    table(f"UPDATE t SET {change} WHERE {where}")
    assert table("SELECT changes()") == [(len(chosen),)]
    assert table(f"SELECT {', '.join(untouched)} FROM t ORDER BY id") == before
    changed = {key for key, now in table(f"SELECT id, {column} FROM t") if now == value}
    assert changed >= set(chosen)


@pytest.mark.parametrize("statement, message", [
    ("UPDATE t SET a = NULL WHERE id = 1", 'Updated vector for the "a" column is invalid: Input must have type BLOB (compact format) or TEXT (JSON), found NULL'),
    ("UPDATE t SET id = 500 WHERE id = 1", "UPDATEs on vec0 primary key values are not allowed."),
    ("UPDATE t SET x = 'text' WHERE id = 1", "Auxiliary column type mismatch: The auxiliary column x has type INTEGER, but TEXT was provided."),
    ("UPDATE t SET distance = 1 WHERE id = 1", 'A value was provided for the hidden "distance" column.'),
    ("UPDATE t SET k = 1 WHERE id = 1", 'A value was provided for the hidden "k" column.')])
def test_updates_that_would_be_lost(table, statement, message):
    before = table("SELECT * FROM t WHERE id = 1")
    assert table.outcome(statement)[1] == message
    assert table("SELECT * FROM t WHERE id = 1") == before


ROW = "(a, c, i, b, p, q, n, f, bo, s, x, id) VALUES ('[1, 1, 1, 1]', '[1, 1, 1]', vec_int8('[1, 1, 1, 1]'), vec_bit(x'0101'), 'x', 1, 1, 1.0, 1, 's', 1, {})"


def test_or_ignore_and_or_replace(table):
    before = table("SELECT * FROM t WHERE id = 5")
    table("INSERT OR IGNORE INTO t" + ROW.format(5))
    table("INSERT OR IGNORE INTO t" + ROW.format(500))
    assert table("SELECT count(*) FROM t") == [(121,)]
    assert table("SELECT * FROM t WHERE id = 5") == before
    table("INSERT OR REPLACE INTO t" + ROW.format(5))
    assert table("SELECT s, x, vec_to_json(a) FROM t WHERE id = 5") == [("s", 1, "[1.000000,1.000000,1.000000,1.000000]")]
    assert table("SELECT count(*) FROM t WHERE id = 5") == [(1,)]
    code, message = table.outcome("INSERT OR FAIL INTO t" + ROW.format(5))
    assert (code & 0xFF, message) == (19, "UNIQUE constraint failed on t primary key")


def test_or_rollback_ends_the_transaction(table):
    table("BEGIN")
    table("DELETE FROM t WHERE id = 6")
    assert table.outcome("INSERT OR ROLLBACK INTO t" + ROW.format(5))[0] & 0xFF == 19
    assert table("SELECT count(*) FROM t WHERE id = 6") == [(1,)]
    assert "no transaction" in table.outcome("COMMIT")[1]


@pytest.mark.parametrize("wrong", ["n = '1.5'", "s = 5", "f = 1", "bo = 2", "x = 'text'", "a = '[1]'"])
def test_a_refused_row_leaves_nothing_behind(table, wrong):
    """Inside a transaction too, where SQLite undoes nothing for a statement of one row."""
    column, value = wrong.split(" = ")
    shadow = [name for (name,) in table("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 't\\_%' ESCAPE '\\'")]
    contents = lambda: [table(f"SELECT * FROM {name}") for name in shadow]
    table("BEGIN")
    before = contents()
    values = dict(zip(ROW[1:].split(")")[0].split(", "), ["'[1, 1, 1, 1]'", "'[1, 1, 1]'", "vec_int8('[1, 1, 1, 1]')", "vec_bit(x'0101')", "'x'", "1", "1", "1.0", "1", "'s'", "1", "999"]))
    values[column] = value
    assert table.outcome(f"INSERT INTO t({', '.join(values)}) VALUES ({', '.join(values.values())})")[0] in (1, 19)
    assert contents() == before
    assert table.outcome(f"UPDATE t SET s = 'a text that is stored elsewhere', {column} = {value} WHERE id = 3")[0] in (1, 19)
    assert contents() == before
    table("COMMIT")


def test_the_right_column_is_named(connect, engine):
    db = connect(":memory:", engine)
    db("CREATE VIRTUAL TABLE t USING vec0(id integer primary key, n integer, v bit[8], p text partition key, w float[1])")
    assert db.outcome("INSERT INTO t VALUES (1, 1, '[1]', 'p', '[1]')") == (
        1, 'Inserted vector for the "v" column is expected to be of type bit, but a float32 vector was provided.')


def test_a_join_does_not_change_which_rows_are_nearest(table):
    query = pack([0.3, -0.2, 0.5, 0.1])
    k_nearest = {key for key, _ in table("SELECT id, distance FROM t WHERE a MATCH ? AND k = 40", query)}
    expected = sorted((key,) for key in k_nearest & {7, 30, 77})
    for source in ("t JOIN doc ON doc.id = t.id", "doc JOIN t ON doc.id = t.id", "doc CROSS JOIN t ON doc.id = t.id", "t CROSS JOIN doc ON doc.id = t.id"):
        assert sorted(table(f"SELECT t.id FROM {source} WHERE t.a MATCH ? AND k = 40", query)) == expected
    for order in ("ORDER BY distance DESC", "ORDER BY distance, id", "ORDER BY id", "GROUP BY id"):
        assert {key for (key,) in table(f"SELECT id FROM t WHERE a MATCH ? AND k = 40 {order}", query)} == k_nearest
    assert len(table("SELECT id FROM t WHERE a MATCH ? AND k = 100000", query)) == 120
    assert len(table("SELECT id FROM t WHERE a MATCH ? AND k = 40 LIMIT 30 OFFSET 20", query)) == 20


@pytest.mark.parametrize("columns, message", [
    ("a bit[7]", "could not parse vector column 'a bit[7]': the dimension of a bit vector must be divisible by 8"), ("a float[4], +x", "Could not parse '+x'"),
    ("a float[4], +=8", "Could not parse '+=8'"), ("a float[4], chunk_size=4294967304", "chunk_size too large"),
    ("a float[8] INDEXED BY rescore(quantizer=bit)", "the index kind 'rescore' of vector column 'a' is not supported; use flat() or cairn(), or leave INDEXED BY out")])
def test_declarations_that_are_refused(connect, columns, message):
    assert connect(":memory:", "vec0").outcome(f"CREATE VIRTUAL TABLE t USING vec0({columns})") == (1, "vec0 constructor error: " + message)


def test_match_beside_or(table):
    query = pack([0.3, -0.2, 0.5, 0.1])
    rows = table.outcome("SELECT id FROM t WHERE (a MATCH ? AND k = 3) OR id = 77", query)
    nearest = table("SELECT id FROM t WHERE a MATCH ? AND k = 3", query)
    # 3.40 finds no plan for it; an answer must be whole.
    assert isinstance(rows, tuple) or sorted(rows) == sorted({*nearest, (77,)})


def test_vec_each_says_what_is_wrong(connect):
    db = connect(":memory:", "vec0")
    assert db.outcome("SELECT * FROM vec_each('x')") == (1, "JSON array parsing error: Input does not start with '['")
    assert db("SELECT value FROM vec_each WHERE vector = '[1]' AND vector = '[2]'") == []


def test_returning_the_key(connect, engine):
    db = connect(":memory:", engine)
    db("CREATE VIRTUAL TABLE t USING vec0(a float[1])")
    assert db("INSERT INTO t(rowid, a) VALUES (7, '[1]') RETURNING rowid") == [(7,)]
    assert db("INSERT INTO t(a) VALUES ('[1]') RETURNING rowid") == [(None,)]
    assert db("SELECT last_insert_rowid()") == [(8,)]
