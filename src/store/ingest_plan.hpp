// What has to be done for the files that were found: compared with the documents that the store has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cairn/sqlite/connection_ref.hpp"
#include "store/walk.hpp"

namespace cairn::store {

// A row of documents, as far as it tells whether a file has changed.
struct KnownDocument {
  std::int64_t id = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t ingested_ns = 0;  // when the file was read, before its first byte
  std::string content_hash;      // of the file's bytes
  std::string doc_type;
};

struct FileTask {
  FoundFile file;
  std::optional<KnownDocument> known;
  // The beginnings of the known chunks' text_hash, ascending: what need not be embedded again. Eight bytes
  // each, since all tasks are in memory at once; the writer compares whole hashes.
  std::vector<std::uint64_t> known_hashes = {};
};

struct IngestPlan {
  std::vector<FileTask> tasks;              // to be read, ascending by path
  std::vector<const FoundFile*> unchanged;  // into the walk's files
};

// Only reads. A file is unchanged when size and time are as they were, unless it was modified so shortly
// before it was read that it could have changed again within the file system's clock tick.
IngestPlan plan_ingest(sqlite::ConnectionRef db, const WalkResult& found, const IngestOptions& options);

bool is_racily_clean(std::int64_t modified_ns, std::int64_t ingested_ns) noexcept;

// The first 64 bits of a content_hash; 0 for a text that is none.
std::uint64_t hash_prefix(std::string_view content_hash) noexcept;

}  // namespace cairn::store
