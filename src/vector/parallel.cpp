#include "vector/parallel.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <vector>

namespace cairn::vector {

void parallel_for(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& body) {
  const std::size_t parts = std::max<std::size_t>(1, std::min(threads, count));
  std::vector<std::exception_ptr> failures(parts);
  const auto run = [&](std::size_t part) noexcept {
    try {
      for (std::size_t i = count * part / parts; i < count * (part + 1) / parts; ++i) body(i);
    } catch (...) {
      failures[part] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(parts - 1);
  std::size_t started = 1;
  try {
    for (; started < parts; ++started) others.emplace_back(run, started);
  } catch (const std::exception&) {  // the system has no more threads, or memory: this one does the rest
  }
  run(0);
  for (std::size_t part = started; part < parts; ++part) run(part);
  for (std::thread& other : others) other.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace cairn::vector
