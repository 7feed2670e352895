#include "store/ingest_plan.hpp"

#include <algorithm>
#include <charconv>

#include "cairn/sql/checked.hpp"
#include "store/file_time.hpp"

namespace cairn::store {

namespace {

constexpr std::int64_t kRacyNs = 2 * kNanosecondsPerSecond;  // the tick of FAT, the coarsest there is

std::optional<KnownDocument> find_known(sqlite::ConnectionRef db, const std::string& path,
                                        const IngestOptions& options) {
  return CAIRN_SQL(
             "SELECT id, bytes, modified_ns, ingested_ns, content_hash, doc_type FROM documents "
             "WHERE namespace = :namespace AND path = :path")
      .as<KnownDocument>()
      .optional(db, {.namespace_ = options.namespace_, .path = path});
}

bool is_unchanged(const FoundFile& file, const KnownDocument& known, const IngestOptions& options) {
  return known.bytes == file.bytes && known.modified_ns == file.modified_ns &&
         !is_racily_clean(known.modified_ns, known.ingested_ns) &&
         (options.doc_type.empty() || options.doc_type == known.doc_type);
}

std::vector<std::uint64_t> hashes_of(sqlite::ConnectionRef db, std::int64_t document_id) {
  std::vector<std::uint64_t> hashes;
  for (const auto& row : CAIRN_SQL("SELECT text_hash FROM content "
                                   "WHERE document_id = :document AND text_hash IS NOT NULL")
                             .each(db, {.document = document_id}))
    hashes.push_back(hash_prefix(row.text_hash));
  std::sort(hashes.begin(), hashes.end());
  hashes.shrink_to_fit();
  return hashes;
}

}  // namespace

IngestPlan plan_ingest(sqlite::ConnectionRef db, const WalkResult& found, const IngestOptions& options) {
  IngestPlan plan;
  for (const FoundFile& file : found.files) {
    std::optional<KnownDocument> known = find_known(db, file.path, options);
    if (known && is_unchanged(file, *known, options)) {
      plan.unchanged.push_back(&file);
      continue;
    }
    FileTask task{file, std::move(known)};
    if (task.known) task.known_hashes = hashes_of(db, task.known->id);
    plan.tasks.push_back(std::move(task));
  }
  return plan;
}

bool is_racily_clean(std::int64_t modified_ns, std::int64_t ingested_ns) noexcept {
  return modified_ns > ingested_ns - kRacyNs;
}

std::uint64_t hash_prefix(std::string_view content_hash) noexcept {
  std::uint64_t prefix = 0;
  std::from_chars(content_hash.data(), content_hash.data() + std::min<std::size_t>(content_hash.size(), 16),
                  prefix, 16);
  return prefix;
}

}  // namespace cairn::store
