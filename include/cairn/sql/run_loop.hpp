// The simplest executor: functions from all threads, run one after the other by the thread that runs the
// loop.
//
//   cairn::sql::RunLoop loop;
//   const int n = loop.run(count(pool, loop));   // until that task is done
//
// Thread-safety: post() from any thread; run() by one at a time. Functions still queued when the loop dies
// are dropped unrun. An exception of a posted function leaves run().
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

#include "cairn/sql/executor.hpp"

namespace cairn::sql {

class RunLoop {
 public:
  void post(std::function<void()> function);

  // Runs what is posted until the task is done, and returns or throws what it did.
  template <class T>
  T run(Task<T> task) {
    auto done = std::make_shared<bool>(false);  // shared, since an exception may leave before the task ends
    std::future<T> result = spawn(*this, finish(std::move(task), *this, done));
    while (!*done) run_one();
    return result.get();
  }

 private:
  void run_one();

  template <class T>
  static Task<T> finish(Task<T> task, RunLoop& loop, std::shared_ptr<bool> done) {
    // Told to the loop as anything else is, since the task may end in another executor's thread.
    struct AtEnd {
      RunLoop& loop;
      std::shared_ptr<bool> done;
      ~AtEnd() {
        loop.post([done = done] { *done = true; });
      }
    } at_end{loop, std::move(done)};
    co_return co_await std::move(task);
  }

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> functions_;
};

}  // namespace cairn::sql
