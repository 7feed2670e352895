"""The guide's ways of writing: transactions, batches, its test's rows, fixtures and benchmark vectors."""

import struct

import numpy
import pytest

import guide_sql
from corpus import Corpus, batch_insert
from reference import check_nearest, distances
from support import SQL_ERRORS, Database, StoreDriver, blob


class Row:
    def __init__(self, id, vector):
        self.id, self.vector = id, vector


def counts(db):
    return db.value("SELECT count(*) FROM content"), db.value("SELECT count(*) FROM vec_content")


def test_store_vectors_in_a_plain_table(store_db):
    vectors = numpy.random.default_rng(5).standard_normal((50, 768)).astype(numpy.float32)
    store_db.rows(guide_sql.STORE_VECTORS_TABLE)
    for id, vector in enumerate(vectors, 1):
        store_db.rows(guide_sql.STORE_VECTORS, (id, blob(vector)))
    query = vectors[7]
    found = store_db.rows("SELECT content_id, vec_distance_cosine(vector, ?) AS d FROM embeddings ORDER BY d LIMIT 10",
                          (blob(query),))
    check_nearest(found, distances([Row(i, v) for i, v in enumerate(vectors, 1)], query, "cosine"), 10)


def test_a_transaction_holds_both_tables(store_db):
    vector = numpy.random.default_rng(6).standard_normal(768)
    for end, expected in [("ROLLBACK", (0, 0)), ("COMMIT", (1, 1))]:
        store_db.rows("BEGIN")
        id = store_db.value(guide_sql.INSERT_CONTENT_RETURNING, ("atomic", "note", 1234567890))
        store_db.rows(guide_sql.INSERT_VECTOR, (id, blob(vector)))
        assert counts(store_db) == (1, 1)
        assert store_db.rows(guide_sql.QUERY_VECTORS, (blob(vector),))[0][0] == id
        store_db.rows(end)
        assert counts(store_db) == expected
        assert len(store_db.rows(guide_sql.QUERY_VECTORS, (blob(vector),))) == expected[1]


def test_a_failed_batch_leaves_nothing(store_db):
    corpus = Corpus(seed=7, count=30, dimension=768)
    corpus.rows[20].vector = corpus.rows[20].vector[:100]
    with pytest.raises(SQL_ERRORS, match="Expected 768 dimensions but received 100"):
        batch_insert(store_db, corpus.rows)
    store_db.rows("ROLLBACK")
    assert counts(store_db) == (0, 0)


@pytest.mark.parametrize("seed", [11, 12])
def test_batch_insert(store_db, seed):
    corpus = Corpus(seed=seed, count=1000, dimension=768)
    batch_insert(store_db, corpus.rows)
    assert [row.id for row in corpus.rows] == list(range(1, 1001))
    stored = store_db.rows("SELECT c.id, c.text, c.doc_type, c.created_at, v.vector "
                           "FROM content c JOIN vec_content v ON v.content_id = c.id ORDER BY c.id")
    assert stored == [(r.id, r.text, r.doc_type, r.created_at, blob(r.vector)) for r in corpus.rows]


def test_the_guides_own_test(store_db):
    """With vectors of the column's 768 dimensions; the guide's have four, which the column refuses."""
    short = blob([0.1, 0.2, 0.3, 0.4])
    store_db.rows(guide_sql.TEST_INSERT_CONTENT, ("test content", "test", 1234567890))
    with pytest.raises(SQL_ERRORS, match="Expected 768 dimensions but received 4"):
        store_db.rows(guide_sql.TEST_INSERT_VECTOR, (short,))
    store_db.rows(guide_sql.TEST_INSERT_VECTOR, (blob(numpy.tile([0.1, 0.2, 0.3, 0.4], 192)),))
    with pytest.raises(SQL_ERRORS, match="Expected 768 dimensions but received 4"):
        store_db.rows(guide_sql.TEST_SEARCH, (short,))
    results = store_db.rows(guide_sql.TEST_SEARCH, (blob(numpy.tile([0.15, 0.25, 0.35, 0.45], 192)),))
    assert len(results) == 1
    assert results[0][1] < 0.5


