"""Whatever vec0 keeps in memory between searches, an answer never differs from what an uncached scan by the same
connection in the same transaction would give, whoever wrote in between and however. never_stale.py has the oracle.

First each way to change a table that we know of, on connections that have searched it often enough to keep it; then
random steps of several connections in two processes, in lockstep (a seed gives the same steps again) and free.

    CAIRN_STALE_SECONDS=60 CAIRN_STALE_SEED=7 pytest -s tests/python/vec0_never_stale_test.py -k random

Every protection was taken out once, alone, and seen red. Where, besides in a test of this file (named first):

    src/vec0/resident.cpp
      inside a write transaction as well     test_change        Resident.IsNotUsedInsideAWriteTransaction
      the data version is not compared       test_change        GeneratedSearches
      what is read again counts as equal     test_change        GeneratedSearches
      "unknown" counts as "nothing changed"                     GeneratedSearches
      slots behind the last live one                            Resident.ReadsSlotsBehindTheLastThatWasLive
      no count of the rows                                      Resident.ADamagedTableGivesTheErrorThatAScanGives
      read_uncommitted                                          Resident.SharedCacheWithReadUncommitted
      codes stay, their center does not                         Resident.CodesKeepTheirCenter
      codes stay where vectors are wanted                       Resident.WithMoreMemoryTheVectorsAreKeptOfAllChunks
      a map of an empty table                test_emptied       Resident.EndsWithAnEmptiedTable
    forget_residents() in module.cpp         test_attached_...  Resident.IsForgottenWhenAnotherFileTakesTheName
    running statements in moment.hpp           test_open_search_...
    search.cpp: rows that do not match are searched             GeneratedSearches
    search.cpp: a stream from codes alone                       Resident.AStreamGoesOnWithWhatItBeganWith
    src/sqlite: a frame is skipped, leaves are not watched or not compared, pointers are not compared, update()
      answers "nothing", another generation  test_change        BlobPagesTest, WalChangesTest
    src/vector: no error term, rows without bounds left out, the first reach not widened
                                                                Codes, BoundedSearch, GeneratedSearches
      kSlack, gamma or the widened reach_of_key alone: green, since each covers the others; all at once: Codes

    CAIRN_STALE_BREAK=1 needs no C++: every connection answers from its first answer until its own total_changes()
    moves (`Db.ask`), which is what a cache without validation does; most tests must fail.
"""
import os
import random
import shutil
import threading
import time
import zlib

import pytest
from never_stale import (BUSY, CHANGES, CORRUPT, LOCKED, LONG, MEMORY, ROWS, Db, Layout, Remote, Stale, Table, blob_write, blob_write_nearest, delete,
                         drop_and_create, equal, fill, insert, insert_many, make_file, questions, raw_swap, raw_update, refill,
                         set_memory, unrelated, update, update_many)

SECONDS = float(os.environ.get("CAIRN_STALE_SECONDS", 10))
SEED = int(os.environ.get("CAIRN_STALE_SEED", 1))
LAYOUTS = {
    "wal": Layout(),
    "rollback": Layout(metric="cosine", chunk_size=1024, journal="delete"),
    "cells": Layout(metric="l1", dims=32, chunk_size=8),  # several chunks to a page
    "small-pages": Layout("int8", "l2", 96, page_size=512, auto_vacuum="full"),
    "partitions": Layout("int8", "cosine", 96, chunk_size=128, partition=True, journal="persist", auto_vacuum="incremental"),
    "large-pages": Layout("bit", "hamming", 1024, chunk_size=256, page_size=65536),
    "int8-l1": Layout("int8", "l1", 96, chunk_size=1024, journal="truncate", page_size=1024),
    "float-auto": Layout(metric="cosine", dims=100, chunk_size=256, auto_vacuum="full"),
}
WITH_CODES = {name for name, layout in LAYOUTS.items() if layout.dims >= 64 and layout.metric in ("l2", "cosine")}
WAL, ROLLBACK = LAYOUTS["wal"], LAYOUTS["rollback"]
checked = {"directed": 0, "random": 0}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A copy of a file with the layout's table, filled."""
    folder, made = tmp_path_factory.mktemp("templates"), {}

    def copy(layout, to, engine="vec0"):
        if (layout, engine) not in made:
            made[layout, engine] = folder / f"{len(made)}.db"
            make_file(made[layout, engine], layout, engine=engine)
        shutil.copy(made[layout, engine], to)
        return to

    return copy


@pytest.fixture(scope="module")
def remotes():
    """One other process for each SQLite: two in one process would break each other's locks on a file."""
    started = {}

    def start(driver, memory):
        if driver not in started:
            started[driver] = Remote()
        started[driver].call("set_memory", driver, memory)
        return started[driver]

    yield start
    for remote in started.values():
        remote.stop()


@pytest.fixture(scope="module", autouse=True)
def report():
    yield
    print(f"\nnever stale: {checked['directed']} answers compared in directed cases, {checked['random']} in random ones")


