#include "store/content.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"

namespace cairn::store {

std::optional<Content> find_content(sql::Connection& db, std::int64_t id) {
  // The casts are for rows of other programs, whose values SQLite does not hold to the declared types.
  return CAIRN_SQL(
             "SELECT c.id, CAST(c.text AS TEXT) AS text, CAST(c.doc_type AS TEXT) AS doc_type, c.namespace, "
             "coalesce(CAST(c.metadata AS TEXT), '') AS metadata, "
             "CAST(c.created_at AS INTEGER) AS created_at, c.updated_at, c.document_id, "
             "coalesce(d.path, '') AS path, coalesce(d.title, '') AS title, "
             "c.heading, c.line_start, c.line_end, c.byte_start, c.byte_end "
             "FROM content c LEFT JOIN documents d ON d.id = c.document_id WHERE c.id = :id")
      .as<Content>()
      .optional(db, {.id = id});
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
  CAIRN_SQL("INSERT INTO vec_content(content_id, vector) VALUES (:id, :vector)")
      .execute(db, {.id = id, .vector = embedding});
}

void put_vector(sql::Connection& db, std::int64_t id, std::span<const float> embedding) {
  CAIRN_SQL("INSERT OR REPLACE INTO vec_content(content_id, vector) VALUES (:id, :vector)")
      .execute(db, {.id = id, .vector = embedding});
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace cairn::store
