#include "sql/lane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cairn/error.hpp"
#include "sql/clean.hpp"

namespace cairn::sql::detail {

namespace {

// An idle connection younger than this is lent untested: a look at the file costs a system call.
constexpr auto kTestAfter = std::chrono::seconds(1);

}  // namespace

Lane::Lane(const char* name, ConnectOptions connect, const PoolOptions& options, std::size_t capacity,
           std::size_t minimum, std::int64_t log_limit)
    : name_(name),
      connect_(std::move(connect)),
      options_(options),
      capacity_(capacity),
      minimum_(minimum),
      log_limit_(log_limit) {
  // So that giving back cannot throw.
  slots_.reserve(capacity);
  idle_.reserve(capacity);
}

Slot& Lane::acquire(const Acquire& how) {
  Clock::time_point now = Clock::now();
  std::unique_lock lock(mutex_);
  require_open();
  Slot* slot = nullptr;
  if (waiters_.empty() && leased_ < capacity_) {
    slot = take();
  } else {
    slot = wait(lock, how);
    now = Clock::now();
  }
  return lend(lock, slot, how.label, now);
}

Slot* Lane::try_acquire(std::string_view label) {
  const Clock::time_point now = Clock::now();
  std::unique_lock lock(mutex_);
  require_open();
  if (!waiters_.empty() || leased_ == capacity_) return nullptr;
  return &lend(lock, take(), label, now);
}

void Lane::require_open() const {
  if (closed_) throw Error(ErrorCode::closed, "the pool was closed");
}

// Takes a turn, and an idle connection if there is one.
Slot* Lane::take() noexcept {
  ++leased_;
  ++counts_.acquires;
  if (idle_.empty()) return nullptr;
  Slot* const slot = idle_.back();
  idle_.pop_back();
  return slot;
}

Slot* Lane::wait(std::unique_lock<std::mutex>& lock, const Acquire& how) {
  const std::chrono::milliseconds timeout = how.timeout.value_or(options_.acquire_timeout);
  const Clock::time_point started = Clock::now();
  Waiter self;
  waiters_.push_back(&self);
  self.wake.wait_until(lock, how.stop, after(started, timeout), [&] { return self.granted || closed_; });
  const auto waited = Clock::now() - started;
  ++counts_.waits;
  counts_.wait_total += waited;
  counts_.wait_longest = std::max<std::chrono::nanoseconds>(counts_.wait_longest, waited);
  if (self.granted) return self.slot;
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
  require_open();
  if (how.stop.stop_requested())
    throw Error(ErrorCode::interrupted, fmt::format("cancelled while waiting for a {}", name_));
  throw_timeout(timeout);
}

void Lane::throw_timeout(std::chrono::milliseconds timeout) {
  ++counts_.timeouts;
  std::vector<const Slot*> holders;
  for (const auto& slot : slots_)
    if (slot->leased) holders.push_back(slot.get());
  std::sort(holders.begin(), holders.end(), [](const Slot* a, const Slot* b) { return a->since < b->since; });
  std::ostringstream who;
  for (std::size_t i = 0; i < std::min<std::size_t>(holders.size(), 3); ++i) {
    const auto held =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - holders[i]->since).count();
    who << (i == 0 ? "" : ", ");
    if (!holders[i]->label.empty()) who << '\'' << holders[i]->label << "' in ";
    who << "thread " << holders[i]->thread << " for " << held << " ms";
  }
  throw Error(ErrorCode::timeout,
              fmt::format("no {} was free within {} ms ({} of {} in use; held by {}; {} more waiting); end "
                          "transactions sooner, or allow more readers or a longer acquire_timeout",
                          name_, timeout.count(), leased_, capacity_, who.str(), waiters_.size()));
}

// Makes a connection that was taken, or a new one, ready to be used. Unlocks.
Slot& Lane::lend(std::unique_lock<std::mutex>& lock, Slot* slot, std::string_view label,
                 Clock::time_point now) {
  try {
    while (slot) {
      const Clock::time_point idle_since = mark(*slot, label, now);
      lock.unlock();
      if (is_fit(*slot, idle_since, now)) return *slot;
      lock.lock();
      std::unique_ptr<Slot> unfit = remove(*slot);
      slot = idle_.empty() ? nullptr : idle_.back();
      if (slot) idle_.pop_back();
      lock.unlock();
      unfit.reset();
      lock.lock();
    }
    lock.unlock();
    return open(label);
  } catch (...) {
    lock.lock();
    const std::unique_ptr<Slot> unfit = slot ? remove(*slot) : nullptr;
    give_turn_back();
    lock.unlock();
    throw;
  }
}

