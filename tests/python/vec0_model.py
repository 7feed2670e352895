"""Random work on a vec0 table `t` beside an ordinary table `m` with the same rows, for vec0_model_test.py.

Whatever is done to `t` is done to `m`, in the same file and the same transaction, so that commits, rollbacks, savepoints,
other connections and crashes are the same for both. Every answer of `t` must be what plain SQL over `m` and vec_distance_…
says. Rows come from a third table, `pool`, so that a step is a short line of SQL. Elements of vectors are small
integers: every sum is exact, and so are distances and their ties.

As a program it is a process that writes until it is killed: vec0_model.py --write FILE INDEX SEED.
"""
import random
import struct
import sys
from dataclasses import dataclass, field

import numpy as np
from nearest import same_nearest
from never_stale import BUSY, LOCKED, Db
from vec0_cases import AUXILIARY, LONG_TEXTS, METADATA, METRICS, SHORT_TEXTS, Column, quoted

POOL, LARGE_POOL = 2000, 18000  # from 16,000 rows on cairn() tables have lists
COLLIDING = 300  # rows of the pool whose keys are few


class Wrong(AssertionError):
    pass


@dataclass(frozen=True)
class Index:
    """What a table's INDEXED BY promises beyond flat()."""
    clause: str = ""

    @property
    def is_cairn(self):
        """NULL in metadata, f16, recall, ties by ascending rowid."""
        return "cairn" in self.clause


@dataclass
class Shape:
    """A table's columns, and the rows of its pool."""
    index: Index
    columns: list
    options: str
    pool: list = field(repr=False)  # rows as {column: value as it is kept}
    given: list = field(repr=False)  # of f16 columns: {column: value before it is rounded}

    def of(self, *kinds):
        return [c for c in self.columns if c.kind in kinds]

    @property
    def key(self):
        return next(iter(self.of("key")), Column("key", "rowid", "integer"))

    @property
    def others(self):
        return [c for c in self.columns if c.kind != "key"]

    def create(self):
        declarations = [c.declaration() + (f" {self.index.clause}" if c.kind == "vector" else "") for c in self.columns]
        return f"CREATE VIRTUAL TABLE {{T}} USING vec0({', '.join(declarations)}{self.options})"

    def create_model(self):
        key = "id TEXT UNIQUE NOT NULL" if self.key.type == "text" else f"{self.key.name} INTEGER PRIMARY KEY AUTOINCREMENT"
        return f"CREATE TABLE {{M}}({', '.join([key] + [c.name for c in self.others])})"

    def fill_pool(self, db, schema):
        names = ["n", "key"] + [c.name for c in self.others] + [f"{c.name}_given" for c in self.halves]
        db(f"CREATE TABLE {schema}.pool(n INTEGER PRIMARY KEY, {', '.join(names[1:])})")
        for n, (row, given) in enumerate(zip(self.pool, self.given)):
            db(f"INSERT INTO {schema}.pool VALUES ({', '.join('?' * len(names))})",
               n, row["key"], *(row[c.name] for c in self.others), *(given[c.name] for c in self.halves))

    @property
    def halves(self):
        return [c for c in self.of("vector") if c.type == "f16"]

    def typed(self, column, sql):
        """SQL for a vector in bytes, as a value of that column's type."""
        return f"vec_{column.type}({sql})" if column.type in ("int8", "bit") else sql

    def distance(self, column, query):
        metric = "hamming" if column.type == "bit" else column.metric or "l2"
        call = f"vec_distance_{metric}({self.typed(column, column.name)}, {query})"
        return f"ifnull({call}, 9e999)" if metric == "cosine" else call  # a zero vector is farthest

    @property
    def by_rowid(self):
        """What ties in distance are ordered by, as SQL over `m`."""
        return "(SELECT r.rowid FROM {T}_rowids r WHERE r.id = {M}.id)" if self.key.type == "text" else self.key.name


