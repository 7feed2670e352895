#include "store/documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cairn/error.hpp"
#include "store/content.hpp"
#include "store/filter_sql.hpp"

namespace cairn::store {

namespace {

constexpr std::string_view kDocumentColumns =
    "d.id, d.namespace, d.path, d.title, d.doc_type, d.bytes, "
    "(SELECT count(*) FROM content WHERE document_id = d.id), d.modified_ns / 1000000000, d.ingested_ns / "
    "1000000000";

Document read_document(const sqlite::Statement& row) {
  return {.id = row.get<std::int64_t>(0),
          .namespace_ = row.get<std::string>(1),
          .path = row.get<std::string>(2),
          .title = row.get<std::string>(3),
          .doc_type = row.get<std::string>(4),
          .bytes = row.get<std::int64_t>(5),
          .chunks = row.get<std::int64_t>(6),
          .modified_at = row.get<std::int64_t>(7),
          .ingested_at = row.get<std::int64_t>(8)};
}

}  // namespace

std::vector<Document> list_documents(sql::Connection& db, const SearchOptions& options) {
  const FilterSql filter = compile(combined_filter(options), FilterRows::documents);
  const sql::CachedStatement st = db.cached(
      fmt::format("SELECT {} FROM documents d WHERE {} ORDER BY d.path, d.namespace LIMIT ? OFFSET ?",
                  kDocumentColumns, filter.condition));
  const int next = bind(filter, *st, 1);
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
  st->bind(next,
           options.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(std::min(options.limit, kMost)));
  st->bind(next + 1, std::min(options.offset, kMost));
  std::vector<Document> documents;
  while (st->step()) documents.push_back(read_document(*st));
  return documents;
}

std::optional<Document> find_document(sql::Connection& db, std::int64_t id) {
  const sql::CachedStatement st =
      db.cached(fmt::format("SELECT {} FROM documents d WHERE d.id = ?", kDocumentColumns));
  st->bind(1, id);
  if (!st->step()) return std::nullopt;
  return read_document(*st);
}

std::optional<Document> find_document(sql::Connection& db, std::string_view path,
                                      std::string_view name_space) {
  const sql::CachedStatement st = db.cached(
      fmt::format("SELECT {} FROM documents d WHERE d.namespace = ? AND d.path = ?", kDocumentColumns));
  st->bind_all(name_space, path);
  if (!st->step()) return std::nullopt;
  return read_document(*st);
}

std::vector<Content> lines(sql::Connection& db, std::int64_t document_id, std::int64_t first,
                           std::int64_t last) {
  if (!find_document(db, document_id))
    throw Error(ErrorCode::not_found, fmt::format("there is no document with the id {}", document_id));
  const sql::CachedStatement st = db.cached(fmt::format(
      "SELECT {} FROM {} WHERE c.document_id = ?1 AND c.line_end >= ?2 AND (?3 = 0 OR c.line_start <= ?3) "
      "ORDER BY c.byte_start, c.id",
      kContentColumns, kContentTables));
  st->bind_all(document_id, first, last);
  std::vector<Content> chunks;
  while (st->step()) chunks.push_back(read_content(*st));
  return chunks;
}

bool remove_document(sql::Connection& db, std::int64_t id) {
  // Not left to the foreign key: a cascade would be right, but foreign keys can be off in other programs.
  db.cached("DELETE FROM content WHERE document_id = ?")->bind(1, id).run();
  db.cached("DELETE FROM documents WHERE id = ?")->bind(1, id).run();
  return db.changes() > 0;
}

}  // namespace cairn::store
