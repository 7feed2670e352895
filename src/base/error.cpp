#include "cairn/error.hpp"

#include <algorithm>

namespace cairn {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::not_a_database:
      return "not_a_database";
    case ErrorCode::foreign_database:
      return "foreign_database";
    case ErrorCode::newer_database:
      return "newer_database";
    case ErrorCode::older_database:
      return "older_database";
    case ErrorCode::read_only:
      return "read_only";
    case ErrorCode::disk_full:
      return "disk_full";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::io:
      return "io";
    case ErrorCode::constraint:
      return "constraint";
    case ErrorCode::embedder_mismatch:
      return "embedder_mismatch";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::closed:
      return "closed";
    case ErrorCode::out_of_memory:
      return "out_of_memory";
    case ErrorCode::migration:
      return "migration";
    case ErrorCode::sql:
      return "sql";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::unique:
      return "unique";
    case ErrorCode::foreign_key:
      return "foreign_key";
    case ErrorCode::not_null:
      return "not_null";
    case ErrorCode::check:
      return "check";
    case ErrorCode::locked:
      return "locked";
    case ErrorCode::row_not_found:
      return "row_not_found";
    case ErrorCode::decode:
      return "decode";
  }
  return "unknown";
}

std::string Error::marked_sql() const {
  if (!context_) return {};
  const std::string_view sql = context_->sql;
  if (context_->offset < 0) return std::string(sql);
  const std::size_t at = std::min(static_cast<std::size_t>(context_->offset), sql.size());
  const std::size_t before = sql.substr(0, at).rfind('\n');
  const std::size_t begin = before == sql.npos ? 0 : before + 1;
  const std::string_view line = sql.substr(begin, sql.find('\n', at) - begin);
  std::string marked(line);
  marked += '\n';
  // A tab stays a tab and a code point of several bytes takes one place, so that the caret stands right.
  for (const char c : line.substr(0, at - begin))
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) marked += c == '\t' ? '\t' : ' ';
  return marked + '^';
}

}  // namespace cairn
