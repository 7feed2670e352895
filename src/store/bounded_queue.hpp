// Hands values from one thread to another, at most `capacity` bytes of them at a time; a value that is
// larger than that by itself passes when the queue is empty.
//
// Thread-safety: one thread pushes and finishes, another pops and closes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace cairn::store {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Waits for room. False when the other side has closed the queue: there is no use for more.
  bool push(T value, std::size_t bytes) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || values_.empty() || bytes_ + bytes <= capacity_; });
    if (closed_) return false;
    values_.emplace_back(std::move(value), bytes);
    bytes_ += bytes;
    arrival_.notify_one();
    return true;
  }

  // Nothing more will come, because all is done or because of `error`.
  void finish(std::exception_ptr error = nullptr) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    error_ = std::move(error);
    arrival_.notify_one();
  }

  // The next value, or nothing when there is none in time or none to come any more (see finished()).
  // Rethrows the error that finish() was given, once the values before it were taken.
  std::optional<T> pop_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    arrival_.wait_until(lock, deadline, [&] { return finished_ || !values_.empty(); });
    return take();
  }
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    arrival_.wait(lock, [&] { return finished_ || !values_.empty(); });
    return take();
  }

  bool finished() {
    const std::lock_guard lock(mutex_);
    return finished_ && values_.empty();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_one();
  }

 private:
  std::optional<T> take() {
    if (values_.empty()) {
      if (error_) std::rethrow_exception(error_);
      return std::nullopt;
    }
    std::optional<T> value(std::move(values_.front().first));
    bytes_ -= values_.front().second;
    values_.pop_front();
    room_.notify_one();
    return value;
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_, arrival_;
  std::deque<std::pair<T, std::size_t>> values_;
  std::size_t bytes_ = 0;
  bool finished_ = false, closed_ = false;
  std::exception_ptr error_;
};

}  // namespace cairn::store
