// Times of files, as the store keeps them: nanoseconds since the Unix epoch.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cairn::store {

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// A file system may hold any time; what does not fit (before 1678, after 2261) becomes the nearest that does.
inline std::int64_t modified_ns(const struct stat& info) noexcept {
  constexpr std::int64_t kLimit = INT64_MAX / kNanosecondsPerSecond - 1;
  const auto seconds = std::clamp(static_cast<std::int64_t>(info.st_mtim.tv_sec), -kLimit, kLimit);
  return seconds * kNanosecondsPerSecond + info.st_mtim.tv_nsec;
}

inline std::int64_t now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace cairn::store
