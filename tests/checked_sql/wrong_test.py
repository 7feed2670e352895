#!/usr/bin/env python3
"""wrong.cpp must fail to compile at the lines that say so, with the message that they say, and nowhere else.

    wrong_test.py INCLUDE_DIR GENERATED_DIR COMPILER…

Compilers that are not there are left out.
"""

import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).parent / "wrong.cpp"
EXPECTED = re.compile(r"// error: (.+)$")
ERROR = re.compile(r"^[^ ].*:\d+:\d+: (?:fatal )?error: ")
WARNING = re.compile(r"^[^ ].*:\d+:\d+: warning: ")
# Lines with which a compiler says where an error is before it says which.
CONTEXT = re.compile(r"^In file included from|^ +from |^[^ ].*: In |^[^ ].*: {3}")


def expectations():
    return {number: match[1].split("|") for number, line in enumerate(SOURCE.read_text().splitlines(), 1)
            if (match := EXPECTED.search(line))}  # fmt: skip


def errors(output):
    """Every error with the lines that belong to it. One that does not say which line of ours has led to it belongs
    to the one before: g++ says so why something is no constant expression."""
    blocks, context = [[]], []
    for line in output.splitlines():
        if CONTEXT.search(line):
            context.append(line)
            continue
        if WARNING.search(line) or (ERROR.search(line) and lines_of("\n".join([*context, line]))):
            blocks.append([])
        blocks[-1] += [*context, line]
        context = []
    return ["\n".join(block) for block in blocks if any(map(ERROR.search, block))]


def lines_of(error):
    return {int(number) for number in re.findall(re.escape(SOURCE.name) + r":(\d+)", error)}


def check(compiler, include, generated):
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", f"-I{generated}", f"-I{SOURCE.parent}",
               "-include", f"{generated}/unit.sql.hpp", str(SOURCE)]  # fmt: skip
    command += ["-ferror-limit=0"] if "clang" in compiler else ["-fdiagnostics-color=never"]
    output = subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    expected = expectations()
    at = {number: "" for number in expected}
    for error in errors(output.stderr):
        numbers = lines_of(error) & at.keys()
        if not numbers:
            yield f"{compiler}: an error that no line asks for:\n{error}"
        for number in numbers:
            at[number] += error + "\n"
    for number, error in at.items():
        missing = [part for part in expected[number] if not re.search(part, error)]
        if not error:
            yield f"{compiler}: line {number} compiles: {SOURCE.read_text().splitlines()[number - 1].strip()}"
        elif missing:
            yield f"{compiler}: line {number} does not say {missing}:\n{error}"


def main():
    include, generated, *compilers = sys.argv[1:]
    there = [compiler for compiler in compilers if shutil.which(compiler)]
    found = [fault for compiler in there for fault in check(compiler, include, generated)]
    print("\n\n".join(found) or f"{len(expectations())} wrong lines, as wrong for {' and '.join(there)}")
    sys.exit(1 if found or not there else 0)


if __name__ == "__main__":
    main()
