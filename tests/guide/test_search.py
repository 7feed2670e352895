"""The guide's vector searches, on a file of thousands of rows, against brute force.

`stream` and `point` in a query plan are vec0's own words: every row in ascending distance until SQLite has
enough, and one row by its key.
"""

import shutil

import numpy
import pytest
import sqlite_vec

import guide_sql
from corpus import DOC_TYPES
from reference import check_nearest, distances
from support import SQL_ERRORS, Database, blob


def eligible(filled, query, doc_type=None):
    rows = [row for row in filled.corpus.rows if doc_type in (None, row.doc_type)]
    return distances(rows, query, filled.metric) if rows else {}


@pytest.mark.parametrize("sql, limit", [(guide_sql.QUERY_VECTORS, 10), (guide_sql.TEST_SEARCH, 5),
                                        (guide_sql.BENCH_SEARCH, 10)])
def test_order_by_distance_limit(db, filled, sql, limit):
    for query in filled.corpus.queries(6):
        check_nearest(db.rows(sql, (blob(query),)), eligible(filled, query), limit)


def test_k(db, filled):
    with pytest.raises(SQL_ERRORS, match="no such column: rowid"):
        db.rows(guide_sql.KNN_K, (blob(filled.corpus.rows[0].vector),))
    for query in filled.corpus.queries(6):
        # The statement asks for no order; the rows are the ten nearest.
        found = sorted(db.rows(guide_sql.KNN_K_ADAPTED, (blob(query),)), key=lambda row: row[1])
        check_nearest(found, eligible(filled, query), 10)


@pytest.mark.parametrize("doc_type", [*DOC_TYPES, "absent"])
@pytest.mark.parametrize("limit", [10, 500])
def test_search_similar(db, filled, doc_type, limit):
    by_id = filled.corpus.by_id()
    for query in filled.corpus.queries(3):
        rows = db.rows(guide_sql.SEARCH_SIMILAR, (doc_type, blob(query), limit))
        check_nearest([(row[0], row[3]) for row in rows], eligible(filled, query, doc_type), limit)
        for id, text, kind, _ in rows:
            assert (text, kind) == (by_id[id].text, by_id[id].doc_type)


@pytest.mark.parametrize("doc_type", [None, "common", "tenth", "rare"])
@pytest.mark.parametrize("limit", [1, 20])
def test_rag_search(db, filled, doc_type, limit):
    by_id = filled.corpus.by_id()
    for query in filled.corpus.queries(3):
        if doc_type is None:
            rows = db.rows(guide_sql.RAG_SEARCH, (blob(query), limit))
        else:
            rows = db.rows(guide_sql.RAG_SEARCH_BY_TYPE, (doc_type, blob(query), limit))
        check_nearest([(row[0], row[4]) for row in rows], eligible(filled, query, doc_type), limit)
        for id, text, kind, created_at, _ in rows:
            assert (text, kind, created_at) == (by_id[id].text, by_id[id].doc_type, by_id[id].created_at)


def test_a_limit_beyond_the_table_gives_every_row(db, filled):
    query = filled.corpus.queries(1)[0]
    rows = db.rows(guide_sql.RAG_SEARCH, (blob(query), 1_000_000))
    check_nearest([(row[0], row[4]) for row in rows], eligible(filled, query), 1_000_000)


def test_the_query_that_the_guide_marks_wrong(db, filled):
    for query in filled.corpus.queries(6):
        check_nearest(db.rows(guide_sql.WRONG_KNN_CONTENT, (blob(query),)), eligible(filled, query), 10)


@pytest.mark.parametrize("filled", ["adopted"], indirect=True)  # the one in sqlite-vec's own format
def test_sqlite_vec_refuses_that_query(filled, library):
    with Database(library, filled.path, sqlite_vec.loadable_path()) as db:
        with pytest.raises(SQL_ERRORS, match="A LIMIT or 'k = [?]' constraint is required on vec0 knn queries."):
            db.rows(guide_sql.WRONG_KNN_CONTENT, (blob(filled.corpus.rows[0].vector),))


