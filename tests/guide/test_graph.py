"""The guide's one-hop queries, and the multi-hop walk that it leaves as todo!, against a recursive CTE."""

import math

import numpy
import pytest

import guide_sql
from support import Database, StoreDriver

TYPES = ["cites", "extends", "contradicts"]

# Every simple way of at most :depth edges, so the shortest, and of those the strongest, is among them.
WALK = """
WITH RECURSIVE
  edges(a, b, type, strength) AS (
    SELECT source_id, target_id, relationship_type, strength FROM content_relationships WHERE :direction <> 'in'
    UNION ALL
    SELECT target_id, source_id, relationship_type, strength FROM content_relationships WHERE :direction <> 'out'
  ),
  walk(id, depth, strength, way) AS (
    SELECT :start, 0, 1.0, '/' || :start || '/'
    UNION ALL
    SELECT e.b, w.depth + 1, w.strength * e.strength, w.way || e.b || '/'
    FROM walk w JOIN edges e ON e.a = w.id
    WHERE w.depth < :depth AND instr(w.way, '/' || e.b || '/') = 0
      AND (:type = '' OR e.type = :type) AND e.strength >= :min_strength
  ),
  shortest AS (SELECT id, min(depth) AS depth FROM walk WHERE depth > 0 GROUP BY id)
SELECT s.id, s.depth, max(w.strength) FROM shortest s JOIN walk w USING (id, depth) GROUP BY s.id
"""

ROWS = 120


@pytest.fixture(params=[21, 22, 23])
def graph(request, store_db, store_path):
    """A sparse random graph with cycles, edges both ways and edges to oneself, written by SQL."""
    print(f"graph: seed {request.param}")
    rng = numpy.random.default_rng(request.param)
    for i in range(1, ROWS + 1):
        store_db.rows(guide_sql.TEST_INSERT_CONTENT, (f"row {i}", "note", i))
    edges = {}
    for _ in range(ROWS * 3 // 2):
        a, b = (int(n) for n in rng.integers(1, ROWS + 1, 2))
        edges[a, b, str(rng.choice(TYPES))] = int(rng.integers(0, 11)) / 10
    edges[3, 3, "cites"] = 1.0
    store_db.rows("BEGIN")
    for (a, b, kind), strength in edges.items():
        store_db.rows("INSERT INTO content_relationships VALUES (?, ?, ?, ?, ?)", (a, b, kind, strength, 1234567890))
    store_db.rows("COMMIT")
    return edges


def test_one_hop(store_db, graph):
    for start in range(1, ROWS + 1):
        for kind in [None, *TYPES, "unknown"]:
            expected = sorted((b, f"row {b}", "note", t, s) for (a, b, t), s in graph.items()
                              if a == start and kind in (None, t))
            rows = (store_db.rows(guide_sql.RELATED, (start,)) if kind is None
                    else store_db.rows(guide_sql.RELATED_BY_TYPE, (start, kind)))
            assert sorted(rows) == expected
            assert [row[4] for row in rows] == sorted((row[4] for row in rows), reverse=True)


def check_way(related, start, direction, graph):
    at, strength = start, 1.0
    for a, b, kind, edge_strength in related["path"]:
        assert graph[a, b, kind] == edge_strength
        assert at in (a, b)
        step = "out" if at == a else "in"
        assert direction in (step, "both")
        at = b if step == "out" else a
        strength *= edge_strength
    assert at == related["id"]
    assert len(related["path"]) == related["depth"]
    assert related["strength"] == pytest.approx(strength)


@pytest.mark.parametrize("direction", ["out", "in", "both"])
def test_multi_hop_is_the_recursive_cte(store_db, store_path, graph, direction):
    rng = numpy.random.default_rng(99)
    found_any = 0
    with StoreDriver(store_path) as store:
        for _ in range(40):
            asked = {"depth": int(rng.integers(1, 5)), "direction": direction, "type": str(rng.choice(["", "cites"])),
                     "min_strength": float(rng.choice([0, 0.3, 0.8]))}
            start = int(rng.integers(1, ROWS + 1))
            expected = {row[0]: row[1:] for row in store_db.rows(WALK, {"start": start, **asked})}
            found = store.call("related", id=start, limit=1000, **asked)
            assert {r["id"]: r["depth"] for r in found} == {id: depth for id, (depth, _) in expected.items()}
            for related in found:
                assert related["text"] == f"row {related['id']}"
                assert related["strength"] == pytest.approx(expected[related["id"]][1])
                check_way(related, start, direction, graph)
            order = [(r["depth"], -r["strength"]) for r in found]
            assert all(a[0] < b[0] or (a[0] == b[0] and (a[1] <= b[1] or math.isclose(a[1], b[1])))
                       for a, b in zip(order, order[1:]))
            found_any += len(found)
    assert found_any > 30


def test_edges_of_the_store_are_found_by_sql(store_path, library, vec0):
    edges = [(1, 2, "cites", 0.5), (2, 3, "cites", 0.25), (3, 1, "extends", 1.0), (1, 3, "extends", 0.75)]
    with StoreDriver(store_path) as store:
        store.call("add", records=[{"text": f"row {i}", "embedding": [1.0] * 768} for i in (1, 2, 3)])
        store.call("relate", edges=edges)
    with Database(library, store_path, vec0) as db:
        assert db.rows(guide_sql.RELATED, (1,)) == [(3, "row 3", "note", "extends", 0.75),
                                                    (2, "row 2", "note", "cites", 0.5)]
        assert db.rows(guide_sql.RELATED_BY_TYPE, (3, "extends")) == [(1, "row 1", "note", "extends", 1.0)]
        # A row that SQL deletes takes its edges along.
        db.rows("PRAGMA foreign_keys = ON")
        db.rows("DELETE FROM content WHERE id = 3")
        assert db.rows(guide_sql.RELATED, (1,)) == [(2, "row 2", "note", "cites", 0.5)]
