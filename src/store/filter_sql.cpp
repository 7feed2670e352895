#include "store/filter_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "store/filter.hpp"

namespace cairn::store {

namespace {

using detail::Comparison;
using detail::FilterColumn;
using detail::FilterField;
using detail::FilterNode;
using NodeKind = FilterNode::Kind;

enum class ValueKind { number, text, boolean };

ValueKind kind_of(const FilterValue& value) {
  if (std::holds_alternative<bool>(value)) return ValueKind::boolean;
  return std::holds_alternative<std::string>(value) ? ValueKind::text : ValueKind::number;
}

std::string_view symbol(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return "=";
    case Comparison::not_equal:
      return "<>";
    case Comparison::less:
      return "<";
    case Comparison::less_or_equal:
      return "<=";
    case Comparison::greater:
      return ">";
    case Comparison::greater_or_equal:
      return ">=";
  }
  return "=";
}

struct Column {
  std::string_view expression;
  ValueKind kind;
};

// A missing heading is stored as ''.
std::optional<Column> content_column(FilterColumn column) {
  switch (column) {
    case FilterColumn::id:
      return Column{"c.id", ValueKind::number};
    case FilterColumn::doc_type:
      return Column{"c.doc_type", ValueKind::text};
    case FilterColumn::namespace_:
      return Column{"c.namespace", ValueKind::text};
    case FilterColumn::document_id:
      return Column{"c.document_id", ValueKind::number};
    case FilterColumn::path:
      return Column{"d.path", ValueKind::text};
    case FilterColumn::title:
      return Column{"d.title", ValueKind::text};
    case FilterColumn::heading:
      return Column{"nullif(c.heading, '')", ValueKind::text};
    case FilterColumn::text:
      return Column{"c.text", ValueKind::text};
    case FilterColumn::created_at:
      return Column{"c.created_at", ValueKind::number};
    case FilterColumn::updated_at:
      return Column{"c.updated_at", ValueKind::number};
    case FilterColumn::metadata:
      break;
  }
  return std::nullopt;
}

std::optional<Column> document_column(FilterColumn column) {
  switch (column) {
    case FilterColumn::id:
    case FilterColumn::document_id:
      return Column{"d.id", ValueKind::number};
    case FilterColumn::doc_type:
      return Column{"d.doc_type", ValueKind::text};
    case FilterColumn::namespace_:
      return Column{"d.namespace", ValueKind::text};
    case FilterColumn::path:
    case FilterColumn::title:
      return content_column(column);
    default:
      return std::nullopt;
  }
}

class Compiler {
 public:
  explicit Compiler(FilterRows rows) : rows_(rows) { sql_.condition.clear(); }

  void add(const FilterNode& node) {
    switch (node.kind) {
      case NodeKind::all:
        return add_children(node, " AND ");
      case NodeKind::any:
        return add_children(node, " OR ");
      case NodeKind::complement:
        sql_.condition += '(';
        add(*node.children.front());
        sql_.condition += " IS NOT TRUE)";
        return;
      case NodeKind::compare:
        return add_test(node.field, kind_of(node.values.front()), symbol(node.comparison), node.values);
      case NodeKind::in:
        return add_in(node);
      case NodeKind::glob:
        return add_test(node.field, ValueKind::text, "GLOB", node.values);
      case NodeKind::exists:
        return add_exists(node.field);
      case NodeKind::within:
        return add_within(std::get<std::string>(node.values.front()));
    }
  }

  FilterSql finish() {
    // No text of the filter is in the condition, so this can only be the alias.
    sql_.uses_documents = sql_.condition.find("d.") != std::string::npos;
    return std::move(sql_);
  }

 private:
  // The deepest child first: SQLite's parser has a fixed stack, and what it reads on the left of an
  // operator it has already folded when it comes to the right. The others in groups, since to SQLite
  // `a OR b OR c …` is as deep as it is long.
  void add_children(const FilterNode& node, std::string_view separator) {
    if (node.children.empty()) {
      sql_.condition += '0';
      return;
    }
    std::vector<const FilterNode*> children;
    for (const auto& child : node.children) children.push_back(child.get());
    std::stable_sort(children.begin(), children.end(),
                     [](const FilterNode* a, const FilterNode* b) { return a->depth > b->depth; });
    sql_.condition += '(';
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool begins_group = i % kGroup == 1;
      if (begins_group && i > 1) sql_.condition += ')';
      if (i > 0) sql_.condition += separator;
      if (begins_group) sql_.condition += '(';
      add(*children[i]);
    }
    sql_.condition += children.size() > 1 ? "))" : ")";
  }
  static constexpr std::size_t kGroup = 25;

  std::optional<Column> column(const FilterField& field) const {
    return rows_ == FilterRows::content ? content_column(field.column) : document_column(field.column);
  }
  bool is_json(const FilterField& field) const {
    return field.column == FilterColumn::metadata && rows_ == FilterRows::content;
  }

  // Ends with "?" for one value, "(?,?,…)" for IN.
  void add_operator(std::string_view op, const std::vector<FilterValue>& values) {
    sql_.condition += fmt::format(" {} ", op);
    if (op == "IN") {
      sql_.condition += '(';
      for (std::size_t i = 0; i < values.size(); ++i) sql_.condition += i == 0 ? "?" : ",?";
      sql_.condition += ')';
    } else {
      sql_.condition += '?';
    }
    sql_.values.insert(sql_.values.end(), values.begin(), values.end());
  }

