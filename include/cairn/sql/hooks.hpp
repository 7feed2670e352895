// What a hook of a connection is told (Connection::on_update and its kind).
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::sql {

enum class RowOperation { insert, update, delete_ };

// The views live as long as the call of the hook.
struct RowChange {
  RowOperation operation;
  std::string_view database;  // "main", "temp" or the name it is attached as
  std::string_view table;
  std::int64_t rowid;  // after the change
};

}  // namespace cairn::sql
