#include "cairn/sql/checked.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cairn/error.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::sql {
namespace param::detail {

void append_json(std::string& json, std::int64_t value) {
  fmt::format_to(std::back_inserter(json), "{}", value);
}

void append_json(std::string& json, std::uint64_t value) {
  fmt::format_to(std::back_inserter(json), "{}", value);
}

void append_json(std::string& json, double value) {
  if (!std::isfinite(value))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a list holds {}, which a JSON array cannot", value));
  const std::string digits = fmt::format("{}", value);
  json += digits;
  if (digits.find_first_of(".e") == digits.npos) json += ".0";  // so that SQLite reads a REAL
}

void append_json(std::string& json, std::string_view value) {
  json += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

}  // namespace param::detail

namespace detail {

namespace {

[[noreturn, gnu::cold, gnu::noinline]] void throw_other_columns(const sqlite::Statement& statement, int count,
                                                                std::span<const std::string_view> names) {
  std::vector<std::string> there;
  for (int i = 0; i < statement.column_count(); ++i) there.emplace_back(statement.column_name(i));
  throw Error(
      ErrorCode::decode,
      fmt::format("'{}' returns {} columns ({}), and the program was checked against a schema where it "
                  "returns {}{}; run its migrations on this database, or build it against this schema",
                  sqlite::excerpt(statement.sql()), there.size(), fmt::join(there, ", "), count,
                  names.empty() ? "" : fmt::format(" ({})", fmt::join(names, ", "))));
}

}  // namespace

void require_columns(const sqlite::Statement& statement, int count, std::span<const std::string_view> names) {
  bool same = statement.column_count() == count;
  for (std::size_t i = 0; same && i < names.size(); ++i)
    same = statement.column_name(static_cast<int>(i)) == names[i];
  if (!same) throw_other_columns(statement, count, names);
}

CheckedRun::CheckedRun(const sqlite::ConnectionRef& db, std::string_view sql,
                       std::span<const param::Argument> arguments, int column_count)
    : statement_(db.cached(sql)), write_(db, *statement_), column_count_(column_count) {
  bind(*statement_, arguments);
}

const sqlite::Statement* CheckedRun::next() {
  if (!statement_->step()) {
    write_.finish();
    return nullptr;
  }
  if (!columns_are_known_) {  // only now are they certain: SQLite prepares anew when the schema has changed
    require_columns(*statement_, column_count_, columns_);
    columns_are_known_ = true;
  }
  return &*statement_;
}

const sqlite::Statement& CheckedRun::first() {
  const sqlite::Statement* row = next();
  if (!row) sqlite::ConnectionRef::throw_no_row(statement_->sql());
  return *row;
}

void CheckedRun::finish() {
  if (!statement_->read_only()) statement_->run();
  write_.finish();
}

std::int64_t CheckedRun::execute(const sqlite::ConnectionRef& db, std::string_view sql,
                                 std::span<const param::Argument> arguments) {
  return db.changed_rows(sql, [&](sqlite::Statement& statement) { bind(statement, arguments); });
}

void CheckedRun::bind(sqlite::Statement& statement, std::span<const param::Argument> arguments) {
  int parameter = 0;
  for (const param::Argument& argument : arguments) argument.bind(statement, ++parameter);
}

void CheckedRun::bind_copies(sqlite::Statement& statement, std::span<const param::Argument> arguments) {
  int parameter = 0;
  for (const param::Argument& argument : arguments) statement.bind(++parameter, argument.copy());
}

ArgumentCopies::ArgumentCopies(std::span<const param::Argument> arguments) {
  values_.reserve(arguments.size());
  for (const param::Argument& argument : arguments) values_.push_back(argument.copy());
}

std::vector<param::Argument> ArgumentCopies::arguments() const {
  std::vector<param::Argument> arguments;
  for (const sqlite::Value& value : values_) arguments.push_back(param::Argument::to(value));
  return arguments;
}

}  // namespace detail
}  // namespace cairn::sql
