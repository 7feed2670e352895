#include "store/upkeep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/transaction.hpp"
#include "simd/kernels.hpp"
#include "store/content.hpp"
#include "store/embedded_text.hpp"
#include "store/schema.hpp"

namespace cairn::store {

namespace {

// Of a query for names and counts. A name may come twice: other programs may have written it as a blob.
template <class Query>
std::map<std::string, std::int64_t> counts(sql::Connection& db, Query query) {
  std::map<std::string, std::int64_t> counts;
  for (auto& [name, count] : query.all(db)) counts[std::move(name)] += count;
  return counts;
}

std::uint64_t size_on_disk(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code missing;
    const std::uintmax_t size = std::filesystem::file_size(path + suffix, missing);
    if (!missing) bytes += size;
  }
  return bytes;
}

}  // namespace

Status status(const Database& database) {
  const sql::PooledConnection db = database.pool->reader();
  const sql::Transaction snapshot(*db, sql::TransactionMode::deferred);
  Status status;
  status.path = database.path;
  status.format_version = sql::Migrator(migrations(), kLedger).current_version(*db);
  status.embedder = database.embedder_info.id;
  status.dimension = database.embedder_info.dimension;
  status.documents = CAIRN_SQL("SELECT count(*) FROM documents").scalar(db);
  status.content = CAIRN_SQL("SELECT count(*) FROM content").scalar(db);
  status.vectors = CAIRN_SQL("SELECT count(*) FROM vec_content").scalar(db);
  status.relationships = CAIRN_SQL("SELECT count(*) FROM content_relationships").scalar(db) +
                         CAIRN_SQL("SELECT count(*) FROM document_relationships").scalar(db);
  status.file_bytes = size_on_disk(database.path);
  status.namespaces = counts(*db, CAIRN_SQL("SELECT coalesce(CAST(namespace AS TEXT), '') AS name, "
                                            "count(*) AS count FROM content GROUP BY namespace"));
  status.doc_types = counts(*db, CAIRN_SQL("SELECT coalesce(CAST(doc_type AS TEXT), '') AS name, "
                                           "count(*) AS count FROM content GROUP BY doc_type"));
  status.sqlite_version = CAIRN_SQL("SELECT sqlite_version()").scalar(db);
  status.simd = std::string(simd::kernels().name);
  return status;
}

namespace {

// A check that says what is wrong, or nothing; and what puts it right, if anything can.
struct Check {
  std::string (*find)(sql::Connection& db);
  void (*repair)(sql::Connection& db);
};

std::string first_problem(sql::Connection& db, std::string_view pragma, std::string_view fine) {
  sqlite::Statement st = db.prepare(pragma);
  if (!st.step()) return "";
  std::string text =
      st.column_type(0) == sqlite::ColumnType::text ? st.get<std::string>(0) : "a row without its parent";
  return text == fine ? "" : text;
}

std::string check_file(sql::Connection& db) {
  const std::string problem = first_problem(db, "PRAGMA integrity_check(1)", "ok");
  return problem.empty() ? "" : fmt::format("SQLite finds the file damaged: {}; restore a backup", problem);
}

std::string check_foreign_keys(sql::Connection& db) {
  const std::string table = first_problem(db, "PRAGMA foreign_key_check", "");
  return table.empty() ? "" : fmt::format("rows of '{}' point at rows that do not exist", table);
}

void repair_foreign_keys(sql::Connection& db) {
  CAIRN_SQL(
      "DELETE FROM content_relationships WHERE source_id NOT IN (SELECT id FROM content) "
      "OR target_id NOT IN (SELECT id FROM content)")
      .execute(db);
  CAIRN_SQL(
      "DELETE FROM document_relationships WHERE source_id NOT IN (SELECT id FROM content) "
      "OR target_id NOT IN (SELECT id FROM content) OR source_document_id NOT IN (SELECT id FROM documents) "
      "OR target_document_id NOT IN (SELECT id FROM documents)")
      .execute(db);
  CAIRN_SQL("UPDATE content SET document_id = NULL WHERE document_id NOT IN (SELECT id FROM documents)")
      .execute(db);
}

// FTS5 compares its index with the table it indexes, and fails when they differ.
std::string check_full_text(sql::Connection& db) {
  try {
    CAIRN_SQL("INSERT INTO content_fts(content_fts, rank) VALUES ('integrity-check', 1)").execute(db);
    return "";
  } catch (const Error& e) {
    if (e.code() != ErrorCode::corrupt) throw;
    return "the full-text index does not agree with the texts";
  }
}

void repair_full_text(sql::Connection& db) {
  CAIRN_SQL("INSERT INTO content_fts(content_fts) VALUES ('rebuild')").execute(db);
}

// A vec_content that sqlite-vec made before 0.1.10 takes no commands.
std::string check_vectors(sql::Connection& db) {
  const bool takes_commands = CAIRN_SQL(
                                  "SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo('vec_content') "
                                  "WHERE name = 'vec_content')")
                                  .scalar(db);
  if (takes_commands) CAIRN_SQL("INSERT INTO vec_content(vec_content) VALUES ('integrity')").execute(db);
  return "";
}

std::string check_orphans(sql::Connection& db) {
  const std::int64_t orphans =
      CAIRN_SQL("SELECT count(*) FROM vec_content WHERE content_id NOT IN (SELECT id FROM content)")
          .scalar(db);
  return orphans == 0 ? "" : fmt::format("{} vectors belong to no row", orphans);
}

void remove_orphans(sql::Connection& db) {
  CAIRN_SQL("DELETE FROM vec_content WHERE content_id NOT IN (SELECT id FROM content)").execute(db);
}

constexpr Check kChecks[] = {
    {check_file, nullptr},    {check_foreign_keys, repair_foreign_keys}, {check_full_text, repair_full_text},
    {check_vectors, nullptr}, {check_orphans, remove_orphans},
};

}  // namespace

