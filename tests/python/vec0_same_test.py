"""Scripts in which every statement must give the same in Cairn's vec0 and in sqlite-vec: rows, order, error codes
and texts; and the same from cairn() tables as from flat ones, the order of rows and ties aside. Generated statements are in vec0_differential_test.py; what differs on purpose in vec0_better_test.py."""
import pytest
from conftest import agree, outcomes

COLUMNS = "id integer primary key, a float[2], p text partition key, s text, n int, +x text, chunk_size=8"


def create(name):
    return f"CREATE VIRTUAL TABLE {name} USING vec0({COLUMNS})"


def insert(name, i):
    return f"INSERT INTO {name} VALUES ({i}, '[{i}, 2]', 'p', 'a text longer than twelve{i}', {i}, 'aux')"


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
    "vec_f32('[ ]')", "vec_f32('[ 1]')", "vec_f32('[1\v,2]')", "vec_f32('[1,\v2\f]')", "vec_f32('[\v1]')", "vec_f32(' \n[1]')", "vec_f32('\v[1]')", "vec_f32('[1e400]')",
    "vec_f32('[1e-400]')", "vec_f32('[1e-310]')", "vec_f32('[1e-45]')", "vec_f32('[3.4028235e38]')", "vec_f32('[+1]')", "vec_f32('[+-1]')",
    "vec_f32('[.5, 5., 1..2]')", "vec_f32('[0x1p-2]')", "vec_f32('[0x]')", "vec_f32('[1e]')", "vec_f32('[[1]]')", "vec_f32('[null]')",
    "vec_f32('[1' || char(0) || '2]')", "vec_f32('{}')", "vec_f32('[1}')", "vec_f32(json_array(1, 2))", "vec_f32(vec_int8('[1,2]'))", "vec_f32(zeroblob(8))",
    "vec_int8('[ ]')", "vec_int8('[-129]')", "vec_int8('[99999999999999999999]')", "vec_int8('[+5 007]')", "vec_int8('[1e1]')", "vec_int8(vec_f32('[1]'))", "vec_int8(NULL)",
    "vec_bit(NULL)", "vec_bit(vec_f32('[1]'))", "subtype(vec_f32('[1]'))", "subtype(vec_int8('[1]'))", "subtype(vec_bit(x'01'))", "subtype(vec_to_json('[1]'))",
    "subtype(vec_slice(vec_bit(x'ff01'), 0, 8))", "subtype(vec_quantize_binary('[1,1,1,1,1,1,1,1]'))", "subtype(vec_quantize_int8('[1]', 'unit'))",
    "vec_slice('[1,2,3]', NULL, 2)", "vec_slice('[1,2,3]', 0, NULL)", "vec_slice('[1,2]', 0, 4294967297)", "vec_slice(NULL, 0, 1)", "vec_slice('[1]', 0)",
    "vec_quantize_int8('[1]')", "vec_quantize_int8('[1]', NULL)", "vec_quantize_int8('[1]', 5)", "vec_quantize_int8(vec_bit(x'ff'), 'unit')",
    "vec_quantize_int8('[1]', 'unity')", "vec_quantize_int8('[1]', 'unit' || char(0) || 'x')", "vec_quantize_int8('x', 'unit')", "vec_normalize('[0,0]')",
    "vec_to_json('[1e38,1e-7,123456789]')", "vec_to_json('[0.1,0.0000005,16777217,0.1234565]')", "vec_to_json('[-0.0000001]')", "vec_add('[3e38]', '[3e38]')",
    "vec_distance_l2('[3e38]', '[-3e38]')", "vec_distance_cosine('[3e38]', '[-3e38]')", "vec_distance_l1('[3e38]', '[-3e38]')",
    "vec_distance_cosine('[1e-30]', '[1e-30]')", "vec_distance_cosine(vec_int8('[0]'), vec_int8('[1]'))", "vec_distance_l2(vec_int8('[-128]'), vec_int8('[127]'))",
    "typeof(vec_distance_l1(vec_int8('[1]'), vec_int8('[2]')))", "typeof(vec_distance_hamming(vec_bit(x'01'), vec_bit(x'01')))", "vec_distance_l2(NULL, NULL)",
    "vec_distance_l2('[1]', vec_bit(x'01'))", "vec_add('[1]', '[1,2]')", "vec_add('[1]', vec_int8('[1]'))", "vec_sub(vec_bit(x'01'), '[1]')", "vec_f32('[1]', '[2]')",
]

