#!/usr/bin/env python3
"""Compares every #include, and every link between rooms, with the plan of the house.

    tests/layering_test.py [SOURCE_DIR]

A room is a folder under src/. It may use itself and the rooms that PLAN names; a public header belongs to
the room that implements it. Before it looks at the sources, the checker proves on a small house with
known faults that it can see them.
"""

import pathlib
import re
import sys
import tempfile

PLAN = {
    "base": set(),
    "simd": {"base"},
    "vector": {"base", "simd"},
    "text": {"base"},
    "embed": {"base", "simd", "text"},
    "sqlite": {"base"},
    "sql": {"base", "sqlite"},
    "testing": {"base", "embed", "sqlite", "sql"},
    "vec0": {"base", "simd", "vector", "sqlite"},
    "check": {"base", "sqlite", "sql", "vec0"},
    "store": {"base", "simd", "vector", "text", "embed", "sqlite", "sql", "vec0"},
}
# Thin faces over the public headers: they see all of those, and from inside only the rooms named here.
FACES = {"cli": {"check"}}

# include/cairn/<path, or its first part> → the room that it belongs to.
PUBLIC = {
    "sqlite": "sqlite", "sql": "sql", "vec0.hpp": "vec0", "vec0.h": "vec0",
    "embedder.hpp": "embed", "testing/embeddings.hpp": "embed",
    "testing": "testing", "testing.hpp": "testing",
    "error.hpp": "base", "version.hpp": "base",
    "store.hpp": "store", "filter.hpp": "store", "cairn.hpp": "store",
}  # fmt: skip

# Headers for those who have another library, too; nothing else includes them.
FOREIGN = {
    ("include/cairn/sql/json.hpp", "nlohmann/json.hpp"),
    ("include/cairn/testing/gtest.hpp", "gtest/gtest.h"),
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
STANDARD_HEADER = re.compile(r"[a-z_]+")  # <vector>, not <fmt/core.h>


def owner(header):
    """The room that a header belongs to; None for other people's (<vector> is not of the room vector)."""
    first, slash, rest = header.partition("/")
    if first == "cairn":
        return PUBLIC.get(rest) or PUBLIC.get(rest.partition("/")[0], "nobody")
    return first if slash and (first in PLAN or first in FACES) else None


def check_file(path, name, room, public):
    allowed = {room} | PLAN.get(room, set())
    for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
        used = owner(header)
        if header in ("sqlite3.h", "sqlite3ext.h"):
            if name != "src/sqlite/api.hpp":
                yield f"{name} includes {header}; only src/sqlite/api.hpp may"
        elif room in FACES:
            if used and used not in {room} | FACES[room] and not header.startswith("cairn/"):
                yield f"{name} includes {header}; {room} sees include/cairn, and inside only: {', '.join(FACES[room])}"
        elif used and used not in allowed:
            yield f"{name} includes {header}, but {room} may use only: {', '.join(sorted(allowed))}"
        elif (name, header) in FOREIGN:
            continue
        elif public and not header.startswith("cairn/") and (bracket == '"' or not STANDARD_HEADER.fullmatch(header)):
            yield f"{name} is public and includes {header}; only cairn/ and the standard library are allowed"


def check_links(cmake, name, room):
    text = re.sub(r"#.*", "", cmake.read_text(encoding="utf-8"))
    rooms = "|".join(sorted(PLAN.keys() | FACES.keys()))
    for linked in re.findall(rf"\bcairn_({rooms})(?:_ext)?\b", text):
        if linked != room and linked not in PLAN.get(room, FACES.get(room, set())):
            yield f"{name} links cairn_{linked}, which {room} may not use"


def violations(root):
    for folder in sorted((root / "src").iterdir()):
        room = folder.name
        sources = sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h", ".c", ".inc"))
        if not sources:
            continue
        if room not in PLAN and room not in FACES:
            yield f"src/{room} is no room of the plan"
            continue
        if not (folder / "README.md").is_file():
            yield f"src/{room} has no README.md"
        for path in sources:
            yield from check_file(path, str(path.relative_to(root)), room, public=False)
        if (folder / "CMakeLists.txt").is_file():
            yield from check_links(folder / "CMakeLists.txt", f"src/{room}/CMakeLists.txt", room)
    for path in sorted((root / "include" / "cairn").rglob("*.h*")):
        name = str(path.relative_to(root))
        room = owner(name.removeprefix("include/"))
        if room == "nobody":
            yield f"{name} belongs to no room; name one in PUBLIC"
        yield from check_file(path, name, room, public=True)


def prove_that_it_sees():
    """Each fault of a small house must be found, and its sound files must not be blamed."""
    house = {
        "src/base/README.md": "", "src/base/a.cpp": '#include "text/chunk.hpp"\n',
        "src/text/README.md": "", "src/text/b.cpp": '#include "base/a.hpp"\n#include <sqlite3.h>\n',
        "src/text/CMakeLists.txt": "cairn_room(text LINKS cairn_base cairn_store)",
        "src/store/c.cpp": '#include "vec0/x.hpp"\n#include <fmt/core.h>\n',
        "src/cli/README.md": "", "src/cli/d.cpp": '#include "cairn/store.hpp"\n#include "check/e.hpp"\n#include "base/utf8.hpp"\n',
        "src/attic/e.cpp": "",
        "include/cairn/error.hpp": '#include "cairn/store.hpp"\n',
        "include/cairn/store.hpp": "#include <vector>\n#include <fmt/core.h>\n",
        "include/cairn/odd.hpp": "",
    }  # fmt: skip
    faults = [
        "src/base/a.cpp includes text/chunk.hpp", "src/text/b.cpp includes sqlite3.h",
        "src/text/CMakeLists.txt links cairn_store", "src/store has no README.md",
        "src/cli/d.cpp includes base/utf8.hpp", "src/attic is no room",
        "include/cairn/error.hpp includes cairn/store.hpp", "include/cairn/store.hpp is public and includes fmt/core.h",
        "include/cairn/odd.hpp belongs to no room",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in house.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = list(violations(root))
    unseen = [fault for fault in faults if not any(line.startswith(fault) for line in found)]
    if unseen or len(found) != len(faults):
        sys.exit(f"the checker itself is broken: it missed {unseen} and said\n  " + "\n  ".join(found))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    prove_that_it_sees()
    found = list(violations(root))
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