namespace {

// A check that fails because what it reads is damaged has found just that.
std::string find_problem(const Check& check, sql::Connection& db, bool& is_readable) {
  try {
    return check.find(db);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::corrupt) throw;
    is_readable = false;
    return e.what();
  }
}

}  // namespace

std::vector<Finding> doctor(const Database& database, bool repair) {
  std::vector<Finding> findings;
  {
    const sql::PooledConnection db = database.pool->writer();
    for (const Check& check : kChecks) {
      sql::Transaction tx(*db);
      bool is_readable = true;
      std::string problem = find_problem(check, *db, is_readable);
      if (problem.empty()) continue;
      const bool can_repair = repair && check.repair && is_readable;
      if (can_repair) {
        check.repair(*db);
        tx.commit();
      }
      findings.push_back({std::move(problem), can_repair});
      if (!is_readable) return findings;
    }
  }
  // Their vector is missing, or was made from a text that has changed since.
  const std::int64_t missing = CAIRN_SQL(
                                   "SELECT count(*) FROM content WHERE text_hash = '' "
                                   "OR id NOT IN (SELECT content_id FROM vec_content)")
                                   .scalar(*database.pool);
  if (missing == 0) return findings;
  const bool can_embed = database.embedder->available();
  if (can_embed && repair) embed_missing(database);
  findings.push_back({fmt::format("{} rows have no vector of their present text{}", missing,
                                  can_embed ? "" : ", and the embedder that could make one is not here"),
                      can_embed && repair});
  return findings;
}

std::size_t embed_missing(const Database& database) {
  constexpr std::size_t kBatch = 256;
  struct Row {
    std::int64_t id;
    std::string text;
  };
  std::size_t embedded = 0;
  for (std::int64_t after = 0;;) {
    std::vector<Row> rows;
    for (const auto& row :
         CAIRN_SQL("SELECT id, CAST(text AS TEXT) AS text, heading FROM content WHERE id > :after "
                   "AND (text_hash = '' OR id NOT IN (SELECT content_id FROM vec_content)) "
                   "ORDER BY id LIMIT :batch")
             .all(*database.pool, {.after = after, .batch = kBatch}))
      rows.push_back({row.id, utf8::sanitize(embedded_text(row.heading, row.text))});
    if (rows.empty()) return embedded;
    after = rows.back().id;

    std::vector<std::string_view> texts;
    for (const Row& row : rows) texts.push_back(row.text);
    const std::size_t dimension = database.embedder_info.dimension;
    std::vector<float> vectors(rows.size() * dimension);
    database.embedder->embed(texts, TextRole::document, vectors);

    const sql::PooledConnection db = database.pool->writer();
    sql::Transaction tx(*db);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      // Another process may have removed the row, or changed its text, in the meantime.
      const std::optional<Content> now = find_content(*db, rows[i].id);
      if (!now) continue;
      if (utf8::sanitize(embedded_text(now->heading, now->text)) != rows[i].text) {
        after = std::min(after, rows[i].id - 1);  // once more
        continue;
      }
      put_vector(*db, rows[i].id, std::span<const float>(vectors).subspan(i * dimension, dimension));
      CAIRN_SQL("UPDATE content SET text_hash = :hash WHERE id = :id")
          .execute(db, {.hash = content_hash(rows[i].text), .id = rows[i].id});
      ++embedded;
    }
    tx.commit();
  }
}

}  // namespace cairn::store
