#include "store/content.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "cairn/error.hpp"

namespace cairn::store {

Content read_content(const sqlite::Statement& row) {
  Content content;
  content.id = row.get<std::int64_t>(0);
  content.text = row.get<std::string>(1);
  content.doc_type = row.get<std::string>(2);
  content.namespace_ = row.get<std::string>(3);
  content.metadata = row.get<std::optional<std::string>>(4).value_or("");
  content.created_at = row.get<std::int64_t>(5);
  content.updated_at = row.get<std::optional<std::int64_t>>(6);
  content.document_id = row.get<std::optional<std::int64_t>>(7);
  content.path = row.get<std::string>(8);
  content.title = row.get<std::string>(9);
  content.heading = row.get<std::string>(10);
  content.line_start = row.get<std::int64_t>(11);
  content.line_end = row.get<std::int64_t>(12);
  content.byte_start = row.get<std::int64_t>(13);
  content.byte_end = row.get<std::int64_t>(14);
  return content;
}

std::optional<Content> find_content(sql::Connection& db, std::int64_t id) {
  static const std::string sql =
      fmt::format("SELECT {} FROM {} WHERE c.id = ?", kContentColumns, kContentTables);
  const sql::CachedStatement st = db.cached(sql);
  st->bind(1, id);
  if (!st->step()) return std::nullopt;
  return read_content(*st);
}

namespace {

[[noreturn]] void throw_invalid(std::string message) {
  throw Error(ErrorCode::invalid_argument, std::move(message));
}

void require_metadata(std::string_view metadata) {
  if (metadata.empty()) return;
  const nlohmann::json json = nlohmann::json::parse(metadata, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    throw_invalid(fmt::format("metadata must be a JSON object such as {{\"author\": \"ada\"}}, not '{:.80}'",
                              metadata));
}

}  // namespace

void require_valid_utf8(std::string_view text, std::string_view what) {
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Decoded d = utf8::decode(text, at);
    if (!d.valid)
      throw_invalid(fmt::format("{} is not valid UTF-8: byte {} is 0x{:02x}", what, at,
                                static_cast<unsigned char>(text[at])));
    at += d.length;
  }
  // SQLite's length() and many clients stop at a NUL.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    throw_invalid(fmt::format("{} has a NUL character at byte {}, which SQL text cannot hold", what, nul));
}

void require_text(std::string_view text, std::string_view what) {
  if (text.empty()) throw_invalid(fmt::format("{} is empty; it must hold at least one character", what));
  require_valid_utf8(text, what);
}

void require_valid_embedding(std::span<const float> embedding, std::size_t dimension) {
  if (embedding.size() != dimension)
    throw_invalid(fmt::format("the embedding has {} dimensions, the vectors of this file have {}",
                              embedding.size(), dimension));
  for (std::size_t i = 0; i < embedding.size(); ++i)
    if (!std::isfinite(embedding[i]))
      throw_invalid(
          fmt::format("element {} of the embedding is {}; every element must be finite", i, embedding[i]));
}

void require_valid(const Record& record, std::size_t dimension) {
  require_text(record.text, "the text");
  require_text(record.doc_type, "doc_type");
  require_text(record.namespace_, "the namespace");
  require_metadata(record.metadata);
  if (!record.embedding.empty()) require_valid_embedding(record.embedding, dimension);
}

void require_valid(const Update& changes, std::size_t dimension) {
  if (changes.text) require_text(*changes.text, "the text");
  if (changes.doc_type) require_text(*changes.doc_type, "doc_type");
  if (changes.namespace_) require_text(*changes.namespace_, "the namespace");
  if (changes.metadata) require_metadata(*changes.metadata);
  if (!changes.embedding.empty()) require_valid_embedding(changes.embedding, dimension);
}

void insert_vector(sql::Connection& db, std::int64_t id, std::span<const float> embedding) {
  const sql::CachedStatement st = db.cached("INSERT INTO vec_content(content_id, vector) VALUES (?, ?)");
  st->bind(1, id).bind_view(2, sqlite::as_bytes(embedding)).run();
}

void put_vector(sql::Connection& db, std::int64_t id, std::span<const float> embedding) {
  const sql::CachedStatement st =
      db.cached("INSERT OR REPLACE INTO vec_content(content_id, vector) VALUES (?, ?)");
  st->bind(1, id).bind_view(2, sqlite::as_bytes(embedding)).run();
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace cairn::store
