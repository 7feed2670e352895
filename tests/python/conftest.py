"""Cairn's extensions and sqlite-vec, loaded into apsw's SQLite (the newest) and the system's.

CAIRN_LIB names the folder with vec0.so and cairn.so.
"""
import importlib.metadata
import os

import apsw
import pytest
import sqlite_vec
import system_sqlite

LIB = os.environ.get("CAIRN_LIB", "build/dev/lib")
# SQLite drops the digits when it derives an entry point from a file's name; apsw wants it spelled out.
ENGINES = {
    "vec0": (os.path.join(LIB, "vec0"), "sqlite3_vec_init"),
    "cairn": (os.path.join(LIB, "cairn"), "sqlite3_cairn_init"),
    "sqlite-vec": (sqlite_vec.loadable_path(), "sqlite3_vec_init"),
}


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


@pytest.fixture(params=[Newest, System], ids=["newest", "system"])
def connect(request):
    """connect(path, engine) gives a connection; call it with SQL and parameters to get all rows."""
    opened = []

    class Connection(request.param):
        def __init__(self, path, engine):
            super().__init__(str(path))
            opened.append(self)
            self.db.load_extension(*ENGINES[engine])
            self("PRAGMA synchronous = OFF")

        def __call__(self, sql, *parameters):
            return list(self.db.execute(sql, parameters))

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
