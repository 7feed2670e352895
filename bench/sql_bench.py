#!/usr/bin/env python3
"""cairn::sql beside SQLite's C API, SQLiteCpp and sqlx (Rust): the 'Shows' 4 of SQL access.

    bench/sql_bench.py BUILD-DIR [--repeat 5] [--rounds 60] [--rows 100000] [--no-sqlx] [--json FILE]

Each repetition starts sql_bench, which makes the file, pool_bench and, where cargo is, sqlx_bench with both of tokio's
runtimes, of which the faster counts. All read the same rows, which checksums prove. Prints medians over the
repetitions as a Markdown table. Ratios are medians of the ratios within a repetition.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
TASKS = {
    "look_up": "look-up by rowid, a transaction each, ns",
    "look_up_in_one": "– a thousand in one transaction",
    "insert": "insert in a transaction, ns per row",
    "scan": "10,000-row scan into structs, ns per row",
    "acquire": "pool: acquire and release, ns",
    "acquire_by_4": "– by 4 threads with 4 readers, per lease",
    "pooled_look_up": "– `pool.read`: lease, transaction, look-up",
    "trip": "async round trip: a look-up in a coroutine, ns",
    "trip_future": "– waited for with a `std::future`",
    "eight_trips": "– 8 coroutines at once, per trip",
}
ENGINES = ("raw", "cairn", "sqlitecpp", "sqlx")
RUNTIMES = ("current_thread", "multi_thread")


def build_sqlx():
    """Where cargo is; its crates may have to be fetched."""
    if not shutil.which("cargo"):
        print("no cargo here, so without sqlx", file=sys.stderr)
        return None
    folder = HERE / "sqlx_bench"
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=folder, check=True)
    return folder / "target/release/sqlx_bench"


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def repetition(build, sqlx, rounds, rows):
    """The time of each 'task.engine'. Whoever reads something else than the others ends the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = (f"{folder}/bench.db", rounds, rows)
        reports = [run(build / "bin/sql_bench", *arguments), run(build / "bin/pool_bench", *arguments)]
        if sqlx:
            reports += [run(sqlx, *arguments, runtime) for runtime in RUNTIMES]
    times, sums = {}, {}
    for report in reports:
        for key, value in report.items():
            if not key.startswith("checksum."):
                times[key] = min(value, times.get(key, value))
            elif sums.setdefault(key, value) != value:
                sys.exit(f"{key} differs: {value} and {sums[key]}")
    if sqlx:
        times["pooled_look_up.sqlx"] = times["trip.sqlx"]  # fetch_one on the pool is both
    return times


def table(repetitions):
    def median(value):
        values = [value(times) for times in repetitions]
        return None if None in values else statistics.median(values)

    def cell(value, form):
        return "–" if value is None else format(value, form)

    def ratio(task, engine, base):
        above, below = f"{task}.{engine}", f"{task}.{base}"
        return cell(median(lambda t: t[above] / t[below] if above in t and below in t else None), ".2f")

    print(f"| | {' | '.join(ENGINES)} | cairn / raw | sqlitecpp / raw | sqlx / cairn |")
    print("|---" * (len(ENGINES) + 4) + "|")
    for task, title in TASKS.items():
        times = [cell(median(lambda t, key=f"{task}.{engine}": t.get(key)), ",.0f") for engine in ENGINES]
        ratios = [ratio(task, "cairn", "raw"), ratio(task, "sqlitecpp", "raw"), ratio(task, "sqlx", "cairn")]
        print(f"| {title} | {' | '.join(times + ratios)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--no-sqlx", action="store_true")
    parser.add_argument("--json", help="append each repetition's times to this file, one object a line")
    args = parser.parse_args()
    sqlx = None if args.no_sqlx else build_sqlx()
    repetitions = []
    for _ in range(args.repeat):
        repetitions.append(repetition(args.build, sqlx, args.rounds, args.rows))
        if args.json:
            with open(args.json, "a") as out:
                print(json.dumps(repetitions[-1]), file=out)
    table(repetitions)


if __name__ == "__main__":
    main()
