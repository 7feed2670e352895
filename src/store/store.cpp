// Store: each member takes a connection from the pool, opens a transaction where it writes, and hands
// over to the file that does the work.
#include "cairn/store.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/transaction.hpp"
#include "store/content.hpp"
#include "store/content_inserter.hpp"
#include "store/database.hpp"
#include "store/documents.hpp"
#include "store/embedded_text.hpp"
#include "store/graph.hpp"
#include "store/ingest.hpp"
#include "store/schema.hpp"
#include "store/search.hpp"
#include "store/upkeep.hpp"

namespace cairn {

struct Store::Impl {
  store::Database database;

  // Runs `body` in one write transaction.
  template <class Body>
  auto write(Body&& body) {
    const sql::PooledConnection db = database.pool->writer();
    sql::Transaction tx(*db);
    if constexpr (std::is_void_v<decltype(body(*db))>) {
      body(*db);
      tx.commit();
    } else {
      auto result = body(*db);
      tx.commit();
      return result;
    }
  }

  // Runs `body` on one snapshot of the file.
  template <class Body>
  auto read(Body&& body) const {
    const sql::PooledConnection db = database.pool->reader();
    const sql::Transaction snapshot(*db, sql::TransactionMode::deferred);
    return body(*db);
  }

  // Vectors for the records that bring none, in batches, before the write lock is taken. One row each; a
  // record with its own is left empty here. Throws what the embedder throws, when it cannot make one.
  std::vector<std::vector<float>> embed(std::span<const Record> records) const;
};

std::vector<std::vector<float>> Store::Impl::embed(std::span<const Record> records) const {
  constexpr std::size_t kBatch = 64;
  const std::size_t dimension = database.embedder_info.dimension;
  std::vector<std::size_t> wanting;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].embedding.empty()) wanting.push_back(i);
  std::vector<std::vector<float>> vectors(records.size());
  for (std::size_t begin = 0; begin < wanting.size(); begin += kBatch) {
    const std::size_t size = std::min(kBatch, wanting.size() - begin);
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < size; ++i) texts.push_back(records[wanting[begin + i]].text);
    std::vector<float> batch(size * dimension);
    database.embedder->embed(texts, TextRole::document, batch);
    for (std::size_t i = 0; i < size; ++i)
      vectors[wanting[begin + i]].assign(batch.begin() + static_cast<std::ptrdiff_t>(i * dimension),
                                         batch.begin() + static_cast<std::ptrdiff_t>((i + 1) * dimension));
  }
  return vectors;
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open(const std::string& path, const OpenOptions& options) {
  return Store(std::make_unique<Impl>(Impl{store::open_database(path, options)}));
}

std::int64_t Store::add(const Record& record) {
  return add_many(std::span(&record, 1)).front();
}

std::vector<std::int64_t> Store::add_many(std::span<const Record> records) {
  const std::size_t dimension = impl_->database.embedder_info.dimension;
  for (std::size_t i = 0; i < records.size(); ++i) {
    try {
      store::require_valid(records[i], dimension);
    } catch (const Error& e) {
      if (records.size() == 1) throw;
      throw Error(e.code(), fmt::format("record {} of {}: {}", i + 1, records.size(), e.what()));
    }
  }
  const std::vector<std::vector<float>> vectors = impl_->embed(records);
  return impl_->write([&](sql::Connection& db) {
    std::vector<std::int64_t> ids;
    ids.reserve(records.size());
    const std::int64_t now = store::unix_now();
    store::ContentInserter rows(db);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Record& record = records[i];
      ids.push_back(rows.add({.text = record.text,
                              .doc_type = record.doc_type,
                              .namespace_ = record.namespace_,
                              .created_at = record.created_at.value_or(now),
                              .metadata = record.metadata,
                              .text_hash = content_hash(record.text)}));
      store::insert_vector(db, ids.back(), record.embedding.empty() ? vectors[i] : record.embedding);
    }
    rows.flush();
    return ids;
  });
}

std::optional<Content> Store::find(std::int64_t id) const {
  return impl_->read([&](sql::Connection& db) { return store::find_content(db, id); });
}

namespace {

[[noreturn]] void throw_no_content(std::int64_t id) {
  throw Error(ErrorCode::not_found, fmt::format("there is no content with the id {}", id));
}

}  // namespace

Content Store::get(std::int64_t id) const {
  std::optional<Content> content = find(id);
  if (!content) throw_no_content(id);
  return std::move(*content);
}

