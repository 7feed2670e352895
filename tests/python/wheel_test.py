"""The wheel of vec0, installed into a fresh environment as a user would; sqlite-vec's module beside it."""
import os
import pathlib
import random
import struct
import subprocess
import sys
import venv
import zipfile

import apsw
import pytest
import sqlite_vec
import system_sqlite

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIB = pathlib.Path(os.environ.get("CAIRN_LIB", ROOT / "build/dev/lib"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    output = subprocess.run([sys.executable, ROOT / "scripts/build-wheel", LIB / "vec0.so", folder],
                            check=True, capture_output=True, text=True).stdout
    return pathlib.Path(output.strip())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder with the packages of a fresh environment into which pip put the wheel, and its module."""
    environment = tmp_path_factory.mktemp("venv")
    venv.create(environment, with_pip=True)
    pip = [environment / "bin/python", "-m", "pip"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", wheel], check=True)
    packages = next(environment.glob("lib/python*/site-packages"))
    sys.path.insert(0, str(packages))
    try:
        import cairn_vec0
    finally:
        sys.path.remove(str(packages))
    assert pathlib.Path(cairn_vec0.__file__).is_relative_to(environment)
    return environment, cairn_vec0


def test_names_and_version(wheel, installed):
    environment, module = installed
    version = (ROOT / "VERSION").read_text().strip()
    assert module.__version__ == version
    shown = subprocess.run([environment / "bin/python", "-m", "pip", "show", "--files", "cairn-vec0"],
                           check=True, capture_output=True, text=True).stdout
    assert f"Name: cairn-vec0\nVersion: {version}\n" in shown
    assert "cairn_vec0/vec0.so" in shown and "sqlite_vec" not in shown
    for name in module.__all__:
        assert getattr(module, name).__doc__ and callable(getattr(sqlite_vec, name))


def test_tag_is_what_this_machine_takes_and_the_same_bytes_every_time(wheel, tmp_path):
    major, minor = wheel.name.split("manylinux_")[1].split("_")[:2]
    here = os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")
    assert (2, 17) <= (int(major), int(minor)) <= (int(here[0]), int(here[1]))
    again = subprocess.run([ROOT / "scripts/build-wheel", LIB / "vec0.so", tmp_path],
                           check=True, capture_output=True, text=True).stdout.strip()
    assert pathlib.Path(again).read_bytes() == wheel.read_bytes()
    assert zipfile.ZipFile(wheel).testzip() is None


@pytest.mark.parametrize("connection", [apsw.Connection, system_sqlite.Connection])
def test_loads_and_answers(installed, connection):
    _, module = installed
    db = connection(":memory:")
    if connection is apsw.Connection:
        db.enable_load_extension(True)
    module.load(db)
    db.execute("CREATE VIRTUAL TABLE v USING vec0(f float[2], i int8[2])")
    for rowid, vector in enumerate([[0, 3], [4, 0], [0, 1]], 1):
        db.execute("INSERT INTO v(rowid, f, i) VALUES (?, ?, vec_int8(?))",
                   (rowid, module.serialize_float32(vector), module.serialize_int8(vector)))
    for column, value in [("f", module.serialize_float32([0, 0])), ("i", module.serialize_int8([0, 0]))]:
        query = "?" if column == "f" else "vec_int8(?)"
        sql = f"SELECT rowid, distance FROM v WHERE {column} MATCH {query} ORDER BY distance LIMIT 2"
        rows = list(db.execute(sql, (value,)))
        assert rows == [(3, 1.0), (1, 3.0)]


def test_standard_library_where_it_can_load_extensions(installed):
    environment, _ = installed
    program = """
import sqlite3, cairn_vec0
db = sqlite3.connect(":memory:")
if hasattr(db, "enable_load_extension"):
    db.enable_load_extension(True)
    cairn_vec0.load(db)
    assert db.execute("SELECT vec_length(?)", [cairn_vec0.serialize_float32([1, 2, 3])]).fetchone() == (3,)
"""
    subprocess.run([environment / "bin/python", "-c", program], check=True)


def test_serializes_as_sqlite_vec_does(installed):
    _, module = installed
    seed = random.randrange(2**32)
    print("seed", seed)
    generate = random.Random(seed)
    for _ in range(200):
        floats = [generate.gauss(0, 10 ** generate.randrange(-30, 30)) for _ in range(generate.randrange(40))]
        integers = [generate.randrange(-128, 128) for _ in range(generate.randrange(40))]
        assert module.serialize_float32(floats) == sqlite_vec.serialize_float32(floats)
        assert module.serialize_int8(integers) == sqlite_vec.serialize_int8(integers)
    for serialize in (module.serialize_int8, sqlite_vec.serialize_int8):
        with pytest.raises(struct.error):
            serialize([128])
