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
