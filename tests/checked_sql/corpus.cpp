#include "checked_sql/corpus.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "check/schema.hpp"

namespace cairn::check::corpus {
namespace {

// "id integer!, state boolean|integer?"
std::vector<Claim> read_labels(const std::string& text, int line) {
  std::vector<Claim> claims;
  std::istringstream labels(text);
  for (std::string label; std::getline(labels, label, ',');) {
    Claim claim;
    std::string kinds;
    std::istringstream(label) >> claim.name >> kinds;
    if (kinds.size() < 2 || (kinds.back() != '!' && kinds.back() != '?'))
      throw std::runtime_error(fmt::format("statements.sql:{}: '{}' is no label", line, label));
    claim.nullable = kinds.back() == '?';
    kinds.pop_back();
    std::istringstream alternatives(kinds);
    for (std::string kind; std::getline(alternatives, kind, '|');) claim.kinds.push_back(kind);
    claims.push_back(std::move(claim));
  }
  return claims;
}

std::string kind_name(Kind kind, const std::string& type) {
  if (type == "std::chrono::year_month_day") return "date";
  if (type == "cairn::sql::Rfc3339") return "datetime";
  if (type == "std::vector<float>") return "vector";
  switch (kind) {
    case Kind::any:
      return "any";
    case Kind::integer:
      return "integer";
    case Kind::boolean:
      return "boolean";
    case Kind::real:
      return "real";
    case Kind::text:
      return "text";
    case Kind::blob:
      return "blob";
    case Kind::vector:
      return "vector";
    case Kind::list:
      return "list";
  }
  return "?";
}

}  // namespace

std::string to_string(const Claim& claim) {
  std::string kinds;
  for (const std::string& kind : claim.kinds) kinds += (kinds.empty() ? "" : "|") + kind;
  return fmt::format("{} {}{}", claim.name, kinds, claim.nullable ? '?' : '!');
}

Claim claim_of(const Column& column) {
  return {column.name, {kind_name(column.kind, column.type), column.type}, column.nullable};
}

Claim claim_of(const Parameter& parameter) {
  return {parameter.name, {kind_name(parameter.kind, parameter.type)}, parameter.nullable};
}

std::vector<Statement> read_statements() {
  std::ifstream file(CAIRN_CORPUS "/statements.sql");
  if (!file) throw std::runtime_error(CAIRN_CORPUS "/statements.sql cannot be read");
  const std::string columns = "-- columns:", parameters = "-- params:";
  std::vector<Statement> statements;
  Statement next;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (next.sql.empty()) {
      if (line.starts_with(columns)) {
        next.columns = read_labels(line.substr(columns.size()), number);
        continue;
      }
      if (line.starts_with(parameters)) {
        next.parameters = read_labels(line.substr(parameters.size()), number);
        continue;
      }
      if (line.empty() || line.starts_with("--")) continue;
      next.line = number;
    } else {
      next.sql += '\n';
    }
    next.sql += line;
    if (line.ends_with(';')) statements.push_back(std::exchange(next, {}));
  }
  return statements;
}

sql::Connection make_database() {
  return make_schema({.migrations = CAIRN_CORPUS "/migrations"});
}

}  // namespace cairn::check::corpus
