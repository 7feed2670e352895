// From a prepared file to rows. The ids of chunks whose text is unchanged stay, and with them edges and
// whatever else points at them.
//
// Lifetime: make one per transaction. All functions must be called inside that transaction, which the caller
// rolls back when one throws.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cairn/embedder.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/store.hpp"
#include "store/content_inserter.hpp"
#include "store/ingest_read.hpp"

namespace cairn::store {

class DocumentWriter {
 public:
  // A null embedder leaves vec_content alone; rows then have no text_hash, as those of other programs.
  DocumentWriter(sql::Connection& db, Embedder* embedder, const IngestOptions& options, IngestReport& report);

  // Whether there is anything to write: a file whose bytes and stamps are as they were needs no transaction.
  static bool has_work(const PreparedFile& file, const IngestOptions& options) noexcept;

  void write(std::shared_ptr<const PreparedFile> file);
  void remove(std::int64_t document_id);
  void flush();  // before the transaction is committed

 private:
  struct OldRow;

  void write_chunks(const std::shared_ptr<const PreparedFile>& file);
  std::int64_t upsert_document(const PreparedFile& file, std::optional<std::int64_t> known);
  std::vector<OldRow> rows_of(std::int64_t document_id);
  void keep(const OldRow& row, const PreparedFile& file, std::size_t chunk);
  void insert(std::int64_t document_id, const std::shared_ptr<const PreparedFile>& file, std::size_t chunk);
  void set_vector(std::int64_t id, const PreparedFile& file, std::size_t chunk, bool replaces);
  void update_stamps(const PreparedFile& file);
  std::optional<std::int64_t> find_document(const std::string& path);

  Embedder* embedder_;
  const IngestOptions& options_;
  IngestReport& report_;
  std::int64_t now_;  // Unix seconds
  sql::Connection& db_;
  ContentInserter new_rows_;
};

}  // namespace cairn::store