CONSTRUCTORS = [
    "a float", "a float[x]", "a float[4] foo", "a float[0]", "a float[-1]", "a float[8193]", "a float[4] distance_metric=foo",
    "a float[4] distance_metric", "a float[4] distance_metric=", "a float[4] distance_metric=cosine distance_metric=l1",
    "a bit[8] distance_metric=l2", "a int8[3] distance_metric=hamming", "a float[4], a float[4]", "a float[4], rowid text",
    "a float[4], distance text", "a float[4], k=4", "a float[4], 4", "a float[4], chunk_size=0", "a float[4], chunk_size=7",
    "a float[4], chunk_size=8", "a float[4], chunk_size=8192", "a float[4], chunk_size=", "a float[4], chunk_size=a",
    "a float[4], chunk_size", "a float[4], p text partition", "a float[4], p text partition key foo", "a float[4], p float partition key",
    "a float[4], id integer primary", "a float[4], id text primary key foo", "a float[4], id integer primary key, id2 text primary key",
    "a float[4], +x text", "a float[4], +5 text", "a float[4], x foo", "a float[4], x text not null", "a float[4], x", "a float[4], ", "", "_a float[4]",
    "a float16[4]", "a f32[4]", "a i8[4]", "a float[4] distance_metric = l", "a bitty[8]", "a FLOAT[ 4 ]", "a float[4], x boolx",
    "a float[4], x boo", "a float[4], x int6", "a float[4], x f", "a float[4], foo=bar", "a float[4], b blob", "a float[4.5]",
    "a float[4], i i primary key", "id primary key, a float[4]", "a float[4], chunk_size=16 foo",
    ", ".join(f"v{i} float[4]" for i in range(17)), "a float[4], " + ", ".join(f"p{i} int partition key" for i in range(5)),
    "a float[4], " + ", ".join(f"+x{i} int" for i in range(17)), "a float[4], " + ", ".join(f"m{i} int" for i in range(17)),
    "a float[4] distance_metric cosine", "a float[4] distance_metric x l1", "a float[4] distance_metric+cosine", "a float[4] distance_metric 5",
    "a float[4] distance_metric=cosine distance_metric l1", "a float[4] d=l2", "a float[4] distance_metricx=l2", "a float[4] distance_metric=cosinex", "a float[4] foo cosine",
    "a float[99999999999999999999]", "a float[0004]", "a float[]", "a float[4]x", "a float[4", "a float[4] -- c", "1a float[4]", "a.b float[4]", "\"a\" float[4]", "'a' float[4]",
    "é float[4]", "A float[4], a text", "rowid float[4]", "distance float[4]", "k float[3]", "vector float[4]", "float float[4]", "select float[4], order text",
    "a float[4], id integer primary key, id text", "a float[4], rowid integer primary key", "a float[4], _rowid_ text", "a float[4], oid text", "a float[4], k text",
    "a float[4], id int primary", "a float[4], id int pri", "a float[4], id int primary k", "a float[4], id int primary keyx", "a float[4], id int primary key autoincrement",
    "a float[4], id int64 primary key", "a float[4], id float primary key", "a float[4], id blob primary key", "a float[4], p int partition k", "a float[4], p int partition",
    "a float[4], p text partition keyx", "a float[4], p blob partition key", "a float[4], p boolean partition key", "a float[4], p te partition key", "a float[4], x int4",
    "a float[4], x int64", "a float[4], x integer64", "a float[4], x integer32", "a float[4], x f64", "a float[4], x float64", "a float[4], x float32", "a float[4], x double",
    "a float[4], x varchar", "a float[4], x text(5)", "a float[4], x int8", "a float[4], x bit", "a float[4], x integer not null default 5 collate nocase",
    "a float[4], +x text hello", "a float[4], +x float[4]", "a float[4], +x te", "a float[4], x foo bar baz", "a float[4], x (1)", "a float[4], x é", "a float[4], x;", "a float[4], x+8",
    "a float[4], x+", "a float[4], 5=5", "a float[4], foo=1 bar", "a float[4], foo==1", "a float[4], chunk=16", "a float[4], CHUNK_SIZE = 16", "a float[4], chunk_size 16",
    "a float[4], chunk_size=-8", "a float[4], chunk_size=8.0", "a float[4], chunk_size=0x10", "a float[4], chunk_size=4104", "a float[4], chunk_size=4096",
    "a float[4], chunk_size=8, chunk_size=16", "a float[4], chunk_sizes=16", "a float[4], _x text", "a float[8192]", "a int8[8193]", "chunk_size=8, a float[4]",
    "p text partition key, id text primary key, m int, +x int, a float[4]", "a float[4] distance_metric=cosine, b int8[4] distance_metric=l1, c bit[8]", "a float[4]\n\t, b\nint",
]

