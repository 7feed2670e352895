"""Databases made by the guide's own migrations, opened by the Store: adopted whole, or left exactly alone.

They are made both by sqlite-vec 0.1.9 and by Cairn's vec0, with the guide's full-text triggers, which leave the
index out of step at the first UPDATE or DELETE.
"""

import hashlib
import pathlib
import shutil

import pytest
import sqlite_vec

import guide_sql
from corpus import Corpus, batch_insert, words_of
from reference import bm25, check_fusion, check_nearest, distances
from support import SQL_ERRORS, Database, Killed, StoreDriver, StoreError, blob, cairn, check_full_text

# As sqlx 0.8 makes it.
LEDGER = """
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
"""
MIGRATIONS = [(20240101000000, "initial schema", guide_sql.INITIAL_SCHEMA),
              (20240102000000, "add relationships", guide_sql.ADD_RELATIONSHIPS),
              (20240103000000, "full text", guide_sql.FULL_TEXT_SCHEMA)]


def migrate(db):
    db.script(LEDGER)
    for version, description, sql in MIGRATIONS:
        db.script(sql)
        db.rows("INSERT INTO _sqlx_migrations(version, description, success, checksum, execution_time) "
                "VALUES (?, ?, TRUE, ?, 1)", (version, description, hashlib.sha384(sql.encode()).digest()))
    db.script(guide_sql.APP_METADATA_TABLE)
    db.rows(guide_sql.APP_METADATA_UPSERT)


def break_full_text(db, corpus):
    """What an application does in its second week: rows change and go."""
    for row in corpus.rows[5::10]:
        row.change_text(corpus.text())
        db.rows("UPDATE content SET text = ? WHERE id = ?", (row.text, row.id))
    for row in corpus.rows[7::10]:
        db.rows("DELETE FROM vec_content WHERE content_id = ?", (row.id,))
        db.rows("DELETE FROM content WHERE id = ?", (row.id,))
    del corpus.rows[7::10]


def contents(path, library, vec0):
    """Everything that an application can see of its database, and the schema."""
    with Database(library, path, vec0) as db:
        tables = {name: db.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in
                  ("_sqlx_migrations", "content_relationships")}
        return {**tables,
                "content": db.rows("SELECT id, text, doc_type, created_at, metadata FROM content ORDER BY id"),
                "vec_content": db.rows("SELECT content_id, vector FROM vec_content ORDER BY 1"),
                "app_metadata": db.rows("SELECT * FROM app_metadata WHERE key NOT GLOB 'cairn.*' ORDER BY 1")}


def schema(path, library, vec0):
    with Database(library, path, vec0) as db:
        return db.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2")


class Made:
    def __init__(self, path, corpus):
        self.path, self.corpus = path, corpus


ENGINES = ["sqlite_vec", "cairn"]


@pytest.fixture(scope="module")
def engines(vec0):
    return {"sqlite_vec": sqlite_vec.loadable_path(), "cairn": vec0}


@pytest.fixture(scope="module", params=ENGINES)
def original(request, library, engines, tmp_path_factory):
    """The application's database before Cairn meets it."""
    path = tmp_path_factory.mktemp("original") / f"{request.param}.db"
    corpus = Corpus(seed=41, count=1300, dimension=768)
    with Database(library, path, engines[request.param]) as db:
        for statement, _, _ in guide_sql.PRAGMAS:
            db.rows(statement)
        migrate(db)
        batch_insert(db, corpus.rows)
        break_full_text(db, corpus)
        kept = [row.id for row in corpus.rows[:200]]
        for source, target in zip(kept, kept[1:] + kept[:1]):
            db.rows("INSERT INTO content_relationships VALUES (?, ?, 'cites', 0.5, 1234567890)", (source, target))
    return Made(path, corpus)


@pytest.fixture(scope="module")
def adopted(original):
    """The same, adopted by Store::open."""
    path = shutil.copy(original.path, original.path.with_suffix(".adopted.db"))
    with StoreDriver(path) as store:
        assert any("adopted" in line for line in store.log), store.log
    return Made(path, original.corpus)


