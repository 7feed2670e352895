"""Both engines get the same statements; rows and error texts must be the same. What differs on purpose is in
docs/deviations.md and not asked here."""
import pytest

FUNCTIONS = [
    "vec_f32('x')", "vec_f32('[1,')", "vec_f32('[a]')", "vec_f32('[]')", "vec_f32('')", "vec_f32(x'')", "vec_f32(5)",
    "vec_f32(NULL)", "vec_f32(x'00')", "vec_f32('[1 2]')", "vec_f32('[1,,2')", "vec_f32('[1-2]')", "vec_f32('[1e2e3]')",
    "vec_f32('[ ,1,]')", "vec_f32('[0x10]')", "vec_f32('[1x]')", "vec_f32('[1]x')",
    "vec_int8('[300]')", "vec_int8('[1.5]')", "vec_int8('[-128, 127]')", "vec_int8(1)", "vec_int8('[]')", "vec_int8('[0x10]')",
    "vec_bit('[1]')", "vec_bit(x'')", "vec_bit(x'0F')", "vec_bit(3)",
    "vec_length('[1,2,3]')", "vec_length(vec_bit(x'0000'))", "vec_length(NULL)", "vec_type('[1]')", "vec_type(vec_int8('[1]'))",
    "vec_type(vec_bit(x'01'))", "vec_type(vec_slice(vec_int8('[1,2]'), 0, 1))",
    "vec_distance_l2('[1,2]', '[4,6]')", "vec_distance_l2(vec_int8('[1,2]'), vec_int8('[3,5]'))",
    "vec_distance_cosine('[1.1, 1.0]', '[1.2, 1.2]')", "vec_distance_cosine(vec_int8('[1,2]'), vec_int8('[3,4]'))",
    "vec_distance_cosine('[0,0]', '[1,1]')", "vec_distance_l1('[1.1,2]', '[3.3,5]')", "vec_distance_l1(vec_int8('[1]'), vec_int8('[-9]'))",
    "vec_distance_hamming(vec_bit(x'FF00'), vec_bit(x'0F01'))", "vec_distance_hamming('[1]', '[1]')",
    "vec_distance_hamming(vec_int8('[1]'), vec_int8('[1]'))",
    "vec_distance_l2(vec_bit(x'01'), vec_bit(x'02'))", "vec_distance_l1(vec_bit(x'01'), vec_bit(x'02'))",
    "vec_distance_cosine(vec_bit(x'01'), vec_bit(x'02'))", "vec_distance_l2('[1]', '[1,2]')",
    "vec_distance_l2('[1]', vec_int8('[1]'))", "vec_distance_l2(5, '[1]')", "vec_distance_l2('[1]', 5)",
    "vec_add('[1,2]', '[3,4]')", "vec_add(vec_int8('[100]'), vec_int8('[100]'))", "vec_add(vec_bit(x'01'), vec_bit(x'02'))",
    "vec_sub('[1,2]', '[3,5]')", "vec_sub(vec_int8('[-100]'), vec_int8('[100]'))", "vec_sub(vec_bit(x'01'), vec_bit(x'02'))",
    "vec_slice('[1,2,3]', 0, 2)", "vec_slice('[1,2,3]', 0, 9)", "vec_slice('[1,2,3]', -1, 9)", "vec_slice('[1,2]', 0, -1)",
    "vec_slice('[1,2]', 1, 1)", "vec_slice('[1,2]', 2, 1)", "vec_slice('[1,2]', 3, 1)", "vec_slice('[1,2,3]', 'a', 2.7)",
    "vec_slice(vec_bit(x'0102'), 8, 16)", "vec_slice(vec_bit(x'0102'), 4, 16)", "vec_slice(vec_bit(x'0102'), 0, 9)",
    "vec_normalize('[3,4]')", "vec_normalize(vec_int8('[1]'))", "vec_normalize(vec_bit(x'01'))",
    "vec_to_json('[1.5,-2,1e10]')", "vec_to_json(vec_int8('[1,-2]'))", "vec_to_json(vec_bit(x'05'))", "vec_to_json('[-0.0]')",
    "vec_quantize_binary('[1,1,0,0,0,0,0,-1]')", "vec_quantize_binary('[1]')", "vec_quantize_binary(vec_int8('[1,-1,0,0,0,0,0,5]'))",
    "vec_quantize_binary(vec_bit(x'01'))", "vec_quantize_int8('[1,-1,0,2,-3,0.5]', 'unit')", "vec_quantize_int8('[0]', 'UNIT')",
    "vec_quantize_int8('[1]', 'x')", "vec_length()", "json_array(vec_to_json('[1]'))",
]

