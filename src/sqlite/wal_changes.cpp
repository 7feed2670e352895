#include "sqlite/wal_changes.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"

namespace cairn::sqlite {
namespace {

constexpr std::size_t frame_header_bytes = 24;

// Asked in SQL, since a host built without the question leaves the C function out of its table. Who does not
// answer is taken to have them.
bool has_snapshots(sqlite3* db) {
  try {
    return ConnectionRef(db).query_one<bool>("SELECT sqlite_compileoption_used('ENABLE_SNAPSHOT')");
  } catch (const Error&) {
    return true;
  }
}

// Whether the log still leads from `settled` to `head`.
bool leads_to(const RawFile& wal, const WalHeader& header, const WalCommit& settled, const WalCommit& head) {
  if (head.frame == 0) return true;
  const std::optional<WalScan> scan = scan_wal(wal, header, settled, settled, head.frame);
  return scan && scan->head == head;
}

}  // namespace

WalChanges::WalChanges(sqlite3* db, std::string schema)
    : db_(db), schema_(std::move(schema)), snapshots_only_advance_(!has_snapshots(db)) {}

std::optional<std::uint32_t> WalChanges::data_version() const noexcept {
  std::uint32_t version = 0;
  if (sqlite3_file_control(db_, schema_.c_str(), SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK)
    return std::nullopt;
  return version;
}

std::optional<std::vector<std::uint32_t>> WalChanges::advance() {
  const std::optional<std::uint32_t> version = data_version();
  if (version && version == version_) return std::vector<std::uint32_t>{};
  ++turn_;
  // If anything throws, the next call must not find "nothing new".
  version_.reset();
  std::optional<std::vector<std::uint32_t>> pages;
  if (snapshots_only_advance_) pages = follow();
  version_ = version;
  return pages;
}

std::optional<std::vector<std::uint32_t>> WalChanges::follow() {
  // Whatever goes wrong below leaves no log: the next call begins from nothing.
  std::optional<Log> before = std::exchange(log_, std::nullopt);
  const RawFile file = wal();
  const std::optional<WalHeader> header = read_wal_header(file);
  if (!header) return std::nullopt;
  const bool continues = before && before->header == *header;
  Log log = continues ? std::move(*before) : Log{.header = *header};

  const WalCommit settled = log.settled;
  const std::optional<WalScan> scan = scan_wal(file, *header, log.settled, log.head);
  if (!scan) return std::nullopt;
  // A commit behind the old head proves that this one was published. Otherwise it may have been overwritten.
  if (scan->head.frame == log.head.frame && !leads_to(file, *header, log.settled, log.head))
    return std::nullopt;
  if (read_wal_header(file) != header) return std::nullopt;

  std::uint32_t frame = log.head.frame;
  for (const std::uint32_t page : scan->pages)
    log.offsets[page] = wal_frame_offset(*header, ++frame) + frame_header_bytes;
  log.recent.insert(log.recent.end(), scan->pages.begin(), scan->pages.end());
  log.settled = scan->settled;
  log.head = scan->head;
  log.complete = scan->complete;

  std::optional<std::vector<std::uint32_t>> pages;
  if (continues && log.complete) {
    pages = log.recent;
    std::sort(pages->begin(), pages->end());
    pages->erase(std::unique(pages->begin(), pages->end()), pages->end());
  }
  // The present snapshot is not older than what was published at the call before.
  log.recent.erase(log.recent.begin(),
                   log.recent.begin() + static_cast<std::ptrdiff_t>(settled.frame - log.floor));
  log.floor = settled.frame;
  log_ = std::move(log);
  return pages;
}

std::optional<PageReader> WalChanges::pages() const {
  if (!log_ || !log_->complete) return std::nullopt;
  const RawFile database = RawFile::database(db_, schema_.c_str());
  std::uint64_t page_count = log_->head.database_pages;
  if (log_->head.frame == 0) {
    const std::optional<std::uint64_t> bytes = database.size();
    if (!bytes) return std::nullopt;
    page_count = std::min<std::uint64_t>(*bytes / log_->header.page_bytes, 0xfffffffe);
  }
  return PageReader(database, wal(), log_->offsets, log_->header.page_bytes,
                    static_cast<std::uint32_t>(page_count));
}

bool WalChanges::undisturbed() const {
  if (!log_) return false;
  const RawFile file = wal();
  // The header after the frames, as in follow().
  return leads_to(file, log_->header, log_->settled, log_->head) && read_wal_header(file) == log_->header;
}

}  // namespace cairn::sqlite
