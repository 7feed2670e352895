"""Random operations on vec0 tables, flat and cairn(), over several connections of two processes; and with a writer that is
killed. Every answer is compared with plain SQL over an ordinary table: see vec0_model.py.

CAIRN_MODEL_CASES=500 runs more, CAIRN_MODEL_SEED=17 begins at 17, CAIRN_MODEL_KILLS=500 kills more often. A failing case
is printed as the steps that are needed to see it.
"""
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import vec0_model
from never_stale import Remote
from vec0_model import Index, Runner, Step, Steps, Wrong, connecting, random_shape

FIRST = int(os.environ.get("CAIRN_MODEL_SEED", 1))
CASES = int(os.environ.get("CAIRN_MODEL_CASES", 12))
LARGE = float(os.environ.get("CAIRN_MODEL_LARGE", 0.08))  # the share of cases with so many rows that cairn() tables have lists
KILLS = int(os.environ.get("CAIRN_MODEL_KILLS", 6))
STEPS, FEWER_STEPS = 80, 40
INDEXES = ["", "INDEXED BY cairn()", "INDEXED BY cairn(recall=1)"]


@pytest.fixture(scope="module")
def other_process():
    remote = Remote()
    yield remote
    remote.stop()


class Case:
    """Two files with a table each, which four connections have open: two here, in the newest SQLite, and two in another
    process, in the system's. (A process has one of them: loading vec0.so in a second makes it belong to that one.)"""

    def __init__(self, seed, clause):
        rng = random.Random(f"{seed} {clause}")
        self.large = rng.random() < LARGE
        self.journal, self.page_size = rng.choice(["wal", "wal", "delete"]), rng.choice([512, 4096, 4096])
        index = Index(clause)
        self.shapes = {"main": random_shape(rng, index, self.large), "b": random_shape(rng, index)}
        makers = {schema: Steps(rng, shape, schema) for schema, shape in self.shapes.items()}
        self.steps = [makers["main"].insert_many(0)] if self.large else []
        for _ in range(FEWER_STEPS if self.large else STEPS):
            steps = makers[rng.choice(["main", "main", "b"])]
            make = rng.choices([steps.write, steps.read, steps.transaction, steps.upkeep], [40, 40, 16, 8])[0]
            self.steps.append(make(rng.randrange(4)))
            if rng.random() < 0.1:  # what a connection keeps in memory it keeps from its second search on
                self.steps += [self.steps[-1]] * 2 if self.steps[-1].model.startswith("SELECT") else []
        self.last = [step for steps in makers.values() for who in range(4) for step in steps.all_of_it(who)]

    def first_wrong(self, folder, other_process, chosen):
        """Runs the chosen steps. The place in the list of the one that goes wrong and why, or None; counts what happened."""
        files = [folder / "main.db", folder / "b.db"]
        for file in folder.iterdir():
            file.unlink()
        for file in files:
            plain = vec0_model.Db(str(file), "newest", "vec0")
            plain(f"PRAGMA page_size = {self.page_size}")
            plain(f"PRAGMA journal_mode = {self.journal}")
            plain.close()
        connections = [connecting(str(files[0]), *where, files[1]) for where in [("newest", vec0_model.Db)] * 2 + [("system", other_process.connect)] * 2]
        runner = Runner(self.shapes, connections)
        at, step = None, None
        try:
            runner.set_up()
            for at in chosen:
                step = self.steps[at]
                runner.run(step)
            at = len(self.steps)
            runner.finish()
            for step in self.last:
                runner.run(step)
        except Wrong as wrong:
            return (at, f"connection {step and step.who}: {wrong}"), runner.seen
        finally:
            runner.close()
        return None, runner.seen

    def shrunk(self, folder, other_process):
        """The fewest steps after which something goes wrong, by leaving out ever smaller parts."""
        run = lambda steps: self.first_wrong(folder, other_process, steps)[0]
        chosen = [at for at in range(len(self.steps)) if at <= run(range(len(self.steps)))[0]]
        size = len(chosen)
        while size := size // 2:
            start = 0
            while start < len(chosen):
                fewer = chosen[:start] + chosen[start + size:]
                if found := run(fewer):
                    chosen = [at for at in fewer if at <= found[0]]
                else:
                    start += size
        return chosen

    def story(self, chosen):
        shape = lambda schema: Step(0, schema, "", "").text(self.shapes[schema].create())
        return "\n".join([shape("main"), shape("b"), f"-- {self.journal}, page_size {self.page_size}"] +
                         [f"-- connection {s.who}, {s.kind}\n{s.text(s.sql)};" for s in (self.steps[at] for at in chosen)])


@pytest.mark.parametrize("clause", INDEXES[:2])
def test_random_operations(tmp_path, other_process, clause):
    seen = {}
    for seed in range(FIRST, FIRST + CASES):
        case = Case(seed, clause)
        print(f"case {seed}", file=sys.stderr, flush=True)
        wrong, counts = case.first_wrong(tmp_path, other_process, range(len(case.steps)))
        seen = {key: seen.get(key, 0) + counts.get(key, 0) for key in seen | counts}
        if wrong:
            chosen = case.shrunk(tmp_path, other_process)
            wrong, _ = case.first_wrong(tmp_path, other_process, chosen)
            pytest.fail(f"seed {seed}\n{case.story(chosen)}\n{wrong and wrong[1]}", pytrace=False)
    print(dict(sorted(seen.items())))
    assert CASES < 12 or min(seen.get(kind, 0) for kind in ("write", "near", "same", "command", "open", "refused", "write: constraint")) > 0


@pytest.mark.parametrize("clause", INDEXES[:2])
def test_a_writer_is_killed(tmp_path, clause):
    """Whatever it was doing, the rows and what is made of them are those of its last commit, here and for new connections."""
    seed = FIRST
    path = str(tmp_path / "t.db")
    shape = random_shape(random.Random(0), Index(clause))
    watching = Runner({"main": shape}, [connecting(path, "newest")])
    watching.open[0]("PRAGMA journal_mode = wal")
    watching.set_up()
    rng = random.Random(seed)
    changed, before = 0, None
    for kill in range(KILLS):
        child = subprocess.Popen([sys.executable, vec0_model.__file__, "--write", path, clause, str(seed + kill)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        child.stdout.read(1)
        time.sleep(rng.uniform(0, 0.15))
        child.kill()
        _, complaint = child.communicate()
        assert not complaint and child.returncode == -signal.SIGKILL, f"kill {kill}, seed {seed}: {complaint.decode()}"
        fresh = Runner({"main": shape}, [connecting(path, "newest")])
        for runner in (watching, fresh):
            for step in Steps(rng, shape).all_of_it(0):
                try:
                    runner.run(step)
                except Wrong as wrong:
                    pytest.fail(f"kill {kill}, seed {seed}: {wrong}", pytrace=False)
        assert fresh.open[0]("PRAGMA integrity_check") == [("ok",)]
        now = fresh.open[0]("SELECT count(*), total(length(m.v0)) FROM m")
        changed += now != before
        before = now
        fresh.close()
    watching.close()
    print(f"{KILLS} kills; the rows were others after {changed} of them")
    assert changed > 0
