// The rows of a long query, in batches, while the query still runs in another thread.
//
//   auto notes = async.stream<Note>([](cairn::sql::Connection& db, cairn::sql::RowSink<Note>& sink) {
//     auto st = db.cached("SELECT id, text FROM notes");
//     while (st->step()) sink.push({st->get<std::int64_t>(0), st->get<std::string>(1)});
//   });
//   while (auto batch = notes.next())                                  // waits
//     for (const Note& note : *batch) …
//   while (auto batch = co_await notes.next_on(loop)) …                // or suspends
//
// The query gets ahead of its reader by a few batches and then waits for it, holding its connection and its
// snapshot: a reader that dawdles keeps the log from shrinking. A stream that is dropped ends the query.
// Thread-safety: one thread at a time. Lifetime: may outlive its AsyncPool, whose closing ends it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cairn/error.hpp"
#include "cairn/sql/deadline.hpp"
#include "cairn/sql/executor.hpp"

namespace cairn::sql {

struct StreamOptions {
  std::size_t batch_rows = 128;  // at least 1; the last batch may be smaller
  std::size_t batches = 4;       // that wait for the reader; at least 1
};

namespace detail {

template <class T>
class RowChannel {
 public:
  RowChannel(const StreamOptions& options, Limits limits) : options_(options), limits_(std::move(limits)) {}

  std::size_t batch_rows() const noexcept { return options_.batch_rows; }

  // The writing side. Waits for room; throws closed when there is no reader any more, and timeout or
  // interrupted when a limit is passed meanwhile.
  void push(std::vector<T> batch) {
    std::unique_lock lock(mutex_);
    const auto room = [&] {
      return abandoned_ || batches_.size() < std::max<std::size_t>(options_.batches, 1);
    };
    const bool in_time = limits_.deadline ? room_.wait_until(lock, limits_.stop, *limits_.deadline, room)
                                          : room_.wait(lock, limits_.stop, room);
    if (abandoned_) throw Error(ErrorCode::closed, "nobody reads this stream any more");
    if (!in_time && limits_.stop.stop_requested())
      throw Error(ErrorCode::interrupted, "cancelled while the reader of the stream was behind");
    if (!in_time)
      throw Error(ErrorCode::timeout, "the deadline passed while the reader of the stream was behind");
    batches_.push_back(std::move(batch));
    wake(lock);
  }
  void finish(std::exception_ptr error) {
    std::unique_lock lock(mutex_);
    finished_ = true;
    error_ = std::move(error);
    wake(lock);
  }

  // The reading side.
  std::optional<std::vector<T>> next() {
    std::unique_lock lock(mutex_);
    arrival_.wait(lock, [&] { return ready(); });
    return take();
  }
  // What there is. REQUIRES: when_ready() said so, or called back.
  std::optional<std::vector<T>> take_ready() {
    const std::lock_guard lock(mutex_);
    return take();
  }
  // True when there is something to take now; otherwise `callback` is called once there is.
  bool when_ready(std::function<void()> callback) {
    const std::lock_guard lock(mutex_);
    if (ready()) return true;
    callback_ = std::move(callback);
    return false;
  }

  // Either side is gone.
  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    room_.notify_one();
  }

 private:
  bool ready() const { return finished_ || !batches_.empty(); }

  std::optional<std::vector<T>> take() {
    if (batches_.empty()) {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      return std::nullopt;
    }
    std::optional<std::vector<T>> batch(std::move(batches_.front()));
    batches_.pop_front();
    room_.notify_one();
    return batch;
  }

  void wake(std::unique_lock<std::mutex>& lock) {
    arrival_.notify_one();
    const std::function<void()> callback = std::exchange(callback_, nullptr);
    lock.unlock();
    if (callback) callback();
  }

  const StreamOptions options_;
  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable arrival_;
  std::deque<std::vector<T>> batches_;
  std::function<void()> callback_;
  bool finished_ = false, abandoned_ = false;
  std::exception_ptr error_;
};

}  // namespace detail

// Where the query puts its rows.
template <class T>
class RowSink {
 public:
  explicit RowSink(detail::RowChannel<T>& channel) : channel_(channel) {}

  // Waits when the reader is behind. Throws `closed` when the stream was dropped: let it pass.
  void push(T row) {
    batch_.push_back(std::move(row));
    if (batch_.size() >= channel_.batch_rows()) flush();
  }
  // Hands out what was pushed so far. Called at the end by itself.
  void flush() {
    if (!batch_.empty()) channel_.push(std::exchange(batch_, {}));
  }

 private:
  detail::RowChannel<T>& channel_;
  std::vector<T> batch_;
};

template <class T>
class [[nodiscard]] RowStream {
 public:
  explicit RowStream(std::shared_ptr<detail::RowChannel<T>> channel) noexcept
      : channel_(std::move(channel)) {}
  RowStream(RowStream&&) noexcept = default;
  RowStream& operator=(RowStream&&) = delete;
  ~RowStream() {
    if (channel_) channel_->abandon();
  }

  // The next batch, never empty, or nothing after the last. Throws what the query threw, after the rows
  // before that. Waits.
  std::optional<std::vector<T>> next() { return channel_->next(); }

  // The same to be awaited; resumes through `executor` where it has to wait.
  template <Executor E>
  auto next_on(E& executor) {
    return Awaiter<E>(*channel_, executor);
  }

 private:
  template <Executor E>
  class Awaiter {
   public:
    Awaiter(detail::RowChannel<T>& channel, E& executor) : channel_(channel), executor_(executor) {}
    Awaiter(const Awaiter&) = delete;
    ~Awaiter() {
      if (state_) state_->gone = true;
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      state_ = std::make_shared<detail::Suspended>();
      state_->coroutine = coroutine;
      return !channel_.when_ready(
          [state = state_, &executor = executor_] { detail::Suspended::resume_on(executor, state); });
    }
    std::optional<std::vector<T>> await_resume() { return channel_.take_ready(); }

   private:
    detail::RowChannel<T>& channel_;
    E& executor_;
    std::shared_ptr<detail::Suspended> state_;
  };

  std::shared_ptr<detail::RowChannel<T>> channel_;
};

}  // namespace cairn::sql
