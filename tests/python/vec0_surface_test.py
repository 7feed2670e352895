"""Which names each extension brings, and the queries of the guide that Cairn comes from."""
import pytest


@pytest.fixture
def engines(connect):
    return connect(":memory:", "vec0"), connect(":memory:", "sqlite-vec")


def test_exactly_sqlite_vecs_functions_and_modules(engines):
    names = [{row[0] for row in db("SELECT DISTINCT name FROM pragma_function_list WHERE name LIKE 'vec\\_%' ESCAPE '\\'")}
             for db in engines]
    assert len(names[0]) == 18
    assert names[0] == names[1]
    modules = {row[0] for row in engines[0]("SELECT name FROM pragma_module_list WHERE name LIKE 'vec%'")}
    assert modules == {"vec0", "vec_each"}


def test_cairn_has_its_own_functions_too(connect):
    db = connect(":memory:", "cairn")
    assert db("SELECT cairn_version() GLOB '[0-9]*', cairn_simd() IN ('scalar', 'avx2', 'avx512', 'avx512vnni', 'neon')") == [(1, 1)]
    assert db("SELECT vec_length('[1,2]')") == [(2,)]


def test_triggers_and_views_with_untrusted_schema(connect):
    db = connect(":memory:", "vec0")
    db("PRAGMA trusted_schema = OFF")
    db("CREATE VIRTUAL TABLE v USING vec0(a float[2])")
    db("CREATE TABLE doc(id INTEGER PRIMARY KEY, a BLOB)")
    db("CREATE TRIGGER doc_ai AFTER INSERT ON doc BEGIN INSERT INTO v(rowid, a) VALUES (new.id, vec_f32(new.a)); END")
    db("CREATE TRIGGER doc_ad AFTER DELETE ON doc BEGIN DELETE FROM v WHERE rowid = old.id; END")
    db("CREATE VIEW near AS SELECT rowid AS id, vec_distance_l2(a, '[0,0]') AS d FROM v")
    db("CREATE VIEW elements AS SELECT value FROM vec_each('[1, 2]')")
    assert db("SELECT value FROM elements") == [(1.0,), (2.0,)]
    db("CREATE VIEW matched AS SELECT rowid FROM v WHERE a MATCH '[0, 0]' AND k = 1")
    db("INSERT INTO doc VALUES (1, '[3,4]'), (2, '[1,0]')")
    assert db("SELECT * FROM matched") == [(2,)]
    assert db("SELECT id, d FROM near ORDER BY d") == [(2, 1.0), (1, 5.0)]
    db("DELETE FROM doc WHERE id = 2")
    assert db("SELECT id FROM near") == [(1,)]
    assert db("SELECT rowid FROM v WHERE a MATCH '[0,0]'") == [(1,)]


def test_the_guides_wrong_query(connect):
    db = connect(":memory:", "vec0")
    db("CREATE TABLE content(id INTEGER PRIMARY KEY, doc_type TEXT)")
    db("CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector FLOAT[2])")
    for i in range(300):
        db("INSERT INTO content VALUES (?, ?)", i, "note" if i % 10 == 0 else "page")
        db("INSERT INTO vec_content VALUES (?, ?)", i, f"[{i}, 0]")
    rows = db("SELECT c.id, v.distance FROM content c JOIN vec_content v ON c.id = v.content_id "
              "WHERE c.doc_type = ? AND v.vector MATCH ? ORDER BY v.distance LIMIT 5", "note", "[101, 0]")
    assert rows == [(100, 1.0), (110, 9.0), (90, 11.0), (120, 19.0), (80, 21.0)]