  // `field op values`, true only where the field's value is of `kind`, which all of `values` are.
  void add_test(const FilterField& field, ValueKind kind, std::string_view op,
                const std::vector<FilterValue>& values) {
    if (is_json(field)) return add_json_test(field, kind, op, values);
    const std::optional<Column> target = column(field);
    if (!target || target->kind != kind) {
      sql_.condition += '0';
      return;
    }
    sql_.condition += fmt::format("({}", target->expression);
    add_operator(op, values);
    // A column's type is only a preference to SQLite: text may stand in an INTEGER column, a blob in a
    // TEXT one. Equality cannot hold across kinds, the others can.
    if (op != "=" && op != "IN")
      sql_.condition += fmt::format(" AND typeof({}) {}", target->expression,
                                    kind == ValueKind::text ? "= 'text'" : "IN ('integer', 'real')");
    sql_.condition += ')';
  }

  // CASE alone guarantees that nothing is evaluated on metadata that is not JSON, which would be an error.
  void add_json_test(const FilterField& field, ValueKind kind, std::string_view op,
                     const std::vector<FilterValue>& values) {
    constexpr std::array<std::string_view, 3> kTypes = {"'integer', 'real'", "'text'", "'true', 'false'"};
    sql_.condition += fmt::format(
        "(CASE WHEN json_valid(c.metadata) THEN CASE WHEN json_type(c.metadata, ?) IN ({}) "
        "THEN json_extract(c.metadata, ?)",
        kTypes[static_cast<std::size_t>(kind)]);
    sql_.values.emplace_back(field.json_path);
    sql_.values.emplace_back(field.json_path);
    add_operator(op, values);
    sql_.condition += " END END)";
  }

  void add_in(const FilterNode& node) {
    std::array<std::vector<FilterValue>, 3> by_kind;
    for (const FilterValue& value : node.values)
      by_kind[static_cast<std::size_t>(kind_of(value))].push_back(value);
    const std::optional<Column> target = column(node.field);
    sql_.condition += '(';
    bool first = true;
    for (const ValueKind kind : {ValueKind::number, ValueKind::text, ValueKind::boolean}) {
      const auto& values = by_kind[static_cast<std::size_t>(kind)];
      const bool possible = is_json(node.field) || (target && target->kind == kind);
      if (values.empty() || !possible) continue;
      if (!first) sql_.condition += " OR ";
      first = false;
      add_test(node.field, kind, "IN", values);
    }
    sql_.condition += first ? "0)" : ")";
  }

  void add_exists(const FilterField& field) {
    if (is_json(field)) {
      sql_.condition += "(CASE WHEN json_valid(c.metadata) THEN json_type(c.metadata, ?) <> 'null' END)";
      sql_.values.emplace_back(field.json_path);
    } else if (const std::optional<Column> target = column(field)) {
      sql_.condition += fmt::format("({} IS NOT NULL)", target->expression);
    } else {
      sql_.condition += '0';
    }
  }

  void add_within(std::string_view path);

  FilterRows rows_;
  FilterSql sql_;
};

// Without "." components, doubled slashes and a slash at the end. ".." stays: only the file system knows
// what it means.
std::string normalized(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view component = path.substr(at, end - at);
    if (!component.empty() && component != ".") {
      if (!out.empty() || path.front() == '/') out += '/';
      out += component;
    }
    at = end + 1;
  }
  return out;
}

void Compiler::add_within(std::string_view given) {
  const bool absolute = given.starts_with('/');
  const std::string path = normalized(given);
  if (path.empty()) {  // "/" or ".": whatever comes from a file
    sql_.condition += "(d.path IS NOT NULL)";
    return;
  }
  if (absolute) {
    // '0' follows '/' in ASCII: the range is everything that begins with "path/".
    sql_.condition += "(d.path = ? OR (d.path > ? AND d.path < ?)";
    sql_.values.insert(sql_.values.end(), {path, path + '/', path + '0'});
  } else {
    sql_.condition += "(instr('/' || d.path || '/', ?) > 0";
    sql_.values.emplace_back('/' + path + '/');
  }
  if (path.find_first_of("*?[") != std::string::npos) {
    sql_.condition += " OR d.path GLOB ?";
    sql_.values.emplace_back(path);
    if (!absolute) {
      sql_.condition += " OR d.path GLOB ?";
      sql_.values.emplace_back("*/" + path);
    }
  }
  sql_.condition += ')';
}

}  // namespace

FilterSql compile(const Filter& filter, FilterRows rows) {
  if (filter.matches_everything()) return {};
  Compiler compiler(rows);
  compiler.add(*filter.node());
  return compiler.finish();
}

int bind(const FilterSql& sql, sqlite::Statement& statement, int first) {
  for (const FilterValue& value : sql.values) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bind_view(first, std::string_view(*text));
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.bind(first, *real);
    } else if (const auto* boolean = std::get_if<bool>(&value)) {
      statement.bind(first, std::int64_t{*boolean});
    } else {
      statement.bind(first, std::get<std::int64_t>(value));
    }
    ++first;
  }
  return first;
}

Filter combined_filter(const SearchOptions& options) {
  Filter filter = options.filter;
  if (!options.namespace_.empty())
    filter = field("namespace").equals(options.namespace_) && std::move(filter);
  if (!options.doc_type.empty()) filter = field("doc_type").equals(options.doc_type) && std::move(filter);
  if (!options.path.empty()) filter = std::move(filter) && detail::within_path(options.path);
  return filter;
}

}  // namespace cairn::store