def random_vectors(rng, column, count):
    """Near some centres, as (as kept, as given)."""
    numbers = np.random.default_rng(rng.randrange(2**32))
    if column.type == "bit":
        centres = numbers.integers(0, 256, (6, column.dims // 8), dtype=np.uint8)
        noise = numbers.integers(0, 256, (count, column.dims // 8), dtype=np.uint8) & numbers.integers(0, 256, (count, column.dims // 8), dtype=np.uint8)
        rows = [v.tobytes() for v in centres[numbers.integers(0, 6, count)] ^ noise]
        return rows, rows
    noise = rng.choice([1, 2, 9])
    limit = 100 if column.type == "int8" else min(100, int(2**11 / column.dims**0.5) - 1)
    centres = numbers.integers(-limit + noise, limit - noise + 1, (6, column.dims))
    whole = centres[numbers.integers(0, 6, count)] + numbers.integers(-noise, noise + 1, (count, column.dims))
    if rng.random() < 0.3:
        whole[numbers.integers(0, count, 5)] = 0
    kept = [v.tobytes() for v in whole.astype(np.int8 if column.type == "int8" else np.float32)]
    # Halves have eleven bits, so that this is rounded to the integers.
    return kept, [v.tobytes() for v in (whole * (1 + 2**-13)).astype(np.float32)] if column.type == "f16" else kept


def random_value(rng, column, nulls):
    if column.kind == "partition":
        return None if rng.random() < 0.2 else rng.randint(1, 3) if column.type == "integer" else rng.choice(["x", "y", "a partition"])
    if column.kind == "auxiliary" and rng.random() < 0.2 or column.kind == "metadata" and nulls and rng.random() < 0.2:
        return None
    return {"boolean": lambda: rng.randint(0, 1), "integer": lambda: rng.choice([rng.randint(-3, 3), 2**40, -2**63]),
            "float": lambda: rng.choice([rng.randint(-3, 3) / 2, 1e300]), "text": lambda: rng.choice(SHORT_TEXTS + LONG_TEXTS),
            "blob": lambda: rng.choice([b"", b"\0", b"blob"])}[column.type]()


def random_shape(rng, index, large=False):
    metrics = METRICS | ({"f16": METRICS["float"]} if index.is_cairn else {})
    columns = []
    if rng.random() < 0.7:
        columns.append(Column("key", "id", rng.choice(["integer", "text"])))
    for i in range(1 if large else rng.choice([1, 1, 1, 2, 3])):
        kind = rng.choice([k for k in metrics if k in ("float", "f16")] if large else list(metrics))
        dims = 64 if large else rng.choice([8, 16, 72, 200]) if kind == "bit" else rng.choice([1, 3, 8, 17, 64, 65, 130, 200])
        columns.append(Column("vector", f"v{i}", kind, dims, rng.choice(metrics[kind])))
    for i in range(rng.choice([0, 0, 0, 1, 2])):
        columns.append(Column("partition", f"p{i}", rng.choice(["integer", "text"])))
    for i in range(rng.choice([0, 1, 2, 4])):
        columns.append(Column("metadata", f"m{i}", rng.choice(METADATA)))
    for i in range(rng.choice([0, 0, 1, 2])):
        columns.append(Column("auxiliary", f"x{i}", rng.choice(AUXILIARY)))
    rng.shuffle(columns)
    shape = Shape(index, columns, rng.choice(["", ", chunk_size=8", ", chunk_size=64"]), [], [])
    count = LARGE_POOL if large else POOL
    vectors = {c.name: random_vectors(rng, c, count) for c in shape.of("vector")}
    for n in range(count):
        number = rng.randint(1, COLLIDING // 2) if n < COLLIDING else 1000 + n
        row = {"key": f"a key of {number}" if shape.key.type == "text" else number}
        row |= {c.name: vectors[c.name][0][n] if c.kind == "vector" else random_value(rng, c, index.is_cairn) for c in shape.others}
        shape.pool.append(row)
        shape.given.append({c.name: vectors[c.name][1][n] for c in shape.halves})
    return shape


@dataclass(frozen=True)
class Step:
    who: int  # a connection
    schema: str
    kind: str
    sql: str
    model: str = ""
    count: int = 0

    def text(self, template):
        return template.replace("{T}", f"{self.schema}.t").replace("{M}", f"{self.schema}.m").replace("{P}", f"{self.schema}.pool")


class Steps:
    """Makes steps for one table. What a step is follows from the numbers alone, never from how earlier steps went, so
    that any of them can be left out."""

    def __init__(self, rng, shape, schema="main"):
        self.rng, self.shape, self.schema = rng, shape, schema

    def step(self, who, kind, *parts, **more):
        return Step(who, self.schema, kind, *parts, **more)

    # --- writing ---

    def write(self, who):
        make = self.rng.choices([self.insert, self.insert_many, self.update, self.delete, self.delete_many, self.refused, self.create_again],
                                [30, 6, 30, 16, 4, 8, 0.5])[0]
        return make(who)

    def rows_of_pool(self, who, verb, where, key):
        """An INSERT of rows of the pool; `key`: SQL, or "" to let the table choose."""
        names, kept, given = ([self.shape.key.name], [key], [key]) if key else ([], [], [])
        for c in self.shape.others:
            names.append(c.name)
            kept.append(c.name)
            given.append(self.shape.typed(c, f"{c.name}_given" if c in self.shape.halves else c.name))
        into = lambda table, values: f"{verb} INTO {table}({', '.join(names)}) SELECT {', '.join(values)} FROM {{P}} WHERE {where} ORDER BY n"
        return self.step(who, "write", into("{T}", given), into("{M}", kept))

    def insert(self, who):
        verb = self.rng.choice(["INSERT", "INSERT", "INSERT OR REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
        n = self.rng.randrange(COLLIDING)
        chosen = not self.shape.of("key") and self.rng.random() < 0.4
        return self.rows_of_pool(who, verb, f"n BETWEEN {n} AND {n + self.rng.choice([0, 0, 0, 2, 9])}", "" if chosen else "key")

    def insert_many(self, who):
        size = len(self.shape.pool)
        first = self.rng.randrange(COLLIDING, size)
        shift = self.rng.choice([0, 0, 0, 10**6, 2**33, -2**33])
        key = f"key || '{shift or ''}'" if self.shape.key.type == "text" else f"key + {shift}"
        many = self.rng.choice([7, 40, 300, 1200]) if size == POOL else self.rng.choice([300, size, size])
        first = first if many < size else COLLIDING
        return self.rows_of_pool(who, self.rng.choice(["INSERT OR REPLACE", "INSERT OR IGNORE"]), f"n BETWEEN {first} AND {first + many}", key)

    def update(self, who):
        chosen = self.rng.sample(self.shape.others, self.rng.randint(1, min(3, len(self.shape.others))))
        n = self.rng.randrange(COLLIDING)
        value = lambda name: f"(SELECT {name} FROM {{P}} WHERE n = {n})"
        given = [f"{c.name} = {self.shape.typed(c, value(f'{c.name}_given' if c in self.shape.halves else c.name))}" for c in chosen]
        where = self.some_rows()
        return self.step(who, "write", f"UPDATE {{T}} SET {', '.join(given)} WHERE {where}",
                         f"UPDATE {{M}} SET {', '.join(f'{c.name} = {value(c.name)}' for c in chosen)} WHERE {where}")

    def delete(self, who):
        where = self.some_rows()
        return self.step(who, "write", f"DELETE FROM {{T}} WHERE {where}", f"DELETE FROM {{M}} WHERE {where}")

    def delete_many(self, who):
        most = "length(id) > 12" if self.shape.key.type == "text" else f"{self.shape.key.name} % 10 > 0"
        where = self.rng.choice(["1", most, most, most])
        return self.step(who, "write", f"DELETE FROM {{T}} WHERE {where}", f"DELETE FROM {{M}} WHERE {where}")

    def create_again(self, who):
        return self.step(who, "create again", "DROP TABLE {T}", "DROP TABLE {M}")

    def refused(self, who):
        """A row that is wrong in one column, the last of several."""
        wrong = self.rng.choice(self.shape.of("vector", "metadata"))
        bad = "x''" if wrong.kind == "vector" else {"text": "5", "boolean": "7"}.get(wrong.type, "'x'")
        if self.rng.random() < 0.5:
            return self.step(who, "refused", f"UPDATE {{T}} SET {wrong.name} = {bad} WHERE {self.some_rows()}")
        n = self.rng.randrange(COLLIDING, len(self.shape.pool) - 9)
        values = [self.shape.typed(c, c.name) for c in self.shape.others]
        at = self.shape.others.index(wrong)
        values[at] = f"iif(n < {n + 4}, {values[at]}, {bad})"
        key = "key || 'refused'" if self.shape.key.type == "text" else "-key"
        return self.step(who, "refused", f"INSERT INTO {{T}}({', '.join([self.shape.key.name] + [c.name for c in self.shape.others])}) "
                         f"SELECT {key}, {', '.join(values)} FROM {{P}} WHERE n BETWEEN {n} AND {n + 4} ORDER BY n")

    # --- conditions ---

    def key_value(self):
        rng = self.rng
        return quoted(self.shape.pool[rng.randrange(COLLIDING) if rng.random() < 0.7 else rng.randrange(len(self.shape.pool))]["key"])

    def condition(self):
        """One that a search with k applies before it takes the nearest."""
        rng, shape = self.rng, self.shape
        column = rng.choice([c for c in shape.columns if c.kind != "vector"] or [shape.key])
        if column.kind == "key" or column is shape.key:
            return rng.choice([f"{shape.key.name} = {self.key_value()}", f"{shape.key.name} > {self.key_value()}", f"{shape.key.name} <= {self.key_value()}",
                               f"{shape.key.name} IN ({', '.join(self.key_value() for _ in range(20))})"])
        value = lambda: quoted(rng.choice(shape.pool)[column.name])
        return rng.choice([f"{column.name} {rng.choice(['=', '<>', '<', '<=', '>', '>=', 'IS', 'IS NOT'])} {value()}", f"{column.name} IS NULL",
                           f"{column.name} IS NOT NULL", f"{column.name} IN ({value()}, {value()})", f"{column.name} BETWEEN {value()} AND {value()}",
                           f"{column.name} LIKE '%e%'", f"{column.name} GLOB 't*'"])

    def some_rows(self):
        rng = self.rng
        if rng.random() < 0.6:
            return f"{self.shape.key.name} = {self.key_value()}"
        return self.condition() + (f" AND {self.condition()}" if rng.random() < 0.5 else "")

    def conditions(self):
        return "".join(f" AND {self.condition()}" for _ in range(self.rng.choice([0, 0, 0, 1, 1, 2])))

    # --- reading ---

    def read(self, who):
        make = self.rng.choices([self.k_nearest, self.stream, self.join, self.contents, self.in_range, self.recall], [30, 20, 6, 12, 5, 12 if self.shape.index.is_cairn else 0])[0]
        return make(who)

    def question(self):
        """A vector column, what it is matched with, and the model's distance from it."""
        column = self.rng.choice(self.shape.of("vector"))
        query = self.shape.typed(column, f"(SELECT {column.name} FROM {{P}} WHERE n = {self.rng.randrange(COLLIDING)})")
        return column, f"{column.name} MATCH {query}", self.shape.distance(column, query)

    def nearest(self, distance, where, end):
        key = self.shape.key.name
        return f"SELECT {key}, {distance} AS d FROM {{M}} WHERE 1{where} ORDER BY d, {self.shape.by_rowid} {end}"

    def kind(self, column):
        return "near by cosine" if column.metric == "cosine" else "near"

    def k_nearest(self, who):
        column, match, distance = self.question()
        where, k = self.conditions(), self.rng.choice([0, 1, 3, 10, 10, 50, 2000])
        return self.step(who, self.kind(column), f"SELECT {self.shape.key.name}, distance FROM {{T}} WHERE {match} AND k = {k}{where}"
                         f"{self.rng.choice(['', ' ORDER BY distance'])}", self.nearest(distance, where, f"LIMIT {k}"))

    def stream(self, who):
        column, match, distance = self.question()
        where, end = self.conditions(), self.rng.choice(["", "LIMIT 1", "LIMIT 10", "LIMIT 40 OFFSET 5", "LIMIT 200"])
        order = "ORDER BY distance" + (", rowid" if self.shape.key.name == "rowid" and self.rng.random() < 0.3 and self.shape.index.is_cairn else "")
        return self.step(who, self.rng.choice([self.kind(column), self.kind(column), "open " + self.kind(column)]),
                         f"SELECT {self.shape.key.name}, distance FROM {{T}} WHERE {match}{where} {order} {end}", self.nearest(distance, where, end))

    def join(self, who):
        column, match, distance = self.question()
        key, end = self.shape.key.name, self.rng.choice(["", "LIMIT 10"])
        name, doc = self.rng.choice(self.shape.columns).name, f"(SELECT n, key FROM {{P}} WHERE n % 3 = 0) doc"
        rest = lambda table: f"FROM {doc} JOIN {table} t ON doc.key = t.{key}"
        return self.step(who, self.kind(column), f"SELECT t.{key}, distance, n, {name} {rest('{T}')} WHERE {match} ORDER BY distance, t.{key}, n {end}",
                         f"SELECT t.{key}, {distance} AS d, n, {name} {rest('{M}')} ORDER BY d, t.{key}, n {end}")

    def in_range(self, who):
        column, match, distance = self.question()
        low, high = sorted(self.rng.choice([0, 0.5, 1, 3, 20, 100, 1000]) for _ in range(2))
        return self.step(who, self.kind(column), f"SELECT {self.shape.key.name}, distance FROM {{T}} WHERE {match} AND distance > {low} AND distance <= {high} ORDER BY distance LIMIT 30",
                         f"SELECT * FROM ({self.nearest(distance, '', '')}) WHERE d > {low} AND d <= {high} LIMIT 30")

    def contents(self, who):
        columns = ", ".join(c.name for c in [self.shape.key] + self.shape.others)
        sql = self.rng.choice([f"SELECT {columns} FROM {{}}", f"SELECT {columns} FROM {{}} WHERE {self.some_rows()}", "SELECT count(*) FROM {}",
                               f"SELECT {self.shape.key.name} FROM {{}} WHERE {self.condition()}"])
        sql += f" ORDER BY {self.shape.key.name}" if "count" not in sql else ""
        return self.step(who, "same", sql.replace("{}", "{T}"), sql.replace("{}", "{M}"))

    def recall(self, who):
        column, match, distance = self.question()
        where, k = self.conditions(), self.rng.choice([1, 10, 10, 100])
        promise = f"recall = {self.rng.choice([0.5, 0.9, 0.95, 0.99, 1])}"
        if self.rng.random() < 0.7:
            return self.step(who, "recall", f"SELECT {self.shape.key.name}, distance FROM {{T}} WHERE {match} AND k = {k} AND {promise}{where}",
                             self.nearest(distance, where, ""), count=k)
        return self.step(who, "recall of a stream", f"SELECT {self.shape.key.name}, distance FROM {{T}} WHERE {match} AND {promise}{where} ORDER BY distance LIMIT {k}",
                         self.nearest(distance, where, ""), count=k)

    # --- the rest ---

    def transaction(self, who):
        return self.step(who, "sql", self.rng.choices(["BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO b",
                                                       "RELEASE a", "RELEASE b"], [3, 3, 14, 4, 2, 2, 3, 3, 2, 2])[0])

    def upkeep(self, who):
        return self.rng.choice([self.step(who, "command", "INSERT INTO {T}(t) VALUES ('optimize')"), self.integrity(who), self.integrity(who), self.integrity(who),
                                self.step(who, "sql", f"VACUUM {self.schema}"), self.step(who, "sql", f"PRAGMA {self.schema}.wal_checkpoint(TRUNCATE)"),
                                self.step(who, "memory", f"INSERT INTO {{T}}(t) VALUES ('memory={self.rng.choice(['0', '100KB', '512MB', '512MB'])}')"),
                                self.step(who, "reopen", ""), self.step(who, "rename", "ALTER TABLE {T} RENAME TO u")])

    def integrity(self, who):
        return self.step(who, "command", "INSERT INTO {T}(t) VALUES ('integrity')")

    def all_of_it(self, who):
        key, columns = self.shape.key.name, ", ".join(c.name for c in [self.shape.key] + self.shape.others)
        yield self.step(who, "same", f"SELECT {columns} FROM {{T}} ORDER BY {key}", f"SELECT {columns} FROM {{M}} ORDER BY {key}")
        for _ in range(3):
            yield self.k_nearest(who)
            yield self.stream(who)
        yield self.integrity(who)


class Runner:
    """Runs steps on connections; raises Wrong."""

    def __init__(self, shapes, connections):
        self.shapes = shapes  # {schema: Shape}
        self.connections = connections  # functions that open one
        self.open = [connect() for connect in connections]
        self.streams = {}  # {who: (rows that are still due, kind, began a transaction)}
        self.seen = {}

    def set_up(self):
        for schema, shape in self.shapes.items():
            db = self.open[0]
            db("BEGIN")
            shape.fill_pool(db, schema)
            for sql in (shape.create_model(), shape.create()):
                db(Step(0, schema, "", "").text(sql))
            db("COMMIT")

    def run(self, step):
        db = self.open[step.who]
        if step.who in self.streams and not step.kind.startswith(("near", "same")):
            self.end_stream(step)
        sql, model = step.text(step.sql), step.text(step.model)
        outcome = getattr(self, "run_" + step.kind.split()[0])(step, db, sql, model)
        key = step.kind.split()[0] + (f": {outcome}" if outcome else "")
        self.seen[key] = self.seen.get(key, 0) + 1

    def attempt(self, db, sql):
        """None, or the code and text of the error."""
        try:
            db(sql)
        except db.errors as error:
            return db.code(error), str(error)
        return None

    def run_sql(self, step, db, sql, model):
        error = self.attempt(db, sql)
        return error and "refused"

    def run_memory(self, step, db, sql, model):
        return self.run_command(step, db, sql, model)

    def run_write(self, step, db, sql, model):
        """Half of them in a transaction of both statements, half each on its own."""
        begun = len(sql) % 2 and not db.is_in_transaction()
        if begun and self.attempt(db, "BEGIN IMMEDIATE"):
            return "busy"
        ours = self.attempt(db, sql)
        if ours and ours[0] in (BUSY, LOCKED):
            if begun:
                self.attempt(db, "ROLLBACK")
            return "busy"
        theirs = self.attempt(db, model)
        is_there_already = [bool(error) and "UNIQUE constraint failed" in error[1] for error in (ours, theirs)]
        if is_there_already != [bool(ours), bool(theirs)] or bool(ours) != bool(theirs):
            raise Wrong(f"{sql}\n  gives {ours or 'no error'}, and on the model {theirs or 'no error'}")
        if begun and self.attempt(db, "COMMIT"):
            self.attempt(db, "ROLLBACK")
            return "busy"
        return ours and "constraint"

    def run_create(self, step, db, sql, model):
        shape = self.shapes[step.schema]
        begun = not db.is_in_transaction()
        for statement in ["BEGIN IMMEDIATE"] * begun + ["SAVEPOINT again", sql, model, step.text(shape.create()), step.text(shape.create_model()), "RELEASE again"]:
            error = self.attempt(db, statement)
            if error:
                self.attempt(db, "ROLLBACK TO again")
                self.attempt(db, "RELEASE again")
                if begun:
                    self.attempt(db, "ROLLBACK")
                if error[0] not in (BUSY, LOCKED):
                    raise Wrong(f"{statement}: {error}")
                return "busy"
        if begun and self.attempt(db, "COMMIT"):
            self.attempt(db, "ROLLBACK")
        return None

    def run_rename(self, step, db, sql, model):
        if db.is_in_transaction():
            return "in a transaction"
        error = self.attempt(db, sql)
        while not error or error[0] in (BUSY, LOCKED):
            back = self.attempt(db, f"ALTER TABLE {step.schema}.u RENAME TO t") if not error else None
            if not back:
                return error and "busy"
            error = back if back[0] not in (BUSY, LOCKED) else None
        raise Wrong(f"{sql}: {error}")

    def run_refused(self, step, db, sql, model):
        error = self.attempt(db, sql)
        if error is None and sql.startswith("UPDATE"):
            return "no row"  # the condition finds none; whether it does is compared by other steps
        if error is None or error[0] not in (1, BUSY, LOCKED):
            raise Wrong(f"{sql}\n  should be refused, and gives {error or 'no error'}")

    def run_command(self, step, db, sql, model):
        error = self.attempt(db, sql)
        if error and error[0] not in (BUSY, LOCKED):
            raise Wrong(f"{sql}: {error}")
        return error and "busy"

    def run_reopen(self, step, db, sql, model):
        if any(other.is_in_transaction() for other in self.open):
            return "busy"  # of a locked file nothing can be read
        db.close()
        self.open[step.who] = self.connections[step.who]()

    def both(self, step, db, sql, model):
        """The answers of both tables, from one snapshot."""
        begun = not db.is_in_transaction()
        statement = "BEGIN"
        try:
            if begun:
                db("BEGIN")
            statement = sql
            ours = db(sql)
            statement = model
            theirs = db(model)
            return ours, theirs
        except db.errors as error:
            if db.code(error) in (BUSY, LOCKED):
                return None
            raise Wrong(f"{statement}: {error}") from error
        finally:
            if begun and db.is_in_transaction():
                db("ROLLBACK")

    def run_same(self, step, db, sql, model):
        answers = self.both(step, db, sql, model)
        if answers and answers[0] != answers[1]:
            raise Wrong(difference(sql, *answers))
        return None if answers else "busy"

    def run_near(self, step, db, sql, model):
        answers = self.both(step, db, sql, model)
        if answers:
            self.compare(step, *answers)
        return None if answers else "busy"

    def compare(self, step, ours, theirs):
        """Of flat tables, ties are in no order that `m` knows, nor which of them an OFFSET leaves out."""
        if not self.shapes[step.schema].index.is_cairn:
            if "OFFSET" in step.sql:
                ours, theirs = ([(None, row[1]) for row in rows] for rows in (ours, theirs))
            if same_nearest(ours, theirs, False, step.kind.endswith("cosine")):
                return
        if ours != theirs:
            raise Wrong(difference(step.text(step.sql), ours, theirs))

    def run_recall(self, step, db, sql, model):
        answers = self.both(step, db, sql, model)
        if not answers:
            return "busy"
        ours, theirs = answers
        place = {row: i for i, row in enumerate(theirs)}
        places = [place.get(row) for row in ours]
        if None in places:
            raise Wrong(f"{sql}\n  gives {ours[places.index(None)]}, which is no row")
        if places != sorted(set(places)):
            raise Wrong(f"{sql}\n  gives rows out of order: {ours}")
        if step.kind == "recall" and len(ours) != min(step.count, len(theirs)):
            raise Wrong(f"{sql}\n  gives {len(ours)} rows, and there are {len(theirs)}")
        return None

    def run_open(self, step, db, sql, model):
        """A stream that stays open, and must go on in its snapshot whatever other connections write."""
        if step.who in self.streams:
            return "one is open"
        begun = not db.is_in_transaction()
        try:
            if begun:
                db("BEGIN")
            expected = db(model)
            first = db.begin_rows("stream", sql, (), 3)
        except db.errors as error:
            if begun and db.is_in_transaction():
                db("ROLLBACK")
            if db.code(error) in (BUSY, LOCKED):
                return "busy"
            raise Wrong(f"{sql}: {error}") from error
        self.streams[step.who] = (step, first, expected, begun)
        return None

    def end_stream(self, step):
        """To its end, and compares; after the connection's own writes it would be open what belongs to it, so this comes before."""
        opened, first, expected, begun = self.streams.pop(step.who)
        db = self.open[step.who]
        try:
            rows = first + db.end_rows("stream", read=True)
        except db.errors as error:
            raise Wrong(f"{opened.text(opened.sql)}, left open: {error}") from error
        if begun and db.is_in_transaction():
            db("ROLLBACK")
        self.compare(opened, rows, expected)

    def finish(self):
        for who in list(self.streams):
            self.end_stream(Step(who, "main", "", ""))
        for db in self.open:
            if db.is_in_transaction():
                self.attempt(db, "COMMIT")

    def close(self):
        for db in self.open:
            db.close()


def difference(sql, ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return f"{sql}\n  gives {len(ours)} rows, the model {len(theirs)}; from row {at} on\n  {ours[at:at + 3]}\n  instead of\n  {theirs[at:at + 3]}"


def connecting(path, driver, connect=Db, other_file=None):
    def open_it():
        db = connect(path, driver, "vec0")
        if other_file:
            db(f"ATTACH '{other_file}' AS b")
        return db
    return open_it


def write_for_ever(path, index, seed):
    """Says "." when it is ready, and then writes until it is killed."""
    rng = random.Random(seed)
    shape = random_shape(random.Random(0), index)
    runner = Runner({"main": shape}, [connecting(path, rng.choice(["newest", "system"]))])
    steps = Steps(rng, shape)
    print(".", end="", flush=True)
    while True:
        # Always in a transaction: a kill between a statement on `t` and the one on `m` must undo both.
        for _ in range(rng.choice([1, 1, 3, 20])):
            while not runner.open[0].is_in_transaction():
                runner.attempt(runner.open[0], "BEGIN IMMEDIATE")
            runner.run(rng.choices([steps.write, steps.read, steps.upkeep], [10, 2, 1])[0](0))
        runner.attempt(runner.open[0], rng.choice(["COMMIT", "COMMIT", "COMMIT", "ROLLBACK"]))


if __name__ == "__main__" and sys.argv[1:2] == ["--write"]:
    write_for_ever(sys.argv[2], Index(sys.argv[3]), int(sys.argv[4]))
