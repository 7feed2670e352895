"""Cairn's extensions and sqlite-vec, loaded into apsw's SQLite (the newest) and the system's.

CAIRN_LIB names the folder with vec0.so and cairn.so.
"""
import importlib.metadata
import os
import re

import apsw
import pytest
import sqlite_vec
import system_sqlite
from nearest import same_nearest

LIB = os.environ.get("CAIRN_LIB", "build/dev/lib")
# SQLite drops the digits when it derives an entry point from a file's name; apsw wants it spelled out.
ENGINES = {
    "vec0": (os.path.join(LIB, "vec0"), "sqlite3_vec_init"),
    "cairn": (os.path.join(LIB, "cairn"), "sqlite3_cairn_init"),
    "sqlite-vec": (sqlite_vec.loadable_path(), "sqlite3_vec_init"),
}
ENGINES["cairn()"] = ENGINES["vec0"]  # whose tables are all INDEXED BY cairn()
TABLE = re.compile(r"(CREATE VIRTUAL TABLE .*?USING vec0\()(.*)\)", re.IGNORECASE | re.DOTALL)
VECTOR = re.compile(r"\s*\w+\s+(float|f32|int8|i8|bit)\w*\s*\[[^\]]*\]", re.IGNORECASE)
CLAUSE = " INDEXED BY cairn()"


def indexed_by_cairn(sql):
    """The statement, with the clause for every vector column of a CREATE VIRTUAL TABLE, and the shadow table of the vectors
    by the name that it has then."""
    sql = sql.replace("_vector_chunks", "_vectors")
    if not (table := TABLE.search(sql)):
        return sql
    columns = [VECTOR.sub(lambda start: start[0] + CLAUSE, column, 1) if VECTOR.match(column) else column for column in table[2].split(",")]
    return sql[:table.start(2)] + ",".join(columns) + sql[table.end(2):]


def agree(db, sql, ours, theirs):
    """Whether two outcomes are the same; and for a cairn() table beside a flat one, the same but for what its storage is."""
    if db.engine != "cairn()" or ours == theirs:
        return ours == theirs
    if re.search("_schema|_chunks|_rowids|_info", sql):
        return True  # the storage itself
    if isinstance(ours, tuple) or isinstance(theirs, tuple):
        return isinstance(ours, tuple) and isinstance(theirs, tuple) and (ours[0], ours[1].replace(CLAUSE, "").replace("_vectors", "_vector_chunks")) == theirs
    if "MATCH" in sql and all(len(row) > 1 and isinstance(row[1], float) for row in ours):
        return same_nearest(ours, theirs, False, False)  # ties come in another order
    return sorted(ours, key=repr) == sorted(theirs, key=repr)  # and so do rows


def outcomes(engines, sql):
    """Both engines'; one where a flat table refuses NULL, which a cairn() table takes."""
    ours, theirs = engines
    right = theirs.outcome(sql)
    if ours.engine == "cairn()" and isinstance(right, tuple) and "metadata column" in right[1]:
        is_missing = right[1].split()[-1] not in re.findall(r"\w+", sql)
        if "received NULL" in right[1] or ("BOOLEAN" in right[1] and ("NULL" in sql or is_missing)):
            ours.outcome("INSERT INTO no_table VALUES (1)")  # fails as well
            return right, right
    return ours.outcome(sql), right


class Newest:
    errors = apsw.Error
    code = staticmethod(lambda error: getattr(error, "extendedresult", None))  # none for what apsw itself refuses

    def __init__(self, path):
        self.db = apsw.Connection(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI)
        self.db.enable_load_extension(True)


class System:
    errors = system_sqlite.Error
    code = staticmethod(lambda error: error.code)

    def __init__(self, path):
        self.db = system_sqlite.Connection(path)


@pytest.fixture
def newer():
    """Whether sqlite-vec is a 0.1.10 pre-release, which has OR REPLACE, RENAME, conditions on distance and more."""
    return importlib.metadata.version("sqlite-vec").startswith("0.1.10")


@pytest.fixture(params=["vec0", "cairn()"], ids=["flat", "cairn"])
def engine(request):
    """Cairn's vec0, and with either index."""
    return request.param


@pytest.fixture(params=[("vec0", "sqlite-vec"), ("cairn()", "vec0")], ids=["flat", "cairn"])
def engines(request, connect):
    """Two connections whose tables must be the same: Cairn's and sqlite-vec's, and Cairn's two storages."""
    return [connect(":memory:", engine) for engine in request.param]


@pytest.fixture(params=[Newest, System], ids=["newest", "system"])
def connect(request):
    """connect(path, engine) gives a connection; call it with SQL and parameters to get all rows."""
    opened = []

    class Connection(request.param):
        def __init__(self, path, engine):
            super().__init__(str(path))
            self.engine = engine
            opened.append(self)
            self.db.load_extension(*ENGINES[engine])
            self("PRAGMA synchronous = OFF")

        def __call__(self, sql, *parameters):
            return list(self.db.execute(indexed_by_cairn(sql) if self.engine == "cairn()" else sql, parameters))

        def outcome(self, sql, *parameters):
            """The rows, or the error's code and text."""
            try:
                return self(sql, *parameters)
            except self.errors as error:
                return self.code(error), str(error)

        def close(self):
            self.db.close()
            opened.remove(self)

    yield Connection
    for connection in list(opened):
        connection.close()
