#include "cairn/error.hpp"

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

}  // namespace cairn