def test_the_guides_triggers_do_break_the_index(original, library, vec0, tmp_path):
    with Database(library, shutil.copy(original.path, tmp_path / "copy.db"), vec0) as db:
        with pytest.raises(SQL_ERRORS, match="malformed"):
            check_full_text(db)
        wrong = 0
        for word in words_of(original.corpus, 20):
            found = {row[0] for row in db.rows("SELECT rowid FROM content_fts WHERE content_fts MATCH ?", (word,))}
            wrong += found != bm25(original.corpus.rows, [word]).keys()
        assert wrong > 0, "no search came out wrong"


def test_adoption_keeps_what_was_there(original, adopted, library, vec0):
    assert contents(adopted.path, library, vec0) == contents(original.path, library, vec0)


def test_adoption_happens_once(adopted):
    with StoreDriver(adopted.path) as store:
        assert store.log == []
        status = store.call("status")
        assert (status["content"], status["vectors"]) == (len(adopted.corpus.rows),) * 2
        assert (status["dimension"], status["embedder"]) == (768, "external:768")
        assert store.call("doctor") == []


def test_full_text_is_right_after_adoption(adopted, library, vec0):
    with StoreDriver(adopted.path) as store, Database(library, adopted.path, vec0) as db:
        check_full_text(db)
        for word in words_of(adopted.corpus, 20):
            true = bm25(adopted.corpus.rows, [word])
            found = db.rows("SELECT rowid FROM content_fts WHERE content_fts MATCH ?", (word,))
            assert {row[0] for row in found} == true.keys()
            hits = store.call("search", text=word, mode="keyword", limit=5000)
            assert {hit["id"] for hit in hits} == true.keys()


def test_the_store_searches_an_adopted_file(adopted):
    with StoreDriver(adopted.path) as store:
        for query in adopted.corpus.queries(5):
            hits = store.call("search", embedding=query, mode="vector", limit=20)
            check_nearest([(hit["id"], hit["vector"]["value"]) for hit in hits],
                          distances(adopted.corpus.rows, query, "l2"), 20)
        related = store.call("related", id=1, depth=4, limit=1000)
        assert len(related) == 4 and all(r["strength"] == 0.5 ** r["depth"] for r in related)


def test_the_guides_sql_answers_on_an_adopted_file(adopted, library, vec0):
    rows = adopted.corpus.rows
    with Database(library, adopted.path, vec0) as db:
        for _, _, sql in MIGRATIONS:
            db.script(sql)
        for query, word in zip(adopted.corpus.queries(5), words_of(adopted.corpus, 5)):
            true = distances(rows, query, "l2")
            check_nearest(db.rows(guide_sql.QUERY_VECTORS, (blob(query),)), true, 10)
            found = [(row[0], row[4]) for row in db.rows(guide_sql.RAG_SEARCH, (blob(query), 10))]
            check_nearest(found, true, 10)
            found = [(row[0], row[3]) for row in db.rows(guide_sql.SEARCH_SIMILAR, ("tenth", blob(query), 10))]
            check_nearest(found, {row.id: true[row.id] for row in rows if row.doc_type == "tenth"}, 10)
            found = [(row[0], row[4]) for row in db.rows(guide_sql.HYBRID_SEARCH, (blob(query), word, 10))]
            check_fusion(found, true, bm25(rows, [word]), 10)


def test_sqlite_vec_still_reads_and_writes_an_adopted_file(adopted, library, vec0, engines, tmp_path):
    path = shutil.copy(adopted.path, tmp_path / "copy.db")
    added = Corpus(seed=42, count=50, dimension=768)
    with Database(library, path, engines["sqlite_vec"]) as db:
        query = added.rows[3].vector
        found = db.rows(guide_sql.KNN_K_ADAPTED, (blob(query),))
        check_nearest(sorted(found, key=lambda row: row[1]), distances(adopted.corpus.rows, query, "l2"), 10)
        batch_insert(db, added.rows)
        db.rows("PRAGMA foreign_keys = ON")  # as sqlx has it
        gone = adopted.corpus.rows[10].id
        db.rows("DELETE FROM content WHERE id = ?", (gone,))
        check_full_text(db)
    rows = [row for row in adopted.corpus.rows if row.id != gone] + added.rows
    with StoreDriver(path) as store:
        hits = store.call("search", embedding=query, mode="vector", limit=20)
        check_nearest([(hit["id"], hit["vector"]["value"]) for hit in hits], distances(rows, query, "l2"), 20)
        assert store.call("doctor") == []