void Store::update(std::int64_t id, const Update& changes) {
  store::require_valid(changes, impl_->database.embedder_info.dimension);
  std::vector<float> embedding = changes.embedding;
  const std::string embedded =
      changes.text ? store::embedded_text(get(id).heading, *changes.text) : std::string();
  if (changes.text && embedding.empty())
    embedding = impl_->database.embedder->embed(embedded, TextRole::document);

  impl_->write([&](sql::Connection& db) {
    const std::optional<Content> old = store::find_content(db, id);
    if (!old) throw_no_content(id);
    if (changes.text)
      CAIRN_SQL("UPDATE content SET text = :text, text_hash = :hash, updated_at = :now WHERE id = :id")
          .execute(
              db,
              {.text = *changes.text, .hash = content_hash(embedded), .now = store::unix_now(), .id = id});
    if (changes.doc_type)
      CAIRN_SQL("UPDATE content SET doc_type = :doc_type WHERE id = :id")
          .execute(db, {.doc_type = *changes.doc_type, .id = id});
    if (changes.namespace_)
      CAIRN_SQL("UPDATE content SET namespace = :namespace WHERE id = :id")
          .execute(db, {.namespace_ = *changes.namespace_, .id = id});
    if (changes.metadata)
      CAIRN_SQL("UPDATE content SET metadata = nullif(:metadata, '') WHERE id = :id")
          .execute(db, {.metadata = *changes.metadata, .id = id});
    if (!embedding.empty()) store::put_vector(db, id, embedding);
    if (!embedding.empty() && !changes.text)  // the caller vouches that it is of the present text
      CAIRN_SQL("UPDATE content SET text_hash = :hash WHERE id = :id AND text_hash = ''")
          .execute(db, {.hash = content_hash(store::embedded_text(old->heading, old->text)), .id = id});
  });
}

bool Store::remove(std::int64_t id) {
  return impl_->write([&](sql::Connection& db) {
    return CAIRN_SQL("DELETE FROM content WHERE id = :id").execute(db, {.id = id}) > 0;
  });
}

std::vector<float> Store::embedding(std::int64_t id) const {
  return impl_->read([&](sql::Connection& db) {
    auto found = CAIRN_SQL("SELECT vector FROM vec_content WHERE content_id = :id").optional(db, {.id = id});
    if (!found) throw Error(ErrorCode::not_found, fmt::format("there is no vector for the id {}", id));
    return std::move(found->vector);
  });
}

std::vector<Hit> Store::search(std::string_view text, const SearchOptions& options) const {
  return store::search(impl_->database, text, options, /*explain=*/false).hits;
}

SearchReport Store::explain(std::string_view text, const SearchOptions& options) const {
  return store::search(impl_->database, text, options, /*explain=*/true);
}

void Store::relate(Node source, Node target, std::string_view type, double strength) {
  impl_->write([&](sql::Connection& db) {
    store::relate(db, {source, target, std::string(type), strength}, store::unix_now());
  });
}

bool Store::unrelate(Node source, Node target, std::string_view type) {
  return impl_->write([&](sql::Connection& db) {
    return store::unrelate(db, {source, target, std::string(type)});
  });
}

std::vector<Related> Store::related(Node start, const RelatedOptions& options) const {
  return impl_->read([&](sql::Connection& db) { return store::related(db, start, options); });
}

IngestReport Store::ingest(std::span<const std::string> paths, const IngestOptions& options) {
  Embedder* embedder = impl_->database.embedder->available() ? impl_->database.embedder.get() : nullptr;
  return store::ingest(*impl_->database.pool, embedder, paths, options);
}

std::vector<Document> Store::documents(const SearchOptions& options) const {
  return impl_->read([&](sql::Connection& db) { return store::list_documents(db, options); });
}

std::optional<Document> Store::find_document(std::string_view path, std::string_view name_space) const {
  return impl_->read([&](sql::Connection& db) { return store::find_document(db, path, name_space); });
}

std::vector<Content> Store::lines(std::int64_t document_id, std::int64_t first, std::int64_t last) const {
  return impl_->read([&](sql::Connection& db) { return store::lines(db, document_id, first, last); });
}

bool Store::remove_document(std::int64_t id) {
  return impl_->write([&](sql::Connection& db) { return store::remove_document(db, id); });
}

std::optional<std::string> Store::metadata(std::string_view key) const {
  return impl_->read([&](sql::Connection& db) {
    auto found = CAIRN_SQL("SELECT CAST(value AS TEXT) AS value FROM app_metadata WHERE key = :key")
                     .optional(db, {.key = key});
    return found ? std::optional(std::move(found->value)) : std::nullopt;
  });
}

void Store::set_metadata(std::string_view key, std::string_view value) {
  if (key.empty() || key.starts_with(store::kReservedPrefix))
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("'{}' cannot be a key of yours: keys are not empty, and those that start with '{}' are "
                    "Cairn's",
                    key, store::kReservedPrefix));
  store::require_valid_utf8(key, "the key");
  store::require_valid_utf8(value, "the value");
  impl_->write([&](sql::Connection& db) {
    CAIRN_SQL(
        "INSERT INTO app_metadata(key, value) VALUES (:key, :value) "
        "ON CONFLICT(key) DO UPDATE SET value = excluded.value")
        .execute(db, {.key = key, .value = value});
  });
}

Status Store::status() const {
  return store::status(impl_->database);
}
std::vector<Finding> Store::doctor(bool repair) {
  return store::doctor(impl_->database, repair);
}

std::size_t Store::embed_missing() {
  return store::embed_missing(impl_->database);
}

const std::string& Store::path() const noexcept {
  return impl_->database.path;
}
EmbedderInfo Store::embedder() const {
  return impl_->database.embedder_info;
}

}  // namespace cairn
