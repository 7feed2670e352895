"""What a table does when it may not do something: an authorizer that denies one access after the other, and
defensive mode. A statement gives all its rows or an error that says so, and an error leaves the table as it was."""
import apsw
import pytest
from conftest import Newest

COLUMNS = "id text primary key, a float[2], p text partition key, s text, n int, +x text, chunk_size=8"
LONG = "a text that is longer than twelve bytes"
STATEMENTS = {
    "create": f"CREATE VIRTUAL TABLE u USING vec0({COLUMNS})",
    "insert": f"INSERT INTO t VALUES ('k3', '[1, 2]', 'p', '{LONG}', 1, 'aux')",
    "insert a chunk": f"INSERT INTO t VALUES ('k3', '[1, 2]', 'q', '{LONG}', 1, 'aux')",
    "insert or replace": f"INSERT OR REPLACE INTO t VALUES ('k1', '[1, 2]', 'p', '{LONG}', 1, 'aux')",
    "scan": "SELECT * FROM t",
    "point": "SELECT * FROM t WHERE id = 'k1'",
    "k": "SELECT id, distance, s FROM t WHERE a MATCH '[1, 1]' AND k = 2 AND s > 'a' AND p = 'p' AND id IN ('k1', 'k2')",
    "k by auxiliary": "SELECT id, distance FROM t WHERE a MATCH '[1, 1]' AND k = 2 AND x = 'aux'",
    "stream": "SELECT id, distance, s, x FROM t WHERE a MATCH '[1, 1]' ORDER BY distance",
    "update": f"UPDATE t SET a = '[3, 3]', s = 'now {LONG}', n = 4, x = 'y' WHERE id = 'k1'",
    "delete": "DELETE FROM t WHERE id = 'k1'",
    "delete everything": "DELETE FROM t",
    "rename": "ALTER TABLE t RENAME TO w",
    "drop": "DROP TABLE t",
}

newest = pytest.mark.parametrize("connect", [Newest], indirect=True)


def table(connect, engine="vec0"):
    db = connect(":memory:", engine)
    db(f"CREATE VIRTUAL TABLE t USING vec0({COLUMNS})")
    db(f"INSERT INTO t VALUES ('k1', '[1, 2]', 'p', '{LONG}', 1, 'aux'), ('k2', '[2, 2]', 'p', 's', 1, 'aux')")
    return db


def contents(db):
    schema = db("SELECT name, sql FROM sqlite_schema ORDER BY name")
    return schema, [db(f"SELECT * FROM \"{name}\"") for name, sql in schema if sql and "VIRTUAL" not in sql]


def accesses(db, sql):
    seen = []

    def note(*access):
        if access[:4] not in seen:
            seen.append(access[:4])
        return apsw.SQLITE_OK

    db.db.authorizer = note
    rows = db(sql)
    db.db.authorizer = None
    return seen, rows


@newest
@pytest.mark.parametrize("name", STATEMENTS)
def test_each_access_denied(connect, name):
    sql = STATEMENTS[name]
    db = table(connect)
    before = contents(db)
    seen, rows = accesses(db, sql)
    done = contents(db)
    for denied in seen:
        db = table(connect)
        db.db.authorizer = lambda *access: apsw.SQLITE_DENY if access[:4] == denied else apsw.SQLITE_OK
        outcome = db.outcome(sql)
        db.db.authorizer = None
        if isinstance(outcome, list):
            assert outcome == rows and contents(db) == done, denied
        else:
            code, text = outcome
            assert (code & 0xFF) in (apsw.SQLITE_AUTH, apsw.SQLITE_ERROR), denied
            assert any(word in text for word in ("authorized", "prohibited", "authorization", "unsafe")), (denied, text)
            assert contents(db) == before, denied
        assert db("PRAGMA integrity_check") == [("ok",)]
        db.close()


@newest
def test_creating_says_the_same_as_sqlite_vec(connect):
    sql = "CREATE VIRTUAL TABLE u USING vec0(id text primary key, a float[2], p text partition key)"
    outcomes = []
    for engine in ("vec0", "sqlite-vec"):
        seen, _ = accesses(connect(":memory:", engine), sql)
        outcomes.append({})
        for denied in seen:
            db = connect(":memory:", engine)
            db.db.authorizer = lambda *access: apsw.SQLITE_DENY if access[:4] == denied else apsw.SQLITE_OK
            outcome = db.outcome(sql)
            outcomes[-1][denied] = outcome if isinstance(outcome, list) else outcome[1]
            db.db.authorizer = None
            db.close()
    ours, theirs = outcomes
    both = ours.keys() & theirs.keys()
    assert len(both) > 10
    assert {denied: ours[denied] for denied in both} == {denied: theirs[denied] for denied in both}


@newest
def test_defensive_mode(connect):
    """Its own statements still reach the shadow tables, and the user's do not, as with sqlite-vec."""
    engines = [table(connect, engine) for engine in ("vec0", "sqlite-vec")]
    for db in engines:
        db.db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for name, sql in STATEMENTS.items():
        if name not in ("insert or replace", "k by auxiliary", "stream", "rename", "drop", "delete everything"):
            assert engines[0].outcome(sql) == engines[1].outcome(sql), sql
    shadow = ["rowids", "chunks", "info", "auxiliary", "metadatachunks00", "metadatatext00"]
    for sql in [f"DELETE FROM t_{suffix}" for suffix in shadow] + [f"DROP TABLE t_{suffix}" for suffix in shadow] + [
            "UPDATE t_rowids SET id = 5", "INSERT INTO t_info VALUES (1, 2)", "CREATE TABLE t_metadatachunks05(x)", "CREATE TABLE t_other(x)",
            "SELECT * FROM t_chunks", "CREATE TABLE u_rowids(x)", "CREATE TABLE v_rowids(x)", "DROP TABLE u", "DROP TABLE t",
            "SELECT name FROM sqlite_schema"]:
        assert engines[0].outcome(sql) == engines[1].outcome(sql), sql


@newest
def test_renaming_in_defensive_mode(connect):
    db = table(connect)
    db.db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db("ALTER TABLE t RENAME TO w")
    assert db("SELECT id, s FROM w WHERE a MATCH '[1, 2]' AND k = 1") == [("k1", LONG)]
