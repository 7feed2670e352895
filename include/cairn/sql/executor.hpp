// Where coroutines go on: anything that runs a function later, in a thread that its owner chooses.
//
//   struct OnMyLoop {
//     my::Loop& loop;
//     void post(std::function<void()> f) { loop.call_soon(std::move(f)); }
//   };
//
// post() is called from the database's threads and must not throw. It must outlive the AsyncPool whose
// results it takes. cairn::sql::RunLoop is one.
#pragma once

#include <concepts>
#include <coroutine>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "cairn/sql/task.hpp"

namespace cairn::sql {

template <class E>
concept Executor = requires(E& executor, std::function<void()> function) {
  executor.post(std::move(function));
};

namespace detail {

// A suspended coroutine that something in another thread will wake. Whoever awaits may be destroyed before:
// then nothing is resumed. That is safe since both, resuming and destroying, happen where the executor runs.
struct Suspended {
  std::coroutine_handle<> coroutine;
  bool gone = false;

  template <Executor E>
  static void resume_on(E& executor, std::shared_ptr<Suspended> self) {
    executor.post([self = std::move(self)] {
      if (!self->gone) self->coroutine.resume();
    });
  }
};

// A coroutine of which nobody waits for the end; it frees itself there.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

template <Executor E>
struct HopTo {
  E& executor;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const {
    executor.post([coroutine] { coroutine.resume(); });
  }
  void await_resume() const noexcept {}
};

template <Executor E, class T>
Detached run_detached(E& executor, Task<T> task, std::promise<T> result) {
  std::exception_ptr error;
  try {
    co_await HopTo<E>{executor};
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      result.set_value();
    } else {
      result.set_value(co_await std::move(task));
    }
  } catch (...) {
    error = std::current_exception();
  }
  if (error) result.set_exception(std::move(error));
}

}  // namespace detail

// Starts a task on an executor. The future becomes ready when the task is done; dropping it does not stop
// the task.
template <Executor E, class T>
std::future<T> spawn(E& executor, Task<T> task) {
  std::promise<T> result;
  std::future<T> future = result.get_future();
  detail::run_detached(executor, std::move(task), std::move(result));
  return future;
}

}  // namespace cairn::sql