def test_without_vectors_the_built_in_embedder_makes_them(library, vec0, tmp_path):
    path = tmp_path / "app.db"
    make_small(path, library, vec0, "delete", vec_content="SELECT 1")
    with StoreDriver(path) as store:
        assert [hit["id"] for hit in store.call("search", text="embedded database", mode="keyword")] == [3]
        assert store.call("doctor") == ["3 rows have no vector of their present text"]
    cairn(path, "doctor", "--repair")
    with StoreDriver(path) as store:
        assert store.call("doctor") == []
        hits = store.call("search", text="embedded database", mode="vector")
        assert [hit["id"] for hit in hits][0] == 3 and len(hits) == 3


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
def test_the_application_goes_on_while_its_file_is_adopted(journal_mode, library, engines, tmp_path):
    """Its connection, with sqlite-vec in it, was there before and stays."""
    path = tmp_path / "app.db"
    make_small(path, library, engines["sqlite_vec"], journal_mode)
    corpus = Corpus(seed=43, count=30, dimension=768)
    with Database(library, path, engines["sqlite_vec"]) as app:
        batch_insert(app, corpus.rows[:10])
        with StoreDriver(path) as store:
            assert any("adopted" in line for line in store.log)
            batch_insert(app, corpus.rows[10:])
            app.rows("UPDATE content SET text = 'w5000 w5001' WHERE id = 1")
            app.rows("DELETE FROM content WHERE id = 2")
            check_full_text(app)
            query = corpus.rows[15].vector
            for found in (app.rows(guide_sql.KNN_K_ADAPTED, (blob(query),)),
                          [(hit["id"], hit["vector"]["value"])
                           for hit in store.call("search", embedding=query, mode="vector", limit=10)]):
                check_nearest(sorted(found, key=lambda row: row[1]), distances(corpus.rows, query, "l2"), 10)
            assert [hit["id"] for hit in store.call("search", text="w5001", mode="keyword")] == [1]


# ---- Refused ------------------------------------------------------------------------------------


def files_of(folder):
    """Without the empty log and the index of it that SQLite leaves beside a file in WAL mode it only read."""
    files = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    return {name: data for name, data in files.items() if not name.endswith("-shm") and (data or name[-4:] != "-wal")}


def make_small(path, library, engine, journal_mode, vec_content=None, more=""):
    """A few rows; `vec_content` instead of the guide's table of that name."""
    sql = guide_sql.INITIAL_SCHEMA
    if vec_content:
        guides = sql[sql.index("CREATE VIRTUAL TABLE"):sql.index("-- Indexes")]
        sql = sql.replace(guides, vec_content + ";")
    with Database(library, path, engine) as db:
        db.rows(f"PRAGMA journal_mode = {journal_mode}")
        for statements in (LEDGER, sql, guide_sql.ADD_RELATIONSHIPS, guide_sql.FULL_TEXT_SCHEMA,
                           guide_sql.APP_METADATA_TABLE, more):
            db.script(statements)
        db.script(guide_sql.FIXTURE_CONTENT)


