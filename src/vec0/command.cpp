#include "vec0/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cairn/error.hpp"
#include "vec0/integrity.hpp"
#include "vec0/memory_budget.hpp"

namespace cairn::vec0 {
namespace {

struct Command {
  std::string_view name;
  void (*run)(Storage&);
};

constexpr Command kCommands[] = {{"integrity", check_integrity},
                                 {"optimize", [](Storage& storage) { storage.optimize({}); }}};

// "name=value". Not stored: they hold for the process or the connection until they are changed.
struct Setting {
  std::string_view name;
  void (*set)(Storage&, std::string_view value);
};

void set_memory(Storage&, std::string_view value) {
  MemoryBudget::of_process()->set_limit(parse_size(value));
}

std::size_t number_in(std::string_view name, std::string_view value, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < 1 || number > most)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} must be a number from 1 to {}, and '{}' is not", name, most, value));
  return number;
}

void set_threads(Storage& storage, std::string_view value) {
  storage.threads = number_in("threads", value, 256);
}

// Not a setting but a command in steps: at most so many chunks are rewritten.
void optimize_some(Storage& storage, std::string_view value) {
  storage.flush();
  storage.optimize(number_in("optimize", value, 1'000'000));
}

constexpr Setting kSettings[] = {
    {"memory", set_memory}, {"optimize", optimize_some}, {"threads", set_threads}};

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
  const std::size_t equals = name.find('=');
  for (const Setting& setting : kSettings) {
    if (equals == std::string::npos || setting.name != std::string_view(name).substr(0, equals)) continue;
    require_no_other_values(table, index, name, values);
    setting.set(storage, std::string_view(name).substr(equals + 1));
    return true;
  }
  return false;
}

}  // namespace cairn::vec0
