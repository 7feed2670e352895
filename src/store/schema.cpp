#include "store/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

namespace cairn::store {

namespace {

// As the guide has it. IF NOT EXISTS, because an adopted database has most of it already.
constexpr std::string_view kGuideSchema = R"sql(
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
)sql";

// Documents, namespaces, ranges, and full text with triggers that are right for an external-content
// index: FTS5 needs the old values to forget a row (https://www.sqlite.org/fts5.html, section 4.4.3).
//
// text_hash is what the row's vector was made from: NULL when another program wrote the row, '' when
// another program changed its text since.
//
// content_trigrams holds only the rows with a character of a script without spaces or a symbol
// (text/unspaced.hpp has the same ranges), for which unicode61 has no useful tokens. ASCII text, where
// octets and characters agree in number, is not even looked at.
constexpr std::string_view kDocumentsAndFullText = R"sql(
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
WHERE length(CAST(text AS BLOB)) <> length(text) AND text GLOB UNSPACED;

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
WHEN length(CAST(new.text AS BLOB)) <> length(new.text) AND new.text GLOB UNSPACED BEGIN
    INSERT INTO content_trigrams(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER content_trigrams_ad AFTER DELETE ON content
WHEN length(CAST(old.text AS BLOB)) <> length(old.text) AND old.text GLOB UNSPACED BEGIN
    INSERT INTO content_trigrams(content_trigrams, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER content_trigrams_au_old AFTER UPDATE OF text ON content
WHEN length(CAST(old.text AS BLOB)) <> length(old.text) AND old.text GLOB UNSPACED BEGIN
    INSERT INTO content_trigrams(content_trigrams, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER content_trigrams_au_new AFTER UPDATE OF text ON content
WHEN length(CAST(new.text AS BLOB)) <> length(new.text) AND new.text GLOB UNSPACED BEGIN
    INSERT INTO content_trigrams(rowid, text) VALUES (new.id, new.text);
END;

PRAGMA application_id = APPLICATION_ID;
)sql";

// The GLOB of text that has a code point for which text::is_unspaced holds.
constexpr std::string_view kUnspacedGlob =
    "'*[\u0E00-\u0FFF\u2190-\u2BFF\u2E80-\uFDFF\uFE10-\uFFFD\U00010000-\U0010FFFF]*'";

std::string documents_and_full_text() {
  std::string sql(kDocumentsAndFullText);
  const auto replace = [&sql](std::string_view word, std::string_view by) {
    for (std::size_t at = sql.find(word); at != std::string::npos; at = sql.find(word, at + by.size()))
      sql.replace(at, word.size(), by);
  };
  replace("UNSPACED", kUnspacedGlob);
  replace("APPLICATION_ID", fmt::format("{}", kApplicationId));
  return sql;
}

}  // namespace

std::span<const sql::Migration> migrations() {
  static const std::string second = documents_and_full_text();
  static const std::array all = {
      sql::Migration{1, "the guide's schema", kGuideSchema},
      sql::Migration{2, "documents, namespaces and full text", second},
  };
  return all;
}

void create_vectors(sqlite::ConnectionRef db, std::size_t dimension) {
  // Chunks of 256 vectors instead of 1,024: a chunk is allocated whole, and most stores are small.
  db.execute(
      fmt::format("CREATE VIRTUAL TABLE IF NOT EXISTS vec_content USING vec0("
                  "content_id INTEGER PRIMARY KEY, vector FLOAT[{}] distance_metric=cosine, chunk_size=256)",
                  dimension));
  db.execute(
      "CREATE TRIGGER IF NOT EXISTS content_vectors_ad AFTER DELETE ON content BEGIN "
      "DELETE FROM vec_content WHERE content_id = old.id; END");
}

std::optional<std::size_t> vector_dimension(sqlite::ConnectionRef db) {
  // Without white space and in lower case: createvirtualtablevec_contentusingvec0(…
  const auto sql = db.query_optional<std::string>(
      "SELECT lower(replace(replace(replace(replace(sql, ' ', ''), char(9), ''), char(10), ''), char(13), "
      "'')) "
      "FROM sqlite_schema WHERE name = 'vec_content' AND type = 'table'");
  constexpr std::string_view kColumns = "usingvec0(content_idintegerprimarykey,vectorfloat[";
  if (!sql || !sql->starts_with("createvirtualtable")) return std::nullopt;
  const std::size_t columns = sql->find(kColumns);
  if (columns == std::string::npos) return std::nullopt;
  // A further column would have to be given with every vector, which the store does not.
  if (!db.query_one<bool>(
          "SELECT group_concat(name) = 'content_id,vector' FROM pragma_table_info('vec_content')"))
    return std::nullopt;

  std::size_t dimension = 0;
  const char* digits = sql->data() + columns + kColumns.size();
  const auto [end, error] = std::from_chars(digits, sql->data() + sql->size(), dimension);
  if (error != std::errc{} || end == digits || *end != ']') return std::nullopt;
  return dimension;
}

}  // namespace cairn::store
