#include "store/filter_sql.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"
#include "store/filter_generator.hpp"

namespace cairn::store {
namespace {

using detail::FilterColumn;
using detail::FilterNode;
using Json = nlohmann::json;

constexpr std::string_view kFrom = "FROM content c LEFT JOIN documents d ON d.id = c.document_id";

// The part of the store's schema that filters see, without its triggers and rules.
constexpr std::string_view kTables = R"sql(
CREATE TABLE documents (id INTEGER PRIMARY KEY, namespace TEXT, path TEXT, title TEXT, doc_type TEXT);
CREATE TABLE content (id INTEGER PRIMARY KEY, text TEXT, doc_type TEXT, created_at INTEGER, metadata TEXT,
                      namespace TEXT, document_id INTEGER, heading TEXT, updated_at INTEGER);
CREATE INDEX idx_content_doc_type ON content(doc_type);
CREATE INDEX idx_content_created_at ON content(created_at);
CREATE INDEX idx_content_document ON content(document_id) WHERE document_id IS NOT NULL;
CREATE INDEX idx_content_namespace ON content(namespace, doc_type);
)sql";

struct Row {
  Json fields;           // by column; absent or null: missing
  std::string metadata;  // as stored; "" is NULL
};

// Globs by plain backtracking over code points.
bool glob(std::u32string_view pattern, std::u32string_view text) {
  if (pattern.empty()) return text.empty();
  const char32_t head = pattern.front();
  if (head == U'*') return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  if (text.empty()) return false;
  if (head == U'?') return glob(pattern.substr(1), text.substr(1));
  if (head != U'[') return head == text.front() && glob(pattern.substr(1), text.substr(1));
  const std::size_t close = pattern.find(U']');
  std::u32string_view set = pattern.substr(1, close - 1);
  const bool inverted = set.starts_with(U'^');
  if (inverted) set.remove_prefix(1);
  const bool range = set.size() == 3 && set[1] == U'-';
  const bool in = range ? set[0] <= text.front() && text.front() <= set[2]
                        : set.find(text.front()) != std::u32string_view::npos;
  return in != inverted && glob(pattern.substr(close + 1), text.substr(1));
}

std::u32string decode(const std::string& text) {
  std::u32string out;
  for (const unsigned char c : text) {
    if ((c & 0xC0) == 0x80) {
      out.back() = out.back() << 6 | (c & 0x3F);
    } else {
      out += static_cast<char32_t>(c < 0x80 ? c : c < 0xE0 ? c & 0x1F : c < 0xF0 ? c & 0x0F : c & 7);
    }
  }
  return out;
}

Json value_of(const Row& row, const detail::FilterField& field) {
  static const char* const names[] = {"id",      "doc_type", "namespace",  "document_id", "path",    "title",
                                      "heading", "text",     "created_at", "updated_at",  "metadata"};
  if (field.column != FilterColumn::metadata) {
    const Json value = row.fields.value(names[static_cast<std::size_t>(field.column)], Json());
    return field.column == FilterColumn::heading && value == "" ? Json() : value;
  }
  Json at = Json::parse(row.metadata, nullptr, false);
  if (at.is_discarded()) return {};
  std::string_view path = std::string_view(field.json_path).substr(1);
  while (!path.empty()) {
    if (path[0] == '[') {
      const std::size_t index = std::stoul(std::string(path.substr(1)));
      at = at.is_array() && index < at.size() ? at[index] : Json();
      path.remove_prefix(path.find(']') + 1);
    } else {
      const std::size_t close = path.find('"', 2);
      const std::string key(path.substr(2, close - 2));
      at = at.is_object() && at.contains(key) ? at[key] : Json();
      path.remove_prefix(close + 1);
    }
  }
  return at;
}

// What a column that holds numbers has of another kind, because another program put it there, exists but
// compares with nothing.
Json comparable_value_of(const Row& row, const detail::FilterField& field) {
  const Json value = value_of(row, field);
  return field.column == FilterColumn::created_at && value.is_string() ? Json() : value;
}

// -1, 0, 1; nothing when the two are of different kinds.
std::optional<int> order(const Json& left, const FilterValue& right) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (const auto* text = std::get_if<std::string>(&right)) {
    if (!left.is_string()) return std::nullopt;
    return sign(left.get<std::string>(), *text);
  }
  if (const auto* boolean = std::get_if<bool>(&right)) {
    if (!left.is_boolean()) return std::nullopt;
    return sign(int{left.get<bool>()}, int{*boolean});
  }
  if (!left.is_number()) return std::nullopt;
  // 64 bits of mantissa hold every int64 and every double exactly.
  const auto number = left.is_number_float() ? static_cast<long double>(left.get<double>())
                                             : static_cast<long double>(left.get<std::int64_t>());
  const auto* integer = std::get_if<std::int64_t>(&right);
  return sign(number, integer ? static_cast<long double>(*integer)
                              : static_cast<long double>(std::get<double>(right)));
}

