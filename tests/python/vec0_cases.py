"""Random vec0 tables, rows and queries as plain SQL text, for the tests that run them through two engines.

Everything comes from the random.Random that is passed in, so a seed gives the same statements again.
"""
import struct
from dataclasses import dataclass

METRICS = {"float": ["", "l2", "l1", "cosine"], "int8": ["", "l2", "l1", "cosine"], "bit": [""]}
METADATA = ["boolean", "integer", "float", "text"]
AUXILIARY = ["text", "integer", "float", "blob"]
SHORT_TEXTS = ["", "a", "b", "ab", "B", "é", "eleven chrs"]
LONG_TEXTS = ["twelve chars", "thirteen char", "twelve charz", "ééééééé", "a text that is a good deal longer than that"]


@dataclass
class Column:
    kind: str  # key, vector, partition, metadata or auxiliary
    name: str
    type: str
    dims: int = 0
    metric: str = ""

    def declaration(self):
        if self.kind == "vector":
            return f"{self.name} {self.type}[{self.dims}]" + (f" distance_metric={self.metric}" if self.metric else "")
        return {"key": f"{self.name} {self.type} primary key", "partition": f"{self.name} {self.type} partition key",
                "metadata": f"{self.name} {self.type}", "auxiliary": f"+{self.name} {self.type}"}[self.kind]


def quoted(value):
    """A value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return repr(value)


class Table:
    """A declaration, and values for its columns: as they are read back, and as SQL that inserts them."""

    def __init__(self, rng, columns, chunk_size, name="t", long_texts=True, null_partitions=False):
        self.rng = rng
        self.name = name
        self.columns = columns
        self.chunk_size = chunk_size
        self.null_partitions = null_partitions
        self.texts = SHORT_TEXTS + (LONG_TEXTS if long_texts else [])
        # Few vectors that come again and again make ties.
        self.pools = {c.name: [self.vector(c) for _ in range(8)] for c in self.of("vector")}

    def of(self, *kinds):
        return [c for c in self.columns if c.kind in kinds]

    @property
    def key(self):
        return next(iter(self.of("key")), Column("key", "rowid", "integer"))

    def create(self, schema="main"):
        arguments = [c.declaration() for c in self.columns] + [f"chunk_size={self.chunk_size}"]
        return f"CREATE VIRTUAL TABLE {schema}.{self.name} USING vec0({', '.join(arguments)})"

    def vector(self, column):
        rng = self.rng
        if column.type == "float":
            numbers = [rng.choice([rng.uniform(-1, 1), rng.randint(-8, 8) / 4]) for _ in range(column.dims)]
            numbers[0] = numbers[0] or 1.0  # a zero vector has no cosine (docs/deviations.md)
            return struct.pack(f"<{column.dims}f", *numbers)
        size = column.dims if column.type == "int8" else column.dims // 8
        return bytes([rng.randrange(1, 256)]) + bytes(rng.choice([0, 1, 127, 128, 255, rng.randrange(256)]) for _ in range(size - 1))

    def value(self, column):
        rng = self.rng
        if column.kind == "key":
            number = rng.randint(1, 60)
            return number if column.type == "integer" else rng.choice(["k", "kéy", "a key of more than twelve bytes "]) + str(number)
        if column.kind == "vector":
            return rng.choice(self.pools[column.name]) if rng.random() < 0.5 else self.vector(column)
        if column.kind == "partition":
            if self.null_partitions and rng.random() < 0.2:
                return None
            return rng.randint(1, 3) if column.type == "integer" else rng.choice(["x", "y", "a partition"])
        if column.kind == "auxiliary" and rng.random() < 0.2:
            return None
        return {"boolean": lambda: rng.randint(0, 1), "integer": lambda: rng.choice([rng.randint(-3, 3), 2**40, -2**63]),
                "float": lambda: rng.choice([rng.randint(-3, 3) / 2, 1e300]), "text": lambda: rng.choice(self.texts),
                "blob": lambda: rng.choice([b"", b"\0", b"blob"])}[column.type]()

    def literal(self, column, value):
        if column.kind == "vector" and column.type != "float":
            return f"vec_{column.type}({quoted(value)})"
        if column.kind == "vector" and self.rng.random() < 0.2:
            return quoted(str(list(struct.unpack(f"<{column.dims}f", value))))
        return quoted(value)

    def row(self):
        return [self.value(c) for c in self.columns]

    def insert(self, row, verb="INSERT"):
        values = ", ".join(self.literal(c, v) for c, v in zip(self.columns, row))
        return f"{verb} INTO {self.name}({', '.join(c.name for c in self.columns)}) VALUES ({values})"


def random_table(rng, long_texts=True):
    columns = []
    if rng.random() < 0.7:
        columns.append(Column("key", "id", rng.choice(["integer", "text"])))
    for i in range(rng.choice([1, 1, 1, 2, 3])):
        kind = rng.choice(list(METRICS))
        columns.append(Column("vector", f"v{i}", kind, rng.choice([8, 16, 24]) if kind == "bit" else rng.choice([1, 3, 8, 17]),
                              rng.choice(METRICS[kind])))
    for i in range(rng.choice([0, 0, 1, 2])):
        columns.append(Column("partition", f"p{i}", rng.choice(["integer", "text"])))
    for i in range(rng.choice([0, 1, 2, 4])):
        columns.append(Column("metadata", f"m{i}", rng.choice(METADATA)))
    for i in range(rng.choice([0, 0, 1, 2])):
        columns.append(Column("auxiliary", f"x{i}", rng.choice(AUXILIARY)))
    rng.shuffle(columns)
    return Table(rng, columns, rng.choice([8, 8, 16, 64]), long_texts=long_texts)
