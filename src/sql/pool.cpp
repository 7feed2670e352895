#include "cairn/sql/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "cairn/error.hpp"
#include "sql/lane.hpp"

namespace cairn::sql {

namespace {

// SQLite's memdb VFS shares a database between the connections of a process when its name starts with a
// slash (sqlite.org/src/file/src/memdb.c), with ordinary locks; shared-cache mode would bring SQLITE_LOCKED.
std::string shared_memory_name() {
  static std::atomic<unsigned> sequence{0};
  return fmt::format("/cairn-memory-{}", sequence++);
}

ConnectOptions for_pool(ConnectOptions options) {
  if (options.path == ":memory:") {
    options.path = shared_memory_name();
    options.vfs = "memdb";
    options.mode = OpenMode::create;
    options.journal_mode.reset();  // a memory database keeps its own journal; WAL is not for it
  }
  return options;
}

ConnectOptions for_reader(ConnectOptions options) {
  options.query_only = true;
  options.journal_mode.reset();  // a property of the file, set by the writer
  if (options.mode == OpenMode::create) options.mode = OpenMode::read_write;
  return options;
}

}  // namespace

PooledConnection::PooledConnection(std::shared_ptr<detail::Lane> lane, detail::Slot& slot) noexcept
    : lane_(std::move(lane)), slot_(&slot), connection_(&slot.connection) {}

void PooledConnection::give_back() noexcept {
  lane_->release(*slot_);
}

Connection PooledConnection::detach() && {
  connection_ = nullptr;
  return lane_->detach(*std::exchange(slot_, nullptr));
}

Pool::Pool(const ConnectOptions& connect_options, const PoolOptions& options)
    : read_only_(connect_options.mode == OpenMode::read_only), path_(connect_options.path) {
  const ConnectOptions shared = for_pool(connect_options);
  const std::size_t limit = std::max<std::size_t>(options.readers, 1);
  const std::size_t least = std::min(limit, std::max<std::size_t>(options.min_readers, read_only_ ? 1 : 0));
  if (path_ == ":memory:") anchor_.emplace(shared);
  writer_ = std::make_shared<detail::Lane>("writer", shared, options, 1, 1, options.log_limit_bytes);
  readers_ = std::make_shared<detail::Lane>("reader", for_reader(shared), options, limit, least, 0);
  if (!read_only_) writer();
  std::vector<PooledConnection> opened;
  while (opened.size() < least) opened.push_back(reader());
}

Pool::~Pool() {
  close();
}

detail::Lane& Pool::writing() const {
  if (read_only_) throw Error(ErrorCode::read_only, fmt::format("'{}' was opened read-only", path_));
  return *writer_;
}

PooledConnection Pool::reader(const Acquire& how) {
  return {readers_, readers_->acquire(how)};
}

PooledConnection Pool::writer(const Acquire& how) {
  return {writer_, writing().acquire(how)};
}

std::optional<PooledConnection> Pool::try_reader(std::string_view label) {
  detail::Slot* const slot = readers_->try_acquire(label);
  if (!slot) return std::nullopt;
  return PooledConnection(readers_, *slot);
}

std::optional<PooledConnection> Pool::try_writer(std::string_view label) {
  detail::Slot* const slot = writing().try_acquire(label);
  if (!slot) return std::nullopt;
  return PooledConnection(writer_, *slot);
}

bool Pool::close(std::chrono::milliseconds wait) noexcept {
  // Readers first: the last connection to close checkpoints the log, and the writer may.
  readers_->close();
  writer_->close();
  const auto deadline = detail::after(detail::Clock::now(), wait);
  return readers_->wait_until_returned(deadline) && writer_->wait_until_returned(deadline);
}

bool Pool::is_closed() const noexcept {
  return readers_->is_closed();
}

PoolMetrics Pool::metrics() const {
  return {.writer = writer_->metrics(), .readers = readers_->metrics()};
}

std::vector<LeaseInfo> Pool::leases() const {
  std::vector<LeaseInfo> all;
  writer_->add_leases(all);
  const std::size_t writers = all.size();
  readers_->add_leases(all);
  for (std::size_t i = 0; i < writers; ++i) all[i].writer = true;
  std::stable_sort(all.begin(), all.end(),
                   [](const LeaseInfo& a, const LeaseInfo& b) { return a.held_for > b.held_for; });
  return all;
}

}  // namespace cairn::sql
