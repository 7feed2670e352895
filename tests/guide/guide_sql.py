"""The SQL of the guide, word for word, in the guide's order.

Adaptations, each because the guide contradicts itself:

* KNN_K selects `rowid` from vec_content. That table has a named key (`content_id INTEGER PRIMARY KEY`), and
  such a vec0 table is declared WITHOUT ROWID, so there is no column of that name: KNN_K_ADAPTED asks for
  `content_id`. Nothing else in the statement differs.
* FIXTURE_VECTORS holds vectors of three dimensions for a column FLOAT[768], and in big-endian order where
  vec0 reads the machine's own. test_writes.py shows what becomes of it, and the corrected form.
* The first snippet, "Store vectors", inserts into a table `embeddings` that the guide defines nowhere:
  STORE_VECTORS runs against a table made for it.
* CTE_KNN and WRONG_KNN use tables `chunk_vec`, `chunks` and `notes` that the guide does not define either;
  CHUNK_TABLES defines what the statements presuppose, and they run unchanged. WRONG_KNN_CONTENT is the same
  shape over the guide's own tables.
"""

# Best Practices: Vector Storage & Conversion

STORE_VECTORS_TABLE = "CREATE TABLE embeddings(content_id INTEGER PRIMARY KEY, vector BLOB NOT NULL)"

STORE_VECTORS = "INSERT INTO embeddings(content_id, vector) VALUES (?, ?)"

QUERY_VECTORS = """
    SELECT content_id, distance
    FROM vec_content
    WHERE vector MATCH ?
    ORDER BY distance
    LIMIT 10
"""

# Best Practices: Transaction Management, and Common Patterns: Batch Insert

INSERT_CONTENT_RETURNING = "INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?) RETURNING id"

INSERT_VECTOR = "INSERT INTO vec_content(content_id, vector) VALUES (?, ?)"

# Best Practices: Basic Setup and Performance Optimization, and Quick Reference: Key Performance Settings.
# The statement, how to ask for the setting, and what it must then be.

PRAGMAS = [
    ("PRAGMA journal_mode = WAL;", "PRAGMA journal_mode", "wal"),
    ("PRAGMA synchronous = NORMAL;", "PRAGMA synchronous", 1),
    ("PRAGMA cache_size = -64000;", "PRAGMA cache_size", -64000),
    ("PRAGMA mmap_size = 268435456;", "PRAGMA mmap_size", 268435456),
    ("PRAGMA temp_store = MEMORY;", "PRAGMA temp_store", 2),
]

# Best Practices: Error Handling

SEARCH_SIMILAR = """
        SELECT
            c.id,
            c.text,
            c.doc_type,
            v.distance
        FROM content c
        JOIN vec_content v ON c.id = v.content_id
        WHERE c.doc_type = ?
          AND v.vector MATCH ?
        ORDER BY v.distance
        LIMIT ?
"""

# Schema Management

INITIAL_SCHEMA = """
-- Content metadata table
CREATE TABLE IF NOT EXISTS content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    created_at INTEGER NOT NULL,  -- Unix timestamp
    metadata TEXT,  -- JSON blob for flexible metadata
    CHECK(length(text) > 0)
);

-- Vector table using vec0 virtual table
CREATE VIRTUAL TABLE IF NOT EXISTS vec_content USING vec0(
    content_id INTEGER PRIMARY KEY,
    vector FLOAT[768]  -- Adjust dimension based on your embedding model
);

-- Indexes for common queries
CREATE INDEX IF NOT EXISTS idx_content_doc_type ON content(doc_type);
CREATE INDEX IF NOT EXISTS idx_content_created_at ON content(created_at);
CREATE INDEX IF NOT EXISTS idx_content_type_date ON content(doc_type, created_at);
"""

ADD_RELATIONSHIPS = """
-- Add relationship tracking for knowledge graph
CREATE TABLE IF NOT EXISTS content_relationships (
    source_id INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    relationship_type TEXT NOT NULL,
    strength REAL DEFAULT 1.0,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (source_id, target_id, relationship_type),
    FOREIGN KEY (source_id) REFERENCES content(id) ON DELETE CASCADE,
    FOREIGN KEY (target_id) REFERENCES content(id) ON DELETE CASCADE,
    CHECK(strength >= 0.0 AND strength <= 1.0)
);

CREATE INDEX IF NOT EXISTS idx_rel_source ON content_relationships(source_id);
CREATE INDEX IF NOT EXISTS idx_rel_target ON content_relationships(target_id);
CREATE INDEX IF NOT EXISTS idx_rel_type ON content_relationships(relationship_type);
"""

APP_METADATA_TABLE = """
CREATE TABLE IF NOT EXISTS app_metadata (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""

APP_METADATA_UPSERT = """
INSERT INTO app_metadata(key, value)
VALUES ('schema_version', '1.0.0')
ON CONFLICT(key) DO UPDATE SET value = excluded.value;
"""

# Testing

TEST_INSERT_CONTENT = "INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?)"

TEST_INSERT_VECTOR = "INSERT INTO vec_content(content_id, vector) VALUES (1, ?)"

TEST_SEARCH = """SELECT content_id, distance FROM vec_content
             WHERE vector MATCH ?
             ORDER BY distance LIMIT 5"""

FIXTURE_CONTENT = """
INSERT INTO content(id, text, doc_type, created_at) VALUES
    (1, 'Rust is a systems programming language', 'article', 1234567890),
    (2, 'Python is great for AI', 'article', 1234567891),
    (3, 'SQLite is embedded database', 'article', 1234567892);
