"""The guide's schema statements, PRAGMAs and app_metadata on a Cairn file, and its full-text index."""

import numpy
import pytest

import guide_sql
from corpus import Corpus, batch_insert
from support import SQL_ERRORS, Database, StoreDriver, blob, check_full_text, sqlite_version

SCHEMA = [guide_sql.INITIAL_SCHEMA, guide_sql.ADD_RELATIONSHIPS, guide_sql.APP_METADATA_TABLE,
          guide_sql.FULL_TEXT_SCHEMA]


def full_schema(db):
    return db.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")


def test_the_two_libraries_are_what_they_should_be(library):
    version = tuple(int(part) for part in sqlite_version(library).split("."))
    assert version >= (3, 38, 0) if library == "debian" else version >= (3, 50, 0)


def test_schema_statements_leave_a_cairn_file_as_it_is(store_db):
    before = full_schema(store_db)
    for sql in SCHEMA * 2:
        store_db.script(sql)
    assert full_schema(store_db) == before


def test_schema_statements_make_the_guides_database(library, vec0, tmp_path):
    with Database(library, tmp_path / "plain.db", vec0) as db:
        for sql in SCHEMA:
            db.script(sql)
        names = {row[1] for row in full_schema(db)}
        assert names >= {"content", "vec_content", "content_relationships", "app_metadata", "content_fts",
                         "content_ai", "content_ad", "content_au", "idx_content_type_date", "idx_rel_type"}


def test_everything_the_migrations_name_has_its_columns(store_db):
    # The guide's columns come first, so that INSERT without a column list of an old program also counts right.
    columns = [row[1] for row in store_db.rows("PRAGMA table_info(content)")]
    assert columns[:5] == ["id", "text", "doc_type", "created_at", "metadata"]
    columns = [row[1] for row in store_db.rows("PRAGMA table_info(content_relationships)")]
    assert columns == ["source_id", "target_id", "relationship_type", "strength", "created_at"]


@pytest.mark.parametrize("sql", [
    "INSERT INTO content(text, doc_type, created_at) VALUES ('', 'note', 1)",
    "INSERT INTO content(text, doc_type, created_at) VALUES (NULL, 'note', 1)",
    "INSERT INTO content_relationships VALUES (1, 1, 'cites', 1.5, 1)",
    "INSERT INTO content_relationships VALUES (1, 99, 'cites', 1.0, 1)",
])
def test_the_schemas_rules_hold(store_db, sql):
    store_db.rows("PRAGMA foreign_keys = ON")
    store_db.rows("INSERT INTO content(text, doc_type, created_at) VALUES ('one', 'note', 1)")
    with pytest.raises(SQL_ERRORS, match="constraint failed"):
        store_db.rows(sql)


def test_pragmas(store_db):
    for statement, question, value in guide_sql.PRAGMAS:
        store_db.rows(statement)
        assert store_db.value(question) == value, statement


def test_app_metadata(store_path, library, vec0):
    with Database(library, store_path, vec0) as db:
        db.script(guide_sql.APP_METADATA_TABLE)
        db.rows("INSERT INTO app_metadata(key, value) VALUES ('schema_version', '0.9.0')")
        for _ in range(2):
            db.rows(guide_sql.APP_METADATA_UPSERT)
            assert db.rows("SELECT value FROM app_metadata WHERE key = 'schema_version'") == [("1.0.0",)]
    with StoreDriver(store_path) as store:
        assert store.call("metadata", key="schema_version") == "1.0.0"
        store.call("set_metadata", key="schema_version", value="2.0.0")
    with Database(library, store_path, vec0) as db:
        assert db.value("SELECT value FROM app_metadata WHERE key = 'schema_version'") == "2.0.0"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_full_text_follows_insert_update_and_delete(store_db, seed):
    """With the guide's own CREATE TRIGGER statements run once more, as its migrations would."""
    store_db.script(guide_sql.FULL_TEXT_SCHEMA)
    corpus = Corpus(seed=seed, count=300, dimension=768)
    batch_insert(store_db, corpus.rows)
    rows = corpus.by_id()
    rng = numpy.random.default_rng(seed)
    for step in range(300):
        id = int(rng.choice(list(rows)))
        kind = rng.integers(4)
        if kind == 0:
            store_db.rows("DELETE FROM content WHERE id = ?", (id,))
            del rows[id]
        elif kind == 1:
            rows[id].doc_type = "changed"
            store_db.rows("UPDATE content SET doc_type = ? WHERE id = ?", (rows[id].doc_type, id))
        elif kind == 2:
            rows[id].change_text(corpus.text())
            store_db.rows("UPDATE content SET text = ? WHERE id = ?", (rows[id].text, id))
        else:
            text = corpus.text()
            id = store_db.value(guide_sql.INSERT_CONTENT_RETURNING, (text, "new", step))
            rows[id] = type(corpus.rows[0])(text, "new", step, corpus.vectors[0], id)
        if step % 50 == 0:
            check_full_text(store_db)
    check_full_text(store_db)
    for word in ["w1", "w2", "w7", "w40", "w300"]:
        found = {row[0] for row in store_db.rows("SELECT rowid FROM content_fts WHERE content_fts MATCH ?", (word,))}
        assert found == {id for id, row in rows.items() if word in row.words}, word
    assert store_db.value("PRAGMA integrity_check") == "ok"
    # A row's vector goes with the row, so that no search finds what is gone.
    vectors = {row[0] for row in store_db.rows("SELECT content_id FROM vec_content")}
    assert vectors == rows.keys() & corpus.by_id().keys()


def test_the_integrity_check_would_notice(store_db):
    store_db.rows(guide_sql.TEST_INSERT_CONTENT, ("some words", "note", 1))
    store_db.rows("DELETE FROM content_fts WHERE rowid = 1")
    with pytest.raises(SQL_ERRORS, match="malformed"):
        check_full_text(store_db)


def test_explain_query_plan(store_db):
    plan = store_db.plan("SELECT content_id FROM vec_content WHERE vector MATCH ? AND k = 3", (blob(numpy.ones(768)),))
    assert "VIRTUAL TABLE INDEX 0:k vector" in plan[0]
