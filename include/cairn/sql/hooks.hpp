// What a hook of a connection is told (Connection::on_update and its kind).
//
//   db.on_preupdate([&](const PendingChange& c) {
//     if (c.operation == RowOperation::update) log(c.table, c.old_value(1).get<std::string>());
//   });
#pragma once

#include <cstdint>
#include <string_view>

#include "cairn/sql/function.hpp"

struct sqlite3;

namespace cairn::sql {

enum class RowOperation { insert, update, delete_ };

// The views live as long as the call of the hook.
struct RowChange {
  RowOperation operation;
  std::string_view database;  // "main", "temp" or the name it is attached as
  std::string_view table;
  std::int64_t rowid;  // after the change
};

// The same before it happens, with the values. Columns count from 0.
struct PendingChange {
  RowOperation operation;
  std::string_view database;
  std::string_view table;
  std::int64_t old_rowid;  // of an update or a delete
  std::int64_t new_rowid;  // of an update or an insert
  int column_count;
  int depth;  // 0: by the statement itself, 1 and more: by a trigger

  // Throw invalid_argument for a column that is not there, and for the side that the operation does not have.
  Value old_value(int column) const;
  Value new_value(int column) const;

  sqlite3* handle;
};

}  // namespace cairn::sql
