// One run of the analyser over one statement. Expressions are in expression_types.cpp, what conditions prove
// in null_facts.cpp, selects and the writing statements in analyser.cpp.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "check/analyser.hpp"
#include "check/function_rules.hpp"
#include "check/scope.hpp"
#include "check/sql_parser.hpp"

namespace cairn::check {

// Columns that are not NULL where a condition holds, as (source, column); kRow stands for the row as a whole.
using Facts = std::set<std::pair<std::size_t, std::size_t>>;
inline constexpr std::size_t kRow = static_cast<std::size_t>(-1);

class AnalysisRun {
 public:
  // `known`: what an earlier run has found out about the parameters, which types the results that hold them.
  AnalysisRun(const Catalog& catalog, ParameterUses known) : catalog_(catalog), known_(std::move(known)) {}

  Analysis run(const ParsedStatement& statement);

 private:
  using Columns = std::vector<ResultType>;
  using ExpectedColumns = std::vector<Expected>;

  // Statements and tables.
  void insert(const Insert& statement);
  void update(const Update& statement);
  void delete_(const Delete& statement);
  void returning(const std::vector<ResultColumn>& columns, Scope& scope);
  void assign(const std::vector<Assignment>& assignments, const Source& target, Scope& scope);
  void require_not_null_columns(const Insert& statement, const Table& table,
                                const std::vector<const TableColumn*>& targets);
  template <class Statement>
  void order_and_limit(const Statement& statement, Scope& scope);

  void add_common_tables(const std::vector<CommonTable>& tables, Scope* outer);
  Columns recursive(const CommonTable& table, Scope* outer);
  Columns select(const Select& statement, Scope* outer, const ExpectedColumns& expected = {},
                 bool top = false);
  Columns core(const SelectCore& core, const Select& whole, Scope* outer, const ExpectedColumns& expected,
               bool top);
  Columns values(const SelectCore& core, Scope* outer, const ExpectedColumns& expected);
  ValueType star_type(Scope& scope, Source& source, std::size_t index, bool of_all);
  Columns result_columns(const std::vector<ResultColumn>& columns, Scope& scope,
                         const ExpectedColumns& expected);
  Columns view_columns(const Table& table);

  void from(const std::vector<FromItem>& items, Scope& scope);
  void add_item(const FromItem& item, Scope& scope);
  void join(const FromItem& item, Scope& scope, std::size_t left_begin, std::size_t right_begin);
  void match_columns(const FromItem& item, Scope& scope, std::size_t left_begin, std::size_t right_begin);
  Source table_source(const std::string& schema, const std::string& name, const std::string& alias);

  // Expressions.
  ValueType type(const Expression& expression, Scope& scope, const Expected& expected = {});
  ValueType column(const Expression& expression, Scope& scope);
  ValueType parameter(const Expression& expression, const Expected& expected);
  ValueType unary(const Expression& expression, Scope& scope, const Expected& expected);
  ValueType binary(const Expression& expression, Scope& scope, const Expected& expected);
  ValueType arithmetic(const Expression& expression, Scope& scope, const Expected& expected);
  ValueType pattern(const Expression& expression, Scope& scope);
  ValueType rows(const Expression& left, const Expression& right, Scope& scope);
  ValueType in(const Expression& expression, Scope& scope);
  ValueType case_(const Expression& expression, Scope& scope, const Expected& expected);
  ValueType function(const Expression& expression, Scope& scope, const Expected& expected);
  bool is_aggregate(const Expression& function) const;
  ValueType aggregate(const Expression& expression, Scope& scope);
  ValueType window_function(const Expression& expression, Scope& scope);
  ValueType subquery(const Expression& expression, Scope& scope, const Expected& expected);
  ValueType date(const Expression& expression, const std::vector<ValueType>& arguments, ValueType result);
  // The types of several that stand for each other, so that what is known of one is expected of the rest.
  std::vector<ValueType> alike(const std::vector<const Expression*>& expressions, Scope& scope,
                               Expected expected, bool last_may_be_null = true);
  void boolean(const Expression& expression, Scope& scope);
  bool window(const Window& window, Scope& scope);

  // What conditions prove.
  Facts when_true(const Expression& condition, Scope& scope);
  Facts when_false(const Expression& condition, Scope& scope);
  Facts when_not_null(const Expression& expression, Scope& scope);
  bool may_be_blob(const Expression& pattern, Scope& scope);
  Facts row_facts(const Expression& comparison, Scope& scope);
  Facts match_facts(const Expression& left, Scope& scope, bool equality);
  static void apply(const Facts& facts, Scope& scope);

  void count_step();

  const Catalog& catalog_;
  const ParameterUses known_;
  Analysis analysis_;
  std::vector<std::pair<std::string, Columns>> common_tables_;  // the visible ones, innermost last
  std::vector<std::string> later_tables_;  // of a WITH whose earlier tables are being looked at
  std::set<const Table*> open_views_;
  const SelectCore* windows_of_ = nullptr;  // the select whose WINDOW clause names windows
  Scope* deepest_ = nullptr;                // the innermost scope that a column was found in
  bool always_has_row_ = false;  // whether the last select() returns one however empty the tables are
  bool recording_ = true;        // of what is found out about parameters
  std::size_t steps_ = 0;
};

Expected expected_of(const ValueType& value, bool null);

}  // namespace cairn::check
