"""Rows that the guide's SQL writes and rows that the Store writes see each other, both ways."""

import pytest

import guide_sql
from corpus import Corpus, batch_insert, words_of
from reference import bm25, check_nearest, distances
from support import Database, StoreDriver, StoreError, blob, cairn


def nearest(hits):
    return [(hit["id"], hit["vector"]["value"]) for hit in hits]


def of_type(corpus, doc_type):
    return [row for row in corpus.rows if doc_type in ("", row.doc_type)]


@pytest.mark.parametrize("doc_type", ["", "tenth", "rare"])
def test_rows_of_sql_are_found_by_the_stores_vector_search(filled, doc_type):
    by_id = filled.corpus.by_id()
    with StoreDriver(filled.path) as store:
        for query in filled.corpus.queries(4):
            hits = store.call("search", embedding=query, mode="vector", doc_type=doc_type, limit=30)
            check_nearest(nearest(hits), distances(of_type(filled.corpus, doc_type), query, filled.metric), 30)
            for hit in hits:
                row = by_id[hit["id"]]
                assert (hit["text"], hit["doc_type"], hit["created_at"]) == (row.text, row.doc_type, row.created_at)
                assert hit["namespace"] == "default"


@pytest.mark.parametrize("doc_type", ["", "tenth", "rare"])
def test_rows_of_sql_are_found_by_the_stores_keyword_search(filled, doc_type):
    with StoreDriver(filled.path) as store:
        for word in words_of(filled.corpus, 6):
            ranks = bm25(filled.corpus.rows, [word])
            true = {row.id: ranks[row.id] for row in of_type(filled.corpus, doc_type) if row.id in ranks}
            hits = store.call("search", text=word, mode="keyword", doc_type=doc_type, limit=len(filled.corpus.rows))
            assert {hit["id"] for hit in hits} == true.keys()
            for hit in hits:
                assert hit["keyword"]["value"] == pytest.approx(-true[hit["id"]])


def test_rows_of_sql_are_found_by_the_stores_hybrid_search(filled):
    """Each hit has the rank that its arm alone gives it, and the sum of 1 / (60 + rank)."""
    with StoreDriver(filled.path) as store:
        for query, word in zip(filled.corpus.queries(4), words_of(filled.corpus, 4)):
            hits = store.call("search", text=word, embedding=query, limit=50)
            arms = {mode: {hit["id"]: hit[mode]["rank"]
                           for hit in store.call("search", text=word, embedding=query, mode=mode, limit=100)}
                    for mode in ("vector", "keyword")}
            assert len(hits) == 50
            found_by_either = {**arms["vector"], **arms["keyword"]}
            assert hits[0]["score"] == pytest.approx(max(
                sum(1 / (60 + arm[id]) for arm in arms.values() if id in arm) for id in found_by_either))
            for hit in hits:
                assert hit["score"] == pytest.approx(sum(1 / (60 + hit[mode]["rank"]) for mode in arms if hit[mode]))
                for mode, ranks in arms.items():
                    assert (hit[mode] or {}).get("rank") == ranks.get(hit["id"])


def test_rows_of_sql_are_found_by_the_command_line(filled):
    by_id = filled.corpus.by_id()
    for word in words_of(filled.corpus, 3):
        answer = cairn(filled.path, "search", word, "--limit", str(len(by_id)))["hits"]
        assert {hit["id"] for hit in answer} == bm25(filled.corpus.rows, [word]).keys()
        assert all(hit["text"] == by_id[hit["id"]].text for hit in answer)
        only = cairn(filled.path, "search", word, "--type", "tenth", "--limit", str(len(by_id)))["hits"]
        assert {hit["id"] for hit in only} == {hit["id"] for hit in answer if hit["doc_type"] == "tenth"}


