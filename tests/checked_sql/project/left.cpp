#include <cairn/sql/checked.hpp>
#include <type_traits>

std::string left(cairn::sqlite::ConnectionRef db) {
  const auto things = CAIRN_SQL("SELECT * FROM things").all(db);
  static_assert(std::is_same_v<decltype(things[0].value), std::string>);
  return things.at(0).value + "," + std::to_string(CAIRN_SQL("SELECT count(*) FROM things").scalar(db));
}
