// The checker of SQL. Input: a statement, checked against a schema that has one of everything.
#include <optional>

#include "check/checker.hpp"
#include "check/cpp_identifier.hpp"
#include "check/schema.hpp"
#include "check/sql_lexer.hpp"
#include "support.hpp"

namespace cairn::fuzz {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER NOT NULL, c TEXT, d REAL, e BLOB, f DATETIME, g, h AS (b + 1));
CREATE TABLE u(k TEXT, n INTEGER, PRIMARY KEY (k, n)) WITHOUT ROWID;
CREATE VIEW v(x, y) AS SELECT t.b, count(*) FROM t LEFT JOIN u ON u.n = t.b GROUP BY t.b;
CREATE VIRTUAL TABLE w USING vec0(id INTEGER PRIMARY KEY, q float[2], kind TEXT, +note TEXT);
CREATE VIRTUAL TABLE s USING fts5(title, body);
)sql";

void check_tokens(std::string_view sql) {
  std::size_t end = 0;
  for (const check::Token& token : check::sql_tokens(sql)) {
    require(token.offset >= end && token.offset + token.text.size() <= sql.size(),
            "a token outside of its text", sql);
    end = token.offset + token.text.size();
  }
}

void run(std::string_view sql) {
  static const sql::Connection schema = [] {
    sql::Connection db = check::make_schema({});
    db.execute_script(kSchema);
    return db;
  }();
  static const check::Checker checker(schema, {});
  check_tokens(sql);
  const check::Verdict verdict = checker.check(sql);
  require(verdict.description.has_value() == verdict.mistakes.empty(), "neither a description nor a mistake",
          sql);
  for (const check::Mistake& mistake : verdict.mistakes) {
    require(!mistake.message.empty(), "a mistake without a message", sql);
    require(!mistake.offset || *mistake.offset <= sql.size(), "a mistake outside of the text", sql);
  }
  if (!verdict.description) return;
  for (const check::Column& column : verdict.description->columns)
    require(check::is_identifier(column.name) && !column.type.empty(), "a column without a name or type",
            sql);
  for (const check::Parameter& parameter : verdict.description->parameters)
    require(check::is_identifier(parameter.name), "a parameter without a name", sql);
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
