// Which columns cannot be NULL once a condition has let the row pass.
#include <algorithm>
#include <iterator>

#include "check/analysis_run.hpp"
#include "check/sql_lexer.hpp"

namespace cairn::check {
namespace {

Facts both(Facts a, const Facts& b) {
  a.insert(b.begin(), b.end());
  return a;
}

Facts common(const Facts& a, const Facts& b) {
  Facts shared;
  std::ranges::set_intersection(a, b, std::inserter(shared, shared.end()));
  return shared;
}

}  // namespace

// LIKE and GLOB answer 0 for a BLOB, without a look at the other side (SQLITE_LIKE_DOESNT_MATCH_BLOBS).
bool AnalysisRun::may_be_blob(const Expression& pattern, Scope& scope) {
  const bool recorded = std::exchange(recording_, false);
  const bool blob = std::ranges::any_of(pattern.arguments, [&](const ExpressionPtr& argument) {
    return (type(*argument, scope).storage & kBlob) != 0;
  });
  recording_ = recorded;
  return blob;
}

// Columns without which the expression would be NULL.
Facts AnalysisRun::when_not_null(const Expression& e, Scope& scope) {
  Facts facts;
  const auto add_all = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      facts = both(std::move(facts), when_not_null(*e.arguments[i], scope));
  };
  switch (e.kind) {
    case ExpressionKind::column: {
      const Found found = find_column(scope, e.schema, e.table, e.name);
      if (!found.source) break;
      const auto source = static_cast<std::size_t>(found.source - scope.sources.data());
      facts.emplace(source, kRow);
      if (!found.rowid) facts.emplace(source, found.index);
      // Of columns joined by USING, it is the value of either.
      if (!found.qualified)
        for (const Source& other : scope.sources)
          if (has_merged(other, found.source->columns[found.index].name)) facts.clear();
      break;
    }
    case ExpressionKind::unary:
    case ExpressionKind::cast:
      add_all(1);
      break;
    case ExpressionKind::pattern:  // the others are functions that a program brings
      if ((e.name == "like" || e.name == "glob") && !may_be_blob(e, scope)) add_all(2);
      break;
    case ExpressionKind::binary:
      if (e.name != "AND" && e.name != "OR") add_all(2);
      break;
    case ExpressionKind::between:  // x BETWEEN 2 AND NULL may be false
      add_all(1);
      break;
    case ExpressionKind::in:  // an empty list answers without looking at x
      if (!e.select && e.arguments.size() > 1) add_all(1);
      break;
    case ExpressionKind::function:
      if (const FunctionRule* rule = find_function(e.name); rule && rule->nulls == Nulls::argument)
        add_all(e.arguments.size());
      break;
    default:
      break;
  }
  return facts;
}

Facts AnalysisRun::when_true(const Expression& e, Scope& scope) {
  switch (e.kind) {
    case ExpressionKind::unary:
      if (e.name == "NOT") return when_false(*e.arguments[0], scope);
      break;
    case ExpressionKind::binary:
      if (e.arguments[0]->kind == ExpressionKind::row) return row_facts(e, scope);
      if (e.name == "AND") return both(when_true(*e.arguments[0], scope), when_true(*e.arguments[1], scope));
      if (e.name == "OR") return common(when_true(*e.arguments[0], scope), when_true(*e.arguments[1], scope));
      if (e.name == "=") return both(when_not_null(e, scope), match_facts(*e.arguments[0], scope, true));
      break;
    case ExpressionKind::is: {
      const bool null = e.arguments[1]->kind == ExpressionKind::null;
      if (null && e.negated) return when_not_null(*e.arguments[0], scope);
      const Expression& right = *e.arguments[1];
      const bool truth = right.kind == ExpressionKind::column && right.table.empty() &&
                         (same_name(right.name, "true") || same_name(right.name, "false"));
      const bool value = right.kind == ExpressionKind::integer || right.kind == ExpressionKind::text ||
                         right.kind == ExpressionKind::real || truth;
      return value && !e.negated ? when_not_null(*e.arguments[0], scope) : Facts();
    }
    case ExpressionKind::between:
      if (e.negated) break;
      return both(when_not_null(*e.arguments[0], scope),
                  both(when_not_null(*e.arguments[1], scope), when_not_null(*e.arguments[2], scope)));
    case ExpressionKind::in:
      if (e.negated) break;
      if (e.arguments[0]->kind == ExpressionKind::row) {
        Facts facts;
        for (const ExpressionPtr& part : e.arguments[0]->arguments)
          facts = both(std::move(facts), when_not_null(*part, scope));
        return facts;
      }
      return when_not_null(*e.arguments[0], scope);
    case ExpressionKind::pattern:
      if (e.negated || e.name != "match") break;
      return match_facts(*e.arguments[0], scope, false);
    default:
      break;
  }
  return when_not_null(e, scope);
}

Facts AnalysisRun::when_false(const Expression& e, Scope& scope) {
  if (e.kind == ExpressionKind::unary && e.name == "NOT") return when_true(*e.arguments[0], scope);
  if (e.kind == ExpressionKind::binary && e.name == "OR")
    return both(when_false(*e.arguments[0], scope), when_false(*e.arguments[1], scope));
  if (e.kind == ExpressionKind::binary && e.name == "AND")
    return common(when_false(*e.arguments[0], scope), when_false(*e.arguments[1], scope));
  if (e.kind == ExpressionKind::is && e.arguments[1]->kind == ExpressionKind::null && !e.negated)
    return when_not_null(*e.arguments[0], scope);
  return e.kind == ExpressionKind::is ? Facts() : when_not_null(e, scope);
}

// (a, b) = (c, d) compares all of them; (a, b) < (c, d) is certain of the first pair only.
Facts AnalysisRun::row_facts(const Expression& e, Scope& scope) {
  Facts facts;
  if (e.name == "<>") return facts;
  for (const ExpressionPtr& side : e.arguments) {
    if (side->kind != ExpressionKind::row) continue;
    const std::size_t count = e.name == "=" ? side->arguments.size() : 1;
    for (std::size_t i = 0; i < count; ++i)
      facts = both(std::move(facts), when_not_null(*side->arguments[i], scope));
  }
  return facts;
}

// A table of vec0's or FTS5's that is searched has a distance, or a rank, in each row that it returns. FTS5
// takes `=` for MATCH where the left side is the column with the table's own name.
Facts AnalysisRun::match_facts(const Expression& left, Scope& scope, bool equality) {
  Facts facts;
  if (left.kind != ExpressionKind::column) return facts;
  const Found found = find_column(scope, left.schema, left.table, left.name);
  if (!found.source || !found.source->table || found.rowid) return facts;
  const Table& table = *found.source->table;
  const bool vector = table.kind == TableKind::vec0 && !equality &&
                      found.source->columns[found.index].type.type.starts_with("std::vector");
  const bool text = table.kind == TableKind::fts5 && (!equality || same_name(left.name, table.name));
  if (!vector && !text) return facts;
  const auto source = static_cast<std::size_t>(found.source - scope.sources.data());
  for (std::size_t i = 0; i < found.source->columns.size(); ++i)
    if (found.source->columns[i].name == (vector ? "distance" : "rank")) facts.emplace(source, i);
  return facts;
}

void AnalysisRun::apply(const Facts& facts, Scope& scope) {
  for (const auto& [source, column] : facts) {
    scope.sources[source].null_row = false;
    if (column != kRow) scope.sources[source].never_null.insert(column);
  }
}

}  // namespace cairn::check
