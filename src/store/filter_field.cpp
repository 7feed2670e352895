#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "store/filter.hpp"

namespace cairn::detail {

namespace {

constexpr std::array kColumns = {
    std::pair<std::string_view, FilterColumn>{"id", FilterColumn::id},
    std::pair<std::string_view, FilterColumn>{"doc_type", FilterColumn::doc_type},
    std::pair<std::string_view, FilterColumn>{"type", FilterColumn::doc_type},
    std::pair<std::string_view, FilterColumn>{"namespace", FilterColumn::namespace_},
    std::pair<std::string_view, FilterColumn>{"document_id", FilterColumn::document_id},
    std::pair<std::string_view, FilterColumn>{"path", FilterColumn::path},
    std::pair<std::string_view, FilterColumn>{"title", FilterColumn::title},
    std::pair<std::string_view, FilterColumn>{"heading", FilterColumn::heading},
    std::pair<std::string_view, FilterColumn>{"text", FilterColumn::text},
    std::pair<std::string_view, FilterColumn>{"created_at", FilterColumn::created_at},
    std::pair<std::string_view, FilterColumn>{"updated_at", FilterColumn::updated_at},
    std::pair<std::string_view, FilterColumn>{"metadata", FilterColumn::metadata},
};

constexpr std::string_view kFields =
    "fields are id, doc_type, namespace, document_id, path, title, heading, text, created_at, updated_at and "
    "metadata.KEY";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A hyphen is part of a name: the language has no arithmetic, and keys such as "user-id" are common.
bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

[[noreturn]] void fail(std::string_view text, std::size_t at, std::string_view what) {
  throw Error(ErrorCode::invalid_argument, fmt::format("filter: {} at {}", what, position_of(text, at)));
}

std::string_view read_name(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && is_name_byte(text[at])) ++at;
  return text.substr(begin, at - begin);
}

// SQLite compares keys as they are spelled in the JSON text and knows no escapes in a path, so a key that
// JSON would have to escape cannot be looked up.
std::string_view read_quoted_key(std::string_view text, std::size_t& at) {
  const std::size_t open = at++;
  const std::size_t close = text.find('"', at);
  if (close == std::string_view::npos) fail(text, open, "the key has no closing double quote; it begins");
  const std::string_view key = text.substr(at, close - at);
  const bool plain = std::all_of(key.begin(), key.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\\'; });
  if (key.empty()) fail(text, open, "the key between the double quotes is empty");
  if (!plain)
    fail(text, open, "a key with a backslash or a control character cannot be looked up; it stands");
  at = close + 1;
  return key;
}

void read_index(std::string_view text, std::size_t& at, std::string& path) {
  const std::size_t open = at++;
  const std::size_t digits = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  const std::size_t count = at - digits;
  if (count == 0 || count > 9 || at >= text.size() || text[at] != ']')
    fail(text, open, "expected an array index such as [0]");
  ++at;
  path += fmt::format("[{}]", text.substr(digits, count));
}

std::string read_json_path(std::string_view text, std::size_t& at) {
  std::string path = "$";
  for (std::size_t steps = 0; at < text.size() && (text[at] == '.' || text[at] == '['); ++steps) {
    if (steps == kMaxFilterPathSteps) fail(text, at, "the field is nested too deeply");
    if (text[at] == '[') {
      read_index(text, at, path);
      continue;
    }
    ++at;
    const std::size_t begin = at;
    const bool quoted = at < text.size() && text[at] == '"';
    const std::string_view key = quoted ? read_quoted_key(text, at) : read_name(text, at);
    if (key.empty()) fail(text, begin, "expected a key after the dot; write an unusual one in double quotes");
    if (!utf8::is_valid(key)) fail(text, begin, "the key is not valid UTF-8");
    path += fmt::format(".\"{}\"", key);
  }
  return path;
}

}  // namespace

std::size_t position_of(std::string_view text, std::size_t at) noexcept {
  const auto before = text.substr(0, at);
  const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(before.begin(), before.end(), starts_character)) + 1;
}

FilterField read_field(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  const std::string_view name = read_name(text, at);
  if (name.empty()) fail(text, begin, fmt::format("expected a field ({})", kFields));
  const auto known = std::find_if(kColumns.begin(), kColumns.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (known == kColumns.end()) {
    const std::string shown = utf8::sanitize(name.substr(0, utf8::floor_boundary(name, 60)));
    throw Error(ErrorCode::invalid_argument,
                fmt::format("filter: unknown field '{0}' at {1}: did you mean metadata.{0}? {2}", shown,
                            position_of(text, begin), kFields));
  }
  if (known->second != FilterColumn::metadata) return {known->second};
  return {FilterColumn::metadata, read_json_path(text, at)};
}

}  // namespace cairn::detail