bool holds(const FilterNode& node, const Row& row) {
  const auto child_holds = [&row](const auto& child) { return holds(*child, row); };
  switch (node.kind) {
    case FilterNode::Kind::all:
      return std::all_of(node.children.begin(), node.children.end(), child_holds);
    case FilterNode::Kind::any:
      return std::any_of(node.children.begin(), node.children.end(), child_holds);
    case FilterNode::Kind::complement:
      return !child_holds(node.children.front());
    case FilterNode::Kind::compare: {
      const auto sign = order(comparable_value_of(row, node.field), node.values.front());
      if (!sign) return false;
      const bool by_comparison[] = {*sign == 0, *sign != 0, *sign<0, *sign <= 0, *sign> 0, *sign >= 0};
      return by_comparison[static_cast<std::size_t>(node.comparison)];
    }
    case FilterNode::Kind::in:
      return std::any_of(node.values.begin(), node.values.end(), [&](const FilterValue& value) {
        return order(comparable_value_of(row, node.field), value) == 0;
      });
    case FilterNode::Kind::glob: {
      const Json value = comparable_value_of(row, node.field);
      return value.is_string() &&
             glob(decode(std::get<std::string>(node.values.front())), decode(value.get<std::string>()));
    }
    case FilterNode::Kind::exists:
      return !value_of(row, node.field).is_null();
    case FilterNode::Kind::within:
      break;
  }
  return false;
}

std::vector<std::int64_t> ids_where(const sql::Connection& db, const Filter& filter) {
  const FilterSql where = compile(filter);
  auto st = db.prepare(fmt::format("SELECT c.id {} WHERE {} ORDER BY c.id", kFrom, where.condition));
  EXPECT_EQ(bind(where, st, 1), st.parameter_count() + 1);
  std::vector<std::int64_t> ids;
  while (st.step()) ids.push_back(st.get<std::int64_t>(0));
  return ids;
}

std::optional<std::string> random_text(testing::FilterGenerator& random) {
  if (random.below(5) == 0) return std::nullopt;
  return random.pick({"", "a", "note", "it's", "Zürich", "日本", "true", "3", "b"});
}

std::string random_metadata(testing::FilterGenerator& random) {
  const auto scalar = [&random] {
    return random.pick({"1", "3", "-2", "0.5", "3.0", "-2.25", "9007199254740993", "9223372036854775807",
                        "true", "false", "null", "\"a\"", "\"it's\"", "\"Z\\u00fcrich\"", "\"日本\"", "\"3\"",
                        "[]", "{}"});
  };
  switch (random.below(8)) {
    case 0:
      return random.pick({"", "{", "not json", "{\"a\":1", "'a'", "nul", "[1,]", "{a:1}", "\xFF"});
    case 1:
      return scalar();
    default:
      return fmt::format(
          R"({{"a": {}, "b": {{"c": {}}}, "tags": [{}, {}], "odd key": {}, "größe": {}}})", scalar(),
          scalar(), scalar(), scalar(), scalar(),
          random.below(2) == 0 ? scalar() : fmt::format(R"({{"b": [0, {{"c": {}}}]}})", scalar()));
  }
}

