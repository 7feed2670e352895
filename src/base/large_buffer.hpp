// Uninitialised memory that is scanned from end to end: large buffers ask the system for huge pages, which
// make reading about a tenth faster (docs/decisions/0010).
#pragma once

#include <cstddef>
#include <memory>

namespace cairn {

class LargeBuffer {
 public:
  LargeBuffer() = default;
  // Aligned to a cache line at least. Throws std::bad_alloc.
  explicit LargeBuffer(std::size_t size);

  std::byte* data() const noexcept { return bytes_.get(); }
  // What a buffer of `size` bytes takes.
  static std::size_t allocated(std::size_t size) noexcept;

 private:
  struct Free {
    void operator()(std::byte* bytes) const noexcept;
  };
  std::unique_ptr<std::byte, Free> bytes_;
};

}  // namespace cairn
