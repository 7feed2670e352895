"""The extensions export their entry points and nothing else, and need libc and libm only, of glibc 2.35."""
import os
import re
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
    # docs/vec0-packages.md promises it. Debian 12's libgcc needs 2.35 to unwind exceptions (_dl_find_object).
    glibc = re.findall(r"GLIBC_(\d+)\.(\d+)", output("readelf", "--wide", "--version-info", path))
    assert max((int(major), int(minor)) for major, minor in glibc) <= (2, 35)