// Returns since when it was idle.
Clock::time_point Lane::mark(Slot& slot, std::string_view label, Clock::time_point now) noexcept {
  slot.leased = true;
  slot.label = label;
  slot.thread = std::this_thread::get_id();
  return std::exchange(slot.since, now);
}

bool Lane::is_fit(Slot& slot, Clock::time_point idle_since, Clock::time_point now) {
  const auto idle_for = now - idle_since;
  if (now > after(slot.opened, options_.max_lifetime)) return false;
  if (options_.test_before_acquire && idle_for >= kTestAfter && has_lost_its_file(slot.connection))
    return false;
  return !options_.before_acquire ||
         options_.before_acquire(slot.connection, {.age = now - slot.opened, .idle_for = idle_for});
}

Slot& Lane::open(std::string_view label) {
  auto slot = std::make_unique<Slot>(connect_);
  if (options_.after_connect) options_.after_connect(slot->connection);
  const std::lock_guard lock(mutex_);
  ++counts_.opened;
  mark(*slot, label, Clock::now());
  slots_.push_back(std::move(slot));
  return *slots_.back();
}

void Lane::release(Slot& slot) noexcept {
  const Clock::time_point now = Clock::now();
  const bool keep = may_keep(slot, now);
  std::unique_lock lock(mutex_);
  if (keep && !closed_) {
    slot.leased = false;
    slot.since = now;
    idle_.push_back(&slot);
  } else {
    // Closed before the turn is given back: there are never more connections than allowed.
    std::unique_ptr<Slot> dead = remove(slot);
    lock.unlock();
    dead.reset();
    lock.lock();
  }
  give_turn_back();
  const std::unique_ptr<Slot> reaped = reap(now);
  lock.unlock();
}

bool Lane::may_keep(Slot& slot, Clock::time_point now) noexcept {
  if (!clean(slot.connection)) return false;
  log_limit_.look(slot.connection);
  if (!options_.after_release) return true;
  try {
    return options_.after_release(slot.connection, {.age = now - slot.opened, .idle_for = {}});
  } catch (...) {
    return false;  // who gives back, in a destructor, cannot be told
  }
}

void Lane::give_turn_back() noexcept {
  --leased_;
  while (!closed_ && !waiters_.empty() && leased_ < capacity_) {
    Waiter& first = *waiters_.front();
    waiters_.pop_front();
    first.slot = take();
    first.granted = true;
    first.wake.notify_one();  // under the lock: the waiter dies as soon as it sees `granted`
  }
  if (leased_ == 0) returned_.notify_all();
}

// One at a time is enough: connections are given back far more often than they grow old.
std::unique_ptr<Slot> Lane::reap(Clock::time_point now) noexcept {
  if (idle_.empty() || slots_.size() <= minimum_) return nullptr;
  Slot& oldest = *idle_.front();
  if (now <= after(oldest.since, options_.idle_timeout)) return nullptr;
  idle_.erase(idle_.begin());
  return remove(oldest);
}

std::unique_ptr<Slot> Lane::remove(Slot& slot) noexcept {
  const auto found =
      std::find_if(slots_.begin(), slots_.end(), [&](const auto& held) { return held.get() == &slot; });
  std::unique_ptr<Slot> removed = std::move(*found);
  slots_.erase(found);
  ++counts_.closed;
  return removed;
}

Connection Lane::detach(Slot& slot) {
  std::unique_lock lock(mutex_);
  const std::unique_ptr<Slot> detached = remove(slot);
  give_turn_back();
  lock.unlock();
  return std::move(detached->connection);
}

void Lane::close() noexcept {
  std::unique_lock lock(mutex_);
  closed_ = true;
  for (Waiter* waiter : waiters_) waiter->wake.notify_one();
  while (!idle_.empty()) {
    std::unique_ptr<Slot> dead = remove(*idle_.back());
    idle_.pop_back();
    lock.unlock();  // closing may empty a long log
    dead.reset();
    lock.lock();
  }
}

bool Lane::is_closed() const noexcept {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool Lane::wait_until_returned(Clock::time_point deadline) noexcept {
  std::unique_lock lock(mutex_);
  return returned_.wait_until(lock, deadline, [&] { return leased_ == 0; });
}

LaneMetrics Lane::metrics() const {
  const std::lock_guard lock(mutex_);
  LaneMetrics now = counts_;
  now.limit = capacity_;
  now.size = slots_.size();
  now.idle = idle_.size();
  now.leased = leased_;
  now.waiting = waiters_.size();
  return now;
}

void Lane::add_leases(std::vector<LeaseInfo>& leases) const {
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex_);
  for (const auto& slot : slots_)
    if (slot->leased)
      leases.push_back(
          {.label = std::string(slot->label), .thread = slot->thread, .held_for = now - slot->since});
}

}  // namespace cairn::sql::detail
