// A condition on what a search may return. Exact: a search with a filter returns the best `limit`
// results among those that satisfy it, however few they are.
//
//   using cairn::field;
//   store.search("deploy key", {.filter = field("doc_type") == "note" && field("metadata.stars") >= 4});
//   store.search("deploy key", {.filter = cairn::Filter::parse("doc_type = 'note' AND metadata.stars >=
//   4")});
//
// Fields: id, doc_type (or type), namespace, document_id, path, title, heading, text, created_at,
// updated_at, and `metadata` followed by a path into the record's JSON: metadata.author, metadata.tags[0],
// metadata."odd key". An unknown field is an error (invalid_argument) when the filter is built.
//
// Comparisons, != among them, hold only between values of the same kind (numbers with numbers, text with
// text) and never for a missing field; NOT is the complement, so NOT (metadata.lang = 'en') holds where
// lang is missing. Missing are also a JSON null, everything in metadata that is not valid JSON, and the
// path, title and heading of what comes from no file. Booleans in JSON compare as true and false.
// glob uses *, ? and [...] over the whole value, which must be text.
//
// Limits, beyond which a filter is refused (invalid_argument): 40 levels of nesting, 500 conditions,
// 10,000 values.
//
// A value: copy it freely; thread-safe as any value.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn {

namespace detail {
struct FilterNode;
}

using FilterValue = std::variant<std::int64_t, double, bool, std::string>;

class Filter {
 public:
  // Matches everything.
  Filter() = default;

  // The text form. Keywords in any case; strings in single quotes, doubled inside ('it''s'):
  //   expr := expr OR expr | expr AND expr | NOT expr | ( expr ) | field op value
  //         | field [NOT] IN (value, …) | field [NOT] GLOB 'pattern' | field [NOT] EXISTS
  //   op   := = | == | != | <> | < | <= | > | >=        value := number | 'text' | true | false
  // Throws invalid_argument with the position of what could not be read. An empty text matches everything.
  static Filter parse(std::string_view text);

  bool matches_everything() const noexcept { return !node_; }

  friend Filter operator&&(Filter left, Filter right);
  friend Filter operator||(Filter left, Filter right);
  friend Filter operator!(Filter operand);

  // For the store: the tree behind it; null when it matches everything.
  const std::shared_ptr<const detail::FilterNode>& node() const noexcept { return node_; }
  explicit Filter(std::shared_ptr<const detail::FilterNode> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<const detail::FilterNode> node_;
};

// A field to compare; see above for the names. Throws invalid_argument for an unknown one.
class Field {
 public:
  explicit Field(std::string_view name);

  Filter equals(FilterValue value) const;
  Filter not_equals(FilterValue value) const;
  Filter less(FilterValue value) const;
  Filter less_or_equal(FilterValue value) const;
  Filter greater(FilterValue value) const;
  Filter greater_or_equal(FilterValue value) const;
  Filter in(std::vector<FilterValue> values) const;  // of nothing: matches nothing
  Filter glob(std::string pattern) const;
  Filter exists() const;

 private:
  std::string name_;
};

inline Field field(std::string_view name) {
  return Field(name);
}

namespace detail {
// So that a literal such as "note", 4 or 0.5 becomes the right alternative.
inline FilterValue filter_value(bool value) {
  return value;
}
template <std::integral T>
FilterValue filter_value(T value) {
  return static_cast<std::int64_t>(value);
}
template <std::floating_point T>
FilterValue filter_value(T value) {
  return static_cast<double>(value);
}
inline FilterValue filter_value(std::string_view value) {
  return std::string(value);
}
inline FilterValue filter_value(const char* value) {
  return std::string(value);
}
inline FilterValue filter_value(const std::string& value) {
  return value;
}
}  // namespace detail

template <class T>
Filter operator==(const Field& f, const T& value) {
  return f.equals(detail::filter_value(value));
}
template <class T>
Filter operator!=(const Field& f, const T& value) {
  return f.not_equals(detail::filter_value(value));
}
template <class T>
Filter operator<(const Field& f, const T& value) {
  return f.less(detail::filter_value(value));
}
template <class T>
Filter operator<=(const Field& f, const T& value) {
  return f.less_or_equal(detail::filter_value(value));
}
template <class T>
Filter operator>(const Field& f, const T& value) {
  return f.greater(detail::filter_value(value));
}
template <class T>
Filter operator>=(const Field& f, const T& value) {
  return f.greater_or_equal(detail::filter_value(value));
}

}  // namespace cairn
