#!/usr/bin/env python3
"""Does what docs/sql/checked-sql.md tells a reader to do, and compares what is printed with what the page shows.

    tests/checked_sql/tutorial_test.py PAGE PREFIX

In the page, a fenced block below a line "`name`:" is that file. A block "console" has commands, behind "$ ", and what they
print; a line "..." there stands for any lines. PREFIX is an installation of Cairn.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^(?:`(?P<file>[^`\n]+)`:\n\n?)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command, folder, prefix):
    environment = {**os.environ, "CMAKE_PREFIX_PATH": prefix, "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    return done.stdout


def matches(shown, printed):
    pattern = "".join("(.*\n)*?" if line == "...\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, printed) is not None


def main():
    page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    prefix = os.path.abspath(sys.argv[2])
    commands = 0
    with tempfile.TemporaryDirectory() as folder:
        for block in BLOCK.finditer(page):
            if block["file"]:
                path = pathlib.Path(folder) / block["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["text"], encoding="utf-8")
            elif block["kind"] == "console":
                for step in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
                    command, _, shown = step.partition("\n")
                    printed = run(command, folder, prefix)
                    commands += 1
                    if not matches(shown, printed):
                        sys.exit(f"$ {command}\nprinted:\n{printed}\nbut the page shows:\n{shown}")
    if commands == 0:
        sys.exit("the page has no commands")


if __name__ == "__main__":
    main()