WRONG_SHAPES = {
    "no vec0 table": "CREATE TABLE vec_content(content_id INTEGER PRIMARY KEY, vector BLOB)",
    "a view": "CREATE VIEW vec_content AS SELECT id AS content_id, 'vec0 float[768]' AS vector FROM content",
    "another virtual table": "CREATE VIRTUAL TABLE vec_content USING fts5(content_id, vector)",
    "no key": "CREATE VIRTUAL TABLE vec_content USING vec0(vector FLOAT[768])",
    "a key of another name": "CREATE VIRTUAL TABLE vec_content USING vec0(id INTEGER PRIMARY KEY, vector FLOAT[768])",
    "a text key": "CREATE VIRTUAL TABLE vec_content USING vec0(content_id TEXT PRIMARY KEY, vector FLOAT[768])",
    "a vector of another name":
        "CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, embedding FLOAT[768])",
    "integers": "CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector INT8[768])",
    "bits": "CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector BIT[768])",
    "a second column that must be given":
        "CREATE VIRTUAL TABLE vec_content USING vec0(content_id INTEGER PRIMARY KEY, vector FLOAT[768], t TEXT)",
}


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
@pytest.mark.parametrize("shape", WRONG_SHAPES)
def test_vectors_of_another_shape_are_refused(shape, journal_mode, library, engines, tmp_path):
    path = tmp_path / "app.db"
    make_small(path, library, engines["sqlite_vec"], journal_mode, vec_content=WRONG_SHAPES[shape])
    before = files_of(tmp_path)
    for options in ({}, {"dimension": 768}, {"mode": "read_only"}):
        with pytest.raises(StoreError) as refused:
            StoreDriver(path, **options)
        assert refused.value.code == "foreign_database"
        assert "vec_content" in str(refused.value) and "app.db" in str(refused.value)
        assert files_of(tmp_path) == before, "a refused file must stay as it is, byte for byte"


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
def test_vectors_of_another_embedder_are_refused(journal_mode, library, vec0, tmp_path):
    path = tmp_path / "app.db"
    make_small(path, library, vec0, journal_mode)
    before = files_of(tmp_path)
    with pytest.raises(StoreError, match="embedder_mismatch.*768"):
        StoreDriver(path, dimension=32)
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
@pytest.mark.parametrize("obstacle", ["CREATE TABLE documents(id INTEGER PRIMARY KEY, body TEXT)",
                                      "CREATE TABLE content_trigrams(x)",
                                      "CREATE TABLE other(x); CREATE INDEX idx_content_namespace ON other(x)",
                                      "ALTER TABLE content ADD COLUMN updated_at INTEGER"])
def test_an_error_in_the_middle_of_adoption_undoes_it(obstacle, journal_mode, library, vec0, tmp_path):
    path = tmp_path / "app.db"
    make_small(path, library, vec0, journal_mode, more=obstacle)
    before = schema(path, library, vec0), contents(path, library, vec0)
    with pytest.raises(StoreError, match="already exists|duplicate column name"):
        StoreDriver(path)
    assert (schema(path, library, vec0), contents(path, library, vec0)) == before
    with Database(library, path, vec0) as db:
        assert db.value("PRAGMA integrity_check") == "ok"
        check_full_text(db)
        assert db.value("PRAGMA journal_mode") == journal_mode


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
def test_a_kill_in_the_middle_of_adoption_leaves_the_old_or_the_new(journal_mode, engines, vec0, tmp_path):
    library = "debian"
    path = tmp_path / "app.db"
    make_small(path, library, engines["sqlite_vec"], journal_mode)
    old = schema(path, library, vec0), contents(path, library, vec0)
    survived = pathlib.Path(shutil.copy(path, tmp_path / "survived.db"))
    StoreDriver(survived).close()
    new = schema(survived, library, vec0), contents(survived, library, vec0)
    assert new[1] == old[1] and new[0] != old[0]

    outcomes = []
    for write in range(1, 100_000):
        copy = tmp_path / f"killed-{write}.db"
        shutil.copy(path, copy)
        try:
            StoreDriver(copy, die_at_write=write).close()
        except Killed:
            pass
        else:
            break  # fewer writes than that
        if write % 5 and write > 5:
            continue  # a sample is opened again
        state = schema(copy, library, vec0), contents(copy, library, vec0)
        assert state in (old, new)
        outcomes.append(state == new)
        with StoreDriver(copy) as store:
            assert store.call("status")["content"] == 3
        with Database(library, copy, vec0) as db:
            check_full_text(db)
            assert db.value("PRAGMA integrity_check") == "ok"
    print(f"killed at each of {write - 1} writes")
    assert write > 10 and not outcomes[0]
    assert outcomes == sorted(outcomes), "once the new state is on disk it stays"