STATEMENTS = [
    "CREATE VIRTUAL TABLE t USING vec0(a float[2], p text partition key, n integer, f float, b boolean, s text, "
    "+x integer, +y text, +z float, +w blob)",
    *(f"INSERT INTO t(rowid, a, p, n, f, b, s, x, y, z, w) VALUES ({values})" for values in (
        "1, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'", "1, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'",
        "2, '[1]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'", "2, NULL, 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'",
        "2, vec_int8('[1,2]'), 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'", "2, 'x', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'",
        "'x', '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'", "2, '[1,2]', 5, 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'",
        "2, '[1,2]', 'p', 'x', 1.0, 1, 's', 1, 'a', 1.0, x'00'", "2, '[1,2]', 'p', NULL, 1.0, 1, 's', 1, 'a', 1.0, x'00'",
        "2, '[1,2]', 'p', 1, 1, 1, 's', 1, 'a', 1.0, x'00'", "2, '[1,2]', 'p', 1, 1.0, 5, 's', 1, 'a', 1.0, x'00'",
        "2, '[1,2]', 'p', 1, 1.0, 1, 5, 1, 'a', 1.0, x'00'", "2, '[1,2]', 'p', 1, 1.0, 1, 's', 'x', 'a', 1.0, x'00'",
        "2, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 5, 1.0, x'00'", "2, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1, x'00'",
        "2, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, 'x'", "2, '[1,2]', NULL, 1, 1.0, 1, 's', NULL, NULL, NULL, NULL",
        "NULL, '[1,2]', 'q', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'", "1.5, '[1,2]', 'p', 1, 1.0, 1, 's', 1, 'a', 1.0, x'00'")),
    "INSERT INTO t(rowid, a, p, n, f, b, s, distance) VALUES (9, '[1,2]', 'p', 1, 1.0, 1, 's', 1)",
    "INSERT INTO t(rowid, a, p, n, f, b, s, k) VALUES (9, '[1,2]', 'p', 1, 1.0, 1, 's', 1)",
    "UPDATE t SET a = '[1]' WHERE rowid = 1", "UPDATE t SET n = 'x' WHERE rowid = 1", "UPDATE t SET n = 7 WHERE rowid = 1",
    "UPDATE t SET p = 'q' WHERE rowid = 1", "DELETE FROM t WHERE rowid = 12345",
    "SELECT rowid, a, p, n, f, b, s, x, y, z, w FROM t", "SELECT distance, k FROM t", "SELECT count(*) FROM t",
    "SELECT rowid, distance FROM t WHERE a MATCH '[1]' AND k = 1", "SELECT rowid, distance FROM t WHERE a MATCH NULL AND k = 1",
    "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = -1", "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = 'abc'",
    "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = 2.7", "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = 9",
    "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = 9 AND p = 'p'",
    "SELECT rowid, distance FROM t WHERE a MATCH '[1,1]' AND k = 9 AND rowid IN (1, 3)",
    "SELECT rowid FROM t WHERE a MATCH '[1,1]' AND a MATCH '[1,2]' AND k = 3", "SELECT rowid FROM t WHERE n MATCH '[1,1]' AND k = 4",
    "CREATE VIRTUAL TABLE i USING vec0(id text primary key, a int8[2], bb bit[8])",
    *(f"INSERT INTO i VALUES ({values})" for values in (
        "'x', vec_int8('[1,2]'), vec_bit(x'01')", "5, vec_int8('[1,2]'), vec_bit(x'01')", "'x', vec_int8('[1,2]'), vec_bit(x'01')",
        "NULL, vec_int8('[1,2]'), vec_bit(x'01')", "'y', x'0102', vec_bit(x'01')", "'y', vec_int8('[1,2]'), x'01'",
        "'y', vec_int8('[1,2]'), vec_bit(x'0102')")),
    "UPDATE i SET id = 'z' WHERE id = 'x'", "SELECT * FROM i WHERE id = 'x'", "SELECT rowid FROM i",
    "SELECT vec_to_json(a), vec_to_json(bb) FROM i", "SELECT id, distance FROM i WHERE bb MATCH vec_bit(x'FF') AND k = 3",
    "SELECT id FROM i WHERE bb MATCH x'FF' AND k = 3", "SELECT name, sql FROM sqlite_schema ORDER BY rowid",
    "SELECT hex(validity), hex(rowids) FROM i_chunks", "SELECT * FROM i_rowids", "SELECT rowid, hex(vectors) FROM i_vector_chunks00",
    "SELECT rowid, value FROM vec_each('[1.5,2]')", "SELECT rowid, value FROM vec_each(vec_bit(x'03'))",
    "SELECT rowid, value FROM vec_each(vec_int8('[3,-4]'))", "SELECT * FROM vec_each",
]