class World:
    """A file with a table, and connections to it."""

    def __init__(self, driver, memory, tmp_path, template, remotes):
        self.driver, self.memory, self.folder, self.template, self.remotes = driver, memory, tmp_path, template, remotes
        set_memory(driver, memory)
        self.rng = random.Random(1)
        self.connections = []
        self.path = str(tmp_path / "a.db")

    def file(self, layout, name="a.db", engine="vec0"):
        self.layout, self.table = layout, Table(layout)
        return str(self.template(layout, self.folder / name, engine))

    def connect(self, path=None):
        return self.keep(Db(path or self.path, self.driver, "vec0"))

    def connect_in_other_process(self, engine="vec0", driver=None):
        """By default the other SQLite."""
        driver = driver or ("system" if self.driver == "newest" else "newest")
        return self.keep(self.remotes(driver, self.memory).connect(self.path, driver, engine))

    def other(self, who):
        return {"same process": self.connect, "other process": self.connect_in_other_process,
                "sqlite-vec": lambda: self.connect_in_other_process("sqlite-vec")}[who]()

    def keep(self, connection):
        self.connections.append(connection)
        return connection

    def open_file(self, layout):
        self.file(layout)
        return self.connect()

    def warm(self, *connections, few=False):
        for connection in connections:
            connection.warm(self.table, few)

    def check(self, *connections, few=False):
        for connection in connections:
            connection.check(self.table, None, few)

    def do(self, connection, change, table=None):
        """Where the connection is."""
        seed = self.rng.randrange(10**9)
        if isinstance(connection, Db):
            change(connection, table or self.table, random.Random(seed))
        else:
            connection.run(change, table or self.table, random.Random(seed))

    def end(self):
        for connection in reversed(self.connections):
            checked["directed"] += connection.count()
            connection.close()


