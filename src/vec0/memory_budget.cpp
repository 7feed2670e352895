#include "vec0/memory_budget.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "cairn/error.hpp"
#include "vec0/resident.hpp"

namespace cairn::vec0 {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;
constexpr std::size_t kMostByDefault = 512 * kMegabyte;

std::size_t machine_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && page_size > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page_size)
                                    : 8 * kMostByDefault;
}

std::size_t default_limit() {
  const std::size_t limit = std::min(machine_memory() / 8, kMostByDefault);
  const char* const variable = std::getenv("CAIRN_MEMORY");
  if (!variable) return limit;
  try {
    return parse_size(variable);
  } catch (const Error&) {
    return limit;  // a library has nobody to tell
  }
}

}  // namespace

std::size_t parse_size(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::pair<std::string_view, std::size_t> kUnits[] = {
      {"", 1}, {"KB", 1024}, {"MB", kMegabyte}, {"GB", 1024 * kMegabyte}};
  const auto found =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& u) { return u.first == unit; });
  if (error != std::errc() || found == std::end(kUnits) || number > SIZE_MAX / found->second)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("'{}' is not a size; write a number of bytes, or one with KB, MB or GB", text));
  return number * found->second;
}

std::shared_ptr<MemoryBudget> MemoryBudget::of_process() {
  static const auto budget = std::make_shared<MemoryBudget>(default_limit());
  return budget;
}

std::size_t MemoryBudget::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

std::size_t MemoryBudget::used_by_others(const void* owner, Clock::time_point since) const {
  std::size_t bytes = 0;
  for (const auto& [key, entry] : entries_)
    if (key != owner && entry.used >= since) bytes += entry.bytes;
  return bytes;
}

std::size_t MemoryBudget::used() const {
  const std::lock_guard lock(mutex_);
  return used_by_others(nullptr, Clock::time_point::min());
}

bool MemoryBudget::has_room(const void* owner, std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  const std::size_t others = used_by_others(owner, Clock::now() - in_use_);
  return others <= limit_ && bytes <= limit_ - others;
}

bool MemoryBudget::reserve(const void* owner, std::size_t bytes) {
  std::vector<std::shared_ptr<const ResidentColumn>> thrown_out;  // freed outside of the lock
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const std::size_t in_use = used_by_others(owner, now - in_use_);
  if (in_use > limit_ || bytes > limit_ - in_use) return false;
  std::size_t others = used_by_others(owner, Clock::time_point::min());
  while (others + bytes > limit_) {
    auto oldest = entries_.end();
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if (it->first != owner && (oldest == entries_.end() || it->second.used < oldest->second.used))
        oldest = it;
    others -= oldest->second.bytes;
    thrown_out.push_back(std::move(oldest->second.column));
    entries_.erase(oldest);
  }
  Entry& entry = entries_[owner];
  entry.bytes = bytes;
  entry.used = now;
  return true;
}

void MemoryBudget::set_limit(std::size_t bytes) {
  std::unordered_map<const void*, Entry> thrown_out;
  const std::lock_guard lock(mutex_);
  limit_ = bytes;
  if (used_by_others(nullptr, Clock::time_point::min()) > limit_) thrown_out.swap(entries_);
}

void MemoryBudget::keep(const void* owner, std::shared_ptr<const ResidentColumn> column) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(owner);
  if (entry == entries_.end()) return;  // thrown out meanwhile
  entry->second.column.swap(column);
  entry->second.used = Clock::now();
}

std::shared_ptr<const ResidentColumn> MemoryBudget::get(const void* owner) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(owner);
  if (entry == entries_.end()) return nullptr;
  entry->second.used = Clock::now();
  return entry->second.column;
}

void MemoryBudget::drop(const void* owner) noexcept {
  std::shared_ptr<const ResidentColumn> column;
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(owner);
  if (entry == entries_.end()) return;
  column = std::move(entry->second.column);
  entries_.erase(entry);
}

}  // namespace cairn::vec0
