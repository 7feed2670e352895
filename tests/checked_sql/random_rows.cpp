#include "checked_sql/random_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string>

#include "cairn/error.hpp"

namespace cairn::check::corpus {
namespace {

using sqlite::Value;

template <class T, std::size_t N>
const T& pick(Random& random, const T (&choices)[N]) {
  return choices[random() % N];
}

std::string random_text(Random& random) {
  static const std::string words[] = {
      "alpha",      "beta", "Gamma",     "delta x",         "ada",       "bob",         "grey",  "red",
      "text/plain", "done", "",          "theme",           "dark",      "hello world", "x",     "added",
      "%a%",        "a*",   "-900 days", "ada@example.org", "{\"a\":1}", "2026-01-05",  "[1, 2]"};
  return pick(random, words);
}

std::string random_json(Random& random) {
  static const std::string values[] = {"{}",
                                       "[1, 2, 3]",
                                       "5",
                                       "\"alpha\"",
                                       "null",
                                       R"({"a": 1, "b": "x"})",
                                       R"({"theme": "dark", "a": null, "tags": ["x", "ada"]})",
                                       R"({"title": "alpha", "count": 2, "items": [{"n": 1}, {"n": 2.5}]})",
                                       R"({"title": 7, "theme": "red", "ok": true})"};
  return pick(random, values);
}

std::string random_date(Random& random) {
  return fmt::format("2026-{:02}-{:02}", 1 + random() % 3, 1 + random() % 28);
}

std::string random_time(Random& random) {
  static const std::string times[] = {"T10:00:00Z", " 11:22:33", "T01:02:03.500+00:00"};
  return random_date(random) + pick(random, times);
}

std::vector<std::byte> random_vector(Random& random) {
  static constexpr float numbers[] = {0, 0, 1, -1, 0.5};
  float vector[4];
  for (float& number : vector) number = pick(random, numbers);
  const sqlite::Bytes bytes = sqlite::as_bytes(vector);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> random_blob(Random& random) {
  return std::vector<std::byte>(random() % 4, std::byte(random() % 256));
}

struct TableColumn {
  std::string name;
  std::string kind;
  bool not_null;
  std::string parent_table, parent_column;  // of a foreign key
};

struct Table {
  std::string name;
  std::vector<TableColumn> columns;  // those that can be written
};

std::string kind_of_declaration(std::string declared) {
  std::ranges::transform(declared, declared.begin(), [](unsigned char c) { return std::toupper(c); });
  // In this order: BIGINT is no BOOL, and DATETIME no DATE.
  static const std::pair<const char*, const char*> kinds[] = {
      {"BOOL", "boolean"}, {"DATETIME", "datetime"}, {"TIMESTAMP", "datetime"}, {"DATE", "date"},
      {"INT", "integer"},  {"CHAR", "text"},         {"CLOB", "text"},          {"TEXT", "text"},
      {"BLOB", "blob"},    {"REAL", "real"},         {"DOUB", "real"},          {"NUMERIC", "real"},
      {"DECIMAL", "real"}, {"TIME", "text"}};
  for (const auto& [word, kind] : kinds)
    if (declared.find(word) != std::string::npos) return kind;
  return "any";
}

// The ordinary tables, without the ledger of migrations and what vec0 keeps its vectors in; those before that
// others refer to.
std::vector<Table> ordinary_tables(sqlite::ConnectionRef db) {
  struct Declared {
    std::string name, sql;
  };
  struct ColumnInfo {
    std::string name, type;
    bool notnull;
    int hidden;
  };
  struct ForeignKey {
    std::string from, parent, to;
  };
  std::vector<Table> tables;
  for (const Declared& declared : db.query_all<Declared>(
           "SELECT name, s.sql FROM sqlite_schema s JOIN pragma_table_list t USING (name) "
           "WHERE s.type = 'table' AND t.type = 'table' AND name NOT GLOB 'sqlite*' AND name NOT GLOB '_*' "
           "AND name NOT GLOB 'vec_*' ORDER BY s.rowid")) {
    Table table{declared.name, {}};
    for (const ColumnInfo& column : db.query_all<ColumnInfo>(
             "SELECT name, type, \"notnull\", hidden FROM pragma_table_xinfo(?)", declared.name)) {
      if (column.hidden != 0) continue;  // a generated column
      const bool json = declared.sql.find("json_valid(" + column.name + ")") != std::string::npos;
      table.columns.push_back(
          {column.name, json ? "json" : kind_of_declaration(column.type), column.notnull, "", ""});
    }
    for (const ForeignKey& key : db.query_all<ForeignKey>(
             "SELECT \"from\", \"table\" AS parent, \"to\" FROM pragma_foreign_key_list(?)", declared.name))
      for (TableColumn& column : table.columns)
        if (column.name == key.from) {
          column.parent_table = key.parent;
          column.parent_column = key.to;
        }
    tables.push_back(std::move(table));
  }
  return tables;
}

Value random_reference(sqlite::ConnectionRef db, Random& random, const TableColumn& column) {
  const auto keys = db.query_all<Value>(
      fmt::format("SELECT {0} FROM {1} WHERE {0} IS NOT NULL", column.parent_column, column.parent_table));
  return keys.empty() ? Value() : keys[random() % keys.size()];
}

void fill_table(sqlite::ConnectionRef db, Random& random, const Table& table, int rows, unsigned null_in) {
  std::string names, marks;
  for (const TableColumn& column : table.columns) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", column.name);
    marks += marks.empty() ? "?" : ", ?";
  }
  sqlite::Statement insert =
      db.prepare(fmt::format("INSERT OR IGNORE INTO {}({}) VALUES ({})", table.name, names, marks));
  int written = 0;
  for (int attempt = 0; attempt < 8 * rows && written < rows; ++attempt) {
    std::vector<Value> values;
    for (const TableColumn& column : table.columns) {
      Value value = column.parent_table.empty() ? random_value(random, column.kind)
                                                : random_reference(db, random, column);
      if (!column.not_null && one_in(random, null_in)) value = Value();
      values.push_back(std::move(value));
    }
    insert.bind_all(values).run();
    written += static_cast<int>(db.changes());
  }
}

}  // namespace

bool one_in(Random& random, unsigned n) {
  return random() % n == 0;
}

Value random_value(Random& random, std::string_view kind) {
  static constexpr std::int64_t integers[] = {0, 1, 2, 3, 4, 5, 7, 18, -3};
  static constexpr double reals[] = {0, 0.5, 2, -1.25, 3};
  static const std::string lists[] = {"[1, 2, 3]", "[]", R"(["alpha", "ada", "red"])", "[5, null]"};
  if (kind == "integer") return pick(random, integers);
  if (kind == "boolean") return static_cast<std::int64_t>(random() % 2);
  if (kind == "real") return pick(random, reals);
  if (kind == "text") return random_text(random);
  if (kind == "blob") return random_blob(random);
  if (kind == "date") return random_date(random);
  if (kind == "datetime") return random_time(random);
  if (kind == "vector") return random_vector(random);
  if (kind == "list") return pick(random, lists);
  if (kind == "json") return random_json(random);
  switch (random() % 5) {
    case 0:
      return Value();
    case 1:
      return pick(random, integers);
    case 2:
      return pick(random, reals);
    case 3:
      return random_blob(random);
    default:
      return random_text(random);
  }
}

void fill(sqlite::ConnectionRef db, Random& random, int rows) {
  const unsigned null_in = 1 + random() % 8;  // 1: always where it is allowed
  for (const Table& table : ordinary_tables(db)) fill_table(db, random, table, rows, null_in);
  const auto optional = [&](const char* kind) {
    return one_in(random, null_in) ? Value() : random_value(random, kind);
  };
  for (int row = 0; row < rows; ++row) {
    db.execute("INSERT INTO docs(subject, content, author) VALUES (?, ?, ?)", optional("text"),
               optional("text"), optional("text"));
    db.execute("INSERT INTO vec_notes(note_id, embedding, kind, body, owner_id) VALUES (?, ?, ?, ?, ?)",
               row + 1, random_vector(random), random_text(random), optional("text"), optional("integer"));
    db.execute("INSERT INTO vec_docs(embedding, stars, score) VALUES (?, ?, ?)", random_vector(random),
               random_value(random, "integer"), random_value(random, "real"));
    db.execute("INSERT OR REPLACE INTO vec_pages(url, embedding, public, bytes) VALUES (?, ?, ?, ?)",
               random_text(random), random_vector(random), random_value(random, "boolean"),
               optional("integer"));
  }
}

void misfill(sqlite::ConnectionRef db) {
  db.execute("PRAGMA foreign_keys = OFF");
  db.execute("PRAGMA ignore_check_constraints = ON");
  for (const Table& table : ordinary_tables(db))
    for (const TableColumn& column : table.columns) {
      const Value misfit = column.kind == "text" ? Value(std::vector<std::byte>(2)) : Value("misfit");
      try {
        db.execute(fmt::format("UPDATE OR IGNORE {} SET \"{}\" = ?", table.name, column.name), misfit);
      } catch (const Error&) {
        // A STRICT table, or the INTEGER PRIMARY KEY: SQLite keeps the misfit out itself.
      }
    }
}

}  // namespace cairn::check::corpus
