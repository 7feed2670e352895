#!/usr/bin/env python3
"""The command `cairn` as its users meet it: real processes, real files, a real terminal.

    tests/cli_test.py PATH-TO-CAIRN [unittest options]
"""

import contextlib
import json
import os
import pathlib
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

CAIRN = ""
NOBODY = 65534
SETUP_MD = """# Setup

Install the compiler first.

## Keys

The deploy key rotates every 90 days.
Ask Ada before you rotate it by hand.
"""
ZEBRA_RST = """Zebras
======

A zebra has stripes, whatever the `weather` is.
"""
HIT_KEYS = {
    "id", "score", "path", "line_start", "line_end", "heading", "text", "snippet", "title", "doc_type", "namespace",
    "metadata", "created_at", "updated_at", "document_id", "byte_start", "byte_end", "vector", "keyword",
}  # fmt: skip


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-cli-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.home = self.folder / "home"
        self.work = self.folder / "work"
        self.home.mkdir()
        self.work.mkdir()
        self.db = self.folder / "test.db"

    # -- running it

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")}
        return {**kept, "HOME": str(self.home), "TERM": "xterm", **more}

    def run_cairn(self, *args, code=0, env=None, stdin=b"", cwd=None, **more):
        run = subprocess.run(
            [CAIRN, *args], env=self.environment(**(env or {})), input=stdin, cwd=cwd or self.work,
            capture_output=True, check=False, timeout=120, **more)  # fmt: skip
        out, err = run.stdout.decode(errors="replace"), run.stderr.decode(errors="replace")
        self.assertEqual(run.returncode, code, f"{args}\nstdout: {out}\nstderr: {err}")
        return out, err

    def cairn(self, *args, **more):
        """With the test's own database; returns standard output."""
        return self.run_cairn("--db", str(self.db), *args, **more)[0]

    def json(self, *args, **more):
        return json.loads(self.cairn("--json", *args, **more))

    def error(self, *args, code=3, **more):
        """The one sentence of a failure, which is all that is printed."""
        out, err = self.run_cairn("--db", str(self.db), *args, code=code, **more)
        self.assertEqual(out, "")
        lines = [line for line in err.splitlines() if not line.startswith("cairn: using ")]
        self.assertEqual(len(lines), 1, err)
        self.assertRegex(lines[0], r"^cairn: ")
        return lines[0]

    def write(self, name, text=""):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def add_documents(self):
        self.write("docs/setup.md", SETUP_MD)
        self.write("docs/zebra.rst", ZEBRA_RST)
        return self.cairn("add", "docs")

    def note(self, text, *options):
        return self.json("add", "--text", text, *options)["notes"][0]


class HelpTest(CliTest):
    VERBS = ("add", "search", "get", "ls", "relate", "related", "remove", "status", "doctor", "upgrade")

    def test_every_verb_has_help_with_examples(self):
        general = self.run_cairn("--help")[0]
        self.assertIn("Exit codes", general)
        for verb in self.VERBS:
            self.assertIn(verb, general)
            text = self.run_cairn(verb, "--help")[0]
            self.assertIn("Examples:", text)
            self.assertIn(f"cairn {verb}", text)

    def test_version(self):
        version = (pathlib.Path(__file__).parent.parent / "VERSION").read_text().strip()
        self.assertEqual(self.run_cairn("--version")[0], f"cairn {version}\n")

    def test_empty_database_name(self):
        """As of an unset variable: not a reason to write to the default file."""
        _, err = self.run_cairn("--db", "", "add", "--text", "x", code=2)
        self.assertIn("--db", err)
        self.assertEqual(list(self.home.iterdir()), [])

    def test_wrong_command_lines(self):
        for words in (
            [], ["fly"], ["search"], ["search", "x", "--colour"], ["search", "x", "-n", "0"], ["search", "x", "-n", "-1"],
            ["search", "x", "-n", "many"], ["search", "x", "--mode", "magic"], ["get"], ["relate", "1", "2"],
            ["relate", "1", "2", "t", "--strength", "2"], ["related", "1", "--direction", "up"], ["remove"], ["add"],
            ["add", "docs", "--metadata", "{}"],
        ):  # fmt: skip
            with self.subTest(words=words):
                out, err = self.run_cairn(*words, code=2)
                self.assertEqual(out, "")
                self.assertRegex(err, r"^cairn: .+\n$")
        self.assertFalse(any(self.home.iterdir()), "a wrong command line made a file")


