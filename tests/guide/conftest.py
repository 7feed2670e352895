"""The files that the tests work on. Each is made once; who writes takes a copy."""

import shutil
from dataclasses import dataclass

import pytest

import guide_sql
from corpus import Corpus, batch_insert
from support import LIBRARIES, Database, StoreDriver, required_path, sqlite_version


def pytest_report_header():
    return [f"SQLite {sqlite_version(library)} ({library})" for library in LIBRARIES]


@pytest.fixture(scope="session")
def vec0():
    return required_path("CAIRN_VEC0")


@pytest.fixture(scope="session", params=LIBRARIES)
def library(request):
    return request.param


@dataclass
class Filled:
    """A file with a corpus in it, written by the guide's batch insert."""

    path: str
    metric: str
    corpus: Corpus


def create_store(path, dimension):
    StoreDriver(path, dimension=dimension).close()


def make_filled(path, library, vec0, kind):
    if kind in ("adopted", "adopted_cairn"):  # the guide's own schema, and so its L2, then opened by the Store
        initial = guide_sql.INITIAL_SCHEMA
        if kind == "adopted_cairn":
            initial = initial.replace("vector FLOAT[768]", "vector FLOAT[768] INDEXED BY cairn()")
            assert initial != guide_sql.INITIAL_SCHEMA
        with Database(library, path, vec0) as db:
            for sql in (initial, guide_sql.ADD_RELATIONSHIPS, guide_sql.FULL_TEXT_SCHEMA):
                db.script(sql)
        StoreDriver(path).close()
        corpus, metric = Corpus(seed=2001, count=1500, dimension=768), "l2"
    else:
        corpus = Corpus(*{"agent": (1001, 3000, 768), "small": (1002, 5000, 32)}[kind])
        metric = "cosine"
        create_store(path, corpus.dimension)
    with Database(library, path, vec0) as db:
        batch_insert(db, corpus.rows)
    return Filled(str(path), metric, corpus)


@pytest.fixture(scope="session", params=["agent", "small", "adopted", "adopted_cairn"])
def filled(request, library, vec0, tmp_path_factory):
    """To be read only."""
    return make_filled(tmp_path_factory.mktemp("filled") / f"{request.param}.db", library, vec0, request.param)


@pytest.fixture
def db(filled, library, vec0):
    with Database(library, filled.path, vec0) as connection:
        yield connection


@pytest.fixture(scope="session")
def empty_store_768(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "agent.db"
    create_store(path, 768)
    return path


@pytest.fixture
def store_path(empty_store_768, tmp_path):
    """A fresh Cairn file with FLOAT[768], to be written to."""
    return shutil.copy(empty_store_768, tmp_path / "agent.db")


@pytest.fixture
def store_db(store_path, library, vec0):
    with Database(library, store_path, vec0) as connection:
        yield connection
