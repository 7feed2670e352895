
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace TEXT NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    ingested_ns INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    UNIQUE (namespace, path)
);

ALTER TABLE content ADD COLUMN namespace TEXT NOT NULL DEFAULT 'default';
ALTER TABLE content ADD COLUMN document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE;
ALTER TABLE content ADD COLUMN heading TEXT NOT NULL DEFAULT '';
ALTER TABLE content ADD COLUMN line_start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content ADD COLUMN line_end INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content ADD COLUMN byte_start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content ADD COLUMN byte_end INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content ADD COLUMN text_hash TEXT;
ALTER TABLE content ADD COLUMN updated_at INTEGER;
CREATE INDEX idx_content_document ON content(document_id) WHERE document_id IS NOT NULL;
CREATE INDEX idx_content_namespace ON content(namespace, doc_type);

CREATE TABLE document_relationships (
    id INTEGER PRIMARY KEY,
    source_id INTEGER REFERENCES content(id) ON DELETE CASCADE,
    source_document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE,
    target_id INTEGER REFERENCES content(id) ON DELETE CASCADE,
    target_document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE,
    relationship_type TEXT NOT NULL,
    strength REAL NOT NULL DEFAULT 1.0 CHECK (strength >= 0.0 AND strength <= 1.0),
    created_at INTEGER NOT NULL,
    CHECK ((source_id IS NULL) <> (source_document_id IS NULL)),
    CHECK ((target_id IS NULL) <> (target_document_id IS NULL)),
    CHECK (source_document_id IS NOT NULL OR target_document_id IS NOT NULL)
);
CREATE UNIQUE INDEX idx_document_rel_source ON document_relationships(
    coalesce(source_id, -source_document_id), coalesce(target_id, -target_document_id), relationship_type);
CREATE INDEX idx_document_rel_target ON document_relationships(coalesce(target_id, -target_document_id));

DROP TRIGGER IF EXISTS content_ai;
DROP TRIGGER IF EXISTS content_ad;
DROP TRIGGER IF EXISTS content_au;
DROP TABLE IF EXISTS content_fts;
CREATE VIRTUAL TABLE content_fts USING fts5(
    text, heading, content=content, content_rowid=id, tokenize='porter unicode61 remove_diacritics 2'
);
INSERT INTO content_fts(content_fts, rank) VALUES ('rank', 'bm25(1.0, 1.5)');
INSERT INTO content_fts(content_fts) VALUES ('rebuild');

CREATE VIRTUAL TABLE content_trigrams USING fts5(
    text, content=content, content_rowid=id, tokenize='trigram'
);
INSERT INTO content_trigrams(rowid, text)
SELECT id, text FROM content
WHERE length(CAST(text AS BLOB)) <> length(text) AND text GLOB '*[฀-࿿←-⯿⺀-﷿︐-�𐀀-􏿿]*';

CREATE TRIGGER content_ai AFTER INSERT ON content BEGIN
    INSERT INTO content_fts(rowid, text, heading) VALUES (new.id, new.text, new.heading);
END;
CREATE TRIGGER content_ad AFTER DELETE ON content BEGIN
    INSERT INTO content_fts(content_fts, rowid, text, heading) VALUES ('delete', old.id, old.text, old.heading);
END;
CREATE TRIGGER content_au AFTER UPDATE OF text, heading ON content BEGIN
    INSERT INTO content_fts(content_fts, rowid, text, heading) VALUES ('delete', old.id, old.text, old.heading);
    INSERT INTO content_fts(rowid, text, heading) VALUES (new.id, new.text, new.heading);
    UPDATE content SET text_hash = ''
    WHERE id = new.id AND new.text IS NOT old.text AND new.text_hash IS old.text_hash;
END;

CREATE TRIGGER content_trigrams_ai AFTER INSERT ON content
WHEN length(CAST(new.text AS BLOB)) <> length(new.text) AND new.text GLOB '*[฀-࿿←-⯿⺀-﷿︐-�𐀀-􏿿]*' BEGIN
    INSERT INTO content_trigrams(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER content_trigrams_ad AFTER DELETE ON content
WHEN length(CAST(old.text AS BLOB)) <> length(old.text) AND old.text GLOB '*[฀-࿿←-⯿⺀-﷿︐-�𐀀-􏿿]*' BEGIN
    INSERT INTO content_trigrams(content_trigrams, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER content_trigrams_au_old AFTER UPDATE OF text ON content
WHEN length(CAST(old.text AS BLOB)) <> length(old.text) AND old.text GLOB '*[฀-࿿←-⯿⺀-﷿︐-�𐀀-􏿿]*' BEGIN
    INSERT INTO content_trigrams(content_trigrams, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER content_trigrams_au_new AFTER UPDATE OF text ON content
WHEN length(CAST(new.text AS BLOB)) <> length(new.text) AND new.text GLOB '*[฀-࿿←-⯿⺀-﷿︐-�𐀀-􏿿]*' BEGIN
    INSERT INTO content_trigrams(rowid, text) VALUES (new.id, new.text);
END;

PRAGMA application_id = 1130459758;
