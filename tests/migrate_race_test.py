#!/usr/bin/env python3
"""Processes that start at once on an empty file: each migration is applied exactly once, and none of them fails.

    tests/migrate_race_test.py PATH-TO-CAIRN [ROUNDS [SEED]]

Two to eight processes run `cairn migrate run` on 20 migrations, two of them outside a transaction. In every other
round one of them is killed (SIGKILL) at a random moment; the others must then finish, or another that starts.
A kill in the middle of a script without a transaction leaves a dirty entry, which is reported as such and, as the
scripts here may run twice, repaired with --pending; how often that was is printed.
"""

import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

CAIRN = sys.argv[1]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
COUNT = 20
OUTSIDE = (7, 14)


def write_migrations(folder):
    folder.mkdir()
    for version in range(1, COUNT + 1):
        text = f"CREATE TABLE t{version}(x);\nINSERT INTO log VALUES ({version});\n"
        if version == 1:
            text = "CREATE TABLE log(version);\n" + text
        if version in OUTSIDE:
            # Long enough to be hit by a kill. The log tells of a second run; it is the last statement.
            fill = "".join(f"INSERT OR REPLACE INTO t{version}(rowid, x) VALUES ({row}, randomblob(200));\n" for row in range(20))
            text = f"-- no-transaction\nCREATE TABLE IF NOT EXISTS t{version}(x);\n{fill}VACUUM;\nINSERT INTO log VALUES ({version});\n"
        (folder / f"{version:04}_step_{version}.sql").write_text(text)


def run(work, *args):
    return subprocess.Popen([CAIRN, "migrate", *args, "--db", work / "r.db", "--source", work.parent / "migrations"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def finish(process):
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


def fail(message):
    sys.exit(f"{message}\nseed {SEED}: rerun with {sys.argv[0]} CAIRN {ROUNDS} {SEED}")


def check(work, round_number, applied, killed):
    db = sqlite3.connect(work / "r.db")
    log = [row[0] for row in db.execute("SELECT version FROM log ORDER BY rowid")]
    ledger = db.execute("SELECT version, success FROM _sqlx_migrations ORDER BY version").fetchall()
    db.close()
    if ledger != [(version, 1) for version in range(1, COUNT + 1)]:
        fail(f"round {round_number}: the ledger is {ledger}")
    if sorted(set(log)) != list(range(1, COUNT + 1)):
        fail(f"round {round_number}: not every script ran: {log}")
    # Only a script that was killed between its end and its mark may have run twice, after the repair.
    if [v for v in log if v not in OUTSIDE or not killed] != sorted({v for v in log if v not in OUTSIDE or not killed}):
        fail(f"round {round_number}: scripts ran more than once, or out of order: {log}")
    if not killed and applied != COUNT:
        fail(f"round {round_number}: {applied} were reported as applied")
    left = sorted(path.name for path in work.iterdir())
    if left != ["r.db"]:
        fail(f"round {round_number}: left behind: {left}")


def repair_dirty(work, err):
    version = err.split("cairn migrate repair ")[1].split()[0]
    code, _, repair_err = finish(run(work, "repair", version, "--pending", "-y"))
    if code != 0:
        fail(repair_err)


def play(root, round_number, random_):
    work = root / f"round{round_number}"
    work.mkdir()
    sqlite3.connect(work / "r.db").execute("PRAGMA journal_mode = " + random_.choice(("WAL", "DELETE"))).connection.close()
    kill = round_number % 2 == 1
    processes = [run(work, "run") for _ in range(random_.randint(2, 8))]
    victim = random_.choice(processes) if kill else None
    if victim:
        time.sleep(random_.uniform(0, 0.6))
        victim.kill()
    applied, dirty = 0, 0
    for process in processes:
        code, out, err = finish(process)
        applied += out.count("Applied")
        if process is victim and code == -9:
            continue
        if kill and code == 3 and "interrupted outside a transaction" in err:
            continue  # another has hit what the killed one left
        if code != 0:
            fail(f"round {round_number}: exit code {code}: {err}")
    if kill:
        code, out, err = finish(run(work, "run"))
        while code == 3 and "interrupted outside a transaction" in err:
            dirty += 1
            repair_dirty(work, err)
            code, out, err = finish(run(work, "run"))
        if code != 0:
            fail(f"round {round_number}: after the kill: {err}")
    check(work, round_number, applied, kill)
    shutil.rmtree(work)
    return len(processes), kill and victim.returncode == -9, dirty


def main():
    random_ = random.Random(SEED)
    processes = kills = dirty = 0
    with tempfile.TemporaryDirectory(prefix="cairn-race-") as folder:
        root = pathlib.Path(folder)
        write_migrations(root / "migrations")
        for round_number in range(ROUNDS):
            played = play(root, round_number, random_)
            processes, kills, dirty = processes + played[0], kills + played[1], dirty + played[2]
    print(f"{ROUNDS} rounds, {processes} processes, {kills} killed at work, {dirty} dirty and repaired, seed {SEED}")


if __name__ == "__main__":
    main()
