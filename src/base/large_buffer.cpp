#include "base/large_buffer.hpp"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace cairn {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

constexpr std::size_t rounded_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) / unit * unit;
}

// Unless too much of the last huge page would be wasted.
constexpr bool wants_huge_pages(std::size_t size) {
  return size >= kHugePage / 8 * 7 && rounded_up(size, kHugePage) <= size / 7 * 8;
}

}  // namespace

std::size_t LargeBuffer::allocated(std::size_t size) noexcept {
  return rounded_up(size == 0 ? 1 : size, wants_huge_pages(size) ? kHugePage : kCacheLine);
}

LargeBuffer::LargeBuffer(std::size_t size) {
  const std::size_t bytes = allocated(size);
  const bool is_huge = wants_huge_pages(size);
  bytes_.reset(static_cast<std::byte*>(std::aligned_alloc(is_huge ? kHugePage : kCacheLine, bytes)));
  if (!bytes_) throw std::bad_alloc();
#ifdef __linux__
  if (is_huge) madvise(bytes_.get(), bytes, MADV_HUGEPAGE);  // a wish
#endif
}

void LargeBuffer::Free::operator()(std::byte* bytes) const noexcept {
  std::free(bytes);
}

}  // namespace cairn
