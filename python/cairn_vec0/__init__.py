"""Cairn's vec0 for Python: vector search in SQLite, with sqlite-vec's SQL, file format and names.

    import sqlite3, cairn_vec0

    db = sqlite3.connect("notes.db")
    db.enable_load_extension(True)
    cairn_vec0.load(db)
    db.execute("CREATE VIRTUAL TABLE notes USING vec0(vector float[4])")
    db.execute("INSERT INTO notes(rowid, vector) VALUES (1, ?)", [cairn_vec0.serialize_float32([1, 2, 3, 4])])
    db.execute("SELECT rowid, distance FROM notes WHERE vector MATCH ? ORDER BY distance LIMIT 10",
               [cairn_vec0.serialize_float32([1, 1, 1, 1])])

A program written for sqlite-vec needs one change: `import cairn_vec0 as sqlite_vec`.
"""
from os import path
from struct import pack
from typing import Any, Sequence

__version__ = "@VERSION@"

__all__ = ["load", "loadable_path", "serialize_float32", "serialize_int8"]


def loadable_path() -> str:
    """The path of the loadable extension, without its `.so`, as SQLite's load_extension takes it."""
    return path.join(path.dirname(path.abspath(__file__)), "vec0")


def load(conn: Any) -> None:
    """Loads vec0 into a connection of sqlite3, apsw or another module that has load_extension.

    Extensions must be allowed for the connection: conn.enable_load_extension(True).
    """
    conn.load_extension(loadable_path())


def serialize_float32(vector: Sequence[float]) -> bytes:
    """The bytes of a float[N] vector."""
    return pack(f"<{len(vector)}f", *vector)


def serialize_int8(vector: Sequence[int]) -> bytes:
    """The bytes of an int8[N] vector; write vec_int8(?) in SQL. Numbers outside -128 to 127 raise struct.error."""
    return pack(f"<{len(vector)}b", *vector)