NAMES = ['"a""b c;d"', '"it\'s"', '"täßle%s%d"', '"select"', '"[x]"', '"a.b"', '" "', '""', '"-- x"', "[" + "n" * 2000 + "]", '"\n"', '"🙂"']

# One mistake, or one thing that looks like one, per statement.
QUERIES = {
    "k": ["k = 3", "k = 4096", "k = 0", "k = -1", "k = NULL", "k = '3'", "k = x'33'", "k = 3.9", "k = 'abc'", "k = (SELECT 2)", "k = 1 + 1",
          "k = 3 AND k = 4", "k = 3 AND a MATCH '[1, 1]'", "k = 3 AND b MATCH vec_int8('[1, 1]')", "k = 3 AND b = 5",
          "k = 3 AND a = '[3, 1]'", "k = 3 AND a IS NOT NULL", "k = 3 AND 1", "k = 3 AND 0", "k = 3 ORDER BY distance"],
    "keys": ["rowid IN (1, 2, 3, 99)", "rowid NOT IN (4, 5)", "rowid IN (SELECT 1 UNION SELECT 2)", "rowid IN ()", "rowid IN (NULL)"],
    "partitions": ["p = 'p'", "p <> 'p'", "p > 'p'", "p >= 'p'", "p < 'q'", "p <= 'p'", "p >= NULL", "p = 5", "p = 'p' AND p = 'q'", "p IN ('p')"],
    "metadata": ["n = 2", "n <> 2", "n < 2", "n <= 2", "n > 2", "n >= 2", "n IN (1, 2)", "n BETWEEN 1 AND 2", "n = 2.0", "n = 2 AND s = 'ss'",
                 "f = 2.5", "f = 2", "f < 2", "f BETWEEN 1 AND 3.2", "bo = 1", "bo = true", "bo != 1", "bo = false",
                 "s = 'sss'", "s != 'sss'", "s < 'sss'", "s >= 'sss'", "s IN ('s', 'ss')", "s = 5", "s > ''", "s BETWEEN 's' AND 'ssss'"],
}

VECTORS = ["'[3, 1]'", "vec_f32('[3, 1]')", "json('[3, 1]')", "x'0000404000000080'", "vec_int8('[3, 1]')", "vec_bit(x'01')", "'[1, 2, 3]'", "''",
           "5", "2.5", "NULL", "x''", "x'00'", "'x'", "'[]'", "'[ ]'", "'[1'", "'[1, x]'", "zeroblob(8)", "(SELECT '[3, 1]')"]

