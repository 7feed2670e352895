#include <cairn/sql/checked.hpp>
#include <type_traits>

#include "counts.sql.hpp"

std::string right(cairn::sqlite::ConnectionRef db) {
  const auto things = CAIRN_SQL("SELECT * FROM things").all(db);
  static_assert(std::is_same_v<decltype(things[0].value), std::optional<std::int64_t>>);
  return std::to_string(things.at(0).value.value_or(-1)) + "," + std::to_string(counts::count(db));
}
