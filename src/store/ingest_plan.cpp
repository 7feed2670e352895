#include "store/ingest_plan.hpp"

#include <algorithm>
#include <charconv>

#include "store/file_time.hpp"

namespace cairn::store {

namespace {

constexpr std::int64_t kRacyNs = 2 * kNanosecondsPerSecond;  // the tick of FAT, the coarsest there is

class Planner {
 public:
  Planner(sqlite::ConnectionRef db, const IngestOptions& options)
      : options_(options),
        document_(
            db.prepare("SELECT id, bytes, modified_ns, ingested_ns, content_hash, doc_type FROM documents "
                       "WHERE namespace = ? AND path = ?")),
        hashes_(db.prepare("SELECT text_hash FROM content WHERE document_id = ? AND text_hash IS NOT NULL")) {
  }

  std::optional<KnownDocument> find(const std::string& path) {
    document_.bind_view(1, std::string_view(options_.namespace_)).bind_view(2, std::string_view(path));
    if (!document_.step()) return std::nullopt;
    KnownDocument known{.id = document_.get<std::int64_t>(0),
                        .bytes = document_.get<std::uint64_t>(1),
                        .modified_ns = document_.get<std::int64_t>(2),
                        .ingested_ns = document_.get<std::int64_t>(3),
                        .content_hash = document_.get<std::string>(4),
                        .doc_type = document_.get<std::string>(5)};
    document_.reset();
    return known;
  }

  bool is_unchanged(const FoundFile& file, const KnownDocument& known) const {
    return known.bytes == file.bytes && known.modified_ns == file.modified_ns &&
           !is_racily_clean(known.modified_ns, known.ingested_ns) &&
           (options_.doc_type.empty() || options_.doc_type == known.doc_type);
  }

  std::vector<std::uint64_t> hashes_of(std::int64_t document_id) {
    std::vector<std::uint64_t> hashes;
    hashes_.bind(1, document_id);
    while (hashes_.step()) hashes.push_back(hash_prefix(hashes_.get<std::string_view>(0)));
    std::sort(hashes.begin(), hashes.end());
    hashes.shrink_to_fit();
    return hashes;
  }

 private:
  const IngestOptions& options_;
  sqlite::Statement document_;
  sqlite::Statement hashes_;
};

}  // namespace

IngestPlan plan_ingest(sqlite::ConnectionRef db, const WalkResult& found, const IngestOptions& options) {
  Planner planner(db, options);
  IngestPlan plan;
  for (const FoundFile& file : found.files) {
    std::optional<KnownDocument> known = planner.find(file.path);
    if (known && planner.is_unchanged(file, *known)) {
      plan.unchanged.push_back(&file);
      continue;
    }
    FileTask task{file, std::move(known)};
    if (task.known) task.known_hashes = planner.hashes_of(task.known->id);
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