@pytest.fixture(params=["newest", "system"] if LONG else [""])
def world(request, tmp_path, template, remotes):
    """A short run takes one SQLite for each case, in turns. So does every run with the memory."""
    draw = zlib.crc32(request.node.name.encode())
    driver = request.param or ["newest", "system"][draw % 2]
    memory = ["all", "all", "all", "codes", "codes", "two tables"][draw // 2 % 6]
    world = World(driver, memory, tmp_path, template, remotes)
    yield world
    world.end()


# --- that memory is used at all ---

def scans(db, sql, *parameters):
    """How many statements read the chunks of a table while this one runs. (Vectors are read without SQL.)"""
    seen = []
    db.db.set_profile(lambda statement, time: seen.append("validity, rowids" in statement))
    db(sql, *parameters)
    db.db.set_profile(None)
    return sum(seen)


@pytest.mark.parametrize("memory", MEMORY)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_is_used(layout, memory, tmp_path, template, remotes):
    world = World("newest", memory, tmp_path, template, remotes)
    world.file(LAYOUTS[layout])
    db = world.connect()
    query = world.layout.hot()[0].tobytes()
    everything = memory in ("all", "two tables") or memory == "codes" and layout in ("cells", "large-pages", "int8-l1")
    codes = memory == "codes" and layout in WITH_CODES
    for kind, sql, more in questions(world.table):
        if kind == "point":
            continue
        assert scans(Db(world.path, "newest", "vec0"), sql, query, *more) > 0
        for _ in range(2):
            db(sql, query, *more)
        assert (scans(db, sql, query, *more) == 0) == (everything or codes and "k = ?" in sql), kind
    world.check(db)
    world.end()


# --- every change, by everyone, in every kind of transaction ---

def kinds_of_transaction(world, db, change):
    """Stops where everyone may look, and says what was done."""
    world.do(db, change)
    yield "on its own"
    db("BEGIN")
    world.do(db, change)
    yield "in an open transaction"
    db("COMMIT")
    yield "committed"
    db("BEGIN")
    world.do(db, change)
    if db.engine == "vec0":
        db.warm(world.table, True)
    yield "to be rolled back"
    db("ROLLBACK")
    yield "rolled back"
    db("BEGIN")
    db("SAVEPOINT a")
    world.do(db, change)
    yield "in a savepoint"
    db("ROLLBACK TO a")
    yield "savepoint rolled back"
    world.do(db, change)
    db("RELEASE a")
    yield "savepoint released"
    db("COMMIT")
    yield "committed a savepoint"


WRITERS = ["self", "same process", "other process", "sqlite-vec"]
# sqlite-vec lacks these, or they are nothing of its own.
NOT_OF_SQLITE_VEC = {"replace", "optimize", "rename_there_and_back", "failing_statement", "unrelated_schema"}


def change_cases():
    """Layouts take turns."""
    for i, change in enumerate(CHANGES):
        for j, who in enumerate(WRITERS):
            if who != "sqlite-vec" or change.__name__ not in NOT_OF_SQLITE_VEC:
                layout = list(LAYOUTS)[(i + 3 * j) % len(LAYOUTS)]
                yield pytest.param(change, who, layout, id=f"{change.__name__}-{who}-{layout}")


@pytest.mark.parametrize("change, who, layout", list(change_cases()))
def test_change(world, change, who, layout):
    world.file(LAYOUTS[layout], engine="sqlite-vec" if who != "self" and change in CHANGES[::3] else "vec0")
    db = world.connect()
    writer = db if who == "self" else world.other(who)
    readers = [db] if writer is db or writer.engine != "vec0" else [db, writer]
    world.warm(db)
    for step in kinds_of_transaction(world, writer, change):
        for reader in readers:
            try:
                world.check(reader, few=step not in ("on its own", "rolled back"))
            except Stale as stale:
                raise Stale(f"{change.__name__} by {who}, {step}: {stale}") from stale
            except reader.errors as error:
                # A transaction that has outgrown SQLite's cache locks the file, where there is no WAL.
                if LAYOUTS[layout].journal == "wal" or reader is writer or reader.code(error) not in (BUSY, LOCKED):
                    raise
        world.warm(db, few=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_vectors_written_in_place(world, layout):
    """By sqlite-vec and by blob handles: neither validity nor rowids change."""
    world.file(LAYOUTS[layout])
    db, theirs = world.connect(), world.connect_in_other_process("sqlite-vec")
    for _ in range(3):
        for change in (update, blob_write, blob_write_nearest, raw_swap):
            world.warm(db, few=True)
            world.do(theirs, change)
            world.check(db)


@pytest.mark.parametrize("layout", ["wal", "rollback", "small-pages"])
@pytest.mark.parametrize("who", ["self", "same process"])
def test_emptied(world, layout, who):
    """A table without a chunk, before and after its pages are known."""
    db = world.open_file(LAYOUTS[layout])
    writer = world.other(who) if who != "self" else db
    for followed in (False, True):
        world.warm(db)
        if followed:
            world.do(writer, blob_write_nearest)
            world.warm(db)
        writer("DELETE FROM t")
        world.check(db, few=True)
        world.warm(db, few=True)
        world.do(writer, insert)
        world.check(db, few=True)
        world.do(writer, refill)
        world.check(db)


# --- commits that are of no concern to the table ---

@pytest.mark.parametrize("layout", ["wal", "rollback", "small-pages"])
def test_unrelated_commits(world, layout):
    world.file(LAYOUTS[layout])
    db, near, far = world.connect(), world.connect(), world.connect_in_other_process()
    world.warm(db, near)
    for number in range(600 if LONG else 105):
        writer = (db, near, far)[number % 3]
        if number % 7 == 6:
            world.do(writer, world.rng.choice([update, blob_write_nearest, raw_update, insert, delete, raw_swap]))
        else:
            world.do(writer, unrelated)
        if number % 5 == 4:
            db("PRAGMA wal_checkpoint(PASSIVE)")
        world.check((db, near)[number // 3 % 2], few=number % 21 != 20)


@pytest.mark.parametrize("layout", ["small-pages", "float-auto"])
@pytest.mark.parametrize("who", ["same process", "other process"])
def test_pages_move(world, layout, who):
    """Deleting unrelated rows moves the vectors to other pages; then they are changed there."""
    db, other = world.open_file(LAYOUTS[layout]), world.other(who)
    for _ in range(6):
        world.warm(db, few=True)
        other("INSERT INTO other SELECT NULL, zeroblob(9000) FROM other LIMIT 20")
        world.do(other, insert_many)
        world.check(db, few=True)
        other("DELETE FROM other WHERE id % 2")
        world.check(db, few=True)
        for change in (blob_write_nearest, blob_write, raw_update, blob_write_nearest):
            world.do(other, change)
            world.check(db, few=True)


def leave_wal(world, db, other, who, mode="delete"):
    """SQLite lets only the last connection do it. Gives the other connection anew."""
    if other is not db:
        world.connections.remove(other)
        checked["directed"] += other.count()
        other.close()
    assert db(f"PRAGMA journal_mode = {mode}") == [(mode,)]
    return db if other is db else world.other(who)


@pytest.mark.parametrize("who", ["self", "same process", "other process"])
def test_vacuum(world, who):
    db = world.open_file(LAYOUTS["rollback"])
    other = db if who == "self" else world.other(who)
    for page_size, journal in ((4096, "delete"), (512, "wal"), (65536, "delete"), (1024, "wal")):
        other = leave_wal(world, db, other, who)
        world.warm(db, few=True)
        other(f"PRAGMA page_size = {page_size}")
        world.do(other, delete)
        other("VACUUM")
        world.check(db, few=True)
        other(f"PRAGMA journal_mode = {journal}")
        world.warm(db, few=True)
        for change in (blob_write_nearest, update, raw_update):
            world.do(other, change)
            world.check(db, few=True)
        other("VACUUM")
        world.do(other, blob_write_nearest)
        world.check(db)


# --- the WAL ---

@pytest.mark.parametrize("mode", ["PASSIVE", "RESTART", "TRUNCATE"])
@pytest.mark.parametrize("who", ["self", "same process", "other process"])
def test_checkpoint(world, mode, who):
    """Before and after a change; each round leaves a WAL as long as the one before, with other content."""
    db, writer = world.open_file(WAL), world.connect_in_other_process()
    checkpointer = db if who == "self" else world.other(who)
    for number in range(12):
        world.warm(db, few=True)
        if number % 2:
            checkpointer(f"PRAGMA wal_checkpoint({mode})")
        world.do(writer, (update, blob_write_nearest)[number // 2 % 2])
        if number % 4 < 2:
            checkpointer(f"PRAGMA wal_checkpoint({mode})")
        world.check(db, few=True)


def test_old_snapshot(world):
    db, near, far = world.open_file(WAL), world.connect(), world.connect_in_other_process()
    for number in range(6):
        world.warm(db, near, few=True)
        db("BEGIN")
        db("SELECT count(*) FROM other" if number % 2 else "SELECT rowid FROM t LIMIT 1")
        before = db.ask(world.table, world.layout.hot()[0].tobytes())["all"]
        for change in (update, blob_write_nearest, unrelated, delete, raw_swap):
            world.do((near, far)[number % 2], change)
            if change is unrelated:
                far("PRAGMA wal_checkpoint(PASSIVE)")
            world.check(db, near, far, few=True)
        assert equal(db.ask(world.table, world.layout.hot()[0].tobytes())["all"], before)
        if number % 3 == 2:
            with pytest.raises(db.errors):
                world.do(db, update)  # it is too late to write
            world.check(db)
        db("COMMIT")
        world.check(db, near, far)
        far("PRAGMA wal_checkpoint(RESTART)")
        world.check(db, few=True)


def test_kept_first_in_an_old_snapshot(world):
    """What was read in the snapshot must not serve later, nor what was read later a snapshot."""
    db, writer = world.open_file(WAL), world.connect_in_other_process()
    for _ in range(4):
        db("BEGIN")
        db("SELECT count(*) FROM other")
        world.do(writer, blob_write_nearest)
        world.warm(db)
        world.do(writer, update)
        world.check(db, few=True)
        db("COMMIT")
        world.check(db, few=True)


@pytest.mark.parametrize("layout", ["wal", "rollback", "small-pages", "partitions"])
@pytest.mark.parametrize("who", ["self", "same process", "other process"])
def test_rolled_back_after_spilling(world, layout, who):
    """Pages reach the file, or the WAL behind its end, and are undone; then others take their place."""
    db = world.open_file(LAYOUTS[layout])
    writer = db if who == "self" else world.other(who)
    writer("PRAGMA cache_size = 10")
    for _ in range(3):
        world.warm(db, few=True)
        writer("BEGIN")
        world.do(writer, update_many)
        world.do(writer, insert_many)
        writer("UPDATE other SET text = zeroblob(5000)")
        if writer is db:
            world.check(db)
        writer("ROLLBACK")
        world.check(db, few=True)
        world.do(writer, blob_write_nearest)
        world.check(db)


@pytest.mark.parametrize("who", ["self", "same process", "other process"])
def test_journal_modes(world, who):
    db = world.open_file(WAL)
    other = db if who == "self" else world.other(who)
    for mode in ("delete", "wal", "persist", "memory", "wal", "truncate", "off", "wal"):
        world.warm(db, few=True)
        if mode == "wal":
            assert other("PRAGMA journal_mode = wal") == [("wal",)]
        else:
            other = leave_wal(world, db, other, who, mode)
        world.check(db, few=True)
        for change in (blob_write_nearest, update, unrelated, raw_swap):
            world.do(other, change)
            world.check(db, few=True)


@pytest.mark.parametrize("layout", ["wal", "rollback"])
def test_exclusive_locking(world, layout):
    db = world.open_file(LAYOUTS[layout])
    db("PRAGMA locking_mode = exclusive")
    for change in (update, blob_write_nearest, raw_update, unrelated, drop_and_create, delete):
        world.warm(db, few=True)
        world.do(db, change)
        world.check(db, few=True)
    db("PRAGMA locking_mode = normal")
    world.check(db)
    world.do(world.connect_in_other_process(), blob_write_nearest)
    world.check(db)


def test_exclusive_wal_without_shared_memory(world):
    world.file(WAL)
    db = Db(world.path, world.driver, "vec0")
    world.keep(db)
    db("PRAGMA locking_mode = exclusive")
    db("BEGIN IMMEDIATE")
    db("COMMIT")
    for change in (update, blob_write_nearest, unrelated, raw_swap):
        world.warm(db, few=True)
        world.do(db, change)
        world.check(db, few=True)
        db("PRAGMA wal_checkpoint(RESTART)")


# --- searches that are open while something changes ---

OPEN_CHANGES = [insert, update, update_many, delete, raw_update, raw_swap, blob_write, blob_write_nearest]


@pytest.mark.parametrize("begin", ["autocommit", "transaction"])
@pytest.mark.parametrize("change", OPEN_CHANGES, ids=lambda c: c.__name__)
def test_open_search_while_it_writes(world, change, begin):
    """The open one goes on; a new one of the same vector, which it might share with, gives what is there now."""
    db = world.open_file(ROLLBACK if change is update else WAL)
    query = world.layout.hot()[0]
    world.warm(db)
    if begin == "transaction":
        db("BEGIN")
    for kind in ("k", "stream", "point"):
        first = db.begin_search("open", world.table, kind, query.tobytes(), 1)
        world.do(db, change)
        if db.open:
            # A change may have searched for another vector meanwhile.
            db.begin_search("second", world.table, kind, query.tobytes(), 1)
            world.do(db, blob_write if change is blob_write else raw_update)
        db.check(world.table, [query], first=kind)
        rowids = [rowid for rowid, _ in first + db.end_rows("open", read=True)]
        assert len(rowids) == len(set(rowids)) <= 20
        db.check(world.table, [query], first=kind)
        db.end_rows("second")
        world.check(db)
    if begin == "transaction":
        db("ROLLBACK")
    world.check(db)


@pytest.mark.parametrize("end", ["ROLLBACK TO a", "ROLLBACK"])
@pytest.mark.parametrize("change", [raw_update, raw_swap, blob_write, update, insert, delete], ids=lambda c: c.__name__)
def test_open_search_across_a_rollback(world, change, end):
    """A search that saw what is then rolled back stays open; the same search again must not share its answer."""
    db = world.open_file(WAL)
    query = world.layout.hot()[0]
    world.warm(db)
    for kind in ("k", "stream"):
        db("BEGIN")
        db("SAVEPOINT a")
        for _ in range(4):  # of which some are near this vector
            world.do(db, change)
        db.begin_search("open", world.table, kind, query.tobytes(), 1)
        db(end)
        db.check(world.table, [query], first=kind)
        db.end_rows("open")
        db.check(world.table, [query], first=kind)
        if end != "ROLLBACK":
            db("COMMIT")
        world.check(db)


def test_open_search_while_another_writes(world):
    db, other = world.open_file(WAL), world.connect_in_other_process()
    query = world.layout.hot()[0]
    for change in (update, blob_write_nearest, delete, raw_swap):
        world.warm(db)
        db.begin_search("open", world.table, "stream", query.tobytes(), 1)
        world.do(other, change)
        world.check(db, few=True)  # the old snapshot, as long as the search is open
        db.end_rows("open", read=True)
        world.check(db)


@pytest.mark.parametrize("in_transaction", [False, True])
def test_rolled_back_statement(world, in_transaction):
    db = world.open_file(WAL)
    world.warm(db)
    shadow = world.table.shadow("vector_chunks00")
    fail = "abs(-9223372036854775807 - 1)"
    db("CREATE TABLE checked(a CHECK(a < 3))")
    db(f"CREATE TRIGGER failing AFTER INSERT ON checked WHEN new.a = 2 BEGIN UPDATE t_vector_chunks00 SET vectors = zeroblob(length(vectors)); "
       f"SELECT raise(ABORT, 'no'); END")
    search = f"SELECT distance FROM t WHERE v MATCH (SELECT q FROM queries) AND k = 1"
    db("CREATE TABLE queries(q)")
    db("INSERT INTO queries VALUES (?)", world.layout.hot()[0].tobytes())
    for sql in (f"UPDATE {shadow} SET vectors = iif(rowid < 9, zeroblob(length(vectors)), {fail})",
                f"UPDATE {shadow} SET vectors = iif(rowid < 9 OR ({search} + rowid) < 0, zeroblob(length(vectors)), {fail})",
                f"UPDATE OR FAIL t SET v = iif(rowid < 50, (SELECT q FROM queries), zeroblob(3))",
                f"INSERT INTO t(rowid, v) SELECT iif(rowid = 99, 1, rowid + 10000), v FROM t WHERE rowid < 100",
                "INSERT OR FAIL INTO t(rowid, v) SELECT iif(rowid = 99, 1, rowid + 20000), q FROM t, queries WHERE rowid < 100",
                "INSERT INTO checked VALUES (1), (2)",
                "UPDATE OR ROLLBACK t_rowids SET chunk_id = iif(rowid < 9, chunk_id, NULL), rowid = rowid + iif(rowid = 9, 1, 0)",
                "INSERT OR ROLLBACK INTO checked VALUES (3)"):
        if in_transaction:
            db("BEGIN")
            world.do(db, raw_update)
            world.check(db, few=True)
        try:
            db(sql)
        except db.errors:
            pass
        else:
            assert "OR FAIL" in sql
        world.check(db, few=True)
        if db.is_in_transaction():
            db("ROLLBACK")
        world.check(db)
        world.warm(db, few=True)


def test_interrupted_search(world):
    """What was read when a search is broken off must not pass for the whole."""
    if world.driver != "newest":
        return  # ctypes could, but the engine is the same
    db = world.open_file(WAL)
    other = world.connect()
    for steps in (1, 3, 10, 40):
        for number in range(1, 6):
            calls = iter(range(10**9))
            db.db.set_progress_handler(lambda: next(calls) == number, steps)
            for query in world.layout.hot():
                try:
                    db.ask(world.table, query.tobytes(), True)
                except db.errors:
                    pass
            db.db.set_progress_handler(None)
            world.check(db, few=True)
            world.do(other, blob_write_nearest)


# --- definitions ---

@pytest.mark.parametrize("who", ["self", "same process", "other process", "sqlite-vec"])
@pytest.mark.parametrize("layout", ["wal", "rollback"])
def test_same_name_other_table(world, layout, who):
    """Another metric, element type, size of chunk and vector, under the same name and with the same rowids."""
    world.file(LAYOUTS[layout])
    db = world.connect()
    writer = db if who == "self" else world.other(who)
    journal = LAYOUTS[layout].journal
    others = [Layout(metric="cosine", journal=journal), Layout("int8", "l1", 64, journal=journal), Layout(chunk_size=128, journal=journal),
              Layout("bit", "hamming", 256, chunk_size=16, journal=journal), Layout("float", "l1", journal=journal)]
    for other in others if LONG else others[WRITERS.index(who) % 2::2]:
        world.warm(db, few=True)
        old, new = world.table, Table(other)
        for commit in (False, True):
            writer("BEGIN")
            writer("DROP TABLE t")
            writer(new.create())
            fill_there(writer, new, ROWS, 5)
            if writer.engine == "vec0":
                writer.check(new)
            if not commit:
                writer("ROLLBACK")
                db.check(old, None, True)
        writer("COMMIT")
        world.table, world.layout = new, other
        world.check(db)


def fill_there(db, *arguments):
    fill(db, *arguments) if isinstance(db, Db) else db.run(fill, *arguments)


@pytest.mark.parametrize("who", ["self", "same process", "other process"])
@pytest.mark.parametrize("commit", ["COMMIT", "ROLLBACK"])
def test_two_tables_change_names(world, who, commit):
    db = world.open_file(WAL)
    writer = db if who == "self" else world.other(who)
    t, u = world.table, Table(Layout(), "u")
    db(u.create())
    fill(db, u, ROWS, 6)
    for round in range(3 if LONG else 2):
        for table in (t, u):
            db.warm(table)
        writer("BEGIN")
        for a, b in (("t", "x"), ("u", "t"), ("x", "u")):
            writer(f"ALTER TABLE {a} RENAME TO {b}")
            if round == 1:
                world.do(writer, blob_write_nearest, Table(WAL, b))
        for table in (t, u):
            writer.check(table, None, True)
        writer(commit)
        for table in (t, u):
            db.check(table, None)


def test_raw_rename_of_shadow_tables(world):
    """The shadow tables themselves change places, or go and come."""
    db, other = world.open_file(WAL), world.connect_in_other_process()
    for schema_of in (db, other):
        world.warm(db)
        schema_of("BEGIN")
        schema_of("CREATE TABLE copy AS SELECT rowid AS r, vectors FROM t_vector_chunks00")
        schema_of("DELETE FROM t_vector_chunks00")
        schema_of("INSERT INTO t_vector_chunks00(_rowid_, rowid, vectors) SELECT c.r, c.r, (SELECT d.vectors FROM copy d WHERE d.r = "
                  "(SELECT max(r) + 1 FROM copy) - c.r) FROM copy c ORDER BY c.r DESC")
        if schema_of is db:
            world.check(db)
        schema_of("DROP TABLE copy")
        schema_of("COMMIT")
        world.check(db)


def test_damage_and_repair(world):
    """A damaged table gives the error that it gives to who has never read it; mended, its rows."""
    db, other = world.open_file(WAL), world.connect()
    query = world.layout.hot()[0].tobytes()
    for damage, mend in (("UPDATE t_vector_chunks00 SET vectors = zeroblob(3) WHERE rowid = 4", "UPDATE t_vector_chunks00 SET vectors = ? WHERE rowid = 4"),
                         ("DELETE FROM t_vector_chunks00 WHERE rowid = 4", "INSERT INTO t_vector_chunks00(_rowid_, rowid, vectors) VALUES (4, 4, ?)"),
                         ("UPDATE t_chunks SET validity = zeroblob(3) WHERE chunk_id = 4", "UPDATE t_chunks SET validity = ? WHERE chunk_id = 4")):
        for writer in (db, other):
            world.warm(db)
            column = "validity" if "validity" in damage else "vectors"
            ((kept,),) = db("SELECT validity FROM t_chunks WHERE chunk_id = 4" if column == "validity" else "SELECT vectors FROM t_vector_chunks00 WHERE rowid = 4")
            writer(damage)
            fresh = Db(world.path, world.driver, "vec0")
            for connection in (fresh, db, other):
                with pytest.raises(connection.errors) as error:
                    connection.ask(world.table, query)
                assert connection.code(error.value) == CORRUPT
            fresh.close()
            writer(mend, kept)
            world.check(db, other, few=True)


def test_triggers(world):
    """An insert into an ordinary table changes the vectors: through the table, or behind its back."""
    db, other = world.open_file(WAL), world.connect_in_other_process()
    db("CREATE TABLE todo(id INTEGER, vector BLOB)")
    db("CREATE TRIGGER through AFTER INSERT ON todo WHEN new.id > 0 BEGIN UPDATE t SET v = new.vector WHERE rowid = new.id; END")
    db("CREATE TRIGGER behind AFTER INSERT ON todo WHEN new.id < 0 BEGIN UPDATE t_vector_chunks00 "
       f"SET vectors = CAST(new.vector || substr(vectors, {world.layout.size + 1}) AS BLOB) WHERE rowid = -new.id; END")
    for writer in (db, other):
        for row in (17, -3, 2000, -20):
            world.warm(db)
            writer("INSERT INTO todo VALUES (?, ?)", row, world.layout.near(world.rng))
            world.check(db)


# --- other databases under the same name ---

def test_attached_under_the_same_name(world):
    first, second = world.file(WAL), world.file(WAL, "b.db")
    db = world.connect()
    other = world.connect_in_other_process()
    changer = world.connect(second)
    world.do(changer, update_many)
    for number in range(6):
        x = Table(WAL, schema="x", qualified=True)
        db(f"ATTACH '{(second, first)[number % 2]}' AS x")
        db.warm(x)
        db.warm(world.table)
        world.do(other, blob_write_nearest)  # in the first file, which is x or main or both
        db.check(x, None, True)
        world.check(db, few=True)
        if number % 3 == 0:
            world.do(db, update, x)
            db.check(x, None)
            world.check(db)
        if number % 3 == 1:
            db("BEGIN")
            world.do(db, raw_update, x)
            db.check(x, None)
            db("ROLLBACK")
            db.check(x, None)
        db("DETACH x")
        world.do(changer, blob_write_nearest)
        world.check(db, few=True)


def test_attached_again_after_changes(world):
    """The same file, page count and all, but for one vector."""
    db = world.open_file(WAL)
    path = world.file(ROLLBACK, "b.db")
    world.table = x = Table(ROLLBACK, schema="x", qualified=True)
    other = world.connect(path)
    for _ in range(4):
        db(f"ATTACH '{path}' AS x")
        db.check(x, None, True)
        db.warm(x)
        db("DETACH x")
        world.do(other, blob_write_nearest, Table(ROLLBACK))


def test_temporary_table_of_the_same_name(world):
    db, other = world.open_file(WAL), world.connect_in_other_process()
    hidden = Table(WAL, schema="main", qualified=True)
    temporary = Table(WAL, schema="temp")
    for number in range(3):
        world.warm(db)
        db(f"CREATE VIRTUAL TABLE temp.t USING {WAL.declaration()}")
        fill(db, temporary, ROWS, number)
        for change in (update, blob_write_nearest, delete, raw_swap, insert_many):
            db.check(temporary, None, True)
            db.warm(temporary, True)
            world.do(db, change, temporary)
            db.check(temporary, None, True)
            db.check(hidden, None, True)
        world.do(other, blob_write_nearest)
        db.check(hidden, None, True)
        db("BEGIN")
        db("DROP TABLE temp.t")
        world.check(db, few=True)
        db("ROLLBACK")
        db.check(temporary, None)
        db("DROP TABLE temp.t")
        world.check(db)


@pytest.mark.parametrize("layout", ["wal", "partitions", "large-pages"])
def test_in_memory(world, layout):
    db = world.connect(":memory:")
    world.layout, world.table = LAYOUTS[layout], Table(LAYOUTS[layout])
    db("CREATE TABLE other(id INTEGER PRIMARY KEY, text)")
    db(world.table.create())
    fill(db, world.table, ROWS)
    for change in CHANGES if LONG else CHANGES[list(LAYOUTS).index(layout) % 3::3]:
        world.warm(db, few=True)
        for _ in kinds_of_transaction(world, db, change):
            world.check(db, few=True)


def test_database_in_memory_of_two_connections(world):
    db = world.keep(Db(":memory:", world.driver, "vec0"))
    world.layout, world.table = WAL, Table(WAL, schema="m", qualified=True)
    other = world.keep(Db(":memory:", world.driver, "vec0"))
    try:
        for connection in (db, other):
            connection(f"ATTACH 'file:/{world.folder.name}?vfs=memdb' AS m")
            connection("CREATE TABLE IF NOT EXISTS m.probe(a)")
    except db.errors:
        pytest.skip("this SQLite takes no URIs")
    other("SELECT * FROM m.probe")
    db(world.table.create())
    fill(db, world.table, ROWS)
    for change in (update, blob_write_nearest, raw_swap, delete, insert_many, refill):
        for writer in (db, other):
            world.warm(db, other, few=True)
            world.do(writer, change)
            world.check(db, other, few=True)


def test_shared_cache(world):
    """Connections that share their pages: a commit of one is no change of the file to the other, and with read_uncommitted
    even what is not committed is visible."""
    world.file(ROLLBACK)
    db, other = (world.keep(Db(":memory:", world.driver, "vec0")) for _ in range(2))
    world.table = Table(ROLLBACK, schema="m", qualified=True)
    try:
        for connection in (db, other):
            connection(f"ATTACH 'file:{world.path}?cache=shared' AS m")
            connection("SELECT rowid FROM m.t LIMIT 1")
    except db.errors:
        pytest.skip("this SQLite takes no URIs, or no virtual tables in a shared cache")
    for uncommitted in (0, 1):
        db(f"PRAGMA read_uncommitted = {uncommitted}")
        for change in (update, blob_write_nearest, raw_swap, delete):
            world.warm(db, few=True)
            world.do(other, change)
            world.check(db, few=True)
            other("BEGIN")
            world.do(other, change)
            for end in ("", "ROLLBACK"):
                if end:
                    other(end)
                try:
                    world.check(db, few=True)
                except db.errors as error:
                    assert not end and db.code(error) == LOCKED


@pytest.mark.parametrize("who", ["self", "same process", "other process"])
@pytest.mark.parametrize("layout", ["wal", "rollback"])
def test_overwritten_by_a_backup(world, layout, who):
    """sqlite3_backup_…() puts another database into the file; as many pages, the same schema, other vectors."""
    world.file(LAYOUTS[layout])
    second = world.file(LAYOUTS[layout], "b.db")
    changer = world.connect(second)
    db = world.connect()
    writer = db if who == "self" else world.other(who)
    for _ in range(3):
        world.do(changer, blob_write_nearest)
        world.do(changer, update)
        changer("PRAGMA wal_checkpoint(TRUNCATE)")
        world.warm(db)
        copy = shutil.copy(second, world.folder / "copy.db")
        writer.overwrite_with(str(copy))
        world.check(db)
        world.warm(db, few=True)
        world.do(writer, blob_write_nearest)
        world.check(db)


def test_deserialized(world):
    """sqlite3_deserialize() puts another database in the place of `main`."""
    if world.driver != "newest":
        return
    db = world.open_file(ROLLBACK)
    changer = world.connect(world.file(ROLLBACK, "b.db"))
    for _ in range(3):
        world.do(changer, blob_write_nearest)
        world.warm(db)
        db.db.deserialize("main", changer.db.serialize("main"))
        world.check(db)
        world.warm(db)
        world.do(db, blob_write_nearest)
        world.check(db)


# --- everything at once ---

def random_world(world, template, remotes, seed):
    """Two processes with two connections each. Gives (process, name of the connection) of the four."""
    rng = random.Random(seed)
    memory = rng.choice(["all", "all", "codes", "two tables"])
    layout = LAYOUTS[rng.choice(list(LAYOUTS))]
    files = [str(template(layout, world / f"{seed}-{i}.db")) for i in range(2)]
    tables = [Table(layout), Table(layout), Table(layout, schema="x", qualified=True)]
    engines = ["vec0", rng.choice(["vec0", "sqlite-vec"])]
    actors = []
    for driver, engine in zip(("newest", "system") if rng.random() < 0.5 else ("system", "newest"), engines):
        for i in range(2):
            db = remotes(driver, memory).connect(files[0], driver, "vec0" if i == 0 else engine)
            db(f"ATTACH '{files[rng.randrange(2)]}' AS x")
            db(f"PRAGMA cache_size = {rng.choice([10, 2000])}")
            actors.append(db)
    return rng, layout, files, tables, engines, actors


def episode(folder, template, remotes, seed, steps):
    """Random steps, one after the other; the seed gives them again."""
    rng, layout, files, tables, engines, actors = random_world(folder, template, remotes, seed)
    log = []
    try:
        for db in actors:
            db.remote.call("actor", db.name, tables, True, files)
        for number in range(steps):
            place = rng.randrange(len(actors))
            db = actors[place]
            try:
                log.append(f"{number:4}: connection {place}, {db.remote.call('step', db.name, rng.randrange(2**40))}")
            except Stale as stale:
                history = "\n".join(log)
                pytest.fail(f"seed {seed}, {layout}, engines {engines}, step {number}, connection {place}: {stale}\n{history}", pytrace=False)
        return sum(db.count() for db in actors), [db.remote.call("seen", db.name) for db in actors]
    finally:
        for db in actors:
            db.close()
        for file in files:
            os.remove(file)


def test_random_in_lockstep(tmp_path, template, remotes):
    seed, count, seen = SEED, 0, {}
    end = time.monotonic() + SECONDS / 2
    while time.monotonic() < end:
        answers, whats = episode(tmp_path, template, remotes, seed, 150)
        count += answers
        for what in whats:
            for name, times in what.items():
                seen[name] = seen.get(name, 0) + times
        seed += 1
    checked["random"] += count
    print(f"seeds {SEED} to {seed - 1}: {count} answers compared, {sum(seen.values())} steps")
    for name, times in sorted(seen.items(), key=lambda item: -item[1]):
        print(f"  {times:6} {name}")
    assert count > 0


def test_random_free_running(tmp_path, template, remotes):
    """Two processes at once. What they do follows from the seed, when they do it does not."""
    count, steps, seed, end = 0, 0, SEED, time.monotonic() + SECONDS / 2
    while time.monotonic() < end:
        _, layout, files, tables, engines, actors = random_world(tmp_path, template, remotes, seed)
        try:
            running = []
            for remote in {db.remote for db in actors}:
                names = [db.name for db in actors if db.remote is remote]
                for name in names:
                    remote.call("actor", name, tables, False, files)
                remote.send("run_free", names, seed, min(2.5, SECONDS / 4))
                running.append(remote)
            wrong = []
            for remote in running:
                try:
                    steps += remote.receive()
                except Stale as stale:
                    wrong.append(str(stale))
            if wrong:
                pytest.fail(f"seed {seed}, {layout}, engines {engines}:\n" + "\n\n".join(wrong), pytrace=False)
            count += sum(db.count() for db in actors)
        finally:
            for db in actors:
                db.close()
        seed += 1
    checked["random"] += count
    print(f"{count} answers compared, {steps} steps")
    assert count > 0


def test_random_threads(world):
    """Connections of one process, each in its thread."""
    db = world.open_file(WAL)
    writers = [world.connect() for _ in range(2)]
    end = time.monotonic() + SECONDS / 10
    wrong = []

    def write(connection, rng):
        while time.monotonic() < end and not wrong:
            try:
                rng.choice([update, blob_write_nearest, raw_update, insert, delete, unrelated])(connection, world.table, rng)
            except connection.errors as error:
                if connection.code(error) not in (BUSY, LOCKED):
                    wrong.append(error)

    threads = [threading.Thread(target=write, args=(connection, random.Random(i))) for i, connection in enumerate(writers)]
    for thread in threads:
        thread.start()
    try:
        while time.monotonic() < end:
            query = world.rng.choice(world.layout.hot())
            try:
                db.ask(world.table, query.tobytes(), True)
                db.check_in_transaction(world.table, query, few=True)
            except db.errors as error:
                assert db.code(error) in (BUSY, LOCKED)
    finally:
        end = 0
        for thread in threads:
            thread.join()
    assert not wrong
    world.check(db, *writers)