"""

FIXTURE_VECTORS = """
INSERT INTO vec_content(content_id, vector) VALUES
    (1, X'3dcccccd3e4ccccd3e99999a'),  -- Binary format
    (2, X'3e19999a3e4ccccd3e800000'),
    (3, X'3e99999a3ecccccd3f000000');
"""

FIXTURE_COUNT = "SELECT COUNT(*) FROM content"

BENCH_SEARCH = """SELECT content_id, distance FROM vec_content
             WHERE vector MATCH ?
             ORDER BY distance LIMIT 10"""

# Common Patterns: RAG Search

RAG_SEARCH_BY_TYPE = """
            SELECT c.id, c.text, c.doc_type, c.created_at, v.distance
            FROM content c
            JOIN vec_content v ON c.id = v.content_id
            WHERE c.doc_type = ?
              AND v.vector MATCH ?
            ORDER BY v.distance
            LIMIT ?
"""

RAG_SEARCH = """
            SELECT c.id, c.text, c.doc_type, c.created_at, v.distance
            FROM content c
            JOIN vec_content v ON c.id = v.content_id
            WHERE v.vector MATCH ?
            ORDER BY v.distance
            LIMIT ?
"""

# Common Patterns: Hybrid Search

FULL_TEXT_SCHEMA = """
CREATE VIRTUAL TABLE IF NOT EXISTS content_fts USING fts5(
    text,
    content=content,
    content_rowid=id
);

-- Triggers to keep FTS in sync
CREATE TRIGGER IF NOT EXISTS content_ai AFTER INSERT ON content BEGIN
    INSERT INTO content_fts(rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER IF NOT EXISTS content_ad AFTER DELETE ON content BEGIN
    DELETE FROM content_fts WHERE rowid = old.id;
END;

CREATE TRIGGER IF NOT EXISTS content_au AFTER UPDATE ON content BEGIN
    UPDATE content_fts SET text = new.text WHERE rowid = new.id;
END;
"""

HYBRID_SEARCH = """
        WITH vector_results AS (
            SELECT content_id, distance,
                   ROW_NUMBER() OVER (ORDER BY distance) as rank
            FROM vec_content
            WHERE vector MATCH ?
            LIMIT 20
        ),
        fts_results AS (
            SELECT rowid as content_id,
                   ROW_NUMBER() OVER (ORDER BY rank) as rank
            FROM content_fts
            WHERE content_fts MATCH ?
            LIMIT 20
        ),
        combined AS (
            SELECT content_id,
                   (1.0 / (60 + COALESCE(v.rank, 999))) +
                   (1.0 / (60 + COALESCE(f.rank, 999))) as score
            FROM (
                SELECT content_id FROM vector_results
                UNION
                SELECT content_id FROM fts_results
            ) all_results
            LEFT JOIN vector_results v USING (content_id)
            LEFT JOIN fts_results f USING (content_id)
        )
        SELECT c.id, c.text, c.doc_type, c.created_at, comb.score
        FROM combined comb
        JOIN content c ON c.id = comb.content_id
        ORDER BY comb.score DESC
        LIMIT ?
"""

# Common Patterns: Knowledge Graph

RELATED_BY_TYPE = """
                SELECT
                    c.id,
                    c.text,
                    c.doc_type,
                    r.relationship_type,
                    r.strength
                FROM content_relationships r
                JOIN content c ON c.id = r.target_id
                WHERE r.source_id = ? AND r.relationship_type = ?
                ORDER BY r.strength DESC
"""

RELATED = """
                SELECT
                    c.id,
                    c.text,
                    c.doc_type,
                    r.relationship_type,
                    r.strength
                FROM content_relationships r
                JOIN content c ON c.id = r.target_id
                WHERE r.source_id = ?
                ORDER BY r.strength DESC
"""

# Quick Reference: Common Vector Operations

KNN_K = """
SELECT rowid, distance
FROM vec_content
WHERE vector MATCH ?
  AND k = 10;
"""

KNN_K_ADAPTED = KNN_K.replace("rowid", "content_id")

# Quick Reference: vec0 KNN with JOINs

CHUNK_TABLES = """
CREATE TABLE notes(id INTEGER PRIMARY KEY, scope TEXT NOT NULL, owner_ghost INTEGER);
CREATE TABLE chunks(id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL REFERENCES notes(id));
CREATE VIRTUAL TABLE chunk_vec USING vec0(embedding FLOAT[{dimension}]);
"""

CTE_KNN = """
WITH knn AS (
  SELECT rowid, distance
  FROM chunk_vec
  WHERE embedding MATCH ?
    AND k = ?
)
SELECT c.id, knn.distance
FROM knn
JOIN chunks c ON c.id = knn.rowid
JOIN notes n ON n.id = c.note_id
WHERE n.scope = ? AND n.owner_ghost IS NULL
ORDER BY knn.distance ASC
LIMIT ?;
"""

WRONG_KNN = """
SELECT c.id, v.distance
FROM chunk_vec v
JOIN chunks c ON c.id = v.rowid
WHERE v.embedding MATCH ?
ORDER BY v.distance ASC
LIMIT 10;
"""

WRONG_KNN_CONTENT = """
SELECT c.id, v.distance
FROM vec_content v
JOIN content c ON c.id = v.content_id
WHERE v.vector MATCH ?
ORDER BY v.distance ASC
LIMIT 10;
"""
