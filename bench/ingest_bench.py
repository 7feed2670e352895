"""Reads folders into a new Cairn file and says what it cost: the 'Shows' 2 and 3 of first light.

Usage: ingest_bench.py BUILD-DIR FOLDER...

Prints: files, chunks, MB/s and peak memory of `cairn add`; the same for a second run, which must change nothing; what
FTS5 alone takes on the same chunks with the same tokenizer; the file's size; `cairn search` as a cold process; and
warm searches in one process (store_bench).
"""
import json
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
QUESTIONS = HERE.parent / "tests/questions/questions.tsv"


def timed(command):
    begin = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    assert run.returncode == 0, f"{command}: {run.stderr}"
    return seconds, run.stdout


def add(cairn, database, folders):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    seconds, out = timed([cairn, "add", "--db", database, "--json", *folders])
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return seconds, peak / 1024, json.loads(out)


def fts5_alone(database):
    source = sqlite3.connect(database)
    chunks = source.execute("SELECT id, text, heading FROM content").fetchall()
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(f"{folder}/fts.db", isolation_level=None)
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
                         "CREATE TABLE content(id INTEGER PRIMARY KEY, text TEXT, heading TEXT);"
                         "CREATE VIRTUAL TABLE f USING fts5(text, heading, content=content, content_rowid=id, "
                         "tokenize='porter unicode61 remove_diacritics 2')")
        begin = time.perf_counter()
        for first in range(0, len(chunks), 3000):
            db.execute("BEGIN")
            db.executemany("INSERT INTO f(rowid, text, heading) VALUES (?, ?, ?)", chunks[first:first + 3000])
            db.execute("COMMIT")
        return time.perf_counter() - begin


def main(build, folders):
    cairn = f"{build}/bin/cairn"
    with tempfile.TemporaryDirectory() as folder:
        database = f"{folder}/bench.db"
        seconds, peak, report = add(cairn, database, folders)
        megabytes = report["bytes_read"] / 1e6
        files = report["files_added"]
        print(f"add         {files} files, {report['chunks_added']} chunks, {megabytes:.1f} MB in {seconds:.2f} s: "
              f"{megabytes / seconds:.1f} MB/s, peak memory {peak:.0f} MB")
        subprocess.run(["sqlite3", database, "PRAGMA wal_checkpoint(TRUNCATE)"], check=True, capture_output=True)
        size = pathlib.Path(database).stat().st_size / 1e6
        print(f"file        {size:.1f} MB, {size / megabytes:.2f} times the text")
        again, _, second = add(cairn, database, folders)
        changed = second["files_added"] + second["files_updated"] + second["files_removed"]
        print(f"add again   {again:.2f} s, {changed} files changed")
        alone = fts5_alone(database)
        print(f"FTS5 alone  {alone:.2f} s: {megabytes / alone:.1f} MB/s on the same chunks")
        queries = [line.split("\t")[0] for line in QUESTIONS.read_text().splitlines() if line and line[0] != "#"]
        cold = [timed([cairn, "search", "--db", database, "--", query])[0] * 1e3 for query in queries]
        print(f"cold CLI    p50 {statistics.median(cold):.1f} ms, worst {max(cold):.1f} ms over {len(cold)} processes")
        warm = json.loads(timed([f"{build}/bin/store_bench", database, str(QUESTIONS)])[1])
        for mode in ("hybrid", "vector", "keyword"):
            print(f"warm {mode:7} p50 {warm[mode]['p50_ms']:.2f} ms, p99 {warm[mode]['p99_ms']:.2f} ms, "
                  f"ids {warm[mode]['hash']}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
