#include "store/documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "store/content.hpp"
#include "store/filter_sql.hpp"

namespace cairn::store {

std::vector<Document> list_documents(sql::Connection& db, const SearchOptions& options) {
  const FilterSql filter = compile(combined_filter(options), FilterRows::documents);
  const sql::CachedStatement st = db.cached(
      fmt::format("SELECT d.id FROM documents d WHERE {} ORDER BY d.path, d.namespace LIMIT ? OFFSET ?",
                  filter.condition));
  const int next = bind(filter, *st, 1);
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
  st->bind(next,
           options.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(std::min(options.limit, kMost)));
  st->bind(next + 1, std::min(options.offset, kMost));
  std::vector<Document> documents;
  while (st->step()) documents.push_back(*find_document(db, st->get<std::int64_t>(0)));
  return documents;
}

std::optional<Document> find_document(sql::Connection& db, std::int64_t id) {
  return CAIRN_SQL(
             "SELECT id, namespace, path, title, doc_type, bytes, "
             "(SELECT count(*) FROM content WHERE document_id = d.id) AS chunks, "
             "modified_ns / 1000000000 AS modified_at, ingested_ns / 1000000000 AS ingested_at "
             "FROM documents d WHERE id = :id")
      .as<Document>()
      .optional(db, {.id = id});
}

std::optional<Document> find_document(sql::Connection& db, std::string_view path,
                                      std::string_view name_space) {
  const auto found = CAIRN_SQL("SELECT id FROM documents WHERE namespace = :namespace AND path = :path")
                         .optional(db, {.namespace_ = name_space, .path = path});
  return found ? find_document(db, found->id) : std::nullopt;
}

std::vector<Content> lines(sql::Connection& db, std::int64_t document_id, std::int64_t first,
                           std::int64_t last) {
  if (!find_document(db, document_id))
    throw Error(ErrorCode::not_found, fmt::format("there is no document with the id {}", document_id));
  const auto chunks = CAIRN_SQL(
                          "SELECT id FROM content WHERE document_id = :document AND line_end >= :first "
                          "AND (:last = 0 OR line_start <= :last) ORDER BY byte_start, id")
                          .all(db, {.document = document_id, .first = first, .last = last});
  std::vector<Content> contents;
  for (const auto& chunk : chunks) contents.push_back(*find_content(db, chunk.id));
  return contents;
}

bool remove_document(sql::Connection& db, std::int64_t id) {
  // Not left to the foreign key: a cascade would be right, but foreign keys can be off in other programs.
  CAIRN_SQL("DELETE FROM content WHERE document_id = :id").execute(db, {.id = id});
  return CAIRN_SQL("DELETE FROM documents WHERE id = :id").execute(db, {.id = id}) > 0;
}

}  // namespace cairn::store
