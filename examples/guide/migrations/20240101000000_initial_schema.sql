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
