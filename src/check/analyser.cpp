#include "check/analyser.hpp"

#include <algorithm>

#include "check/analysis_run.hpp"
#include "check/sql_lexer.hpp"

namespace cairn::check {
namespace {

// What may be written into a column, and whether NULL is of use there: for an INTEGER PRIMARY KEY it asks for
// a new one.
Expected expected_by(const Table& table, const TableColumn& column) {
  Expected expected =
      expected_of(column.type, column.type.nullable() || column.rowid || table.kind == TableKind::view);
  if (table.kind == TableKind::vec0 && expected.kind == Kind::vector) expected.null = false;
  return expected;
}

std::string name_of(const ResultColumn& column) {
  if (!column.alias.empty()) return column.alias;
  return column.expression && column.expression->kind == ExpressionKind::column ? column.expression->name
                                                                                : "";
}

bool is_one_row_or_more(const ExpressionPtr& limit) {
  return !limit || (limit->kind == ExpressionKind::integer &&
                    limit->name.find_first_of("123456789") != limit->name.npos);
}

const Expected kNumberOfRows = {Kind::integer, false, "", ""};

}  // namespace

Analysis analyse(const ParsedStatement& statement, const Catalog& catalog) {
  // The first run finds out what the parameters are, the second what comes of that.
  Analysis first = AnalysisRun(catalog, {}).run(statement);
  return AnalysisRun(catalog, first.parameters).run(statement);
}

Analysis AnalysisRun::run(const ParsedStatement& statement) {
  if (const auto* parsed = std::get_if<SelectPtr>(&statement)) {
    analysis_.columns = select(**parsed, nullptr, {}, true);
  } else if (const auto* parsed_insert = std::get_if<Insert>(&statement)) {
    insert(*parsed_insert);
  } else if (const auto* parsed_update = std::get_if<Update>(&statement)) {
    update(*parsed_update);
  } else if (const auto* parsed_delete = std::get_if<Delete>(&statement)) {
    delete_(*parsed_delete);
  } else {
    throw NotUnderstood("it is no SELECT, INSERT, UPDATE or DELETE");
  }
  return std::move(analysis_);
}

// Writing statements.

void AnalysisRun::insert(const Insert& statement) {
  add_common_tables(statement.with, nullptr);
  Scope scope(nullptr);
  scope.sources.push_back(table_source(statement.table.schema, statement.table.name, statement.table.alias));
  const Table* table = scope.sources[0].table;
  if (!table) throw NotUnderstood("no table " + statement.table.name);

  static const TableColumn rowid = {"rowid", {kInteger, "", ""}, false, false, true, true};
  std::vector<const TableColumn*> targets;
  for (const std::string& name : statement.columns) {
    const auto column =
        std::ranges::find_if(table->columns, [&](const TableColumn& c) { return same_name(c.name, name); });
    targets.push_back(column == table->columns.end() ? &rowid : &*column);
  }
  if (statement.columns.empty() && statement.source)
    for (const TableColumn& column : table->columns)
      if (!column.hidden && !column.generated) targets.push_back(&column);
  ExpectedColumns expected;
  for (const TableColumn* target : targets) expected.push_back(expected_by(*table, *target));
  require_not_null_columns(statement, *table, targets);
  if (statement.source) select(*statement.source, nullptr, expected);

  if (!statement.upserts.empty()) {
    Source excluded = table_source(statement.table.schema, statement.table.name, "excluded");
    for (std::size_t i = 0; i < excluded.columns.size(); ++i)
      if (table->columns[i].rowid) excluded.columns[i].type = excluded.columns[i].type.with_null();
    Scope both(nullptr);
    both.sources.push_back(scope.sources[0]);
    // Names without a table mean the row that is there.
    for (const Upsert& upsert : statement.upserts) {
      for (const ExpressionPtr& target : upsert.target) type(*target, scope);
      if (upsert.target_where) boolean(*upsert.target_where, scope);
      both.sources.resize(1);
      both.sources.push_back(excluded);
      assign(upsert.assignments, both.sources[0], both);
      if (upsert.where) boolean(*upsert.where, both);
    }
  }
  returning(statement.returning, scope);
}

void AnalysisRun::require_not_null_columns(const Insert& statement, const Table& table,
                                           const std::vector<const TableColumn*>& targets) {
  if (table.kind != TableKind::table || statement.or_else) return;
  std::string missing;
  for (const TableColumn& column : table.columns)
    if (!column.type.nullable() && !column.has_default && !column.rowid && !column.generated &&
        std::ranges::find(targets, &column) == targets.end())
      missing += (missing.empty() ? "" : ", ") + statement.table.name + "." + column.name;
  if (!missing.empty())
    analysis_.mistakes.push_back(
        {"the INSERT leaves out " + missing + ", which is NOT NULL and has no default",
         statement.table.offset, ""});
  if (!statement.source) return;
  for (const SelectCore& core : statement.source->cores)
    for (const std::vector<ExpressionPtr>& row : core.rows)
      for (std::size_t i = 0; i < std::min(row.size(), targets.size()); ++i)
        if (row[i]->kind == ExpressionKind::null && !targets[i]->type.nullable() && !targets[i]->rowid)
          analysis_.mistakes.push_back(
              {statement.table.name + "." + targets[i]->name + " is NOT NULL", row[i]->offset, ""});
}

void AnalysisRun::assign(const std::vector<Assignment>& assignments, const Source& target, Scope& scope) {
  const Table* table = target.table;
  for (const Assignment& assignment : assignments) {
    ExpectedColumns expected;
    for (const std::string& name : assignment.columns) {
      const auto column =
          std::ranges::find_if(table->columns, [&](const TableColumn& c) { return same_name(c.name, name); });
      expected.push_back(column == table->columns.end() ? Expected{Kind::integer, false, "", ""}
                                                        : expected_by(*table, *column));
      // An UPDATE to NULL gives no new key.
      if (column != table->columns.end() && column->rowid) expected.back().null = false;
    }
    const Expression& value = *assignment.value;
    if (expected.size() == 1) {
      type(value, scope, expected[0]);
      if (value.kind == ExpressionKind::null && !expected[0].null && table->kind == TableKind::table)
        analysis_.mistakes.push_back(
            {table->name + "." + assignment.columns[0] + " is NOT NULL", value.offset, ""});
    } else if (value.kind == ExpressionKind::row) {
      for (std::size_t i = 0; i < value.arguments.size(); ++i) type(*value.arguments[i], scope, expected[i]);
    } else if (value.kind == ExpressionKind::subquery) {
      select(*value.select, &scope, expected);
    } else {
      type(value, scope);
    }
  }
}

void AnalysisRun::update(const Update& statement) {
  add_common_tables(statement.with, nullptr);
  Scope scope(nullptr);
  scope.sources.push_back(table_source(statement.table.schema, statement.table.name, statement.table.alias));
  const Source target = scope.sources[0];
  if (!target.table) throw NotUnderstood("no table " + statement.table.name);
  if (!statement.from.empty()) from(statement.from, scope);
  if (statement.where) boolean(*statement.where, scope);
  assign(statement.assignments, target, scope);
  order_and_limit(statement, scope);
  Scope after(nullptr);
  after.sources.push_back(target);
  returning(statement.returning, after);
}

void AnalysisRun::delete_(const Delete& statement) {
  add_common_tables(statement.with, nullptr);
  Scope scope(nullptr);
  scope.sources.push_back(table_source(statement.table.schema, statement.table.name, statement.table.alias));
  if (statement.where) {
    boolean(*statement.where, scope);
    apply(when_true(*statement.where, scope), scope);
  }
  order_and_limit(statement, scope);
  returning(statement.returning, scope);
}

void AnalysisRun::returning(const std::vector<ResultColumn>& columns, Scope& scope) {
  // Virtual tables return what they were given: NULL where they make a key themselves.
  const TableKind kind = scope.sources[0].table->kind;
  if (kind != TableKind::table) scope.sources[0].null_row = true;
  for (const ResultColumn& column : columns) analysis_.star = analysis_.star || !column.expression;
  analysis_.columns = result_columns(columns, scope, {});
}

template <class Statement>
void AnalysisRun::order_and_limit(const Statement& statement, Scope& scope) {
  for (const ExpressionPtr& term : statement.order_by) type(*term, scope);
  if (statement.limit) type(*statement.limit, scope, kNumberOfRows);
  if (statement.offset) type(*statement.offset, scope, kNumberOfRows);
}

// Selects.

void AnalysisRun::add_common_tables(const std::vector<CommonTable>& tables, Scope* outer) {
  for (const CommonTable& table : tables) later_tables_.push_back(table.name);
  for (const CommonTable& table : tables) {
    later_tables_.erase(std::ranges::find(later_tables_, table.name));
    Columns columns = recursive(table, outer);
    for (std::size_t i = 0; i < table.columns.size() && i < columns.size(); ++i)
      columns[i].name = table.columns[i];
    common_tables_.emplace_back(table.name, std::move(columns));
  }
}

// A table that names itself begins as its first select, and grows until nothing is added.
AnalysisRun::Columns AnalysisRun::recursive(const CommonTable& table, Scope* outer) {
  if (table.select->cores.size() == 1) return select(*table.select, outer);
  const std::size_t visible = common_tables_.size();
  add_common_tables(table.select->with, outer);
  Columns columns = core(table.select->cores[0], *table.select, outer, {}, false);
  common_tables_.resize(visible);
  while (true) {
    for (std::size_t i = 0; i < table.columns.size() && i < columns.size(); ++i)
      columns[i].name = table.columns[i];
    common_tables_.emplace_back(table.name, columns);
    Columns next = select(*table.select, outer);
    common_tables_.resize(visible);
    bool grown = false;
    for (std::size_t i = 0; i < columns.size() && i < next.size(); ++i) {
      const ValueType joined = of_compound(columns[i].type, next[i].type);
      grown = grown || joined != columns[i].type;
      columns[i].type = joined;
    }
    if (!grown) return columns;
  }
}

AnalysisRun::Columns AnalysisRun::select(const Select& statement, Scope* outer,
                                         const ExpectedColumns& expected, bool top) {
  const std::size_t visible = common_tables_.size();
  add_common_tables(statement.with, outer);
  Columns columns = core(statement.cores[0], statement, outer, expected, top);
  for (std::size_t i = 1; i < statement.cores.size(); ++i) {
    const Columns next = core(statement.cores[i], statement, outer, expected, top);
    const std::string& op = statement.operators[i - 1];
    for (std::size_t c = 0; c < columns.size() && c < next.size(); ++c) {
      const bool null = columns[c].type.nullable(), next_null = next[c].type.nullable();
      if (op == "EXCEPT") continue;
      columns[c].type = of_compound(columns[c].type, next[c].type)
                            .with_null(op == "INTERSECT" ? null && next_null : null || next_null);
    }
  }
  // core() has said it of the last one; it is certain of a single one only.
  always_has_row_ = always_has_row_ && statement.cores.size() == 1 && is_one_row_or_more(statement.limit) &&
                    !statement.offset;
  common_tables_.resize(visible);
  return columns;
}

AnalysisRun::Columns AnalysisRun::values(const SelectCore& core, Scope* outer,
                                         const ExpectedColumns& expected) {
  Scope scope(outer);
  Columns columns;
  for (const std::vector<ExpressionPtr>& row : core.rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      const ValueType value = type(*row[i], scope, i < expected.size() ? expected[i] : Expected());
      if (i < columns.size()) {
        columns[i].type = of_compound(columns[i].type, value);
      } else {
        columns.push_back({"column" + std::to_string(i + 1), value, row[i]->offset});
      }
    }
  return columns;
}

AnalysisRun::Columns AnalysisRun::core(const SelectCore& core, const Select& whole, Scope* outer,
                                       const ExpectedColumns& expected, bool top) {
  Scope* const found_before = deepest_;
  Columns columns;
  if (core.values) {
    columns = values(core, outer, expected);
    always_has_row_ = true;
  } else {
    const SelectCore* const windows_before = std::exchange(windows_of_, &core);
    Scope scope(outer);
    if (top)
      for (const ResultColumn& column : core.columns) analysis_.star = analysis_.star || !column.expression;
    from(core.from, scope);
    scope.core = &core;
    if (core.where) {
      boolean(*core.where, scope);
      apply(when_true(*core.where, scope), scope);
    }
    scope.grouped = !core.group_by.empty();
    for (const ExpressionPtr& term : core.group_by) type(*term, scope);
    const bool aggregate_before = scope.aggregate;
    // Result columns do not see each other's names.
    scope.core = nullptr;
    columns = result_columns(core.columns, scope, expected);
    scope.core = &core;
    if (core.having) boolean(*core.having, scope);
    // A compound's terms name its columns, or repeat an expression of one of its selects.
    if (whole.cores.size() == 1) order_and_limit(whole, scope);
    scope.core = nullptr;
    // An aggregate anywhere among them changes what the others are.
    if (scope.aggregate != aggregate_before) columns = result_columns(core.columns, scope, expected);
    always_has_row_ = !scope.grouped && !core.having &&
                      ((scope.aggregate && !scope.doubtful) || (core.from.empty() && !core.where));
    windows_of_ = windows_before;
    if (deepest_ == &scope) deepest_ = found_before;  // it ends here
    if (whole.cores.size() > 1 && &core == &whole.cores[0]) {
      Scope limits(outer);
      if (whole.limit) type(*whole.limit, limits, kNumberOfRows);
      if (whole.offset) type(*whole.offset, limits, kNumberOfRows);
    }
  }
  return columns;
}

ValueType AnalysisRun::star_type(Scope& scope, Source& source, std::size_t index, bool of_all) {
  const ValueType type = type_of(Found{&scope, &source, index, false, !of_all});
  if (of_all) return type;
  // For t.* too, SQLite may hand out what the other side of USING has.
  ValueType shared = type;
  for (Source& other : scope.sources)
    for (std::size_t i = 0; i < other.columns.size(); ++i)
      if (&other != &source && same_name(other.columns[i].name, source.columns[index].name) &&
          (other.merged.contains(i) || source.merged.contains(index)))
        shared = either(shared, type_of(Found{&scope, &other, i, false, true}));
  return shared.with_null(type.nullable());
}

AnalysisRun::Columns AnalysisRun::result_columns(const std::vector<ResultColumn>& columns, Scope& scope,
                                                 const ExpectedColumns& expected) {
  Columns result;
  for (const ResultColumn& column : columns) {
    if (column.expression) {
      const Expected& wanted = result.size() < expected.size() ? expected[result.size()] : Expected();
      result.push_back({name_of(column), type(*column.expression, scope, wanted), column.offset});
      continue;
    }
    for (Source& source : scope.sources) {
      if (!column.star_table.empty() && !same_name(column.star_table, source.name)) continue;
      for (std::size_t i = 0; i < source.columns.size(); ++i) {
        if (source.columns[i].hidden || (column.star_table.empty() && source.merged.contains(i))) continue;
        result.push_back(
            {source.columns[i].name, star_type(scope, source, i, column.star_table.empty()), column.offset});
      }
    }
  }
  return result;
}

// FROM.

Source AnalysisRun::table_source(const std::string& schema, const std::string& name,
                                 const std::string& alias) {
  Source source;
  source.name = alias.empty() ? name : alias;
  source.schema = alias.empty() ? schema : "";
  if (schema.empty())
    for (auto table = common_tables_.rbegin(); table != common_tables_.rend(); ++table)
      if (same_name(table->first, name)) {
        for (const ResultType& column : table->second)
          source.columns.push_back({column.name, column.type, false});
        return source;
      }
  if (schema.empty() &&
      std::ranges::any_of(later_tables_, [&](const std::string& later) { return same_name(later, name); }))
    throw NotUnderstood("'" + name + "' is a common table that is defined later: define it first");
  source.table = catalog_.find(schema, name);
  if (!source.table) throw NotUnderstood("no table " + name);
  if (source.table->kind == TableKind::view) {
    for (const ResultType& column : view_columns(*source.table))
      source.columns.push_back({column.name, column.type, false});
  } else {
    for (const TableColumn& column : source.table->columns)
      source.columns.push_back({column.name, column.type, column.hidden});
  }
  return source;
}

AnalysisRun::Columns AnalysisRun::view_columns(const Table& table) {
  if (!open_views_.insert(&table).second) throw NotUnderstood("view " + table.name + " names itself");
  const ParsedView view = parse_view(table.sql);
  // A view sees the schema and nothing of the statement that names it.
  const auto outer_tables = std::exchange(common_tables_, {});
  const auto outer_later = std::exchange(later_tables_, {});
  Columns columns = select(*view.select, nullptr);
  common_tables_ = outer_tables;
  later_tables_ = outer_later;
  open_views_.erase(&table);
  for (std::size_t i = 0; i < columns.size() && i < table.columns.size(); ++i)
    columns[i].name = table.columns[i].name;
  return columns;
}

void AnalysisRun::from(const std::vector<FromItem>& items, Scope& scope) {
  const std::size_t left_begin = scope.sources.size();
  for (const FromItem& item : items) {
    const std::size_t right_begin = scope.sources.size();
    add_item(item, scope);
    if (&item != &items.front()) join(item, scope, left_begin, right_begin);
  }
}

void AnalysisRun::add_item(const FromItem& item, Scope& scope) {
  if (!item.group.empty()) {
    from(item.group, scope);
    return;
  }
  if (item.select) {
    Source source;
    source.name = item.alias;
    for (const ResultType& column : select(*item.select, scope.outer))
      source.columns.push_back({column.name, column.type, false});
    scope.sources.push_back(std::move(source));
    return;
  }
  for (std::size_t i = 0; i < item.arguments.size(); ++i) {
    const bool json = same_name(item.name, "json_each") || same_name(item.name, "json_tree");
    const Kind first = json ? Kind::list : same_name(item.name, "vec_each") ? Kind::vector : Kind::text;
    type(*item.arguments[i], scope, {i == 0 ? first : Kind::text, false, "", ""});
  }
  scope.sources.push_back(table_source(item.schema, item.name, item.alias));
  // content_fts('query') is a search.
  Source& source = scope.sources.back();
  if (item.function && source.table && source.table->kind == TableKind::fts5)
    for (std::size_t i = 0; i < source.columns.size(); ++i)
      if (source.columns[i].name == "rank") source.never_null.insert(i);
}

// Each name joins the first column that has it on the right with the first on the left.
void AnalysisRun::match_columns(const FromItem& item, Scope& scope, std::size_t left_begin,
                                std::size_t right_begin) {
  const auto find_first = [&](std::string_view name, std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s)
      for (std::size_t i = 0; i < scope.sources[s].columns.size(); ++i)
        if (const NamedType& column = scope.sources[s].columns[i];
            !column.hidden && same_name(column.name, name))
          return std::pair(&scope.sources[s], i);
    return std::pair<Source*, std::size_t>(nullptr, 0);
  };
  std::vector<std::string> names = item.using_columns;
  if (item.natural)
    for (std::size_t s = right_begin; s < scope.sources.size(); ++s)
      for (const NamedType& column : scope.sources[s].columns) names.push_back(column.name);

