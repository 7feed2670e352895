"""Brute force over the inserted rows, in double precision, and what a right answer must satisfy.

Engines compute distances in single precision and may order rows of equal distance either way, so an answer is
right if it could be had by sorting the true distances with errors below a tolerance.
"""

import math

import numpy

TOLERANCE = 2e-5


def distances(rows, query, metric):
    """{id: distance} of each row to the query."""
    vectors = numpy.asarray([row.vector for row in rows], dtype=numpy.float64)
    query = numpy.asarray(query, dtype=numpy.float64)
    if metric == "l2":
        values = numpy.sqrt(((vectors - query) ** 2).sum(axis=1))
    else:
        lengths = numpy.linalg.norm(vectors, axis=1) * numpy.linalg.norm(query)
        with numpy.errstate(invalid="ignore", divide="ignore"):
            values = numpy.where(lengths > 0, 1 - vectors @ query / lengths, math.inf)
    return dict(zip((row.id for row in rows), values.tolist()))


def close(a, b):
    return a == b or abs(a - b) <= TOLERANCE * (1 + abs(b))


def check_nearest(found, true, limit):
    """`found`, (id, distance) in the engine's order, is the `limit` nearest of `true`, {id: distance}."""
    assert len(found) == min(limit, len(true))
    assert len({id for id, _ in found}) == len(found), "an id twice"
    for id, distance in found:
        assert id in true, f"row {id} does not satisfy the filter"
        assert close(distance, true[id]), f"row {id}: {distance} instead of {true[id]}"
    in_order = [distance for _, distance in found]
    assert in_order == sorted(in_order)
    if not found:
        return
    taken = {id for id, _ in found}
    for id, distance in true.items():
        assert id in taken or distance >= in_order[-1] - TOLERANCE * (1 + in_order[-1]), f"row {id} is missing"


def bm25(rows, words):
    """{id: rank} of the rows with any of the words; smaller is better. The formula of FTS5's bm25(),
    https://www.sqlite.org/fts5.html, section 5.1.1, with all of a row's text in one column."""
    length = {row.id: row.words.total() for row in rows}
    average = sum(length.values()) / len(rows)
    holding = {word: sum(word in row.words for row in rows) for word in words}
    idf = {word: math.log((len(rows) - n + 0.5) / (n + 0.5)) for word, n in holding.items()}
    ranks = {}
    for row in rows:
        counts = row.words
        if not any(word in counts for word in words):
            continue
        ranks[row.id] = -sum(
            max(idf[word], 1e-6) * counts[word] * 2.2
            / (counts[word] + 1.2 * (1 - 0.75 + 0.75 * length[row.id] / average))
            for word in words)
    return ranks


def possible_ranks(values, cutoff, tolerance):
    """{id: the ranks, None for none, that it may have among the `cutoff` smallest values}. More than one
    where values are too close to tell apart."""
    ordered = sorted(values.values())
    low = numpy.searchsorted(ordered, [v - tolerance * (1 + abs(v)) for v in values.values()], side="left")
    high = numpy.searchsorted(ordered, [v + tolerance * (1 + abs(v)) for v in values.values()], side="right")
    ranks = {}
    for id, first, last in zip(values, low.tolist(), high.tolist()):
        ranks[id] = [rank if rank <= cutoff else None for rank in range(first + 1, min(last, cutoff + 1) + 1)] or [None]
    return ranks


def check_fusion(found, vector_values, text_values, limit):
    """`found`, (id, score) in order, is the guide's reciprocal rank fusion of the two arms' twenty best.
    Returns whether no ties left a choice."""
    arms = [possible_ranks(vector_values, 20, TOLERANCE), possible_ranks(text_values, 20, 1e-9)]

    def parts(arm, id):
        return [1.0 / (60 + (999 if rank is None else rank)) for rank in arm.get(id, [None])]

    possible = {id: [a + b for a in parts(arms[0], id) for b in parts(arms[1], id)] for id in {**arms[0], **arms[1]}}
    certain = {id for id in possible if any(None not in arm.get(id, [None]) for arm in arms)}
    candidates = {id for id in possible if any(rank is not None for arm in arms for rank in arm.get(id, [None]))}

    assert len({id for id, _ in found}) == len(found), "an id twice"
    assert min(limit, len(certain)) <= len(found) <= min(limit, len(candidates))
    for id, score in found:
        assert id in candidates, f"row {id} is in neither arm's twenty best"
        assert any(abs(score - s) < 1e-12 for s in possible[id]), f"row {id}: score {score}, not in {possible[id]}"
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    if len(found) == limit:
        taken = {id for id, _ in found}
        for id in certain - taken:
            assert min(possible[id]) <= scores[-1] + 1e-12, f"row {id} is missing"
    return all(len(possible[id]) == 1 for id in candidates)
