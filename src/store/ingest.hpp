// Reads files and folders in; Store::ingest is this, and include/cairn/store.hpp has its contract.
//
//   IngestReport report = ingest(pool, embedder.get(), paths, {.namespace_ = "default"});
//
// A worker thread reads, cuts and embeds ahead of the calling thread, which alone touches the database. It
// holds the pool's writer for one transaction at a time: whole files, up to 4 MB of text or 250 ms.
// Memory: a few times the largest file, and at least some 10 MB, whatever the folder's size; beside it some
// hundred bytes for each file that was found.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "cairn/embedder.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

struct IngestLimits {
  std::uint64_t transaction_bytes = 4 << 20;        // of files, before a transaction is committed …
  std::chrono::milliseconds transaction_time{250};  // … or this long after it began
  std::size_t queue_bytes = 8 << 20;                // what the worker may be ahead
};

// A null embedder makes no vectors. options.progress must not write to this pool.
// Throws not_found for a path that does not exist, before anything is done. What else throws (busy,
// disk_full, an embedder that fails …) undoes the transaction at hand; the message says how many files are
// written.
IngestReport ingest(sql::Pool& pool, Embedder* embedder, std::span<const std::string> paths,
                    const IngestOptions& options, const IngestLimits& limits = {});

}  // namespace cairn::store