SCRIPTS = {
    "every kind of column": [    "CREATE VIRTUAL TABLE t USING vec0(a float[2], p text partition key, n integer, f float, b boolean, s text, "
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
    "DELETE FROM t WHERE rowid = 12345",
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
    ],
    "temp": [create("temp.t"), *(insert("t", i) for i in range(1, 12)), "SELECT id, distance FROM t WHERE a MATCH '[1, 1]' AND k = 3",
             "UPDATE t SET s = 'x', a = '[9, 9]' WHERE id = 2", "DELETE FROM t WHERE id = 3", "SELECT * FROM t",
             "SELECT name FROM sqlite_schema", "SELECT count(*) FROM temp.sqlite_schema", "DROP TABLE temp.t",
             "SELECT name FROM temp.sqlite_schema"],
    "temp and main": [create("main.t"), create("temp.t"), insert("main.t", 1), insert("temp.t", 2), "SELECT id FROM t", "SELECT id FROM main.t",
                      "DELETE FROM main.t", "SELECT count(*) FROM main.t", "SELECT count(*) FROM temp.t", "DROP TABLE t", "SELECT id FROM t",
                      "DROP TABLE t", "SELECT name FROM sqlite_schema"],
    "attached": ["ATTACH ':memory:' AS b", "ATTACH ':memory:' AS \"c d\"", create("t"), create("b.t"), create('"c d".t'), insert("t", 1),
                 insert("b.t", 2), insert('"c d".t', 3), "SELECT id FROM t", "SELECT id FROM b.t", "SELECT id, s, x FROM \"c d\".t",
                 "SELECT id FROM b.t WHERE a MATCH '[1, 1]' AND k = 3", "SELECT id FROM \"c d\".t WHERE a MATCH '[1, 1]' AND k = 3 AND s > 'a'",
                 "UPDATE b.t SET s = 'y' WHERE id = 2", "DELETE FROM \"c d\".t WHERE id = 3", "SELECT * FROM t", "SELECT * FROM b.t", "BEGIN",
                 "INSERT INTO b.t VALUES (5, '[1, 2]', 'q', 's', 1, NULL)", "ROLLBACK", "SELECT count(*) FROM b.t", "DROP TABLE b.t",
                 "SELECT id FROM t", "DETACH b", "DETACH \"c d\""],
    "triggers": [create("t"), "CREATE TABLE d(id INTEGER PRIMARY KEY, v, s)",
                 "CREATE TRIGGER ai AFTER INSERT ON d BEGIN INSERT INTO t VALUES (new.id, new.v, 'p', new.s, 1, 'x'); END",
                 "CREATE TRIGGER au AFTER UPDATE ON d BEGIN UPDATE t SET s = new.s WHERE id = new.id; END",
                 "CREATE TRIGGER ad AFTER DELETE ON d BEGIN DELETE FROM t WHERE id = old.id; END",
                 "INSERT INTO d VALUES (1, '[1, 2]', 's'), (2, '[2, 2]', 's2')", "INSERT INTO d VALUES (3, '[2]', 's')",
                 "INSERT INTO d VALUES (4, '[2, 2]', NULL)", "SELECT * FROM d", "SELECT id, s FROM t",
                 "UPDATE d SET s = 'changed to a long text' WHERE id = 1", "DELETE FROM d WHERE id = 2", "SELECT id, s FROM t",
                 "INSERT OR IGNORE INTO d VALUES (1, '[1, 2]', 's')",
                 "PRAGMA recursive_triggers = ON", "INSERT OR REPLACE INTO d VALUES (1, '[5, 5]', 'r')", "SELECT id, s FROM t",
                 "INSERT INTO d VALUES (9, '[1, 1]', 'z') RETURNING id", "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN SELECT 1; END",
                 "CREATE TRIGGER on_t INSTEAD OF INSERT ON t BEGIN SELECT 1; END", "SELECT count(*) FROM d"],
    "views and expressions": [create("t"), insert("t", 1), insert("t", 2), insert("t", 3),
                              "CREATE VIEW v AS SELECT id, s, distance FROM t WHERE a MATCH '[1, 1]' AND k = 2", "SELECT * FROM v",
                              "CREATE VIEW w AS SELECT id, vec_distance_l2(a, '[0, 0]') d FROM t", "SELECT * FROM w ORDER BY d",
                              "INSERT INTO v VALUES (1, 2, 3)", "CREATE TABLE g(a, l GENERATED ALWAYS AS (vec_length(a)))",
                              "INSERT INTO g VALUES ('[1, 2]')", "SELECT l FROM g", "CREATE INDEX gi ON g(vec_length(a))",
                              "INSERT INTO g VALUES ('[1, 2, 3]')", "SELECT a FROM g WHERE vec_length(a) = 3",
                              "CREATE TABLE c(a CHECK (vec_length(a) = 2))", "INSERT INTO c VALUES ('[1, 2]')", "INSERT INTO c VALUES ('[1]')",
                              "CREATE TABLE d(a DEFAULT (vec_f32('[1]')))", "INSERT INTO d DEFAULT VALUES", "SELECT * FROM d"],
    "query_only": [create("t"), insert("t", 1), "PRAGMA query_only = ON", insert("t", 2), "UPDATE t SET n = 5 WHERE id = 1",
                   "DELETE FROM t WHERE id = 1", "DROP TABLE t", "SELECT * FROM t", "SELECT id FROM t WHERE a MATCH '[1, 1]' AND k = 1",
                   create("z"), "PRAGMA query_only = OFF", insert("t", 2), "SELECT count(*) FROM t"],
    "counts": [create("t"), insert("t", 1), "SELECT changes(), last_insert_rowid()", insert("t", 10) + ", (11, '[1, 1]', 'p', 's', 1, NULL)",
               "SELECT changes(), last_insert_rowid()", "UPDATE t SET n = 3 WHERE id = 1", "SELECT changes(), last_insert_rowid()",
               "DELETE FROM t WHERE id IN (1, 10)", "SELECT changes(), last_insert_rowid()", "DELETE FROM t WHERE id = 77", "SELECT changes()"],
    "savepoints": ["BEGIN", create("t"), insert("t", 1), "SAVEPOINT s", insert("t", 2), "DROP TABLE t", "ROLLBACK TO s", "SELECT id FROM t",
                   "ROLLBACK", "SELECT id FROM t", create("t"), "BEGIN", insert("t", 1), "SAVEPOINT s", "DELETE FROM t", "ROLLBACK TO s",
                   "RELEASE s", "COMMIT", "SELECT id FROM t", "SAVEPOINT o", insert("t", 5), "ROLLBACK TO o", "RELEASE o", "SELECT id FROM t"],
    "case": [create("T"), insert("t", 1), "SELECT ID, S FROM T WHERE A MATCH '[1, 1]' AND K = 1",
             "SELECT DISTANCE FROM t WHERE a MATCH '[1, 1]' AND k = 1", create("t"), "DROP TABLE t"],
    "creating": ["CREATE VIRTUAL TABLE IF NOT EXISTS q USING vec0(a float[1])", "CREATE VIRTUAL TABLE IF NOT EXISTS q USING vec0(b float[1])",
                 "CREATE VIRTUAL TABLE IF NOT EXISTS q USING vec0(garbage)", "CREATE TABLE plain(x)",
                 "CREATE VIRTUAL TABLE IF NOT EXISTS plain USING vec0(a float[1])", "CREATE VIRTUAL TABLE r USING vec0",
                 "CREATE VIRTUAL TABLE r USING vec0()", "CREATE VIRTUAL TABLE r USING VEC0(a float[1])",
                 "CREATE VIRTUAL TABLE nope.r USING vec0(a float[1])", "CREATE VIRTUAL TABLE sqlite_x USING vec0(a float[1])", "SELECT * FROM vec0",
                 *(sql for suffix in ("chunks", "rowids", "info", "vector_chunks00", "metadatatext00")
                   for sql in (f"CREATE TABLE c_{suffix}(x)", "CREATE VIRTUAL TABLE c USING vec0(a float[2], +x text, s text)", f"DROP TABLE c_{suffix}")),
                 "SELECT name FROM sqlite_schema", "CREATE VIRTUAL TABLE g USING vec0(a float[2], n integer GENERATED ALWAYS AS (5))", "DROP TABLE g",
                 "CREATE VIRTUAL TABLE g USING vec0(a float[2], n integer DEFAULT 5 CHECK (n > 5))", "INSERT INTO g(a) VALUES ('[1, 2]')"],
    "statements that SQLite has for other tables": [
        create("t"), insert("t", 1), "ALTER TABLE t ADD COLUMN z", "ALTER TABLE t RENAME COLUMN n TO m", "ALTER TABLE t DROP COLUMN n",
        "CREATE INDEX i ON t(n)", "ANALYZE t", "REINDEX t", "VACUUM", "PRAGMA table_info(t)", "PRAGMA index_list(t)",
        "PRAGMA foreign_key_list(t)", "PRAGMA integrity_check", "PRAGMA quick_check", "INSERT INTO t DEFAULT VALUES", "INSERT INTO t VALUES (1, 2)",
        "INSERT INTO t(nope) VALUES (1)", insert("t", 1) + " ON CONFLICT DO NOTHING", insert("t", 1) + " ON CONFLICT (id) DO UPDATE SET n = 5",
        insert("t", 1).replace("INSERT", "INSERT OR ABORT"), insert("t", 5) + " RETURNING n, distance, k", insert("t", 6) + " RETURNING *",
        "UPDATE t SET n = 3 WHERE id = 1 RETURNING n", "DELETE FROM t WHERE id = 5 RETURNING id, n, s", "UPDATE OR REPLACE t SET n = 5 WHERE id = 1",
        "UPDATE t SET n = 1 WHERE id = 999", "SELECT changes()", "SELECT * FROM t"],
    "keys": ["CREATE VIRTUAL TABLE t USING vec0(a float[1])",
             *(f"INSERT INTO t(rowid, a) VALUES ({key}, '[1]')" for key in ("7", "7", "NULL", "-5", "0", "'12'", "3.0", "x'01'", "9007199254740993")),
             "SELECT rowid FROM t", "SELECT oid, _rowid_ FROM t WHERE _rowid_ = 8", "SELECT rowid FROM t WHERE rowid = 7.0",
             *(f"SELECT rowid FROM t WHERE rowid {condition}" for condition in ("IS 7", "IS NULL", "> 7", "IN (8, 0, 7) ORDER BY rowid", "= '7'")),
             "SELECT rowid FROM t ORDER BY rowid DESC LIMIT 2", "DELETE FROM t WHERE rowid > 0", "INSERT INTO t(a) VALUES ('[1]')", "SELECT max(rowid) FROM t"],
    "text keys": ["CREATE VIRTUAL TABLE t USING vec0(id text primary key, a float[1], s text)",
                  *(f"INSERT INTO t(id, a, s) VALUES ({key}, '[1]', 's')" for key in ("'a'", "'a'", "5", "NULL", "''", "x'61'", "'é'", "'a' || char(0) || 'b'")),
                  "INSERT INTO t(a, s) VALUES ('[1]', 's')", "SELECT * FROM t", "SELECT rowid FROM t", "SELECT id FROM t WHERE id = 1",
                  "SELECT id FROM t WHERE id IN ('a', 'é') ORDER BY id", "UPDATE t SET id = 'q' WHERE id = 'a'", "UPDATE t SET id = NULL WHERE id = 'a'",
                  "INSERT INTO t VALUES ('n', '[2]', 'n' || char(0) || 'm')", "SELECT id, length(s) FROM t WHERE a MATCH '[2]' AND k = 9 AND s = 'n' || char(0) || 'm'",
                  "INSERT INTO t VALUES ('z', '[1]', '') RETURNING id, s", "DELETE FROM t WHERE id = 'z' RETURNING id", "SELECT count(*) FROM t"],
    "updates": [create("t"), insert("t", 7),
                *(f"UPDATE t SET {change} WHERE id = 7" for change in ("n = n + 1", "n = 'x'", "n = NULL", "s = x'00'", "s = 5", "a = '[1]'", "a = 'x'", "a = 5",
                                                                       "a = vec_f32('[5, 6]'), s = 'twelve chars+more'", "x = 'y'", "x = NULL",
                                                                       "n = 9, a = '[1]'", "a = '[1, 2]', s = 's'")),
                "SELECT vec_to_json(a), n, s, x FROM t"],
    "names": [sql for name in NAMES
              for sql in (create(name), insert(name, 1), f"SELECT id, s FROM {name} WHERE a MATCH '[1, 1]' AND k = 1", f"UPDATE {name} SET x = 'y', s = 'a text that is long' WHERE id = 1",
                          f"SELECT * FROM {name}", f"DELETE FROM {name}", f"SELECT count(*) FROM {name}", f"DROP TABLE {name}", "SELECT count(*) FROM sqlite_schema")],
    "joins": [create("t"), *(insert("t", i) for i in range(1, 9)),
              "SELECT q.id, t.id FROM t q, t WHERE q.id < 3 AND t.a MATCH q.a AND t.k = 3",
              "SELECT q.id, (SELECT sum(id) FROM (SELECT id FROM t WHERE a MATCH q.a AND k = 3)) FROM t q WHERE q.id < 4",
              "WITH q AS (SELECT '[3, 1]' v) SELECT t.id FROM q, t WHERE a MATCH q.v AND k = 3",
              "WITH w AS MATERIALIZED (SELECT id r, distance d FROM t WHERE a MATCH '[3, 1]' AND k = 3) SELECT w.r, t.n FROM w JOIN t ON t.id = w.r",
              "SELECT t.id FROM t JOIN (VALUES (1), (4)) v ON v.column1 = t.id WHERE a MATCH '[3, 1]' AND k = 5",
              "SELECT t.id FROM t LEFT JOIN (VALUES (1), (4)) v ON v.column1 = t.id WHERE a MATCH '[3, 1]' AND k = 5",
              "SELECT count(*) FROM t WHERE a MATCH '[3, 1]' AND k = 7", "SELECT id FROM t WHERE n MATCH 2 AND k = 3", "SELECT id FROM t WHERE id MATCH 1",
              "SELECT id FROM t WHERE NOT (a MATCH '[3, 1]')", "SELECT a MATCH '[3, 1]' FROM t",
              "SELECT id FROM t WHERE distance < 3", "SELECT id, k, distance FROM t WHERE distance IS NULL AND id < 3"],
    "vec_each": [*(f"SELECT rowid, value FROM vec_each({v})" for v in ("'[1, 2.5]'", "vec_int8('[1, -1]')", "vec_bit(x'A50F')", "json('[1]')")), "SELECT * FROM vec_each",
                 "SELECT * FROM vec_each('[1, 2]') WHERE rowid = 1", "SELECT value, vector FROM vec_each('[1]')", "SELECT count(*) FROM vec_each('[1, 2, 3]')",
                 "SELECT * FROM vec_each('[1]', '[2]')", "SELECT a.value, b.value FROM vec_each('[1, 2]') a JOIN vec_each('[3, 4]') b",
                 "SELECT * FROM vec_each('[1]') ORDER BY rowid DESC", "INSERT INTO vec_each VALUES (1)", "CREATE VIRTUAL TABLE ve USING vec_each",
                 "SELECT value FROM vec_each WHERE vector IN ('[1]', '[2]')", "SELECT * FROM (SELECT '[1, 2]' v) x, vec_each(x.v)",
                 "SELECT * FROM pragma_table_xinfo('vec_each')"],
}


