"""The query shapes of tests/query_shapes.txt in the newest SQLite and the system's: each gives the rows that its
plain SQL gives. Distances are computed here with numpy; elements are small integers, so that floats hold every
sum exactly. And what loading does to MATCH."""
import os
import random
import re

import apsw
import numpy as np
import pytest
from conftest import ENGINES

SHAPES = os.path.join(os.path.dirname(__file__), "..", "query_shapes.txt")
ROWS, TIED_ROWS, QUESTIONS, DIMS = 500, 60, 5, 8


def read_shapes():
    """`== name`, then parts `key: text`, whose text may go on in further lines. Gives {name: {key: text}}."""
    shapes = {}
    with open(SHAPES, encoding="utf-8") as file:
        for line in file:
            if line.startswith("== "):
                shapes[line[3:].strip()] = parts = {}
            elif start := re.match(r"([a-z]+):", line):
                key = start[1]
                parts[key] = line[start.end():].lstrip()
            elif line.strip() and not line.startswith("#"):
                parts[key] += line
    return shapes


class Filled:
    """The tables of the shapes, filled."""

    def __init__(self, connect, engine, seed, shapes):
        self.random = random.Random(seed)
        self.seen = set()
        self.db = connect(":memory:", engine)
        run_script(self.db, shapes["schema"]["do"])
        self.vectors = [self.ints(400) for _ in range(QUESTIONS)]
        self.others = [self.ints(100) for _ in range(QUESTIONS)]
        for q in range(QUESTIONS):
            self.db("INSERT INTO question VALUES (?, ?, ?)", q, floats(self.vectors[q]), int8s(self.others[q]))
        self.db("BEGIN")
        for i in self.random.sample(range(1, ROWS + 1), ROWS):
            self.add_row(i)
        for i in range(1, TIED_ROWS + 1):
            x = self.random.randint(-5, 5)
            self.db("INSERT INTO tied(rowid, e) VALUES (?, ?)", i, floats([x]))
            self.db("INSERT INTO dist_tied VALUES (?, ?, 0)", i, float(abs(x)))
        for i in range(1, 21):
            self.db("INSERT INTO named VALUES (?, ?, 'note')", f"name {i}", floats([i]))
        places = shapes["places"]["do"]
        if engine == "cairn()":
            places = places.replace("chunk_id, chunk_offset DESC", "r.rowid")
        run_script(self.db, places)
        self.db("COMMIT")
        ((place300,),) = self.db("SELECT id FROM near WHERE place = 300")
        self.parameters = [floats(self.vectors[0]), int8s(self.others[0]), place300]

    def ints(self, limit):
        return np.array([self.random.randint(-limit, limit) for _ in range(DIMS)])

    def add_row(self, i):
        # Rows are drawn until their distances are new, so that only `other` and `tied` have ties.
        while True:
            vector = self.ints(400)
            distances = {(q, l2(self.vectors[q], vector)) for q in range(QUESTIONS)}
            if not distances & self.seen:
                break
        self.seen |= distances
        other = self.ints(100)
        owner, tag = self.random.choice("abc"), self.random.randrange(7)
        label = self.random.choice(["label ", "label number ", "label number "]) + str(self.random.randrange(40))
        note = self.random.choice([None] + [f"note {n}" for n in range(6)])
        self.db("INSERT INTO content VALUES (?, ?, ?, ?)", i, f"title {i}", "page" if i % 10 else "note", i % 170)
        self.db("INSERT INTO v(content_id, owner, vector, other, tag, label, note) VALUES (?, ?, ?, vec_int8(?), ?, ?, ?)",
                i, owner, floats(vector), int8s(other), tag, label, note)
        self.db("INSERT INTO plain VALUES (?, ?, ?, ?, ?)", i, owner, tag, label, note)
        for q in range(QUESTIONS):
            self.db("INSERT INTO dist VALUES (?, ?, ?, 0)", q, i, l2(self.vectors[q], vector))
            self.db("INSERT INTO dist_other VALUES (?, ?, ?, 0)", q, i, float(np.abs(self.others[q] - other).sum()))

    def ask(self, query):
        count = max((int(n) for n in re.findall(r"\?([1-3])", query)), default=0)
        return self.db(query, *self.parameters[:count])