class FindingTheFileTest(CliTest):
    def used(self, *global_options, **env):
        return json.loads(self.run_cairn(*global_options, "status", "--json", env=env)[0])

    def test_order(self):
        places = {"--db": self.folder / "a.db", "$CAIRN_DB": self.folder / "b.db", "this folder": self.work / ".cairn.db"}
        default = self.home / ".local/share/cairn/cairn.db"
        err = self.run_cairn("add", "--text", "in the default")[1]
        self.assertIn(f"using {default} (the default)", err)
        self.assertTrue(default.is_file())
        for path in places.values():
            self.run_cairn("--db", str(path), "add", "--text", "x")

        everything = {"CAIRN_DB": str(places["$CAIRN_DB"])}
        self.assertEqual(self.used("--db", str(places["--db"]), **everything)["path"], str(places["--db"]))
        self.assertEqual(self.used(**everything)["chosen_by"], "$CAIRN_DB")
        self.assertEqual(self.used()["chosen_by"], "this folder")
        places["this folder"].unlink()
        self.assertEqual(self.used()["path"], str(default))

    def test_xdg_data_home(self):
        self.run_cairn("add", "--text", "x", env={"XDG_DATA_HOME": str(self.folder / "data")})
        self.assertTrue((self.folder / "data/cairn/cairn.db").is_file())
        err = self.run_cairn("add", "--text", "x", env={"XDG_DATA_HOME": "relative"})[1]  # invalid, so ignored
        self.assertIn(str(self.home), err)

    def test_no_home(self):
        out = subprocess.run([CAIRN, "status"], env={}, cwd=self.work, capture_output=True, check=False)
        self.assertEqual(out.returncode, 2)
        self.assertIn(b"--db", out.stderr)

    def test_reading_makes_no_file(self):
        for words in (["search", "x"], ["get", "1"], ["ls"], ["status"], ["related", "1"], ["doctor"], ["upgrade"],
                      ["relate", "1", "2", "t"], ["remove", "1"]):  # fmt: skip
            with self.subTest(words=words):
                sentence = self.error(*words)
                self.assertIn(str(self.db), sentence)
                self.assertIn("cairn add", sentence)
        self.assertEqual(list(self.folder.glob("*.db*")), [])

    def test_reading_says_nothing_but_the_answer(self):
        self.note("a note")
        self.assertEqual(self.run_cairn("--db", str(self.db), "search", "note")[1], "")
        err = self.run_cairn("--db", str(self.db), "-v", "search", "note")[1]
        self.assertIn(f"reading {self.db} (--db)", err)


