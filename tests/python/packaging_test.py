"""The extensions export their entry points and nothing else, and need libc and libm only."""
import os
import subprocess

import pytest

LIB = os.environ.get("CAIRN_LIB", "build/dev/lib")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name, entry", [("vec0", "sqlite3_vec_init"), ("cairn", "sqlite3_cairn_init")])
def test_exports_and_needs(name, entry):
    path = os.path.join(LIB, name + ".so")
    symbols = [line.split()[-1] for line in output("nm", "-D", "--defined-only", path).splitlines()]
    assert symbols == [entry]
    needed = {line.split("[")[1].rstrip("]") for line in output("readelf", "-d", path).splitlines() if "(NEEDED)" in line}
    assert {library.split(".")[0] for library in needed} <= {"libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64"}