std::vector<Row> fill(const sql::Connection& db, testing::FilterGenerator& random, std::int64_t count) {
  db.execute_script(kTables);
  std::vector<Row> rows;
  const std::vector<std::string> paths = {"/a/b.md", "/a", "/Zürich/x"};
  for (std::size_t i = 0; i < paths.size(); ++i)
    db.execute("INSERT INTO documents(id, path, title) VALUES (?, ?, ?)", i + 1, paths[i],
               i == 0 ? "" : "note");
  for (std::int64_t id = -2; id < count; ++id) {
    Row row;
    row.fields["id"] = id;
    for (const char* name : {"doc_type", "namespace", "heading", "text"})
      if (const auto text = random_text(random)) row.fields[name] = *text;
    for (const char* name : {"created_at", "updated_at"})
      if (random.below(3) > 0)
        row.fields[name] = std::get<std::int64_t>(FilterValue(std::int64_t(random.below(5)) - 2));
    // Another program may store text where an integer belongs.
    if (random.below(6) == 0) row.fields["created_at"] = "note";
    if (const std::size_t document = random.below(5); document < paths.size()) {
      row.fields["document_id"] = document + 1;
      row.fields["path"] = paths[document];
      row.fields["title"] = document == 0 ? "" : "note";
    }
    row.metadata = random_metadata(random);
    auto st = db.prepare(
        "INSERT INTO content(id, doc_type, namespace, heading, text, created_at, updated_at, document_id, "
        "metadata) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    int parameter = 0;
    for (const char* name :
         {"id", "doc_type", "namespace", "heading", "text", "created_at", "updated_at", "document_id"}) {
      const Json value = row.fields.value(name, Json());
      ++parameter;
      if (value.is_string()) st.bind(parameter, value.get<std::string>());
      if (value.is_number()) st.bind(parameter, value.get<std::int64_t>());
    }
    if (!row.metadata.empty()) st.bind(9, row.metadata);
    st.run();
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(FilterSql, SelectsWhatTheObviousEvaluatorSelects) {
  std::size_t selected = 0, total = 0;
  for (std::uint32_t round = 0; round < 8; ++round) {
    testing::FilterGenerator random(round);
    sql::Connection db({});
    const std::vector<Row> rows = fill(db, random, 60);
    for (int i = 0; i < 250; ++i) {
      const Filter filter = random.filter(static_cast<int>(random.below(5)));
      SCOPED_TRACE(fmt::format("round {} filter {}: {}", round, i, testing::to_text(*filter.node())));
      std::vector<std::int64_t> expected;
      for (const Row& row : rows)
        if (holds(*filter.node(), row)) expected.push_back(row.fields["id"].get<std::int64_t>());
      ASSERT_EQ(ids_where(db, filter), expected) << compile(filter).condition;
      selected += expected.size();
      total += rows.size();
    }
  }
  // The cases must be neither all empty nor all full to mean something.
  EXPECT_GT(selected, total / 5);
  EXPECT_LT(selected, total * 4 / 5);
}

TEST(FilterSql, UsesTheIndexesForEquality) {
  sql::Connection db({});
  db.execute_script(kTables);
  const auto plan = [&db](const Filter& filter) {
    const FilterSql where = compile(filter);
    auto st = db.prepare(fmt::format("EXPLAIN QUERY PLAN SELECT c.id {} WHERE {}", kFrom, where.condition));
    std::string out;
    while (st.step()) out += st.get<std::string>(3) + '\n';
    return out;
  };
  EXPECT_NE(plan(field("doc_type") == "note").find("(doc_type=?)"), std::string::npos);
  EXPECT_NE(plan(field("id") == 4).find("(rowid=?)"), std::string::npos);
  EXPECT_NE(plan(field("document_id") == 4).find("(document_id=?)"), std::string::npos);
  EXPECT_NE(plan(field("doc_type").in({"a", "b"})).find("(doc_type=?)"), std::string::npos);
  EXPECT_NE(plan(field("created_at") >= 4).find("(created_at>?)"), std::string::npos);
  const SearchOptions options{.filter = field("metadata.x") == 1, .doc_type = "note", .namespace_ = "n"};
  EXPECT_NE(plan(combined_filter(options)).find("(namespace=? AND doc_type=?)"), std::string::npos);
}

TEST(FilterSql, SqliteTakesTheLargestFilters) {
  sql::Connection db({});
  db.execute_script(kTables);
  db.execute("INSERT INTO content(id, metadata) VALUES (1, '{\"a\": 1}')");
  const auto accepts = [&db](const Filter& filter) {
    const FilterSql where = compile(filter);
    // Inside the kind of statement that searches are made of.
    auto st = db.prepare(
        fmt::format("WITH a AS (SELECT x.id FROM (SELECT c.id {} WHERE c.id IN (SELECT c.id {} "
                    "WHERE c.id > 0 AND ({}))) x) SELECT count(*) FROM a WHERE id IN (SELECT id FROM a)",
                    kFrom, kFrom, where.condition));
    bind(where, st, 1);
    return st.step();
  };
  const Filter leaf = field("metadata.a").in({1, "x", true});
  Filter wide = leaf, deep = leaf, mixed = leaf;
  while (wide.node()->condition_count < detail::kMaxFilterConditions) wide = wide || leaf;
  while (deep.node()->depth < detail::kMaxFilterDepth) deep = !deep;
  for (bool both = true; mixed.node()->depth < detail::kMaxFilterDepth; both = !both)
    mixed = both ? leaf && leaf && mixed : leaf || mixed || leaf;
  EXPECT_NO_THROW(EXPECT_TRUE(accepts(wide)));
  EXPECT_NO_THROW(EXPECT_TRUE(accepts(deep)));
  EXPECT_NO_THROW(EXPECT_TRUE(accepts(mixed)));
  EXPECT_NO_THROW(EXPECT_TRUE(
      accepts(field("id").in(std::vector<FilterValue>(detail::kMaxFilterValues, std::int64_t{1})))));
  EXPECT_NO_THROW(EXPECT_TRUE(accepts(field("text").glob(std::string(detail::kMaxFilterPattern, '*')))));
}

TEST(FilterSql, PathIsAFileAFolderOrAGlob) {
  sql::Connection db({});
  db.execute_script(kTables);
  const std::vector<std::string> paths = {"/n/docs/a.md",   "/n/docs/api/b.md", "/n/docs2/c.md", "/n/docs.md",
                                          "/x/docs/[d].md", "docs/e.md",        "/n/Docs/f.md",  "/n/docs"};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    db.execute("INSERT INTO documents(id, path) VALUES (?, ?)", i, paths[i]);
    db.execute("INSERT INTO content(id, document_id) VALUES (?, ?)", i, i);
  }
  db.execute("INSERT INTO content(id) VALUES (100)");
  using Ids = std::vector<std::int64_t>;
  const auto within = [&db](std::string path) {
    return ids_where(db, combined_filter({.path = std::move(path)}));
  };
  EXPECT_EQ(within("/n/docs"), (Ids{0, 1, 7}));
  EXPECT_EQ(within("/n/docs/"), (Ids{0, 1, 7}));
  EXPECT_EQ(within("/n//./docs/a.md"), Ids{0});
  EXPECT_EQ(within("docs"), (Ids{0, 1, 4, 5, 7}));
  EXPECT_EQ(within("./docs/"), (Ids{0, 1, 4, 5, 7}));
  EXPECT_EQ(within("api/b.md"), Ids{1});
  EXPECT_EQ(within("b.md"), Ids{1});
  EXPECT_EQ(within(".md"), Ids{});
  EXPECT_EQ(within("*.md"), (Ids{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(within("docs/*.md"), (Ids{0, 1, 4, 5}));
  EXPECT_EQ(within("/n/docs?/*"), Ids{2});
  EXPECT_EQ(within("docs/[d].md"), Ids{4});
  EXPECT_EQ(within("/"), (Ids{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(within("../docs"), Ids{});
}

TEST(FilterSql, FiltersDocumentsThemselves) {
  sql::Connection db({});
  db.execute_script(kTables);
  db.execute("INSERT INTO documents VALUES (1, 'n', '/a/b.md', 'T', 'doc'), (2, 'm', '/c.md', 'T', 'doc')");
  const auto count = [&db](const Filter& filter) {
    const FilterSql where = compile(filter, FilterRows::documents);
    auto st = db.prepare("SELECT count(*) FROM documents d WHERE " + where.condition);
    bind(where, st, 1);
    st.step();
    return st.get<int>(0);
  };
  EXPECT_EQ(count({}), 2);
  EXPECT_EQ(count(combined_filter({.doc_type = "doc", .namespace_ = "n", .path = "/a"})), 1);
  EXPECT_EQ(count(field("id") == 2), 1);
  EXPECT_EQ(count(field("metadata.x").exists()), 0);
  EXPECT_EQ(count(!(field("text") == "x")), 2);
}

TEST(FilterSql, SaysWhetherDocumentsAreNeeded) {
  EXPECT_FALSE(compile({}).uses_documents);
  EXPECT_FALSE(compile(field("metadata.d") == "d.").uses_documents);
  EXPECT_FALSE(compile(field("id") == 1).uses_documents);
  EXPECT_TRUE(compile(field("title") == "x" || field("id") == 1).uses_documents);
}

}  // namespace
}  // namespace cairn::store
