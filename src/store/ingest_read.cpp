#include "store/ingest_read.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <system_error>

#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "store/embedded_text.hpp"
#include "store/file_time.hpp"
#include "text/skip.hpp"

namespace cairn::store {

namespace {

constexpr std::size_t kBinaryHead = 8192;
constexpr std::size_t kEmbedBatch = 64;  // texts in one call

using Outcome = PreparedFile::Outcome;

class File {
 public:
  // Not through a link, and without waiting should a pipe stand there by now.
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

PreparedFile& fail(PreparedFile& out, int error) {
  out.outcome = Outcome::problem;
  out.problem = error == ENOENT ? "the file vanished while the folder was read"
                                : std::generic_category().message(error);
  return out;
}

// Reads to the end, but never more than `limit` + 1 bytes, however fast the file grows.
bool read_all(const File& file, std::uint64_t expected, std::uint64_t limit, std::string& out) {
  std::size_t size = 0;
  limit = std::min<std::uint64_t>(limit,
                                  std::numeric_limits<std::int64_t>::max() / 2);  // so that + 1 and * 2 fit
  out.resize(static_cast<std::size_t>(std::min(expected, limit)) + 1);
  while (size <= limit) {
    if (size == out.size())
      out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size * 2, limit + 1)));
    const ssize_t count = read(file.descriptor(), out.data() + size, out.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  out.resize(size);
  return true;
}

// Sets everything about the file itself; false when there is nothing more to do.
bool read_source(PreparedFile& out, const IngestOptions& options, std::string& source) {
  const File file(out.task->file.path);
  struct stat info {};
  out.read_ns = now_ns();
  if (file.descriptor() < 0 || fstat(file.descriptor(), &info) != 0) return fail(out, errno), false;
  if (!S_ISREG(info.st_mode)) {
    out.problem = "no longer a regular file";
    return false;
  }
  out.modified_ns = modified_ns(info);
  out.outcome = Outcome::too_large;
  const auto expected = static_cast<std::uint64_t>(info.st_size);
  if (expected > options.max_file_bytes) return false;
  if (!read_all(file, expected, options.max_file_bytes, source)) return fail(out, errno), false;
  if (source.size() > options.max_file_bytes) return false;
  out.bytes = source.size();
  // A NUL anywhere: text that SQLite's own functions would see cut off there.
  out.outcome = Outcome::binary;
  if (text::looks_binary(std::string_view(source).substr(0, kBinaryHead)) ||
      source.find('\0') != std::string::npos)
    return false;
  out.content_hash = content_hash(source);
  out.outcome = Outcome::same;
  return !out.task->known || out.task->known->content_hash != out.content_hash;
}

// Chunks were cut from the repaired text; their ranges are told in bytes of the file.
void restore_offsets(std::string_view source, std::vector<text::Chunk>& chunks) {
  constexpr std::size_t kReplacementSize = 3;  // U+FFFD in UTF-8
  std::size_t from = 0, repaired = 0;
  const auto source_offset = [&](std::size_t offset) {
    while (repaired < offset && from < source.size()) {
      const utf8::Decoded d = utf8::decode(source, from);
      from += d.length;
      repaired += d.valid ? d.length : kReplacementSize;
    }
    return from;
  };
  for (text::Chunk& chunk : chunks) {  // ranges ascend and do not overlap
    chunk.byte_begin = source_offset(chunk.byte_begin);
    chunk.byte_end = source_offset(chunk.byte_end);
  }
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

void check_vectors(const std::vector<float>& vectors, const EmbedderInfo& info) {
  if (std::all_of(vectors.begin(), vectors.end(), [](float x) { return std::isfinite(x); })) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("the embedder '{}' made a vector with a number that is not finite", info.id));
}

void embed_chunks(PreparedFile& out, Embedder& embedder) {
  const EmbedderInfo info = embedder.info();
  const auto& known = out.task->known_hashes;
  std::vector<std::string> texts;
  std::vector<std::string_view> views;
  std::size_t done = 0;  // rows of out.vectors
  const auto flush = [&] {
    views.assign(texts.begin(), texts.end());
    out.vectors.resize((done + texts.size()) * info.dimension);
    embedder.embed(views, TextRole::document, std::span(out.vectors).subspan(done * info.dimension));
    done += texts.size();
    texts.clear();
  };
  for (const text::Chunk& chunk : out.chunks) {
    std::string text = embedded_text(chunk.heading, chunk.text);
    out.text_hashes.push_back(content_hash(text));
    if (std::binary_search(known.begin(), known.end(), hash_prefix(out.text_hashes.back()))) {
      out.vector_rows.push_back(PreparedFile::kNoVector);
      continue;
    }
    out.vector_rows.push_back(done + texts.size());
    texts.push_back(std::move(text));
    if (texts.size() == kEmbedBatch) flush();
  }
  if (!texts.empty()) flush();
  check_vectors(out.vectors, info);
}

}  // namespace

std::size_t PreparedFile::memory() const noexcept {
  std::size_t total = sizeof(PreparedFile) + vectors.capacity() * sizeof(float);
  for (const text::Chunk& chunk : chunks)
    total += sizeof(chunk) + chunk.text.capacity() + chunk.heading.capacity() + 48;  // its hash and row
  return total;
}

PreparedFile prepare_file(const FileTask& task, Embedder* embedder, const IngestOptions& options) {
  PreparedFile out{.task = &task};
  std::string source;
  if (!read_source(out, options, source)) return out;

  const text::Format format = text::format_of(file_name(task.file.path));
  const bool valid = utf8::is_valid(source);
  text::ChunkedDocument document = text::chunk_document(valid ? source : utf8::sanitize(source), format);
  if (!valid) restore_offsets(source, document.chunks);
  out.title = document.title.empty() ? std::string(file_name(task.file.path)) : std::move(document.title);
  out.doc_type = !options.doc_type.empty() ? options.doc_type
                 : task.known              ? task.known->doc_type
                                           : std::string(text::doc_type_of(format));
  out.chunks = std::move(document.chunks);
  if (embedder) embed_chunks(out, *embedder);
  out.outcome = Outcome::chunks;
  return out;
}

}  // namespace cairn::store
