// From a file to what will be written about it: read, repaired, cut into chunks and embedded. Knows no
// database, so that it runs on a thread of its own beside the writer.
#pragma once

#include <string>
#include <vector>

#include "cairn/embedder.hpp"
#include "store/ingest_plan.hpp"
#include "text/chunk.hpp"

namespace cairn::store {

struct PreparedFile {
  enum class Outcome {
    chunks,     // the file is new or has changed: everything below is set
    same,       // its bytes are what the known document was made from
    binary,     // not text
    too_large,  // has grown beyond the limit
    problem,    // could not be read: `problem` says why
  };
  static constexpr std::size_t kNoVector = static_cast<std::size_t>(-1);

  Outcome outcome = Outcome::problem;
  const FileTask* task = nullptr;
  std::string problem = {};

  std::uint64_t bytes = 0;  // of the file as it was read
  std::int64_t modified_ns = 0;
  std::int64_t read_ns = 0;  // before its first byte was read
  std::string content_hash = {};

  std::string title = {};
  std::string doc_type = {};
  std::vector<text::Chunk> chunks = {};       // byte ranges refer to the file, even where it was repaired
  std::vector<std::string> text_hashes = {};  // content.text_hash of each chunk; without an embedder empty
  std::vector<std::size_t> vector_rows = {};  // row of each chunk in `vectors`, or kNoVector
  std::vector<float> vectors = {};

  std::size_t memory() const noexcept;  // roughly, in bytes
};

// Throws what the embedder throws, and std::bad_alloc; a file that cannot be read is an outcome.
PreparedFile prepare_file(const FileTask& task, Embedder* embedder, const IngestOptions& options);

}  // namespace cairn::store
