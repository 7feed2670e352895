#include "store/upkeep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/transaction.hpp"
#include "simd/kernels.hpp"
#include "store/content.hpp"
#include "store/embedded_text.hpp"
#include "store/schema.hpp"

namespace cairn::store {

namespace {

std::int64_t count(sql::Connection& db, std::string_view what) {
  return db.query_one<std::int64_t>(fmt::format("SELECT count(*) FROM {}", what));
}

std::map<std::string, std::int64_t> count_by(sql::Connection& db, std::string_view column) {
  std::map<std::string, std::int64_t> counts;
  sqlite::Statement st =
      db.prepare(fmt::format("SELECT CAST({0} AS TEXT), count(*) FROM content GROUP BY {0}", column));
  while (st.step()) counts[st.get<std::optional<std::string>>(0).value_or("")] += st.get<std::int64_t>(1);
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

// Rows whose vector is missing, or was made from a text that has changed since (text_hash = '').
constexpr std::string_view kUnembedded =
    "content c WHERE c.text_hash = '' OR c.id NOT IN (SELECT content_id FROM vec_content)";
constexpr std::string_view kOrphans = "vec_content WHERE content_id NOT IN (SELECT id FROM content)";

}  // namespace

Status status(const Database& database) {
  const sql::PooledConnection db = database.pool->reader();
  const sql::Transaction snapshot(*db, sql::TransactionMode::deferred);
  Status status;
  status.path = database.path;
  status.format_version = sql::Migrator(migrations(), kLedger).current_version(*db);
  status.embedder = database.embedder_info.id;
  status.dimension = database.embedder_info.dimension;
  status.documents = count(*db, "documents");
  status.content = count(*db, "content");
  status.vectors = count(*db, "vec_content");
  status.relationships = count(*db, "content_relationships") + count(*db, "document_relationships");
  status.file_bytes = size_on_disk(database.path);
  status.namespaces = count_by(*db, "namespace");
  status.doc_types = count_by(*db, "doc_type");
  status.sqlite_version = db->query_one<std::string>("SELECT sqlite_version()");
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
  db.execute_script(
      "DELETE FROM content_relationships WHERE source_id NOT IN (SELECT id FROM content) "
      "OR target_id NOT IN (SELECT id FROM content);"
      "DELETE FROM document_relationships WHERE source_id NOT IN (SELECT id FROM content) "
      "OR target_id NOT IN (SELECT id FROM content) OR source_document_id NOT IN (SELECT id FROM documents) "
      "OR target_document_id NOT IN (SELECT id FROM documents);"
      "UPDATE content SET document_id = NULL WHERE document_id NOT IN (SELECT id FROM documents)");
}

// FTS5 compares its index with the table it indexes, and fails when they differ.
std::string check_full_text(sql::Connection& db) {
  try {
    db.execute("INSERT INTO content_fts(content_fts, rank) VALUES ('integrity-check', 1)");
    return "";
  } catch (const Error& e) {
    if (e.code() != ErrorCode::corrupt) throw;
    return "the full-text index does not agree with the texts";
  }
}

void repair_full_text(sql::Connection& db) {
  db.execute("INSERT INTO content_fts(content_fts) VALUES ('rebuild')");
}

// A vec_content that sqlite-vec made before 0.1.10 takes no commands.
std::string check_vectors(sql::Connection& db) {
  const bool takes_commands =
      db.query_one<bool>("SELECT count(*) FROM pragma_table_xinfo('vec_content') WHERE name = 'vec_content'");
  if (takes_commands) db.execute("INSERT INTO vec_content(vec_content) VALUES ('integrity')");
  return "";
}

std::string check_orphans(sql::Connection& db) {
  const std::int64_t orphans = count(db, kOrphans);
  return orphans == 0 ? "" : fmt::format("{} vectors belong to no row", orphans);
}

void remove_orphans(sql::Connection& db) {
  db.execute(fmt::format("DELETE FROM {}", kOrphans));
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
  const std::int64_t missing = count(*database.pool->reader(), kUnembedded);
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
    {
      const sql::PooledConnection db = database.pool->reader();
      sqlite::Statement st = db->prepare(
          fmt::format("SELECT c.id, CAST(c.text AS TEXT), c.heading FROM content c WHERE c.id > ? AND "
                      "c.id IN (SELECT c.id FROM {}) ORDER BY c.id LIMIT ?",
                      kUnembedded));
      st.bind_all(after, kBatch);
      while (st.step())
        rows.push_back({st.get<std::int64_t>(0), utf8::sanitize(embedded_text(st.get<std::string_view>(2),
                                                                              st.get<std::string_view>(1)))});
    }
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
      db->cached("UPDATE content SET text_hash = ? WHERE id = ?")
          ->bind_all(content_hash(rows[i].text), rows[i].id)
          .run();
      ++embedded;
    }
    tx.commit();
  }
}

}  // namespace cairn::store