def run(engines, statements):
    for sql in statements:
        ours, theirs = outcomes(engines, sql)
        assert agree(engines[0], sql, ours, theirs), (sql, ours, theirs)


def test_functions(engines):
    run(engines, [f"SELECT {call}" for call in FUNCTIONS])


def test_constructors(engines):
    for arguments in CONSTRUCTORS:
        create = f"CREATE VIRTUAL TABLE made USING vec0({arguments})"
        # The command column has the table's name.
        columns = "SELECT name, type, pk, hidden FROM pragma_table_xinfo('made') WHERE name NOT IN ('made', 'recall')"
        run(engines, [create, columns, "SELECT name, sql FROM sqlite_schema ORDER BY name", "DROP TABLE IF EXISTS made"])


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(engines, script):
    run(engines, SCRIPTS[script])


@pytest.fixture
def filled(engines):
    run(engines, ["CREATE VIRTUAL TABLE t USING vec0(a float[2], b int8[2], p text partition key, n integer, f float, bo boolean, s text, +x integer, chunk_size=8)",
                  *(f"INSERT INTO t(a, b, p, n, f, bo, s, x) VALUES ('[{i}, {i % 3}]', vec_int8('[{i}, 1]'), '{'pq'[i % 2]}', {i % 5}, {i / 2}, {i % 2}, '{'s' * (i % 6)}', {i})"
                    for i in range(20))])
    return engines


