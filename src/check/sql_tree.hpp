// The parsed form of a statement, as far as types and NULLs need it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cairn::check {

struct Expression;
struct Select;
using ExpressionPtr = std::unique_ptr<Expression>;
using SelectPtr = std::unique_ptr<Select>;

enum class ExpressionKind {
  null,
  integer,
  real,
  text,
  blob,
  current,    // CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP: `name`
  parameter,  // `number`
  column,     // [[`schema`.]`table`.]`name`
  unary,      // `name` is "-", "+", "~" or "NOT"; arguments: 1
  binary,     // `name` is the operator, in capitals where it is a word; arguments: 2
  pattern,    // LIKE, GLOB, REGEXP, MATCH (`name`), with NOT or without; arguments: 2, 3 with ESCAPE
  is,  // IS, IS DISTINCT FROM and their NOT forms (`negated`); arguments: 2. x IS NULL has a null as second
  between,   // arguments: 3
  in,        // arguments: the left side, then the list, or `select`
  exists,    // `select`
  case_,     // arguments: [operand,] when, then, …, [else]; `has_operand`, `has_else`
  cast,      // to the type `name`; arguments: 1
  function,  // `name`; arguments; `filter`, `over`
  subquery,  // `select`
  row,       // (a, b); arguments
};

// Of a window function; a named window has been put in its place.
struct Window {
  std::string base;                        // the name of a window that this one begins with, or is
  std::vector<ExpressionPtr> expressions;  // of PARTITION BY and ORDER BY
  bool frame = false;                      // says ROWS, RANGE or GROUPS itself
  std::vector<ExpressionPtr> bounds;       // of the frame
};

struct Expression {
  ExpressionKind kind = ExpressionKind::null;
  std::size_t offset = 0;
  std::string name, table, schema;
  int number = 0;
  bool negated = false, has_operand = false, has_else = false, star = false;
  std::vector<ExpressionPtr> arguments;
  SelectPtr select;
  ExpressionPtr filter;
  std::optional<Window> over;
};

struct ResultColumn {
  ExpressionPtr expression;  // null for a star
  std::string star_table;    // "t" of t.*
  std::string alias;
  std::size_t offset = 0;
};

enum class JoinKind { inner, left, right, full };

struct FromItem {
  JoinKind join = JoinKind::inner;  // to what stands before it
  bool natural = false;
  ExpressionPtr on;
  std::vector<std::string> using_columns;

  // One of: a table (`name`), a table-valued function (`name`, `arguments`), `select`, `group`.
  std::string schema, name, alias;
  bool function = false;
  std::vector<ExpressionPtr> arguments;
  SelectPtr select;
  std::vector<FromItem> group;
};

struct SelectCore {
  bool values = false;
  std::vector<std::vector<ExpressionPtr>> rows;  // of VALUES
  std::vector<ResultColumn> columns;
  std::vector<FromItem> from;
  ExpressionPtr where;
  std::vector<ExpressionPtr> group_by;
  ExpressionPtr having;
  std::vector<std::pair<std::string, Window>> windows;
};

struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  SelectPtr select;
};

struct Select {
  std::vector<CommonTable> with;
  std::vector<SelectCore> cores;       // more than one: a compound
  std::vector<std::string> operators;  // "UNION", "UNION ALL", "INTERSECT", "EXCEPT", between them
  std::vector<ExpressionPtr> order_by;
  ExpressionPtr limit, offset;
};

struct Assignment {
  std::vector<std::string> columns;
  std::size_t offset = 0;
  ExpressionPtr value;
};

struct Upsert {
  std::vector<ExpressionPtr> target;
  ExpressionPtr target_where;
  std::vector<Assignment> assignments;  // empty: DO NOTHING
  ExpressionPtr where;
};

struct TableName {
  std::string schema, name, alias;
  std::size_t offset = 0;
};

struct Insert {
  std::vector<CommonTable> with;
  bool or_else = false;  // OR IGNORE, OR REPLACE, …; REPLACE INTO
  TableName table;
  std::vector<std::string> columns;
  SelectPtr source;  // VALUES too; null for DEFAULT VALUES
  std::vector<Upsert> upserts;
  std::vector<ResultColumn> returning;
};

struct Update {
  std::vector<CommonTable> with;
  TableName table;
  std::vector<Assignment> assignments;
  std::vector<FromItem> from;
  ExpressionPtr where;
  std::vector<ResultColumn> returning;
  std::vector<ExpressionPtr> order_by;
  ExpressionPtr limit, offset;
};

struct Delete {
  std::vector<CommonTable> with;
  TableName table;
  ExpressionPtr where;
  std::vector<ResultColumn> returning;
  std::vector<ExpressionPtr> order_by;
  ExpressionPtr limit, offset;
};

// PRAGMA, CREATE, EXPLAIN and whatever else has no rows whose types we could tell.
struct OtherStatement {};

using ParsedStatement = std::variant<OtherStatement, SelectPtr, Insert, Update, Delete>;

}  // namespace cairn::check
