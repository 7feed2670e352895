#include "store/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"
#include "cairn/error.hpp"

namespace cairn {

namespace {

using detail::Comparison;
using detail::FilterField;
using detail::FilterNode;
using Kind = FilterNode::Kind;

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::invalid_argument, "filter: " + std::move(message));
}

void check_value(const FilterValue& value) {
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number))
    refuse("a number must be finite");
  if (const auto* text = std::get_if<std::string>(&value); text && !utf8::is_valid(*text))
    refuse("a text value is not valid UTF-8");
}

// `text` was accepted by Field's constructor.
FilterField field_of(std::string_view text) {
  std::size_t at = 0;
  return detail::read_field(text, at);
}

Filter compare(std::string_view name, Comparison comparison, FilterValue value) {
  FilterNode node{.kind = Kind::compare, .field = field_of(name), .comparison = comparison};
  node.values.push_back(std::move(value));
  return detail::make_filter(std::move(node));
}

// `a AND b AND c` is one node with three children.
void add_operand(FilterNode& parent, const Filter& operand) {
  const auto& node = operand.node();
  if (node->kind == parent.kind && !node->children.empty()) {
    parent.children.insert(parent.children.end(), node->children.begin(), node->children.end());
  } else {
    parent.children.push_back(node);
  }
}

Filter combine(Kind kind, const Filter& left, const Filter& right) {
  FilterNode node{.kind = kind};
  add_operand(node, left);
  add_operand(node, right);
  return detail::make_filter(std::move(node));
}

}  // namespace

Filter detail::make_filter(FilterNode node) {
  node.depth = 1;
  node.condition_count = node.children.empty() ? 1 : 0;
  node.value_count = node.values.size();
  for (const auto& child : node.children) {
    node.depth = std::max(node.depth, child->depth + 1);
    node.condition_count += child->condition_count;
    node.value_count += child->value_count;
  }
  if (node.depth > kMaxFilterDepth) refuse(fmt::format("nested more than {} levels deep", kMaxFilterDepth));
  if (node.condition_count > kMaxFilterConditions)
    refuse(fmt::format("more than {} conditions; use IN for many values of one field", kMaxFilterConditions));
  if (node.value_count > kMaxFilterValues) refuse(fmt::format("more than {} values", kMaxFilterValues));
  std::for_each(node.values.begin(), node.values.end(), check_value);
  return Filter(std::make_shared<const FilterNode>(std::move(node)));
}

Filter detail::within_path(std::string path) {
  if (path.size() > kMaxFilterPattern)
    refuse(fmt::format("the path is longer than {} bytes", kMaxFilterPattern));
  FilterNode node{.kind = Kind::within, .field = {FilterColumn::path}};
  node.values.emplace_back(std::move(path));
  return make_filter(std::move(node));
}

Filter operator&&(Filter left, Filter right) {
  if (left.matches_everything()) return right;
  if (right.matches_everything()) return left;
  return combine(Kind::all, left, right);
}

Filter operator||(Filter left, Filter right) {
  if (left.matches_everything() || right.matches_everything()) return {};
  return combine(Kind::any, left, right);
}

Filter operator!(Filter operand) {
  if (operand.matches_everything()) return detail::make_filter({.kind = Kind::any});
  return detail::make_filter({.kind = Kind::complement, .children = {operand.node()}});
}

Field::Field(std::string_view name) : name_(name) {
  std::size_t at = 0;
  detail::read_field(name, at);
  if (at != name.size())
    refuse(fmt::format("the field '{}' is not understood from {} on", utf8::sanitize(name),
                       detail::position_of(name, at)));
}

Filter Field::equals(FilterValue value) const {
  return compare(name_, Comparison::equal, std::move(value));
}
Filter Field::not_equals(FilterValue value) const {
  return compare(name_, Comparison::not_equal, std::move(value));
}
Filter Field::less(FilterValue value) const {
  return compare(name_, Comparison::less, std::move(value));
}
Filter Field::less_or_equal(FilterValue value) const {
  return compare(name_, Comparison::less_or_equal, std::move(value));
}
Filter Field::greater(FilterValue value) const {
  return compare(name_, Comparison::greater, std::move(value));
}
Filter Field::greater_or_equal(FilterValue value) const {
  return compare(name_, Comparison::greater_or_equal, std::move(value));
}

Filter Field::in(std::vector<FilterValue> values) const {
  return detail::make_filter({.kind = Kind::in, .field = field_of(name_), .values = std::move(values)});
}

Filter Field::glob(std::string pattern) const {
  if (pattern.size() > detail::kMaxFilterPattern)
    refuse(fmt::format("the pattern is longer than {} bytes", detail::kMaxFilterPattern));
  FilterNode node{.kind = Kind::glob, .field = field_of(name_)};
  node.values.emplace_back(std::move(pattern));
  return detail::make_filter(std::move(node));
}

Filter Field::exists() const {
  return detail::make_filter({.kind = Kind::exists, .field = field_of(name_)});
}

}  // namespace cairn