FIXTURE = {1: [0.1, 0.2, 0.3], 2: [0.15, 0.2, 0.25], 3: [0.3, 0.4, 0.5]}


def test_fixtures_are_refused_by_a_column_of_768_dimensions(store_db):
    store_db.script(guide_sql.FIXTURE_CONTENT)
    assert store_db.value(guide_sql.FIXTURE_COUNT) == 3
    with pytest.raises(SQL_ERRORS, match='Dimension mismatch for inserted vector for the "vector" column. '
                                         "Expected 768 dimensions but received 3."):
        store_db.script(guide_sql.FIXTURE_VECTORS)
    assert counts(store_db) == (3, 0)


def test_fixtures_with_the_columns_dimension(store_db):
    """The same numbers, then zeros up to 768, as bytes of the machine and as JSON."""
    store_db.script(guide_sql.FIXTURE_CONTENT)
    for id, numbers in FIXTURE.items():
        padded = numbers + [0.0] * 765
        store_db.rows(guide_sql.INSERT_VECTOR, (id, blob(padded) if id != 2 else str(padded)))
    query = [0.1, 0.2, 0.3] + [0.0] * 765
    rows = [Row(id, numbers + [0.0] * 765) for id, numbers in FIXTURE.items()]
    check_nearest(store_db.rows(guide_sql.TEST_SEARCH, (blob(query),)), distances(rows, query, "cosine"), 5)
    found = store_db.rows(guide_sql.SEARCH_SIMILAR, ("article", blob(query), 5))
    assert found[0][:3] == (1, "Rust is a systems programming language", "article")


def test_fixtures_are_big_endian(library, vec0, tmp_path):
    """In a column of three dimensions their bytes fit, and mean other numbers."""
    path = tmp_path / "three.db"
    StoreDriver(path, dimension=3).close()
    with Database(library, path, vec0) as db:
        db.script(guide_sql.FIXTURE_CONTENT)
        db.script(guide_sql.FIXTURE_VECTORS)
        stored = dict(db.rows("SELECT content_id, vector FROM vec_content"))
        for id, numbers in FIXTURE.items():
            assert struct.unpack(">3f", stored[id]) == pytest.approx(numbers)
            assert struct.unpack("<3f", stored[id]) != pytest.approx(numbers, rel=0.5)
        db.rows("DELETE FROM vec_content")
        db.script("""INSERT INTO vec_content(content_id, vector) VALUES
            (1, X'cdcccc3dcdcc4c3e9a99993e'), (2, X'9a99193ecdcc4c3e0000803e'), (3, X'9a99993ecdcccc3e0000003f')""")
        rows = [Row(id, numbers) for id, numbers in FIXTURE.items()]
        for query in FIXTURE.values():
            check_nearest(db.rows(guide_sql.TEST_SEARCH, (blob(query),)), distances(rows, query, "cosine"), 5)


@pytest.mark.parametrize("made_by", ["store", "guide"])
def test_benchmark_vectors(store_path, library, vec0, made_by):
    """10,000 vectors sin(i * j), the first of them all zeros, and the query cos(i). In memory without a
    transaction, as the guide's benchmark has it, and in a Cairn file within one."""
    numbers = numpy.arange(10_000, dtype=numpy.int64)[:, None] * numpy.arange(768, dtype=numpy.int64)
    vectors = numpy.sin(numbers.astype(numpy.float32))
    query = numpy.cos(numpy.arange(768, dtype=numpy.float32))
    path, metric = (store_path, "cosine") if made_by == "store" else (":memory:", "l2")
    with Database(library, path, vec0) as db:
        db.script(guide_sql.INITIAL_SCHEMA)
        if made_by == "store":
            db.rows("BEGIN")
        for i, vector in enumerate(vectors):
            db.rows(guide_sql.INSERT_VECTOR, (i, blob(vector)))
        if made_by == "store":
            db.rows("COMMIT")
        true = distances([Row(i, vector) for i, vector in enumerate(vectors)], query, metric)
        check_nearest(db.rows(guide_sql.BENCH_SEARCH, (blob(query),)), true, 10)
        check_nearest(db.rows("SELECT content_id, distance FROM vec_content WHERE vector MATCH ? ORDER BY distance",
                              (blob(query),)), true, 10_000)
