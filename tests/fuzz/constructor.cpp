// The declaration of a vec0 table. Input: its arguments, one a line.
#include "support.hpp"
#include "vec0/definition.hpp"

namespace cairn::fuzz {
namespace {

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    // As SQLite hands over its arguments: C strings.
    const std::string_view line = text.substr(0, end);
    all.emplace_back(line.substr(0, line.find('\0')));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

// Whether the parser takes it; then what it understood must be within the limits.
bool parses(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"vec0", "main", "t"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  try {
    const vec0::TableDefinition table = vec0::parse_constructor(static_cast<int>(argv.size()), argv.data());
    require(!table.vectors.empty() && table.vectors.size() <= 16, "number of vector columns");
    require(table.partitions.size() <= 4 && table.auxiliaries.size() <= 16 && table.metadata.size() <= 16,
            "number of other columns");
    require(table.chunk_size > 0 && table.chunk_size <= 4096 && table.chunk_size % 8 == 0, "chunk_size");
    for (const vec0::VectorColumn& column : table.vectors)
      require(column.dims >= 1 && column.dims <= 8192, "dimensions of", column.name);
    return true;
  } catch (const Error& e) {
    require(std::string_view(e.what()).starts_with("vec0 constructor error: "), "an error of another kind",
            e.what());
    return false;
  }
}

void run(std::string_view text) {
  const std::vector<std::string> arguments = lines(text);
  const bool valid = parses(arguments);
  std::string sql = "CREATE VIRTUAL TABLE t USING vec0(";
  for (const std::string& argument : arguments) sql += (sql.ends_with('(') ? "" : ",") + argument;
  sql += ')';
  // A comma, bracket or quotation mark makes SQLite see other arguments than the parser saw.
  const bool same_arguments =
      text.find_first_of(std::string_view(",()[]'\"`;-/\0", 12)) == std::string_view::npos;

  const Database db;
  const Outcome created = db.run(sql);
  if (same_arguments) require(valid || !created.ok(), "created what does not parse", sql);
  if (!created.ok()) {
    require(db.run("SELECT name FROM sqlite_schema").rows.empty(), "a failed CREATE left tables behind", sql);
    return;
  }
  db.run("INSERT INTO t DEFAULT VALUES");
  db.run("SELECT * FROM t");
  require(db.run("SELECT count(*) FROM t").rows[0] == "0", "a row without a vector", sql);
  require(db.run("ALTER TABLE t RENAME TO u").ok(), "cannot rename", sql);
  require(db.run("DROP TABLE u").ok(), "cannot drop", sql);
  require(db.run("SELECT name FROM sqlite_schema WHERE name <> 'sqlite_sequence'").rows.empty(),
          "DROP left tables behind", sql);
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
