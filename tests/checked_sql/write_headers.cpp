// Writes the headers for checked_sql_test.cpp and wrong.cpp, from descriptions made by hand: what the
// generated code does is tested here, and not what the checker finds out.
//
//   write_headers FOLDER          FOLDER/unit.sql.hpp, FOLDER/tasks.sql.hpp
#include <fstream>

#include "check/generator.hpp"

namespace {

using namespace cairn::check;

Column column(std::string name, Kind kind, std::string type, bool nullable = false) {
  return {std::move(name), kind, std::move(type), nullable};
}
Column integer(std::string name) {
  return column(std::move(name), Kind::integer, "std::int64_t");
}
Column text(std::string name) {
  return column(std::move(name), Kind::text, "std::string");
}
Column maybe(Column column) {
  column.nullable = true;
  return column;
}

Parameter param(std::string name, Kind kind, bool nullable = false) {
  return {std::move(name), kind, "", nullable};
}

CheckedQuery reads(std::string sql, std::vector<Column> columns, std::vector<Parameter> parameters = {}) {
  CheckedQuery query;
  query.source.sql = std::move(sql);
  query.source.file = "checked_sql_test.cpp";
  query.description.columns = std::move(columns);
  query.description.parameters = std::move(parameters);
  return query;
}
CheckedQuery writes(std::string sql, std::vector<Parameter> parameters, std::vector<Column> columns = {}) {
  CheckedQuery query = reads(std::move(sql), std::move(columns), std::move(parameters));
  query.description.read_only = false;
  return query;
}
CheckedQuery star(CheckedQuery query) {
  query.description.star = true;
  for (Column& column : query.description.columns)
    if (column.sql_name.empty()) column.sql_name = column.name;
  return query;
}
CheckedQuery named(std::string name, Form form, CheckedQuery query) {
  query.source.name = std::move(name);
  query.source.form = form;
  query.source.file = "tasks.sql";
  return query;
}

Column called(std::string sql_name, Column column) {
  column.sql_name = std::move(sql_name);
  return column;
}

const Column state = column("state", Kind::text, "app::State");

std::vector<CheckedQuery> unit() {
  std::vector<CheckedQuery> queries = {
      reads("SELECT id, title, due FROM tasks WHERE owner = :owner AND done = :done ORDER BY id",
            {integer("id"), text("title"), maybe(integer("due"))},
            {param("owner", Kind::text), param("done", Kind::boolean)}),
      reads("SELECT count(*) AS n FROM tasks", {integer("n")}),
      reads("SELECT due FROM tasks WHERE id = ?", {maybe(integer("due"))}, {param("p1", Kind::integer)}),
      reads("SELECT id, weight, note FROM tasks WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
            {integer("id"), column("weight", Kind::real, "double"),
             maybe(column("note", Kind::blob, "std::vector<std::byte>"))},
            {param("ids", Kind::list)}),
      reads("SELECT :list AS json", {text("json")}, {param("list", Kind::list)}),
      star(reads("SELECT * FROM tasks WHERE id = :id",
                 {integer("id"), text("title"), text("owner"), column("done", Kind::boolean, "bool"),
                  maybe(integer("due")), column("weight", Kind::real, "double"),
                  maybe(column("note", Kind::blob, "std::vector<std::byte>")), state},
                 {param("id", Kind::integer)})),
      reads("SELECT id, state FROM tasks WHERE state = :state", {integer("id"), state},
            {{"state", Kind::text, "app::State", false}}),
      reads("SELECT typeof(:any) AS any, typeof(:real) AS real, typeof(:vector) AS vector",
            {text("any"), text("real"), text("vector")},
            {param("any", Kind::any, true), param("real", Kind::real, true), param("vector", Kind::vector)}),
      reads("SELECT 1 AS class, 2 AS \"new!\", :class AS \"Row\"",
            {integer("class"), integer("new"), text("Row")}, {param("class", Kind::text)}),
      reads("SELECT ')sql\"\\' || '?\?/' AS odd\n-- \\\n", {text("odd")}),
      reads("SELECT '\xff\"' AS odd,\r\n 'h\303\244?\?=' AS umlaut", {text("odd"), text("umlaut")}),
      writes("INSERT INTO tasks(title, owner, due) VALUES (:title, :owner, :due)",
             {param("title", Kind::text), param("owner", Kind::text), param("due", Kind::integer, true)}),
      writes("UPDATE tasks SET weight = :weight, note = :note WHERE id = :id",
             {param("weight", Kind::real), param("note", Kind::blob, true), param("id", Kind::integer)}),
      writes("DELETE FROM tasks", {}),
      writes("INSERT INTO tasks(title, owner) VALUES (?, ?) RETURNING id, title",
             {param("p1", Kind::text), param("p2", Kind::text)}, {integer("id"), text("title")}),
      star(reads("SELECT *, id AS \"n!\" FROM (SELECT id, title FROM tasks)",
                 {integer("id"), text("title"), called("n!", integer("n"))})),
      // A lie, so that its row cannot be read.
      writes("INSERT INTO tasks(title, owner) VALUES (?, ?) RETURNING due",
             {param("p1", Kind::text), param("p2", Kind::text)}, {integer("due")}),
      // Another: one column too few.
      reads("SELECT id, title FROM tasks", {integer("id")}),
  };
  for (CheckedQuery& query : queries) query.description.includes = {"\"app.hpp\""};
  return queries;
}

std::vector<CheckedQuery> named_queries() {
  std::vector<CheckedQuery> queries = {
      // The same as in the unit, whose header comes with this one.
      named("tasks_of", Form::all, unit()[0]),
      named("count", Form::scalar, unit()[1]),
      named("due", Form::optional, unit()[2]),
      named("delete", Form::execute,
            writes("DELETE FROM tasks WHERE id = :id", {param("id", Kind::integer)})),
  };
  return queries;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  write(folder + "/unit.sql.hpp", unit_header(unit(), "checked_sql_test.cpp"));
  write(folder + "/tasks.sql.hpp", named_header(named_queries(), "tasks.sql", "tasks"));
}