  const bool inner = item.join == JoinKind::inner;
  for (const std::string& name : names) {
    const auto [left, l] = find_first(name, left_begin, right_begin);
    const auto [right, r] = find_first(name, right_begin, scope.sources.size());
    if (!left || !right) continue;
    // One that was joined before has the value of either side, so it proves nothing of this one.
    const bool joined_before =
        std::any_of(scope.sources.begin(), scope.sources.begin() + static_cast<std::ptrdiff_t>(right_begin),
                    [&](const Source& other) { return has_merged(other, name); });
    right->merged.insert(r);
    if (inner || item.join == JoinKind::left) right->never_null.insert(r);
    if (inner) right->null_row = false;
    if (joined_before) continue;
    if (inner || item.join == JoinKind::right) left->never_null.insert(l);
    if (inner) left->null_row = false;
  }
}

void AnalysisRun::join(const FromItem& item, Scope& scope, std::size_t left_begin, std::size_t right_begin) {
  match_columns(item, scope, left_begin, right_begin);
  if (item.on) {
    boolean(*item.on, scope);
    // What ON proves holds for the side that it lets in.
    for (const auto& [source, column] : when_true(*item.on, scope)) {
      const bool right = source >= right_begin;
      const bool applies = item.join == JoinKind::inner || (item.join == JoinKind::left && right) ||
                           (item.join == JoinKind::right && !right && source >= left_begin);
      if (!applies) continue;
      if (item.join == JoinKind::inner) scope.sources[source].null_row = false;
      if (column != kRow) scope.sources[source].never_null.insert(column);
    }
  }
  const bool fills_left = item.join == JoinKind::right || item.join == JoinKind::full;
  const bool fills_right = item.join == JoinKind::left || item.join == JoinKind::full;
  for (std::size_t i = left_begin; i < scope.sources.size(); ++i)
    if (i < right_begin ? fills_left : fills_right) scope.sources[i].null_row = true;
}

}  // namespace cairn::check
