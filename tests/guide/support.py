"""One SQLite connection, whichever library it comes from, and the Store behind its driver program."""

import json
import os
import sqlite3
import subprocess

import apsw
import numpy

SQL_ERRORS = (sqlite3.Error, apsw.Error)

# Debian's SQLite, which everything is built on, and the newest that a package brings.
LIBRARIES = ["debian", "apsw"]


def required_path(variable):
    path = os.environ.get(variable)
    if not path or not os.path.exists(path):
        raise RuntimeError(f"{variable} must name a file that the build makes, not {path!r}; run these tests by ctest")
    return path


def sqlite_version(library):
    return sqlite3.sqlite_version if library == "debian" else apsw.sqlite_lib_version()


class Database:
    """A connection with a vec0 loaded into it. In autocommit mode, so that BEGIN and COMMIT are ours.

    Two SQLite libraries in one process must never have the same file open: closing it in one drops the POSIX
    locks of the other. So every library works on a copy of its own.
    """

    def __init__(self, library, path, vec0):
        if library == "debian":
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.connection.enable_load_extension(True)
        else:
            self.connection = apsw.Connection(str(path))
            self.connection.enable_load_extension(True)
        self.connection.load_extension(vec0)

    def rows(self, sql, parameters=()):
        return [tuple(row) for row in self.connection.execute(sql, parameters)]

    def value(self, sql, parameters=()):
        return self.rows(sql, parameters)[0][0]

    def script(self, sql):
        if isinstance(self.connection, apsw.Connection):
            self.connection.execute(sql)
        else:
            self.connection.executescript(sql)

    def plan(self, sql, parameters=()):
        """The lines of EXPLAIN QUERY PLAN."""
        return [row[3] for row in self.rows("EXPLAIN QUERY PLAN " + sql, parameters)]

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def blob(vector):
    """What the guide's `as_bytes()` gives: float32 in the machine's order."""
    return numpy.asarray(vector, dtype=numpy.float32).tobytes()


class StoreError(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Killed(Exception):
    pass


class StoreDriver:
    """cairn::Store in a process of its own (store_driver.cpp)."""

    def __init__(self, path, **options):
        self.process = subprocess.Popen(
            [required_path("CAIRN_STORE_DRIVER"), str(path), json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.log = self._answer()
        except Exception:
            self.close()
            raise

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            raise Killed() if status == -9 else RuntimeError(f"store_driver ended with status {status}")
        answer = json.loads(line)
        if "error" in answer:
            raise StoreError(answer["error"]["code"], answer["error"]["message"])
        return answer["ok"]

    def call(self, operation, **request):
        for key, value in request.items():
            if isinstance(value, numpy.ndarray):
                request[key] = value.tolist()
        self.process.stdin.write(json.dumps({"op": operation, **request}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def check_full_text(db):
    """FTS5's own comparison of its index with the texts; an error where they differ."""
    db.rows("INSERT INTO content_fts(content_fts, rank) VALUES('integrity-check', 1)")


def cairn(path, *arguments):
    """The command line's --json; exit code 1 means that it found nothing."""
    run = subprocess.run([required_path("CAIRN_CLI"), "--db", str(path), "--json", *arguments],
                         capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stderr
    return json.loads(run.stdout)
