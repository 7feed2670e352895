#!/usr/bin/env python3
"""`cairn db`, `cairn migrate` and `cairn completions` as their users meet them: real processes, files, shells.

    tests/migrate_cli_test.py PATH-TO-CAIRN [unittest options]
"""

import hashlib
import json
import os
import pathlib
import pty
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

CAIRN = ""


class MigrateCliTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="cairn-migrate-")).resolve()
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.folder = self.work / "migrations"

    # -- running it

    def run_cairn(self, *args, code=0, env=None, cwd=None, stdin=subprocess.DEVNULL):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")}
        run = subprocess.run(
            [CAIRN, *args], env={**kept, "HOME": str(self.work), **(env or {})}, cwd=cwd or self.work, stdin=stdin,
            capture_output=True, check=False, timeout=120)  # fmt: skip
        out, err = run.stdout.decode(), run.stderr.decode()
        self.assertEqual(run.returncode, code, f"{args}\nstdout: {out}\nstderr: {err}")
        return out, err

    def cairn(self, *args, **more):
        return self.run_cairn(*args, "--db", "t.db", **more)[0]

    def error(self, *args, code=3, **more):
        out, err = self.run_cairn(*args, code=code, **more)
        self.assertEqual(out, "")
        self.assertEqual(len(err.splitlines()), 1, err)
        return err

    def states(self):
        rows = json.loads(self.cairn("migrate", "info", "--json"))["migrations"]
        return [(row["version"], row["state"]) for row in rows]

    def write(self, name, text):
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def three(self):
        self.write("0001_notes.up.sql", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text);\n")
        self.write("0001_notes.down.sql", "DROP TABLE notes;\n")
        self.write("0002_vacuum.up.sql", "-- no-transaction\nVACUUM;\n")
        self.write("0002_vacuum.down.sql", "-- no-transaction\nVACUUM;\n")
        self.write("0003_authors.up.sql", "ALTER TABLE notes ADD COLUMN author;\n")
        self.write("0003_authors.down.sql", "ALTER TABLE notes DROP COLUMN author;\n")

    def query(self, sql):
        db = sqlite3.connect(self.work / "t.db")
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    # -- migrate

    def test_add_numbers_and_pairs_as_the_last_ones_do(self):
        out = self.cairn("migrate", "add", "-r", "-s", "create", "notes")
        self.assertEqual(out, "Creating migrations/0001_create_notes.up.sql\nCreating migrations/0001_create_notes.down.sql\n")
        files = json.loads(self.cairn("migrate", "add", "--json", "add author"))["files"]
        self.assertEqual(files, ["migrations/0002_add_author.up.sql", "migrations/0002_add_author.down.sql"])
        self.assertEqual(self.cairn("migrate", "add", "--simple", "x"), "Creating migrations/0003_x.sql\n")
        self.assertRegex(self.cairn("migrate", "add", "-t", "y"), r"^Creating migrations/20\d{12}_y.sql\n$")
        self.assertEqual((self.folder / "0003_x.sql").read_text(), "-- Add migration script here\n")

    def test_add_gives_no_version_twice(self):
        for name in ("a", "b", "c"):
            self.cairn("migrate", "add", "-t", name, "--source", "other")
        versions = sorted(int(path.name.split("_")[0]) for path in (self.work / "other").iterdir())
        self.assertEqual(len(set(versions)), 3)

    def test_add_refuses_descriptions_that_are_no_names(self):
        for description in ("", "../up", "a.up", "a.down", "a.sql", "a\nb", "x" * 201):
            self.error("migrate", "add", description, code=2)
        self.assertFalse(self.folder.exists())
        self.error("migrate", "add", "x", "-r", "--simple", code=2)
        self.error("migrate", "add", "x", "-t", "-s", code=2)

    def test_run_revert_and_info(self):
        self.three()
        self.cairn("db", "create")
        self.assertEqual(self.states(), [(1, "pending"), (2, "pending"), (3, "pending")])
        self.assertEqual(self.query("SELECT count(*) FROM sqlite_schema"), [(0,)])  # info makes no table
        dry = self.cairn("migrate", "run", "--dry-run")
        self.assertEqual([line.split(" (")[0] for line in dry.splitlines()],
                         ["Can apply 1/migrate notes", "Can apply 2/migrate vacuum", "Can apply 3/migrate authors"])  # fmt: skip
        self.assertEqual(self.query("SELECT count(*) FROM sqlite_schema"), [(0,)])
        self.assertIn("Applied 2/migrate vacuum", self.cairn("migrate", "run", "--target-version", "2"))
        self.assertEqual(self.states()[2], (3, "pending"))
        steps = json.loads(self.cairn("migrate", "run", "--json"))["migrations"]
        self.assertEqual([(s["version"], s["direction"]) for s in steps], [(3, "up")])
        self.assertEqual(self.cairn("migrate", "info").splitlines()[0], "1/installed notes")
        self.assertIn("Applied 3/revert authors", self.cairn("migrate", "revert"))
        self.assertIn("Can apply 2/revert vacuum", self.cairn("migrate", "revert", "--dry-run"))
        self.cairn("migrate", "revert", "--target-version", "0")
        self.assertEqual(self.states(), [(1, "pending"), (2, "pending"), (3, "pending")])
        self.assertEqual(sorted(path.name for path in self.work.iterdir()), ["migrations", "t.db"])

    def test_what_is_wrong_is_said_and_repaired(self):
        self.three()
        self.cairn("db", "setup")
        self.write("0003_authors.up.sql", "ALTER TABLE notes ADD COLUMN writer;\n")
        self.assertIn("has changed", self.error("migrate", "run", "--db", "t.db"))
        info = self.cairn("migrate", "info")
        self.assertIn("3/installed (different checksum) authors", info)
        self.assertIn(hashlib.sha384(b"ALTER TABLE notes ADD COLUMN writer;\n").hexdigest(), info)
        self.assertIn("-y", self.error("migrate", "repair", "3", "--db", "t.db", code=2))
        self.cairn("migrate", "repair", "3", "-y")
        self.assertEqual(self.states()[2], (3, "installed"))
        db = sqlite3.connect(self.work / "t.db")
        db.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2")
        db.commit()
        db.close()
        self.assertIn("interrupted", self.error("migrate", "run", "--db", "t.db"))
        self.error("migrate", "repair", "2", "-y", "--db", "t.db", code=2)  # applied or pending?
        self.cairn("migrate", "repair", "2", "-y", "--applied")
        self.assertEqual(self.states()[1], (2, "installed"))
        (self.folder / "0001_notes.up.sql").unlink()
        (self.folder / "0001_notes.down.sql").unlink()
        self.assertIn("not known here", self.error("migrate", "run", "--db", "t.db"))
        self.cairn("migrate", "run", "--ignore-missing")
        self.assertEqual(self.states()[0], (1, "missing"))
        self.write("0002_vacuum.sql", "")
        self.assertIn("same version", self.error("migrate", "info", "--db", "t.db"))

    def test_a_failure_names_file_and_line_and_tells_what_was_done(self):
        self.three()
        self.write("0004_bad.sql", "CREATE TABLE a(x);\n\nINSERT INTO a VALUES (nope);\n")
        self.cairn("db", "create")
        out, err = self.run_cairn("migrate", "run", "--db", "t.db", code=3)
        self.assertIn("migrations/0004_bad.sql:3: ", err)
        self.assertEqual(len(out.splitlines()), 3)
        self.assertEqual(self.states()[3], (4, "pending"))
        self.assertEqual(self.query("SELECT count(*) FROM sqlite_schema WHERE name = 'a'"), [(0,)])

    def test_order_and_baseline(self):
        self.three()
        self.cairn("db", "create")
        self.cairn("migrate", "run")
        self.write("0005_e.sql", "SELECT 1")
        self.assertIn("left out", self.error("migrate", "run", "--db", "t.db"))
        self.cairn("migrate", "run", "--allow-out-of-order")
        self.write("0004_d.sql", "SELECT nope")
        self.assertIn("newer 5 is applied", self.error("migrate", "run", "--db", "t.db"))
        self.assertIn("Marked as applied 4", self.cairn("migrate", "baseline", "--allow-out-of-order"))
        self.assertEqual(self.states()[3], (4, "installed"))
        self.assertIn("no down script", self.error("migrate", "revert", "--db", "t.db"))

    # -- which database

    def test_the_database_comes_from_option_environment_or_dotenv(self):
        self.three()
        self.assertIn("which database?", self.error("migrate", "info", code=2, env={"CAIRN_DB": "memory.db"}))
        self.run_cairn("db", "create", "-D", "sqlite:a.db")
        self.run_cairn("db", "create", env={"DATABASE_URL": "sqlite://b.db"})
        (self.work / ".env").write_text("#DATABASE_URL=sqlite:no.db\nOTHER='\nDATABASE_URL=sqlite:no.db'\n"
                                        "export DATABASE_URL = \"sqlite:c d.db\"  # mine\nDATABASE_URL=sqlite:no.db\n")  # fmt: skip
        (self.work / "below").mkdir()
        self.run_cairn("db", "create", cwd=self.work)
        self.run_cairn("db", "create", cwd=self.work / "below")
        self.assertEqual(sorted(str(p.relative_to(self.work)) for p in self.work.glob("**/*.db")),
                         ["a.db", "b.db", "below/c d.db", "c d.db"])  # fmt: skip
        self.error("db", "create", "--no-dotenv", code=2)
        self.error("db", "create", "--db", "x.db", "-D", "sqlite:x.db", code=2)
        for text in ("DATABASE_URL=sqlite:$HOME/x.db", 'DATABASE_URL="${X}"', "DATABASE_URL='sqlite:"):
            (self.work / ".env").write_text(text)
            self.error("db", "create", code=2)
        (self.work / ".env").write_bytes(b"\xef\xbb\xbfDATABASE_URL='sqlite:e$.db' \r\n\xff\xfe")
        self.run_cairn("db", "create")
        self.assertTrue((self.work / "e$.db").exists())

    def test_db_makes_and_drops(self):
        self.three()
        self.assertIn("cairn db create", self.error("migrate", "run", "--db", "t.db"))
        self.assertEqual(self.cairn("db", "create"), "created t.db\n")
        self.assertEqual(self.query("PRAGMA journal_mode"), [("wal",)])
        self.assertEqual(json.loads(self.cairn("db", "create", "--json")), {"database": "t.db", "created": False})
        self.assertIn("-y", self.error("db", "drop", "--db", "t.db", code=2))
        self.cairn("db", "drop", "-y", "-f")
        self.assertEqual(self.cairn("db", "drop", "-y"), "")
        self.cairn("db", "setup")
        self.query("SELECT text FROM notes")
        self.error("db", "reset", "-y", "--source", "none", "--db", "t.db")
        self.assertEqual(self.states()[2], (3, "installed"))
        self.cairn("db", "reset", "-y")
        self.write("text.db", "not a database, but somebody's text" * 100)
        self.error("db", "drop", "-y", "--db", "migrations/text.db")
        self.assertTrue((self.folder / "text.db").exists())

    def test_a_terminal_is_asked(self):
        self.cairn("db", "create")
        for answer, code, there in ((b"n\n", 1, True), (b"y\n", 0, False)):
            master, slave = pty.openpty()
            with subprocess.Popen([CAIRN, "db", "drop", "--db", "t.db"], cwd=self.work, stdin=slave,
                                  stdout=subprocess.DEVNULL, stderr=slave) as run:
                os.close(slave)
                shown = b""
                while b"Drop the database t.db?" not in shown:
                    shown += os.read(master, 4096)
                os.write(master, answer)
                self.assertEqual(run.wait(60), code)
            os.close(master)
            self.assertEqual((self.work / "t.db").exists(), there)

    def test_the_store_and_the_user_share_a_file(self):
        self.three()
        self.run_cairn("--db", "t.db", "add", "--text", "The deploy key rotates every 90 days.")
        self.cairn("migrate", "run")
        out, _ = self.run_cairn("--db", "t.db", "search", "deploy key")
        self.assertIn("90 days", out)
        self.assertEqual(self.states()[0], (1, "installed"))

    # -- completions

    def completed(self, line):
        script = (
            'eval "$(%s completions bash)"; read -ra COMP_WORDS <<<"$1"; [[ $1 == *" " ]] && COMP_WORDS+=("");'
            'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cairn; printf "%%s\\n" "${COMPREPLY[@]}"' % CAIRN
        )
        run = subprocess.run(["bash", "-c", script, "bash", line], cwd=self.work, capture_output=True, check=True)
        self.assertEqual(run.stderr, b"")
        return run.stdout.decode().split()

    def test_bash_completes(self):
        self.three()
        self.assertEqual(self.completed("cairn mig"), ["migrate"])
        self.assertEqual(self.completed("cairn migrate re"), ["revert", "repair"])
        self.assertEqual(self.completed("cairn migrate run --ta"), ["--target-version"])
        self.assertEqual(self.completed("cairn migrate run --js"), ["--json"])  # a global one
        self.assertEqual(self.completed("cairn migrate run --source mi"), ["migrations"])
        self.assertEqual(self.completed("cairn search --mode k"), ["keyword"])
        self.assertEqual(self.completed("cairn --db migrate d"), ["doctor", "db"])  # "migrate" is a file's name there
        self.assertEqual(self.completed("cairn completions "), ["bash", "zsh", "fish"])
        self.assertEqual(self.completed("cairn add mi"), ["migrations"])
        self.assertEqual(self.completed("cairn search --limit "), [])

    def test_every_verb_and_option_of_the_help_is_completed(self):
        for path in ([], ["search"], ["db"], ["migrate"], ["migrate", "run"], ["migrate", "repair"]):
            text, _ = self.run_cairn(*path, "--help")
            words = [w for line in text.splitlines() if line.startswith("  -") for w in line.split()[0].split(",")]
            self.assertGreaterEqual(set(self.completed(" ".join(["cairn", *path, "-"]))), set(words))

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes(self):
        script, _ = self.run_cairn("completions", "fish")
        (self.work / "c.fish").write_text(script)

        def completed(line):
            command = f"source c.fish; complete -C '{line}'"
            run = subprocess.run(["fish", "-N", "-c", command], cwd=self.work, capture_output=True, check=True,
                                 env={**os.environ, "HOME": str(self.work)})  # fmt: skip
            return [entry.split("\t")[0] for entry in run.stdout.decode().splitlines()]

        self.assertEqual(sorted(completed("cairn migrate re")), ["repair", "revert"])
        self.assertEqual(completed("cairn migrate run --target"), ["--target-version"])
        self.assertEqual(completed("cairn search --mode k"), ["keyword"])

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_reads_the_script(self):
        script, _ = self.run_cairn("completions", "zsh")
        (self.work / "_cairn").write_text(script)
        subprocess.run(["zsh", "-f", "-n", "_cairn"], cwd=self.work, check=True)
        subprocess.run(["zsh", "-f", "-c", "autoload -U compinit && compinit -D && source ./_cairn && [[ $_comps[cairn] == _cairn ]]"],
                       cwd=self.work, check=True)  # fmt: skip


if __name__ == "__main__":
    CAIRN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
