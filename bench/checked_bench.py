#!/usr/bin/env python3
"""What checked SQL costs: the 'Shows' 3 (compile time and object size) and 4 (run time) of it.

    bench/checked_bench.py BUILD-DIR [--repeat 5] [--rounds 200] [--rows 100000] [--queries 200] [--compilers g++ clang++-14]

The program of so many queries, of some 300 characters each, is compiled with CAIRN_SQL and with binding and reading
by hand, in turn. Ratios are medians of those within a repetition.
"""

import argparse
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

INCLUDE = pathlib.Path(__file__).parent.parent / "include"
TASKS = {
    "look_up": "look-up by rowid, a transaction each",
    "look_up_in_one": "– in one transaction",
    "scan": "1,000-row scan of 3 columns, per row",
    "insert": "insert in a transaction",
}
LEVELS = {"-O0 -g": ("-O0", "-g"), "-O2": ("-O2",)}


def compiled(compiler, flags, source, *more):
    """Seconds of processor time, and bytes of the object."""
    target = source.with_suffix(".o")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [compiler, "-std=c++20", *flags, f"-I{INCLUDE}", *more, "-c", str(source), "-o", str(target)]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, target.stat().st_size


def compile_times(build, options):
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([build / "bin/checked_bench_sources", folder, str(options.queries)], check=True)
        for compiler in filter(shutil.which, options.compilers):
            for level, flags in LEVELS.items():
                runs = []
                for _ in range(options.repeat):
                    by_hand = compiled(compiler, flags, folder / "by_hand.cpp")
                    checked = compiled(compiler, flags, folder / "checked.cpp", "-include", f"{folder}/checked.sql.hpp")
                    runs.append((by_hand[0], checked[0], checked[0] / by_hand[0]))
                hand, check, ratio = (statistics.median(column) for column in zip(*runs))
                rows.append(f"| {compiler} {level} | {hand:.2f} s | {check:.2f} s | **{ratio:.2f}** "
                            f"| {by_hand[1] / 1e6:.2f} MB | {checked[1] / 1e6:.2f} MB | {checked[1] / by_hand[1]:.2f} |")  # fmt: skip
    return rows


def run_times(build, options):
    runs = []
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as folder:
            command = [build / "bin/checked_bench", f"{folder}/bench.db", str(options.rounds), str(options.rows)]
            runs.append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
    rows = []
    for task, title in TASKS.items():
        raw, checked = (statistics.median(run[f"{task}.{who}"] for run in runs) for who in ("raw", "checked"))
        ratio = statistics.median(run[f"{task}.checked"] / run[f"{task}.raw"] for run in runs)
        rows.append(f"| {title} | {raw:.0f} ns | {checked:.0f} ns | **{ratio:.2f}** |")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--compilers", nargs="*", default=["g++", "clang++-14"])
    options = parser.parse_args()
    print("| | C API | checked | ratio |\n|---|---|---|---|")
    print("\n".join(run_times(options.build, options)))
    print(f"\n| {options.queries} queries | by hand | checked | ratio | object | checked | ratio |\n|---|---|---|---|---|---|---|")
    print("\n".join(compile_times(options.build, options)))


if __name__ == "__main__":
    main()
