"""The guide's hybrid search: reciprocal rank fusion of twenty rows by vector and twenty by full text."""

import pytest

import guide_sql
from corpus import words_of
from reference import bm25, check_fusion, distances
from support import blob


def test_full_text_rank_is_the_reference(db, filled):
    for word in words_of(filled.corpus, 5):
        true = bm25(filled.corpus.rows, [word])
        found = dict(db.rows("SELECT rowid, rank FROM content_fts WHERE content_fts MATCH ?", (word,)))
        assert found.keys() == true.keys()
        assert all(found[id] == pytest.approx(true[id], rel=1e-9) for id in true)


@pytest.mark.parametrize("limit", [10, 100])
def test_hybrid_search(db, filled, limit):
    by_id = filled.corpus.by_id()
    certain = 0
    queries = filled.corpus.queries(8)
    words = words_of(filled.corpus, 8 * 4)
    for i, query in enumerate(queries):
        terms = words[i::8] if i % 3 else words[i:i + 1]
        rows = db.rows(guide_sql.HYBRID_SEARCH, (blob(query), " OR ".join(terms), limit))
        certain += check_fusion([(row[0], row[4]) for row in rows], distances(filled.corpus.rows, query, filled.metric),
                                bm25(filled.corpus.rows, terms), limit)
        for id, text, kind, created_at, _ in rows:
            assert (text, kind, created_at) == (by_id[id].text, by_id[id].doc_type, by_id[id].created_at)
    print(f"{certain} of {len(queries)} searches had a single right answer")


def test_a_word_in_no_row_leaves_the_vector_arm(db, filled):
    query = filled.corpus.queries(1)[0]
    rows = db.rows(guide_sql.HYBRID_SEARCH, (blob(query), "nowhere", 50))
    assert len(rows) == 20
    check_fusion([(row[0], row[4]) for row in rows], distances(filled.corpus.rows, query, filled.metric), {}, 50)
