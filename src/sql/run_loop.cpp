#include "cairn/sql/run_loop.hpp"

namespace cairn::sql {

void RunLoop::post(std::function<void()> function) {
  const std::lock_guard lock(mutex_);
  functions_.push_back(std::move(function));
  posted_.notify_one();  // under the lock: the loop may end as soon as the function has run
}

void RunLoop::run_one() {
  std::unique_lock lock(mutex_);
  posted_.wait(lock, [&] { return !functions_.empty(); });
  const std::function<void()> function = std::move(functions_.front());
  functions_.pop_front();
  lock.unlock();
  function();
}

}  // namespace cairn::sql
