#!/usr/bin/env python3
"""One database and one folder of migrations, driven by sqlx-cli and by cairn in turns.

    tests/sqlx_exchange/sqlx_exchange_test.py PATH-TO-CAIRN [--record]

With sqlx-cli at hand (in SQLX_CLI or on PATH; `cargo install sqlx-cli --no-default-features --features sqlite`) the two
really take turns. Without it, the ledgers that sqlx-cli 0.9.0 wrote (recorded/*.sql, by --record) stand for its half.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CAIRN = os.path.abspath(sys.argv[1])
SQLX = os.environ.get("SQLX_CLI") or shutil.which("sqlx")
DATABASE = ["-D", "sqlite:x.db"]
FILES = {
    "0001_create_notes.up.sql": "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n",
    "0001_create_notes.down.sql": "DROP TABLE notes;\n",
    "0002_dos_ends.up.sql": "-- Zeile 1 \u00e9\r\nALTER TABLE notes ADD COLUMN author TEXT;\r\n",
    "0002_dos_ends.down.sql": "ALTER TABLE notes DROP COLUMN author;\r\n",
    "0003_vacuum.up.sql": "-- no-transaction\nVACUUM;\n",
    "0003_vacuum.down.sql": "-- no-transaction\nVACUUM;\n",
    "0004_empty.up.sql": "",
    "0004_empty.down.sql": "",
    "README.md": "ignored by both",
}


def run(tool, *args, code=0):
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    done = subprocess.run([tool, *args], capture_output=True, text=True, check=False, timeout=120,
                          env={**kept, "HOME": os.getcwd(), "NO_COLOR": "1"})  # fmt: skip
    if done.returncode != code:
        sys.exit(f"{tool} {args}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout


def write_files():
    for name, text in FILES.items():
        path = pathlib.Path("migrations") / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())


@contextlib.contextmanager
def database():
    """Closed at the end, as sqlite3's own context is not: cairn does not drop what is in use."""
    with contextlib.closing(sqlite3.connect("x.db")) as db, db:
        yield db


def ledger():
    with database() as db:
        return db.execute("SELECT version, description, success, hex(checksum) FROM _sqlx_migrations ORDER BY version").fetchall()


def schema():
    with database() as db:
        return db.execute("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%sqlx%' ORDER BY name").fetchall()


def migrate(tool, verb, *args):
    return run(tool, "migrate", verb, *args, *DATABASE)


def both_say(installed):
    """Both list the same, whoever did the work; neither finds anything to complain of."""
    lists = [migrate(tool, "info") for tool in (CAIRN, SQLX)]
    assert lists[0] == lists[1], lists
    states = [line.split("/")[1].split()[0] for line in lists[0].splitlines()]
    assert states.count("installed") == installed and "(different" not in lists[0], lists[0]


def take_turns(first, second):
    """Up, down and up again, each step by the tool that did not do the last one."""
    write_files()
    run(first, "db", "create", *DATABASE)
    migrate(first, "run", "--target-version", "1")
    both_say(1)
    migrate(second, "run", "--target-version", "3")
    both_say(3)
    migrate(first, "run")
    both_say(4)
    up = ledger(), schema()
    migrate(second, "revert")
    both_say(3)
    migrate(first, "revert")  # the one without a transaction
    both_say(2)
    migrate(second, "revert", "--target-version", "0")
    both_say(0)
    migrate(first, "run")
    assert (ledger(), schema()) == up
    # A migration that one of them writes is carried on by the other.
    for tool, other in ((first, second), (second, first)):
        run(tool, "migrate", "add", "-r", "-s", f"added by {'cairn' if tool == CAIRN else 'sqlx'}", "--source", "migrations")
        migrate(other, "run")
    both_say(6)
    # What one refuses, the other refuses.
    added = next(pathlib.Path("migrations").glob("0006*.up.sql"))
    added.write_text("CREATE TABLE late(x);\n")
    for tool in (CAIRN, SQLX):
        assert "6/installed (different checksum)" in migrate(tool, "info")
    run(SQLX, "migrate", "run", *DATABASE, code=1)
    run(CAIRN, "migrate", "run", *DATABASE, code=3)
    migrate(first, "revert")
    migrate(second, "run")
    both_say(6)
    # One that fails leaves those before it, with either.
    pathlib.Path("migrations/0007_good.sql").write_text("CREATE TABLE good(x);\n")
    pathlib.Path("migrations/0008_bad.sql").write_text("CREATE TABLE bad(x);\nSELECT nope;\n")
    run(first, "migrate", "run", *DATABASE, code=3 if first == CAIRN else 1)
    both_say(7)
    pathlib.Path("migrations/0008_bad.sql").unlink()
    # cairn's mark of an interrupted one stops both.
    with database() as db:
        db.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 3")
    run(SQLX, "migrate", "run", *DATABASE, code=1)
    run(CAIRN, "migrate", "run", *DATABASE, code=3)
    run(CAIRN, "migrate", "repair", "3", "--applied", "-y", *DATABASE)
    # Skipped by one is applied for the other.
    pathlib.Path("migrations/0008_skipped.sql").write_text("SELECT nope;\n")
    if first == CAIRN:
        migrate(CAIRN, "baseline")
    else:
        run(SQLX, "migrate", "override", "skip", *DATABASE)
    both_say(8)
    run(first, "db", "drop", "-y", *DATABASE)


def record():
    """What sqlx writes at each step, as SQL."""
    write_files()
    run(SQLX, "db", "create", *DATABASE)
    for target in ("1", "2", "3", "4"):
        migrate(SQLX, "run", "--target-version", target)
        with database() as db:
            (HERE / "recorded" / f"up_to_{target}.sql").write_text("\n".join(db.iterdump()) + "\n")


def carry_on_from_recorded():
    """cairn goes forward and back from each of sqlx's states, and ends where sqlx does."""
    write_files()
    states = sorted((HERE / "recorded").glob("up_to_*.sql"))
    assert len(states) == 4
    ends = []
    for state in states:
        pathlib.Path("x.db").unlink(missing_ok=True)
        with database() as db:
            db.executescript(state.read_text())
        version = int(state.stem.removeprefix("up_to_"))
        info = migrate(CAIRN, "info").splitlines()
        assert [("installed" in line) for line in info] == [n < version for n in range(4)], info
        assert "different" not in "".join(info), info
        migrate(CAIRN, "run")
        ends.append((ledger(), schema()))
        migrate(CAIRN, "revert", "--target-version", "0")
        assert ledger() == [] and schema() == [], schema()
    assert all(end == ends[-1] for end in ends), ends  # the last one is all of sqlx's making


def in_fresh_folder(body, *args):
    with tempfile.TemporaryDirectory(prefix="cairn-sqlx-") as folder:
        os.chdir(folder)
        body(*args)
        os.chdir("/")


if "--record" in sys.argv:
    in_fresh_folder(record)
in_fresh_folder(carry_on_from_recorded)
if SQLX:
    in_fresh_folder(take_turns, SQLX, CAIRN)
    in_fresh_folder(take_turns, CAIRN, SQLX)
print(f"carried on from recorded states{', and took turns with ' + run(SQLX, '--version').strip() if SQLX else ''}")
