
CREATE TABLE IF NOT EXISTS content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    metadata TEXT,
    CHECK(length(text) > 0)
);
CREATE INDEX IF NOT EXISTS idx_content_doc_type ON content(doc_type);
CREATE INDEX IF NOT EXISTS idx_content_created_at ON content(created_at);
CREATE INDEX IF NOT EXISTS idx_content_type_date ON content(doc_type, created_at);

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

CREATE TABLE IF NOT EXISTS app_metadata (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
