#include "vec0/plan.hpp"

#include "cairn/error.hpp"

namespace cairn::vec0 {
namespace {

constexpr Operator kOperators[] = {Operator::eq,      Operator::ne,       Operator::lt,   Operator::le,
                                   Operator::gt,      Operator::ge,       Operator::is,   Operator::is_not,
                                   Operator::is_null, Operator::not_null, Operator::like, Operator::glob,
                                   Operator::regexp,  Operator::in};

constexpr std::string_view kWhere = "where";
constexpr std::string_view kProbe = "probe";
constexpr std::string_view kRecall = "recall";

std::string_view mode_name(Mode mode) {
  switch (mode) {
    case Mode::scan:
      return "scan";
    case Mode::point:
      return "point";
    case Mode::stream:
      return "stream";
    case Mode::k:
      return "k";
  }
  return "";
}

[[noreturn]] void throw_unknown_plan(std::string_view text) {
  throw Error(ErrorCode::corrupt, "vec0: unknown query plan '" + std::string(text) + "'");
}

// Cuts off and returns what stands before `separator`, or everything.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const auto at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + separator.size());
  return head;
}

// Cuts off the next word if it is `word`.
bool take_word(std::string_view& text, std::string_view word) {
  std::string_view rest = text;
  if (take_until(rest, " ") != word) return false;
  text = rest;
  return true;
}

PlannedCondition condition_from_text(const TableDefinition& table, std::string_view text) {
  std::string_view rest = text;
  const auto column = table.find_column(take_until(rest, " "));
  for (const Operator op : kOperators)
    if (column && to_string(op) == rest) return {table.columns[*column], op};
  throw_unknown_plan(text);
}

}  // namespace

std::string Plan::to_text(const TableDefinition& table) const {
  std::string text(mode_name(mode));
  if (has_match) text += " " + table.vectors[vector_column].name;
  if (has_probe) text += " " + std::string(kProbe);
  if (has_recall) text += " " + std::string(kRecall);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    text += i == 0 ? " " + std::string(kWhere) + " " : ", ";
    text +=
        std::string(table.column_name(conditions[i].column)) + " " + std::string(to_string(conditions[i].op));
  }
  return text;
}

Plan Plan::from_text(const TableDefinition& table, std::string_view text) {
  Plan plan;
  std::string_view rest = text;
  const std::string_view mode = take_until(rest, " ");
  for (const Mode candidate : {Mode::scan, Mode::point, Mode::stream, Mode::k})
    if (mode == mode_name(candidate)) plan.mode = candidate;
  if (mode != mode_name(plan.mode)) throw_unknown_plan(text);
  // Words are told apart by their place: a column may be called "probe" or "where".
  plan.has_match = plan.mode != Mode::scan && !rest.empty();
  if (plan.has_match) {
    const auto column = table.find_column(take_until(rest, " "));
    if (!column || table.columns[*column].kind != ColumnKind::vector) throw_unknown_plan(text);
    plan.vector_column = table.columns[*column].index;
  }
  plan.has_probe = plan.mode == Mode::k && take_word(rest, kProbe);
  plan.has_recall = plan.has_match && take_word(rest, kRecall);
  if (!rest.empty() && !take_word(rest, kWhere)) throw_unknown_plan(text);
  while (!rest.empty()) plan.conditions.push_back(condition_from_text(table, take_until(rest, ", ")));
  return plan;
}

}  // namespace cairn::vec0
