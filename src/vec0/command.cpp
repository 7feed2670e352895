#include "vec0/command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cairn/error.hpp"
#include "vec0/integrity.hpp"
#include "vec0/optimize.hpp"

namespace cairn::vec0 {
namespace {

struct Command {
  std::string_view name;
  void (*run)(Storage&);
};

constexpr Command kCommands[] = {{"integrity", check_integrity}, {"optimize", optimize}};

void require_no_other_values(const TableDefinition& table, std::size_t command_column,
                             std::string_view command, std::span<sqlite3_value* const> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == command_column || sqlite3_value_type(values[i]) == SQLITE_NULL) continue;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("the vec0 command '{}' stands alone, but a value was provided for \"{}\" too",
                            command, table.column_name(table.columns[i])));
  }
}

}  // namespace

bool run_command(Storage& storage, std::span<sqlite3_value* const> values) {
  const TableDefinition& table = storage.table();
  const auto column =
      std::find(table.columns.begin(), table.columns.end(), ColumnRef{ColumnKind::command, 0});
  if (column == table.columns.end()) return false;
  const auto index = static_cast<std::size_t>(column - table.columns.begin());
  if (sqlite3_value_type(values[index]) != SQLITE_TEXT) return false;
  const std::string name = Value::of(values[index]).bytes;
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    require_no_other_values(table, index, name, values);
    storage.flush();  // commands read the shadow tables themselves
    command.run(storage);
    return true;
  }
  return false;
}

}  // namespace cairn::vec0