@pytest.mark.parametrize("group", QUERIES)
def test_nearest(filled, group):
    where = QUERIES[group] if group == "k" else [f"k = 5 AND {condition}" for condition in QUERIES[group]]
    run(filled, [f"SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' AND {condition}" for condition in where])


def test_query_vectors(filled):
    run(filled, [f"SELECT rowid, distance FROM t WHERE {column} MATCH {vector} AND k = 3" for column in "ab" for vector in VECTORS])


def test_inserted_and_updated_vectors(filled):
    run(filled, [f"INSERT INTO t(a, b, p, n, f, bo, s) VALUES ({a}, {b}, 'p', 1, 1.0, 1, '')" for vector in VECTORS
                 for a, b in ((vector, "vec_int8('[1, 1]')"), ("'[1, 1]'", vector))])
    # SQLite may drop a value's subtype here, so that an int8 vector looks like a float32 one.
    run(filled, [f"UPDATE t SET a = {vector} WHERE rowid = 1" for vector in VECTORS if vector != "NULL" and not vector.startswith(("vec_int8", "vec_bit"))])


def test_limit_instead_of_k(filled):
    if [int(part) for part in filled[0]("SELECT sqlite_version()")[0][0].split(".")] < [3, 41]:
        pytest.skip("older SQLites do not pass LIMIT on, and sqlite-vec needs it")
    run(filled, ["SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' LIMIT 3", "SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' ORDER BY distance LIMIT 3",
                 "SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' LIMIT 0", "SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' AND n = 2 ORDER BY distance LIMIT 3",
                 "SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' AND rowid IN (1, 2, 3) ORDER BY distance LIMIT 2"])


def test_conditions_on_distance(filled, newer):
    if not newer:
        pytest.skip("0.1.9 applies them after it has taken the k nearest")
    run(filled, [f"SELECT rowid, distance FROM t WHERE a MATCH '[3, 1]' AND k = 5 AND distance {condition}"
                 for condition in ("< 3", "<= 2", "> 1", ">= 2", "BETWEEN 1 AND 3", "> 1 AND distance <= 4", "< NULL")])