def floats(ints):
    return np.array(ints, dtype=np.float32).tobytes()


def int8s(ints):
    return np.array(ints, dtype=np.int8).tobytes()


def l2(a, b):
    return float(np.float32(np.sqrt(float(((a - b) ** 2).sum()))))


def run_script(db, script):
    statement = ""
    for piece in script.strip().rstrip(";").split(";"):
        statement += piece + ";"
        if apsw.complete(statement):  # not inside a trigger
            db(statement)
            statement = ""


@pytest.mark.parametrize("seed", [1, 2])
def test_every_shape_gives_what_plain_sql_gives(connect, engine, seed):
    shapes = read_shapes()
    assert len(shapes) > 100
    shared = Filled(connect, engine, seed, shapes)
    wrong = []
    for name, parts in shapes.items():
        if name in ("schema", "places"):
            continue
        filled = shared
        if "do" in parts:
            filled = Filled(connect, engine, seed, shapes)
            run_script(filled.db, parts["do"])
        try:
            got, error = filled.ask(parts["query"]), None
        except filled.db.errors as e:
            got, error = None, str(e)
        if "error" in parts:
            if error is None or parts["error"].strip() not in error:
                wrong.append((name, got, error))
        elif error or got != filled.db(parts["answer"]):
            plan = filled.db("EXPLAIN QUERY PLAN " + parts["query"], *[None] * parts["query"].count("?"))
            wrong.append((name, got, error, filled.db(parts["answer"]), plan))
    assert not wrong, f"seed {seed}"


# Loading replaces SQLite's function of this name.
@pytest.mark.parametrize("engine", ["vec0", "cairn"])
def test_match_is_sqlites_but_innocuous(connect, engine):
    db = connect(":memory:", engine)
    assert db("SELECT count(*) FROM pragma_function_list WHERE name = 'match'") == [(1,)]
    db("CREATE VIRTUAL TABLE v USING vec0(a float[2])")
    db("INSERT INTO v(rowid, a) VALUES (1, '[1,2]'), (2, '[5,5]')")
    db("CREATE VIRTUAL TABLE f USING fts5(t)")
    db("INSERT INTO f VALUES ('some words'), ('others')")
    assert db("SELECT f.rowid, v.distance FROM f JOIN v ON v.rowid = f.rowid WHERE f MATCH 'others' "
              "AND v.a MATCH '[5,5]'") == [(2, 0.0)]
    for sql in ("SELECT 'a' MATCH 'b'", "SELECT match('a', 'b')", "SELECT * FROM f LEFT JOIN v WHERE v.a MATCH '[1,2]'",
                "SELECT * FROM (SELECT 1 AS t) WHERE t MATCH 'b'"):
        with pytest.raises(db.errors, match="unable to use function MATCH in the requested context"):
            db(sql)


def test_select_load_extension():
    """A function cannot be replaced while a statement runs: SQLite's own match stays, and all else works."""
    path, entry = ENGINES["vec0"]
    db = apsw.Connection(":memory:")
    db.enable_load_extension(True)
    db.execute("SELECT load_extension(?, ?)", (path, entry)).fetchall()
    db.execute("CREATE VIRTUAL TABLE v USING vec0(a float[2]); INSERT INTO v(rowid, a) VALUES (1, '[1,2]')")
    assert db.execute("SELECT rowid FROM v WHERE a MATCH '[1,2]'").fetchall() == [(1,)]
    with pytest.raises(apsw.Error, match="already has vec0 or sqlite-vec"):
        db.execute("SELECT load_extension(?, ?)", (path, entry)).fetchall()
    db.load_extension(path, entry)
    assert db.execute("SELECT rowid FROM v WHERE a MATCH '[1,2]'").fetchall() == [(1,)]
