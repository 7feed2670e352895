// One loop in several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace cairn::vector {

// Calls body(i) for every i below `count`, in `threads` threads of which the caller's is one; runs of
// neighbouring i stay together. Returns when all are done, and throws what a body threw first.
void parallel_for(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace cairn::vector
