// Memory that all connections of the process share for what they keep of their tables. What was not used for
// longest goes first when there is no room, and nothing goes that somebody used a moment ago: two tables that
// do not fit together must not throw each other out at every search.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace cairn::vec0 {

struct ResidentColumn;

class MemoryBudget {
 public:
  // An eighth of the machine's memory, at most 512 MB; or what the environment variable CAIRN_MEMORY says.
  // Shared, since connections may be closed after the process's static objects are gone.
  static std::shared_ptr<MemoryBudget> of_process();
  // What was used within `in_use` is not thrown out for others.
  explicit MemoryBudget(std::size_t limit, std::chrono::seconds in_use = std::chrono::seconds(1))
      : limit_(limit), in_use_(in_use) {}

  std::size_t limit() const;
  // Gives back at once what is over the new limit.
  void set_limit(std::size_t bytes);
  // What is taken.
  std::size_t used() const;

  // Takes `bytes` for the owner, instead of what it had; false, and nothing changed, if there is no room.
  // What the owner keeps stays until it keeps something else.
  bool reserve(const void* owner, std::size_t bytes);
  // Whether reserve() may succeed.
  bool has_room(const void* owner, std::size_t bytes) const;
  void keep(const void* owner, std::shared_ptr<const ResidentColumn> column);
  // What the owner keeps; null if it was thrown out.
  std::shared_ptr<const ResidentColumn> get(const void* owner);
  void drop(const void* owner) noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::shared_ptr<const ResidentColumn> column;
    std::size_t bytes = 0;
    Clock::time_point used;
  };
  std::size_t used_by_others(const void* owner, Clock::time_point since) const;

  mutable std::mutex mutex_;
  std::size_t limit_;
  const std::chrono::seconds in_use_;
  std::unordered_map<const void*, Entry> entries_;
};

// "64MB", "1 GB", "65536": bytes. Throws invalid_argument.
std::size_t parse_size(std::string_view text);

}  // namespace cairn::vec0
