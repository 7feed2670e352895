// What is wrong with a table, as one sentence.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

class Problems {
 public:
  explicit Problems(const TableDefinition& table) : table_(table) {}

  // `where` is "chunk" or "row", `id` its number.
  void add(std::string_view suffix, const char* where, std::int64_t id, std::string_view what) {
    add(suffix, fmt::format("{} {}: {}", where, id, what));
  }
  void add(std::string_view suffix, std::string_view what) {
    add_text(fmt::format("shadow table '{}': {}", shadow_name(table_, suffix), what));
  }
  void add_text(std::string_view problem) {
    if (++count_ > kListed) return;
    if (count_ > 1) list_ += "; ";
    list_ += problem;
  }

  std::string text() const {
    if (count_ == 0) return "";
    std::string text = fmt::format("vec0 table '{}' is damaged: {}", table_.name, list_);
    if (count_ > kListed) text += fmt::format("; and {} more problems", count_ - kListed);
    return text;
  }

 private:
  static constexpr std::size_t kListed = 5;
  const TableDefinition& table_;
  std::size_t count_ = 0;
  std::string list_;
};

// A shadow table that is missing or has other columns, or a file that SQLite itself finds damaged.
inline bool is_damage(const Error& e) {
  const int code = e.sqlite_code() & 0xFF;
  return code == SQLITE_ERROR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

}  // namespace cairn::vec0