class AddTest(CliTest):
    def test_report_in_words(self):
        self.write("docs/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0")
        out = self.add_documents()
        self.assertRegex(out, r"^2 files added, 0 updated, 0 unchanged, 0 removed\n")
        self.assertRegex(out, r"\nskipped: 1 binary")
        self.assertRegex(out, r"\nchunks: \d+ added, 0 kept, 0 removed\n")
        self.assertRegex(out, r"\nread \d+ bytes in \d+\.\d\d s")

    def test_incremental(self):
        self.add_documents()
        again = self.json("add", "docs")
        self.assertEqual((again["files_added"], again["files_updated"], again["files_unchanged"]), (0, 0, 2))
        self.write("docs/setup.md", SETUP_MD + "\nAn odd sentence about walruses.\n")
        (self.work / "docs/zebra.rst").unlink()
        changed = self.json("add", "docs")
        self.assertEqual((changed["files_updated"], changed["files_removed"]), (1, 1))
        self.assertEqual(self.json("search", "walruses")["hits"][0]["path"], str(self.work / "docs/setup.md"))

    def test_notes(self):
        ids = self.json("add", "--text", "first", "--text", "second", "--metadata", '{"lang": "en"}')["notes"]
        self.assertEqual(len(ids), 2)
        row = self.json("get", str(ids[1]))
        self.assertEqual((row["text"], row["doc_type"], row["namespace"]), ("second", "note", "default"))
        self.assertEqual(row["metadata"], {"lang": "en"})
        self.assertEqual((row["path"], row["line_start"], row["document_id"]), ("", 0, None))

    def test_note_from_standard_input(self):
        out = self.cairn("add", "-", "--type", "commit", "--namespace", "git", stdin=b"Fix the lock\n\nIt was upside down.\n")
        note = out.split()[-1]
        row = self.json("get", note)
        self.assertEqual(row["text"], "Fix the lock\n\nIt was upside down.")
        self.assertEqual((row["doc_type"], row["namespace"]), ("commit", "git"))

    def test_bad_notes_are_refused_whole(self):
        for words, stdin in ((["--text", ""], b""), (["-"], b""), (["--text", "x", "--metadata", "{"], b""),
                             (["--text", "x", "--metadata", "[1]"], b""), (["--text", b"caf\xe9"], b""),
                             (["--text", "good", "--text", ""], b""), (["-"], b"\xff\xfe")):  # fmt: skip
            with self.subTest(words=words):
                self.error("add", *words, stdin=stdin)
        self.assertEqual(self.json("status")["content"], 0)

    def test_unreadable_things_do_not_stop_the_rest(self):
        self.write("docs/good.md", "# Good\n\nA walrus.\n")
        self.write("docs/empty.md", "")
        self.write("docs/latin1.txt", b"caf\xe9 au lait\n")
        (self.work / "docs/loop").symlink_to(".")
        (self.work / "docs/dangling.md").symlink_to("nowhere")
        (self.work / "docs/a").symlink_to("b")
        (self.work / "docs/b").symlink_to("a")
        with open(os.path.join(os.fsencode(self.work), b"docs/bad\xff.md"), "wb") as file:
            file.write(b"# Odd name\n\nA narwhal.\n")
        report = self.json("add", "docs", code=1)  # what was only met on the way and cannot be read
        self.assertEqual((report["files_added"], report["files_skipped"]), (3, {"symlink": 4}))
        self.assertEqual(len(report["problems"]), 1)
        self.assertIn("docs/bad\ufffd.md", report["problems"][0]["path"])
        self.assertTrue(self.json("search", "walrus")["hits"])
        self.assertTrue(self.json("search", "café lait")["hits"])

    def test_missing_path(self):
        self.write("docs/good.md", "# Good\n\nA walrus.\n")
        out, err = self.run_cairn("--db", str(self.db), "add", "docs", "vanished", code=3)
        self.assertIn("vanished", err)
        self.assertIn("1 file added", out)
        self.assertTrue(self.json("search", "walrus")["hits"], "the rest of the work did not go on")

    def test_named_files_that_cannot_be_read_in_are_named(self):
        self.write("good.md", "# Good\n\nA walrus.\n")
        with open(self.work / "huge.md", "wb") as file:
            file.truncate(1 << 30)
        os.mkfifo(self.work / "pipe")
        odd = os.path.join(os.fsencode(self.work), b"odd\xff.md")
        with open(odd, "wb") as file:
            file.write(b"x\n")
        out, err = self.run_cairn("--db", str(self.db), "add", "huge.md", "pipe", odd, "good.md", code=3)
        self.assertIn("1 file added", out)
        self.run_cairn("--db", str(self.db), "add", odd, code=3)
        for name in ("huge.md", "pipe", "odd\ufffd.md"):
            self.assertRegex(err, rf"{name}: \w+")

    def test_unreadable_file(self):
        self.write("docs/good.md", "A walrus.\n")
        self.write("docs/secret.md", "Nobody reads this.\n").chmod(0)
        with self.as_nobody() as run:
            _, err = run("--db", str(self.db), "add", str(self.work / "docs"), code=1)
            self.assertIn("secret.md", err)
            self.assertTrue(json.loads(run("--db", str(self.db), "--json", "search", "walrus")[0])["hits"])

    def test_folder_that_cannot_be_entered(self):
        closed = self.folder / "closed"
        closed.mkdir()
        self.db = closed / "x.db"
        self.note("a walrus")
        closed.chmod(0)
        self.addCleanup(closed.chmod, 0o755)
        with self.as_nobody() as run:
            for words in (["search", "walrus"], ["add", "--text", "x"]):
                sentence = run("--db", str(self.db), *words, code=3)[1].splitlines()[-1]
                self.assertIn(str(self.db), sentence)
                self.assertIn("permissions", sentence)

    def test_folder_that_cannot_be_written(self):
        (self.folder / "closed").mkdir(mode=0o555)
        with self.as_nobody() as run:
            _, err = run("--db", str(self.folder / "closed/x.db"), "add", "--text", "x", code=3)
            self.assertIn("closed/x.db", err)

    def test_file_of_somebody_else(self):
        self.note("a walrus")
        with self.as_nobody(writable=False) as run:
            _, err = run("--db", str(self.db), "add", "--text", "x", code=3)
            self.assertIn(str(self.db), err.splitlines()[-1])
            out, _ = run("--db", str(self.db), "search", "walrus")
            self.assertIn("walrus", out)
        self.assertEqual(self.json("status")["content"], 1)

    @contextlib.contextmanager
    def as_nobody(self, writable=True):
        """Root may read and write everything; so where the tests run as root, somebody else has to try."""
        if os.geteuid() != 0:
            yield self.run_cairn
            return
        binary = self.folder / "cairn"
        shutil.copy(CAIRN, binary)
        for path in (self.folder, self.work, binary):
            path.chmod(0o755)
        if writable:
            os.chown(self.folder, NOBODY, NOBODY)

        def run(*args, code=0):
            done = subprocess.run([binary, *args], env=self.environment(), cwd=self.work, capture_output=True, text=True,
                                  check=False, user=NOBODY, group=NOBODY, extra_groups=[])  # fmt: skip
            if code is not None:
                self.assertEqual(done.returncode, code, f"{args}\nstdout: {done.stdout}\nstderr: {done.stderr}")
            return done.stdout, done.stderr

        yield run

    def test_interrupt_and_carry_on(self):
        files = 400
        for i in range(files):
            self.write(f"many/{i}.md", f"# File {i}\n\n" + f"Sentence number {i} is about walruses. " * 60)
        process = subprocess.Popen([CAIRN, "--db", str(self.db), "add", "many"], env=self.environment(), cwd=self.work,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        self.assertIn(b"using", process.stderr.readline())  # from here on it listens
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn(b"stopped", err)
        self.assertIn(b"added", out)
        status = self.json("status")
        self.assertLess(status["documents"], files)
        rest = self.json("add", "many")
        self.assertEqual(rest["files_added"] + rest["files_unchanged"], files)
        self.assertEqual(self.json("status")["documents"], files)
        self.assertEqual(self.json("doctor")["findings"], [])


class SearchTest(CliTest):
    def test_text_form(self):
        self.add_documents()
        out = self.cairn("search", "when does the deploy key rotate?")
        first, second = out.splitlines()[:2]
        self.assertRegex(first, r"^1\. docs/setup\.md:\d+-\d+  \S.*  \d\.\d{4}  id \d+$")
        self.assertRegex(second, r"^   .*deploy key rotates every 90 days")
        self.assertNotIn("\x1b", out)

    def test_json_shape(self):
        self.add_documents()
        answer = self.json("search", "deploy key")
        self.assertEqual(answer["query"], "deploy key")
        hit = answer["hits"][0]
        self.assertEqual(set(hit), HIT_KEYS)
        self.assertEqual(list(hit)[:7], ["id", "score", "path", "line_start", "line_end", "heading", "text"])
        self.assertEqual(hit["path"], str(self.work / "docs/setup.md"))
        self.assertIn("Setup", hit["heading"])
        self.assertEqual(hit["keyword"]["rank"], 1)
        self.assertEqual(set(hit["vector"]), {"rank", "distance"})
        lines = SETUP_MD.splitlines()[hit["line_start"] - 1 : hit["line_end"]]
        self.assertEqual(hit["text"].strip().splitlines()[-1], [line for line in lines if line][-1])

    def test_selection(self):
        self.add_documents()
        self.note("The deploy key is in the safe.", "--metadata", '{"lang": "en", "stars": 3}')
        self.note("The deploy key of the other team.", "--namespace", "other", "--type", "rumour")

        def found(*options):
            return {(h["doc_type"], h["namespace"]) for h in self.json("search", "deploy key", *options)["hits"]}

        self.assertEqual(found("--type", "rumour"), {("rumour", "other")})
        self.assertEqual(found("--namespace", "other"), {("rumour", "other")})
        self.assertEqual(found("--where", "metadata.lang = 'en' AND metadata.stars >= 3"), {("note", "default")})
        self.assertEqual(found("--path", "docs"), {("doc", "default")})
        self.assertEqual(found("--path", "docs/setup.md"), {("doc", "default")})
        self.assertEqual(found("--path", "*.md"), {("doc", "default")})
        self.assertEqual(found("--path", "./docs/../docs/"), {("doc", "default")})
        self.assertEqual(len(self.json("search", "deploy key", "-n", "2")["hits"]), 2)
        self.json("search", "deploy key", "--path", "elsewhere", code=1)

    def test_modes(self):
        self.add_documents()
        for mode, other in (("vector", "keyword"), ("keyword", "vector")):
            hits = self.json("search", "zebra", "--mode", mode)["hits"]
            self.assertTrue(hits)
            self.assertTrue(all(h[other] is None and h[mode] for h in hits))

    def test_nothing_found(self):
        self.add_documents()
        out, err = self.run_cairn("--db", str(self.db), "search", "xyzzy", "--mode", "keyword", code=1)
        self.assertEqual((out, err), ("", "cairn: nothing found\n"))
        self.assertEqual(self.json("search", "xyzzy", "--mode", "keyword", code=1)["hits"], [])

    def test_explain(self):
        self.add_documents()
        out = self.cairn("search", "zebra", "--explain")
        for part in ("keyword: rank 1", "keyword query:", "candidates:", "time:", "plan:"):
            self.assertIn(part, out)
        account = self.json("search", "zebra", "--explain")["explain"]
        self.assertGreaterEqual(account["keyword_candidates"], 1)
        self.assertTrue(account["query_plans"])

    def test_full(self):
        long = " ".join(f"word{i}" for i in range(200)) + "\nthe last line"
        self.note(long)
        self.assertNotIn("the last line", self.cairn("search", "word1"))
        self.assertIn("   the last line\n", self.cairn("search", "word1", "--full"))

    def test_awkward_queries_find_their_way(self):
        self.note('It said "foo_bar.baz()" -- then nothing.')
        for query in ("foo_bar.baz()", '"', "-", "NOT", "a AND", "(", "*", "col:x", "🪨", "漢字", "", "'", "--"):
            with self.subTest(query=query):
                self.json("search", "--", query)
        self.json("search", b"\xff\xfe")
        self.json("search", "-", stdin=b"foo " * 250000)  # 1 MB

    def test_bad_filter(self):
        self.note("x")
        for text in ("metadata.lang =", "nonsense = 1", "id = 'x", "(", "id IN ("):
            with self.subTest(text=text):
                self.assertIn("--where", self.error("search", "x", "--where", text, code=2))


class GetTest(CliTest):
    def test_row_document_and_lines(self):
        self.add_documents()
        hit = self.json("search", "deploy key")["hits"][0]
        row = self.json("get", str(hit["id"]))
        self.assertEqual(set(row), HIT_KEYS - {"score", "snippet", "vector", "keyword"})
        self.assertEqual(row["text"], hit["text"])
        self.assertIn("deploy key", self.cairn("get", str(hit["id"])))

        whole = self.json("get", "docs/setup.md")
        self.assertEqual(whole["document"]["path"], str(self.work / "docs/setup.md"))
        self.assertIn("Install the compiler", whole["content"][0]["text"])
        self.assertEqual(self.json("get", f"doc:{whole['document']['id']}"), whole)
        self.assertEqual(self.json("get", str(self.work / "docs/setup.md")), whole)

        out = self.cairn("get", "docs/setup.md:7:1")
        self.assertIn("docs/setup.md:7-7", out)
        self.assertTrue(out.endswith("\nThe deploy key rotates every 90 days.\n"), out)
        self.assertIn("deploy key", self.cairn("get", "docs/setup.md:7"))
        self.assertEqual(self.cairn("get", "docs/setup.md:7000", code=1), "")

    def test_long_file_by_lines(self):
        lines = [f"Line {i} of the long file, about topic {i % 7}." for i in range(1, 301)]
        self.write("long.txt", "\n".join(lines) + "\n")
        self.cairn("add", "long.txt")
        rows = self.json("get", "long.txt:120:60")["content"]
        got = "".join(row["text"] + ("" if row["text"].endswith("\n") else "\n") for row in rows).splitlines()
        self.assertEqual([line for line in got if line], lines[119:179])

    def test_unknown(self):
        self.note("x")
        for what in ("999999", "doc:999999", "no/such/file.md", "no/such/file.md:3", "x:0"):
            with self.subTest(what=what):
                self.error("get", what, code=2 if what.endswith(":0") else 3)

    def test_huge_counts(self):
        self.write("docs/lines.txt", "one\ntwo\nthree\n")
        self.cairn("add", "docs")
        for count in (2, 1 << 62, (1 << 63) - 1):
            rows = self.json("get", f"docs/lines.txt:2:{count}")["content"]
            self.assertEqual([row["text"].rstrip() for row in rows], ["two\nthree"])

    def test_file_with_a_colon_and_a_number(self):
        self.write("odd:1", "The walrus is here.\n")
        self.cairn("add", "odd:1")
        self.assertIn("walrus", self.cairn("get", "odd:1"))


class LsTest(CliTest):
    def test_documents(self):
        self.add_documents()
        out = self.cairn("ls")
        self.assertRegex(out, r"(?m)^doc:\d+ +\d+ chunks? +\d+ bytes  \d{4}-\d\d-\d\d  docs/setup\.md  Setup$")
        documents = self.json("ls")["documents"]
        self.assertEqual([d["path"] for d in documents], [str(self.work / p) for p in ("docs/setup.md", "docs/zebra.rst")])
        self.assertEqual(set(documents[0]), {"id", "path", "title", "doc_type", "namespace", "bytes", "chunks",
                                             "modified_at", "ingested_at"})  # fmt: skip
        self.assertEqual(len(self.json("ls", "*.rst")["documents"]), 1)
        self.assertEqual(len(self.json("ls", "docs", "-n", "1")["documents"]), 1)
        self.assertEqual(self.cairn("ls", "elsewhere"), "")


class GraphTest(CliTest):
    def test_relate_and_walk(self):
        self.add_documents()
        a, b, c = self.note("a walrus"), self.note("a narwhal"), self.note("a whale")
        self.assertEqual(self.cairn("relate", str(a), str(b), "knows", "--strength", "0.5"),
                         f"{a} -knows-> {b} (strength 0.5)\n")  # fmt: skip
        self.cairn("relate", str(b), str(c), "knows")
        self.cairn("relate", str(c), "docs/setup.md", "cites")

        self.assertEqual([r["node"]["id"] for r in self.json("related", str(a))["related"]], [b])
        far = self.json("related", str(a), "--depth", "3")["related"]
        self.assertEqual([r["depth"] for r in far], [1, 2, 3])
        self.assertEqual([r["node"]["kind"] for r in far], ["content", "content", "document"])
        self.assertEqual(far[2]["strength"], 0.5)
        self.assertEqual([e["type"] for e in far[2]["path"]], ["knows", "knows", "cites"])
        self.assertEqual(far[2]["content"]["path"], str(self.work / "docs/setup.md"))
        self.assertIn(f"by {a} -knows-> {b}, {b} -knows-> {c}", self.cairn("related", str(a), "--depth", "2"))

        self.json("related", str(b), "--min-strength", "0.9", "--direction", "in", code=1)
        self.json("related", str(a), "--type", "cites", code=1)
        self.assertEqual(len(self.json("related", str(b), "--direction", "both")["related"]), 2)
        self.assertEqual(len(self.json("related", "docs/setup.md", "--direction", "in")["related"]), 1)
        self.assertEqual(len(self.json("related", str(a), "--depth", "9", "-n", "1")["related"]), 1)

        self.assertEqual(self.json("relate", str(a), str(b), "knows", "--remove")["removed"]["target"],
                         {"kind": "content", "id": b})  # fmt: skip
        self.json("related", str(a), code=1)
        self.error("relate", str(a), str(b), "knows", "--remove")

    def test_unknown_nodes(self):
        a = str(self.note("a"))
        for words in (["relate", a, "999999", "t"], ["relate", "no/file.md", a, "t"], ["relate", a, "doc:99", "t"],
                      ["related", "999999"], ["related", "no/file.md"]):  # fmt: skip
            with self.subTest(words=words):
                self.error(*words)


class RemoveTest(CliTest):
    def test_rows_documents_and_folders(self):
        self.add_documents()
        note = str(self.note("a walrus"))
        self.assertEqual(self.cairn("remove", note), f"removed {note} ({note})\n")
        self.error("get", note)
        self.write("more/one.md", "# One\n")
        self.write("more/two.md", "# Two\n")
        self.cairn("add", "more")
        self.assertEqual(len(self.json("remove", "more", "docs/zebra.rst")["removed"]), 3)
        self.assertEqual([d["title"] for d in self.json("ls")["documents"]], ["Setup"])
        self.assertTrue((self.work / "more/one.md").is_file())

    def test_what_is_not_there(self):
        self.add_documents()
        out, err = self.run_cairn("--db", str(self.db), "remove", "999999", "docs/zebra.rst", "*", code=3)
        self.assertRegex(out, r"^removed docs/zebra.rst \(doc:\d+\)\n$")
        self.assertIn("999999", err)
        self.assertEqual(len(self.json("ls")["documents"]), 1)


class UpkeepTest(CliTest):
    def test_status(self):
        self.add_documents()
        self.note("a")
        out = self.cairn("status")
        self.assertIn(f"{self.db} (--db)", out)
        self.assertRegex(out, r"(?m)^documents: +2$")
        status = self.json("status")
        self.assertEqual(status["documents"], 2)
        self.assertEqual(status["content"], status["vectors"])
        self.assertEqual(status["doc_types"]["note"], 1)
        self.assertEqual(status["namespaces"], {"default": status["content"]})

    def test_doctor(self):
        self.add_documents()
        self.assertEqual(self.cairn("doctor"), "no problem found\n")
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.execute("INSERT INTO content_fts(content_fts) VALUES ('delete-all')")
            db.commit()
        self.assertIn("problem: ", self.cairn("doctor", code=1))
        self.assertIn("repaired: ", self.cairn("doctor", "--repair"))
        self.assertEqual(self.json("doctor")["findings"], [])
        self.assertTrue(self.json("search", "zebra", "--mode", "keyword")["hits"])

    def test_upgrade_of_a_current_file(self):
        self.note("x")
        self.assertRegex(self.cairn("upgrade"), r"the file has format \d+, this version's\n$")
        self.assertEqual(self.json("upgrade")["actions"], [])

    def test_log(self):
        err = self.run_cairn("--db", str(self.db), "add", "--text", "x", env={"CAIRN_LOG": "info"})[1]
        self.assertIn("created", err)
        err = self.run_cairn("--db", str(self.db), "search", "x", env={"CAIRN_LOG": "debug"})[1]
        self.assertRegex(err, r"\[\d+\.\d ms\] searched")
        err = self.run_cairn("--db", str(self.db), "search", "x", env={"CAIRN_LOG": "loud"})[1]
        self.assertIn("CAIRN_LOG", err)


class BadFileTest(CliTest):
    def refuse(self, part):
        before = self.db.read_bytes() if self.db.is_file() else None
        for words in (["search", "x"], ["add", "--text", "x"], ["status"], ["doctor"]):
            with self.subTest(words=words):
                sentence = self.error(*words)
                self.assertIn(str(self.db), sentence)
                self.assertIn(part, sentence)
        if before is not None:
            self.assertEqual(self.db.read_bytes(), before, "a file that is not ours was changed")

    def test_not_a_database(self):
        self.db.write_text("Dear diary, today I was not a database. " * 100)
        self.refuse("database")
        self.assertIn("name another", self.error("search", "x"))

    def test_locked(self):
        self.note("a walrus")
        with contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            self.assertTrue(self.json("search", "walrus")["hits"])
            sentence = self.error("add", "--text", "x")
        self.assertIn(str(self.db), sentence)
        self.assertIn("try again", sentence)

    def test_somebody_elses_database(self):
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.executescript("CREATE TABLE invoices(id INTEGER PRIMARY KEY, total REAL); INSERT INTO invoices VALUES (1, 9.5);")
        self.refuse("another program")

    def test_a_folder(self):
        self.db.mkdir()
        self.refuse("folder")

    def test_empty_file(self):
        self.db.write_bytes(b"")
        self.error("search", "x")
        self.note("an empty file is as good as none")

    def test_missing_folder(self):
        self.db = self.folder / "no/such/folder/x.db"
        self.assertIn("folder", self.error("add", "--text", "x"))

    def test_foreign_bytes_in_a_row(self):
        note = self.note("a walrus", "--metadata", '{"a": 1}')
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.execute("UPDATE content SET doc_type = CAST(x'ff41' AS TEXT) WHERE id = ?", (note,))
            db.commit()
        self.assertEqual(self.json("get", str(note))["doc_type"], "\ufffdA")
        self.assertIn("walrus", self.cairn("search", "walrus"))


class OutputTest(CliTest):
    def on_terminal(self, *args, **env):
        """Runs it with both outputs on a terminal; returns what that shows."""
        master, slave = pty.openpty()
        process = subprocess.Popen([CAIRN, "--db", str(self.db), *args], env=self.environment(**env), cwd=self.work,
                                   stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)  # fmt: skip
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # EIO: the other side is closed
            while block := os.read(master, 65536):
                shown += block
        os.close(master)
        process.wait(timeout=120)
        return shown.decode(errors="replace")

    def test_colours_on_a_terminal_only(self):
        self.add_documents()
        shown = self.on_terminal("search", "deploy key")
        self.assertIn("\x1b[1;33mdeploy\x1b[0m", shown)
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", self.on_terminal("search", "deploy key", **env))
        self.assertNotIn("\x1b", self.cairn("search", "deploy key"))

    def test_progress_on_a_terminal_only(self):
        for i in range(50):
            self.write(f"many/{i}.md", f"# File {i}\n")
        self.assertRegex(self.on_terminal("add", "many"), r"\r\x1b\[K\[[#.]{24}\] \d+/\d+ files")
        self.assertNotIn("\r", self.on_terminal("add", "many", TERM="dumb").replace("\r\n", "\n"))

    def test_stored_text_cannot_steer_the_terminal(self):
        evil = "walrus \x1b]0;pwned\x07\x1b[31mred \u009b5m blink\x7f"
        note = str(self.note(evil))
        for words in (["search", "walrus"], ["search", "walrus", "--full"], ["get", note]):
            shown = self.on_terminal(*words, NO_COLOR="1")
            self.assertIn("walrus", shown)
            for control in ("\x1b", "\x07", "\x7f", "\u009b"):
                self.assertNotIn(control, shown, words)
        self.assertIn(evil, self.cairn("get", note))  # a pipe gets what was stored

    def test_control_characters_in_an_argument(self):
        sentence = self.error("get", "x\x1b[31m", code=3)
        self.assertNotIn("\x1b", sentence)

    def test_reader_that_leaves(self):
        for _ in range(3):
            self.cairn("add", "-", stdin=b"walrus " * 100000)
        process = subprocess.Popen([CAIRN, "--db", str(self.db), "search", "--full", "walrus"], env=self.environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 0)

    def test_full_disk_behind_the_answer(self):
        self.note("walrus")
        with open("/dev/full", "wb") as full:
            run = subprocess.run([CAIRN, "--db", str(self.db), "search", "walrus"], env=self.environment(), stdout=full,
                                 stderr=subprocess.PIPE, check=False)  # fmt: skip
        self.assertEqual(run.returncode, 3)
        self.assertIn(b"cannot write the answer", run.stderr)

    def test_json_is_one_document_for_every_verb(self):
        self.add_documents()
        note = str(self.note("x"))
        for words in (["search", "zebra"], ["get", note], ["get", "docs/zebra.rst"], ["ls"], ["status"], ["doctor"],
                      ["upgrade"], ["relate", note, "docs/zebra.rst", "t"], ["related", note], ["add", "docs"],
                      ["remove", note]):  # fmt: skip
            with self.subTest(words=words):
                self.assertIsInstance(self.json(*words), dict)

    def test_global_options_on_either_side_of_the_verb(self):
        self.note("walrus")
        before = self.run_cairn("--db", str(self.db), "--json", "search", "walrus")[0]
        self.assertEqual(self.run_cairn("search", "walrus", "--db", str(self.db), "--json")[0], before)


if __name__ == "__main__":
    CAIRN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