def test_answers_stay_right_once_the_planner_has_statistics(filled, library, vec0, tmp_path):
    with Database(library, shutil.copy(filled.path, tmp_path / "analyzed.db"), vec0) as db:
        db.rows("ANALYZE")
        for query in filled.corpus.queries(3):
            check_nearest(db.rows(guide_sql.WRONG_KNN_CONTENT, (blob(query),)), eligible(filled, query), 10)
            for doc_type in DOC_TYPES:
                plan = db.plan(guide_sql.SEARCH_SIMILAR, (doc_type, blob(query), 10))
                rows = db.rows(guide_sql.SEARCH_SIMILAR, (doc_type, blob(query), 10))
                print(doc_type, plan)
                check_nearest([(row[0], row[3]) for row in rows], eligible(filled, query, doc_type), 10)


def test_plans_of_limit_through_a_join(db, filled):
    query = blob(filled.corpus.rows[0].vector)
    for name, sql, parameters in [
            ("wrong", guide_sql.WRONG_KNN_CONTENT, (query,)),
            ("search_similar", guide_sql.SEARCH_SIMILAR, ("tenth", query, 10)),
            ("rag_search by type", guide_sql.RAG_SEARCH_BY_TYPE, ("tenth", query, 10)),
            ("rag_search", guide_sql.RAG_SEARCH, (query, 10))]:
        plan = db.plan(sql, parameters)
        print(f"{name}: {plan}")
        vectors = [line for line in plan if "VIRTUAL TABLE INDEX" in line]
        assert len(vectors) == 1, plan
        words = vectors[0].split(":", 1)[1].split()
        assert words[0] in ("stream", "point"), plan
        # Rows that come out in order need no sorting; rows looked up one by one do.
        assert any("TEMP B-TREE FOR ORDER BY" in line for line in plan) == (words[0] == "point"), plan
    assert "stream" in db.plan(guide_sql.WRONG_KNN_CONTENT, (query,))[0]


# ---- The quick reference's own tables: a vec0 table without a named key --------------------------


@pytest.fixture(scope="module")
def notes():
    rng = numpy.random.default_rng(77)
    print("notes: seed 77")
    return [("mine" if rng.random() < 0.3 else "theirs", int(rng.integers(5)) if rng.random() < 0.5 else None)
            for _ in range(200)]


class Chunk:
    def __init__(self, id, note, vector):
        self.id, self.note, self.vector = id, note, vector


@pytest.fixture
def chunks(store_db, notes):
    rng = numpy.random.default_rng(78)
    print("chunks: seed 78")
    store_db.script(guide_sql.CHUNK_TABLES.format(dimension=48))
    store_db.rows("BEGIN")
    for id, (scope, ghost) in enumerate(notes, 1):
        store_db.rows("INSERT INTO notes(id, scope, owner_ghost) VALUES (?, ?, ?)", (id, scope, ghost))
    made = []
    for id in rng.permutation(2500).tolist():
        chunk = Chunk(id + 1, int(rng.integers(len(notes))) + 1, rng.standard_normal(48).astype(numpy.float32))
        store_db.rows("INSERT INTO chunks(id, note_id) VALUES (?, ?)", (chunk.id, chunk.note))
        store_db.rows("INSERT INTO chunk_vec(rowid, embedding) VALUES (?, ?)", (chunk.id, blob(chunk.vector)))
        made.append(chunk)
    store_db.rows("COMMIT")
    return made


@pytest.mark.parametrize("k, limit", [(40, 10), (10, 10), (400, 1000)])
def test_the_cte_form(store_db, chunks, notes, k, limit):
    for seed in range(4):
        query = numpy.random.default_rng(seed).standard_normal(48).astype(numpy.float32)
        true = distances(chunks, query, "l2")
        nearest = sorted(chunks, key=lambda chunk: true[chunk.id])[:k]
        kept = {c.id: true[c.id] for c in nearest if notes[c.note - 1] == ("mine", None)}
        check_nearest(store_db.rows(guide_sql.CTE_KNN, (blob(query), k, "mine", limit)), kept, limit)


def test_the_wrong_form_on_its_own_tables(store_db, chunks):
    plan = store_db.plan(guide_sql.WRONG_KNN, (blob(chunks[0].vector),))
    print(plan)
    assert "VIRTUAL TABLE INDEX 0:stream embedding" in plan[0], plan
    for seed in range(4):
        query = numpy.random.default_rng(seed).standard_normal(48).astype(numpy.float32)
        check_nearest(store_db.rows(guide_sql.WRONG_KNN, (blob(query),)), distances(chunks, query, "l2"), 10)
