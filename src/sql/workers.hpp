// Threads that take jobs from one queue, in order.
//
// Thread-safety: submit() from any thread; close() and the destructor from one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cairn/sql/async.hpp"

namespace cairn::sql::detail {

class Workers {
 public:
  Workers(Pool& pool, std::size_t threads, std::size_t max_pending);
  ~Workers();

  // Fails the job at once when the queue is full or closed.
  void submit(std::unique_ptr<Job> job);
  // Fails what waits. Does not wait for what runs.
  void close() noexcept;

 private:
  void work();

  Pool& pool_;
  const std::size_t max_pending_;
  std::mutex mutex_;
  std::condition_variable arrival_;
  std::deque<std::unique_ptr<Job>> pending_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cairn::sql::detail