CONSTRUCTORS = [
    "a float", "a float[x]", "a float[4] foo", "a float[0]", "a float[-1]", "a float[8193]", "a float[4] distance_metric=foo",
    "a float[4] distance_metric", "a float[4] distance_metric=", "a float[4] distance_metric=cosine distance_metric=l1",
    "a bit[8] distance_metric=l2", "a int8[3] distance_metric=hamming", "a float[4], a float[4]", "a float[4], rowid text",
    "a float[4], distance text", "a float[4], k=4", "a float[4], 4", "a float[4], chunk_size=0", "a float[4], chunk_size=7",
    "a float[4], chunk_size=8", "a float[4], chunk_size=8192", "a float[4], chunk_size=", "a float[4], chunk_size=a",
    "a float[4], chunk_size", "a float[4], p text partition", "a float[4], p text partition key foo", "a float[4], p float partition key",
    "a float[4], id integer primary", "a float[4], id text primary key foo", "a float[4], id integer primary key, id2 text primary key",
    "a float[4], +x text", "a float[4], x foo", "a float[4], x text not null", "a float[4], x", "a float[4], ", "", "_a float[4]",
    "a float16[4]", "a f32[4]", "a i8[4]", "a float[4] distance_metric = l", "a bitty[8]", "a FLOAT[ 4 ]", "a float[4], x boolx",
    "a float[4], x boo", "a float[4], x int6", "a float[4], x f", "a float[4], foo=bar", "a float[4], b blob", "a float[4.5]",
    "a float[4], i i primary key", "id primary key, a float[4]", "a float[4], chunk_size=16 foo",
    ", ".join(f"v{i} float[4]" for i in range(17)), "a float[4], " + ", ".join(f"p{i} int partition key" for i in range(5)),
    "a float[4], " + ", ".join(f"+x{i} int" for i in range(17)), "a float[4], " + ", ".join(f"m{i} int" for i in range(17)),
]


def outcome(db, sql):
    try:
        return db(sql)
    except db.errors as error:
        return str(error)


@pytest.fixture
def engines(connect):
    return connect(":memory:", "vec0"), connect(":memory:", "sqlite-vec")


def test_functions(engines):
    for expression in FUNCTIONS:
        ours, theirs = (outcome(db, f"SELECT {expression}") for db in engines)
        assert ours == theirs, expression


def test_statements(engines):
    for sql in STATEMENTS:
        ours, theirs = (outcome(db, sql) for db in engines)
        assert ours == theirs, sql


def test_constructors(engines):
    for number, arguments in enumerate(CONSTRUCTORS):
        ours, theirs = (outcome(db, f"CREATE VIRTUAL TABLE c{number} USING vec0({arguments})") for db in engines)
        assert ours == theirs, arguments


def test_exactly_sqlite_vecs_functions_and_modules(engines):
    names = [{row[0] for row in db("SELECT DISTINCT name FROM pragma_function_list WHERE name LIKE 'vec\\_%' ESCAPE '\\'")}
             for db in engines]
    assert len(names[0]) == 18
    assert names[0] == names[1]
    modules = {row[0] for row in engines[0]("SELECT name FROM pragma_module_list WHERE name LIKE 'vec%'")}
    assert modules == {"vec0", "vec_each"}


def test_cairn_has_its_own_functions_too(connect):
    db = connect(":memory:", "cairn")
    assert db("SELECT cairn_version() GLOB '[0-9]*', cairn_simd() IN ('scalar', 'avx2', 'avx512')") == [(1, 1)]
    assert db("SELECT vec_length('[1,2]')") == [(2,)]


def test_triggers_and_views_with_untrusted_schema(connect):
    db = connect(":memory:", "vec0")
    db("PRAGMA trusted_schema = OFF")
    db("CREATE VIRTUAL TABLE v USING vec0(a float[2])")
    db("CREATE TABLE doc(id INTEGER PRIMARY KEY, a BLOB)")
    db("CREATE TRIGGER doc_ai AFTER INSERT ON doc BEGIN INSERT INTO v(rowid, a) VALUES (new.id, vec_f32(new.a)); END")
    db("CREATE TRIGGER doc_ad AFTER DELETE ON doc BEGIN DELETE FROM v WHERE rowid = old.id; END")
    db("CREATE VIEW near AS SELECT rowid AS id, vec_distance_l2(a, '[0,0]') AS d FROM v")
    db("INSERT INTO doc VALUES (1, '[3,4]'), (2, '[1,0]')")
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