def test_multi_hop_by_the_command_line(store_db, store_path):
    for i in range(1, 6):
        store_db.rows(guide_sql.TEST_INSERT_CONTENT, (f"row {i}", "note", i))
        store_db.rows("INSERT INTO content_relationships VALUES (?, ?, 'cites', 0.5, 1)", (i, i % 5 + 1))
    store_db.rows("DELETE FROM content_relationships WHERE source_id = 5")
    found = cairn(store_path, "related", "1", "--depth", "3")["related"]
    assert [(r["node"]["id"], r["depth"], r["strength"]) for r in found] == [(2, 1, 0.5), (3, 2, 0.25), (4, 3, 0.125)]


def test_rows_of_the_store_are_found_by_sql(store_path, library, vec0):
    corpus = Corpus(seed=31, count=600, dimension=768)
    with StoreDriver(store_path) as store:
        for begin in range(0, 600, 200):
            rows = corpus.rows[begin:begin + 200]
            ids = store.call("add", records=[
                {"text": row.text, "doc_type": row.doc_type, "created_at": row.created_at, "metadata": '{"n": 1}',
                 "embedding": row.vector.tolist()} for row in rows])
            for row, id in zip(rows, ids):
                row.id = id
    by_id = corpus.by_id()
    with Database(library, store_path, vec0) as db:
        for doc_type in ["common", "tenth", "rare"]:
            for query in corpus.queries(4):
                rows = db.rows(guide_sql.SEARCH_SIMILAR, (doc_type, blob(query), 20))
                check_nearest([(row[0], row[3]) for row in rows],
                              distances(of_type(corpus, doc_type), query, "cosine"), 20)
                assert all(text == by_id[id].text for id, text, _, _ in rows)
        for word in words_of(corpus, 5):
            found = {row[0] for row in db.rows("SELECT rowid FROM content_fts WHERE content_fts MATCH ?", (word,))}
            assert found == bm25(corpus.rows, [word]).keys()
        assert db.value("SELECT count(*) FROM content WHERE json_extract(metadata, '$.n') = 1") == 600


def test_changes_are_seen_while_both_have_the_file_open(store_db, store_path):
    corpus = Corpus(seed=32, count=40, dimension=768)
    a, b, c = corpus.rows[:3]

    def seen_by_sql(row):
        return [found[0] for found in store_db.rows(guide_sql.RAG_SEARCH, (blob(row.vector), 1))]

    with StoreDriver(store_path) as store:
        def seen_by_store(row):
            return [hit["id"] for hit in store.call("search", embedding=row.vector, mode="vector", limit=1)]

        def words_in_store(text):
            return [hit["id"] for hit in store.call("search", text=text, mode="keyword")]

        assert seen_by_store(a) == []
        batch_insert(store_db, [a])
        assert seen_by_store(a) == [a.id]
        [b.id] = store.call("add", records=[{"text": "unmistakable", "embedding": b.vector.tolist()}])
        assert seen_by_sql(b) == [b.id]

        store.call("update", id=b.id, text="different", embedding=c.vector)
        assert store_db.rows("SELECT text FROM content WHERE id = ?", (b.id,)) == [("different",)]
        assert seen_by_sql(c) == [b.id]
        assert store_db.rows("SELECT rowid FROM content_fts WHERE content_fts MATCH 'unmistakable'") == []

        store_db.rows("UPDATE content SET text = 'changed by hand' WHERE id = ?", (a.id,))
        assert words_in_store("hand") == [a.id]
        assert store.call("get", id=a.id)["text"] == "changed by hand"

        store.call("remove", id=b.id)
        assert seen_by_sql(c) == [a.id]
        store_db.rows("DELETE FROM content WHERE id = ?", (a.id,))
        assert seen_by_store(a) == [] and words_in_store("hand") == []
        with pytest.raises(StoreError, match="not_found"):
            store.call("get", id=a.id)
        assert store.call("status") | {"embedder": ""} == {
            "content": 0, "vectors": 0, "relationships": 0, "dimension": 768, "embedder": ""}
        assert store.call("doctor") == []
