// A coroutine that starts when it is awaited, and gives its result to who awaits it.
//
//   cairn::sql::Task<int> count(cairn::sql::AsyncPool& pool, cairn::sql::RunLoop& loop) {
//     co_return co_await pool.read(count_notes).resume_on(loop);
//   }
//   const int n = loop.run(count(pool, loop));
//
// Thread-safety: none of its own; a task runs where what it awaits resumes it.
// Lifetime: owns the coroutine. A task that is dropped while it waits is destroyed there and then; that must
// happen in the thread in which it would have been resumed. What runs for it in the database runs to its end.
// References that a coroutine takes as parameters must outlive it.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "cairn/sql/outcome.hpp"

namespace cairn::sql {

template <class T = void>
class Task;

namespace detail {

class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }
  auto final_suspend() const noexcept {
    struct ResumeWhoAwaits {
      std::coroutine_handle<> continuation;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept { return continuation; }
      void await_resume() const noexcept {}
    };
    return ResumeWhoAwaits{continuation_};
  }
  void continue_with(std::coroutine_handle<> continuation) noexcept { continuation_ = continuation; }

 private:
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void return_value(T value) { outcome_.emplace(std::move(value)); }
  void unhandled_exception() noexcept { outcome_.emplace(std::current_exception()); }
  T take() { return outcome_->get(); }

 private:
  std::optional<Outcome<T>> outcome_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept { error_ = std::current_exception(); }
  void take() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  std::exception_ptr error_;
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  // Once only.
  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> coroutine;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) const noexcept {
        coroutine.promise().continue_with(continuation);
        return coroutine;
      }
      T await_resume() const { return coroutine.promise().take(); }
    };
    return Awaiter{coroutine_};
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> detail::TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace cairn::sql
