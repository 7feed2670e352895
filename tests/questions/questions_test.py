"""Twenty questions about the kernel's and Python's documentation whose answers we know, and ten queries made of
punctuation, identifiers and operators, asked of the command line as a user would.

Usage: questions_test.py PATH-TO-CAIRN [--report]

The right section must be among the first five for at least sixteen of the twenty; none of the thirty may be empty or
fail. The two corpora are Debian's packages linux-doc-6.1 and python3.11-doc.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
CORPORA = ["/usr/share/doc/linux-doc-6.1/html/_sources", "/usr/share/doc/python3.11/html/_sources"]
SKIPPED = 77  # ctest's SKIP_RETURN_CODE here
AT_LEAST = 16


def search(cairn, database, query, limit):
    run = subprocess.run([cairn, "search", "--db", database, "--json", "--full", "--limit", str(limit), "--", query],
                         capture_output=True, text=True)
    assert run.returncode == 0, f"{query!r}: exit code {run.returncode}: {run.stderr}"
    answer = json.loads(run.stdout)
    return answer["hits"] if isinstance(answer, dict) else answer


def is_right(hit, paths, section):
    right_document = any(path in hit["path"] for path in paths.split("|"))
    return right_document and section.lower() in (hit["heading"] + "\n" + hit["text"]).lower()


def main(cairn, report):
    missing = [corpus for corpus in CORPORA if not pathlib.Path(corpus).is_dir()]
    if missing:
        print(f"not installed: {missing}; scripts/setup --corpora installs them")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        database = f"{folder}/questions.db"
        subprocess.run([cairn, "add", "--db", database, *CORPORA], check=True, capture_output=True)
        right = 0
        lines = [line for line in (HERE / "questions.tsv").read_text().splitlines() if not line.startswith("#")]
        for line in lines:
            question, paths, section = line.split("\t")
            hits = search(cairn, database, question, 5)
            assert hits, f"no answer to {question!r}"
            rank = next((i + 1 for i, hit in enumerate(hits) if is_right(hit, paths, section)), None)
            right += rank is not None
            print(f"{rank or '-'}  {question}")
            if report and rank is None:
                for hit in hits:
                    print(f"       {hit['path'].split('_sources/')[-1]}:{hit['line_start']}  {hit['heading']}")
        for query in (HERE / "awkward.txt").read_text().splitlines():
            assert search(cairn, database, query, 5), f"no answer to {query!r}"
        print(f"{right} of {len(lines)} right in the first five; at least {AT_LEAST} are asked for")
        return 0 if right >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--report" in sys.argv))
