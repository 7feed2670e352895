// Writes what bench/checked_bench.py compiles, and the header of checked_bench.cpp:
//
//   checked_bench_sources FOLDER [QUERIES]
//
// FOLDER/checked_bench.sql.hpp, and the same program twice: FOLDER/checked.cpp with CAIRN_SQL and its header
// FOLDER/checked.sql.hpp, and FOLDER/by_hand.cpp, which binds and reads by hand.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "check/generator.hpp"
#include "checked_task.hpp"

namespace {

using namespace cairn::check;

CheckedQuery query(std::string sql, std::vector<Column> columns, std::vector<Parameter> parameters,
                   bool read_only) {
  CheckedQuery query;
  query.source.sql = std::move(sql);
  query.source.file = "checked.cpp";
  query.description = {std::move(columns), std::move(parameters), read_only, false, {}};
  return query;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A statement of some 300 characters, in the form that it has in a source, and the two ways to run it.
struct Sample {
  CheckedQuery query;
  std::string checked, by_hand;
};

Sample select(int n, bool one) {
  const std::string sql = fmt::format(
      "SELECT t.id, t.title, t.due, t.weight, p.name AS project, u.name AS author FROM tasks AS t JOIN "
      "projects AS p ON "
      "p.id = t.project LEFT JOIN users AS u ON u.id = t.author WHERE t.done = 0 AND t.owner = :owner AND "
      "t.due > :due "
      "AND t.weight BETWEEN :low AND :high AND p.id <> {} ORDER BY t.due, t.id LIMIT :most",
      n);
  const std::string signature = fmt::format(
      "q{}(cairn::sql::Connection& db, std::string_view owner, std::int64_t due, double low, double high, "
      "int most)",
      n);
  Sample sample;
  sample.query = query(sql,
                       {{"id", Kind::integer, "std::int64_t", false},
                        {"title", Kind::text, "std::string", false},
                        {"due", Kind::integer, "std::int64_t", true},
                        {"weight", Kind::real, "double", false},
                        {"project", Kind::text, "std::string", false},
                        {"author", Kind::text, "std::string", true}},
                       {{"owner", Kind::text, "", false},
                        {"due", Kind::integer, "", false},
                        {"low", Kind::real, "", false},
                        {"high", Kind::real, "", false},
                        {"most", Kind::integer, "", false}},
                       true);
  sample.checked = fmt::format(
      "auto {} {{\n  return CAIRN_SQL(\"{}\")\n      .{}(db, {{.owner = owner, .due = due, .low = low, .high "
      "= high, .most "
      "= most}});\n}}\n",
      signature, sql, one ? "one" : "all");
  const std::string get = fmt::format(
      "Row{}{{st->get<std::int64_t>(0), st->get<std::string>(1), st->get<std::optional<std::int64_t>>(2), "
      "st->get<double>(3), st->get<std::string>(4), st->get<std::optional<std::string>>(5)}}",
      n);
  sample.by_hand = fmt::format(
      "struct Row{0} {{\n  std::int64_t id;\n  std::string title;\n  std::optional<std::int64_t> due;\n  "
      "double weight;\n  "
      "std::string project;\n  std::optional<std::string> author;\n}};\nauto {1} {{\n  auto st = "
      "db.cached(\"{2}\");\n  "
      "st->bind_all_views(owner, due, low, high, most);\n{3}}}\n",
      n, signature, sql,
      one ? fmt::format("  if (!st->step()) throw cairn::Error(cairn::ErrorCode::row_not_found, \"no "
                        "row\");\n  return "
                        "{};\n",
                        get)
          : fmt::format(
                "  std::vector<Row{}> rows;\n  while (st->step()) rows.push_back({});\n  return rows;\n", n,
                get));
  return sample;
}

Sample update(int n) {
  const std::string sql = fmt::format(
      "UPDATE tasks SET title = :title, due = :due, weight = :weight, changed = unixepoch(), author = "
      "(SELECT u.id FROM "
      "users AS u WHERE u.name = :author AND u.retired = 0 ORDER BY u.id LIMIT 1), revision = revision + {} "
      "WHERE id = "
      ":id AND done = 0 AND EXISTS (SELECT 1 FROM projects AS p WHERE p.id = tasks.project AND p.closed = 0)",
      n);
  const std::string signature = fmt::format(
      "q{}(cairn::sql::Connection& db, std::string_view title, std::optional<std::int64_t> due, double "
      "weight, "
      "std::string_view author, std::int64_t id)",
      n);
  Sample sample;
  sample.query = query(sql, {},
                       {{"title", Kind::text, "", false},
                        {"due", Kind::integer, "", true},
                        {"weight", Kind::real, "", false},
                        {"author", Kind::text, "", false},
                        {"id", Kind::integer, "", false}},
                       false);
  sample.checked = fmt::format(
      "auto {} {{\n  return CAIRN_SQL(\"{}\")\n      .execute(db, {{.title = title, .due = due, .weight = "
      "weight, .author = "
      "author, .id = id}});\n}}\n",
      signature, sql);
  sample.by_hand = fmt::format(
      "auto {} {{\n  auto st = db.cached(\"{}\");\n  st->bind_all_views(title, due, weight, author, id);\n  "
      "st->run();\n  "
      "return db.changes();\n}}\n",
      signature, sql);
  return sample;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string folder = argv[1];
  const int count = argc > 2 ? std::atoi(argv[2]) : 200;

  const Column id{"id", Kind::integer, "std::int64_t", false},
      title{"title", Kind::text, "std::string", false}, due{"due", Kind::integer, "std::int64_t", true};
  write(folder + "/checked_bench.sql.hpp",
        unit_header(
            {query(LOOK_UP, {id, title, due}, {{"id", Kind::integer, "", false}}, true),
             query(SCAN, {id, title, due}, {}, true),
             query(INSERT, {}, {{"title", Kind::text, "", false}, {"due", Kind::integer, "", true}}, false)},
            "checked.cpp"));

  std::vector<CheckedQuery> queries;
  std::string checked = "#include \"cairn/sql/checked.hpp\"\n#include \"cairn/sql/connection.hpp\"\n";
  std::string by_hand = "#include \"cairn/error.hpp\"\n#include \"cairn/sql/connection.hpp\"\n";
  for (int n = 0; n < count; ++n) {
    const Sample sample = n % 5 == 4 ? update(n) : select(n, n % 5 == 3);
    queries.push_back(sample.query);
    checked += "\n" + sample.checked;
    by_hand += "\n" + sample.by_hand;
  }
  write(folder + "/checked.sql.hpp", unit_header(queries, "checked.cpp"));
  write(folder + "/checked.cpp", checked);
  write(folder + "/by_hand.cpp", by_hand);
}
