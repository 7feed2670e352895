#include "cairn/sql/async.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "sql/workers.hpp"

namespace cairn::sql {

namespace {

std::exception_ptr closed() {
  return std::make_exception_ptr(Error(ErrorCode::closed, "the asynchronous pool was closed"));
}

}  // namespace

namespace detail {

Acquire within(const Limits& limits) {
  if (limits.stop.stop_requested())
    throw Error(ErrorCode::interrupted, "the operation was stopped before its turn came");
  if (!limits.deadline) return {.stop = limits.stop};
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(*limits.deadline - std::chrono::steady_clock::now());
  if (left <= milliseconds(0))
    throw Error(ErrorCode::timeout, "the operation's deadline passed before its turn came");
  return {.timeout = left, .stop = limits.stop};
}

void submit(Workers& workers, std::unique_ptr<Job> job) {
  workers.submit(std::move(job));
}

Workers::Workers(Pool& pool, std::size_t threads, std::size_t max_pending)
    : pool_(pool), max_pending_(max_pending) {
  try {
    while (threads_.size() < threads) threads_.emplace_back([this] { work(); });
  } catch (...) {  // those that have started must end before they are destroyed
    close();
    for (std::thread& thread : threads_) thread.join();
    throw;
  }
}

Workers::~Workers() {
  close();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::submit(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  if (!closed_ && pending_.size() < max_pending_) {
    pending_.push_back(std::move(job));
    lock.unlock();
    arrival_.notify_one();
    return;
  }
  const bool full = !closed_;
  lock.unlock();
  job->fail(full ? std::make_exception_ptr(Error(
                       ErrorCode::busy, fmt::format("{} operations wait already; wait for some of them, "
                                                    "or raise AsyncOptions::max_pending",
                                                    max_pending_)))
                 : closed());
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    arrival_.wait(lock, [&] { return closed_ || !pending_.empty(); });
    if (pending_.empty()) return;
    std::unique_ptr<Job> job = std::move(pending_.front());
    pending_.pop_front();
    lock.unlock();
    job->run(pool_);
    job.reset();
    lock.lock();
  }
}

void Workers::close() noexcept {
  std::unique_lock lock(mutex_);
  closed_ = true;
  const std::deque<std::unique_ptr<Job>> failing = std::exchange(pending_, {});
  arrival_.notify_all();
  lock.unlock();
  for (const auto& job : failing) job->fail(closed());
}

}  // namespace detail

AsyncPool::AsyncPool(Pool& pool, const AsyncOptions& options) {
  const std::size_t reading =
      options.reading_threads > 0 ? options.reading_threads : pool.metrics().readers.limit;
  readers_ = std::make_unique<detail::Workers>(pool, reading, options.max_pending);
  writer_ = std::make_unique<detail::Workers>(pool, 1, options.max_pending);
}

AsyncPool::~AsyncPool() {
  close();
}

void AsyncPool::close() noexcept {
  closing_.request_stop();
  readers_->close();
  writer_->close();
}

}  // namespace cairn::sql
