"""Rows to search in, generated from a seed, and how the guide's SQL writes them."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy

import guide_sql
from support import blob

# doc_type and its share of the rows: from every second row down to fewer rows than any LIMIT used here.
DOC_TYPES = {"common": 0.5, "article": 0.3895, "tenth": 0.1, "hundredth": 0.01, "rare": 0.0005}


@dataclass
class Row:
    text: str
    doc_type: str
    created_at: int
    vector: numpy.ndarray
    id: int = 0

    @cached_property
    def words(self):
        return Counter(self.text.split())

    def change_text(self, text):
        self.text = text
        self.__dict__.pop("words", None)


@dataclass
class Corpus:
    seed: int
    count: int
    dimension: int
    rows: list = field(default_factory=list)

    def __post_init__(self):
        print(f"corpus: seed {self.seed}, {self.count} rows of {self.dimension} dimensions")
        self.rng = numpy.random.default_rng(self.seed)
        vectors = self.rng.standard_normal((self.count, self.dimension)).astype(numpy.float32)
        # Every hundredth row repeats an earlier one: distances that are equal to the last bit.
        for i in range(99, self.count, 100):
            vectors[i] = vectors[self.rng.integers(i)]
        types = self.rng.choice(list(DOC_TYPES), size=self.count, p=list(DOC_TYPES.values()))
        # Two rows of the rarest type wherever chance made none or many.
        types[types == "rare"] = "common"
        types[self.rng.choice(self.count, 2, replace=False)] = "rare"
        for i in range(self.count):
            self.rows.append(Row(self.text(), str(types[i]), 1234567890 + i, vectors[i]))
        self.vectors = vectors

    def text(self):
        """Words that no stemmer touches; low numbers are frequent ones."""
        length = int(self.rng.integers(5, 60))
        return " ".join(f"w{int(n)}" for n in self.rng.zipf(1.3, length) % 2000)

    def queries(self, count):
        """Random vectors, and vectors that are in the table twice."""
        fresh = self.rng.standard_normal((count - count // 3, self.dimension)).astype(numpy.float32)
        known = self.vectors[99::100][self.rng.choice(self.count // 100, count // 3)]
        return list(fresh) + list(known)

    def by_id(self):
        return {row.id: row for row in self.rows}


def words_of(corpus, count):
    """Some of its words, from those in one row to those in nearly every row."""
    frequency = {}
    for row in corpus.rows:
        for word in row.words:
            frequency[word] = frequency.get(word, 0) + 1
    ordered = sorted(frequency, key=frequency.get)
    return [ordered[i * (len(ordered) - 1) // (count - 1)] for i in range(count)]


def batch_insert(db, rows):
    """The guide's batch insert: one transaction, each row's id by RETURNING."""
    db.rows("BEGIN")
    for row in rows:
        row.id = db.value(guide_sql.INSERT_CONTENT_RETURNING, (row.text, row.doc_type, row.created_at))
        db.rows(guide_sql.INSERT_VECTOR, (row.id, blob(row.vector)))
    db.rows("COMMIT")
