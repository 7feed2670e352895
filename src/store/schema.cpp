#include "store/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

#include "cairn/sql/checked.hpp"
#include "cairn/vec0.hpp"
#include "migration_scripts.hpp"

namespace cairn::store {

std::span<const sql::Migration> migrations() {
  // The descriptions stand in the ledgers of the files that there are; the names of the scripts do not.
  static const std::span<const sql::Migration> scripts = migration_scripts();
  static const std::array all = {
      sql::Migration{1, "the guide's schema", scripts[0].sql},
      sql::Migration{2, "documents, namespaces and full text", scripts[1].sql},
      sql::Migration{3, "vectors in Cairn's own format", scripts[2].sql},
  };
  return all;
}

void create_vectors(sqlite::ConnectionRef db, std::size_t dimension) {
  db.execute(fmt::format(
      "CREATE VIRTUAL TABLE IF NOT EXISTS vec_content USING vec0("
      "content_id INTEGER PRIMARY KEY, vector FLOAT[{}] distance_metric=cosine INDEXED BY cairn())",
      dimension));
  db.execute(
      "CREATE TRIGGER IF NOT EXISTS content_vectors_ad AFTER DELETE ON content BEGIN "
      "DELETE FROM vec_content WHERE content_id = old.id; END");
}

// Up to format 2 Cairn made its tables so. The guide's, which do not say chunk_size, stay as they are: its
// programs read them with sqlite-vec.
void upgrade_vectors(sqlite::ConnectionRef db) {
  const bool is_ours = CAIRN_SQL(
                           "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'vec_content' "
                           "AND sql LIKE '%distance_metric=cosine, chunk_size=256)')")
                           .scalar(db);
  if (is_ours) vec0::convert(db.handle(), "vec_content", vec0::Index::cairn);
}

std::optional<std::size_t> vector_dimension(sqlite::ConnectionRef db) {
  // Without white space and in lower case: createvirtualtablevec_contentusingvec0(…
  const auto table = CAIRN_SQL(
                         "SELECT lower(replace(replace(replace(replace(sql, ' ', ''), "
                         "char(9), ''), char(10), ''), char(13), '')) AS \"sql!\" "
                         "FROM sqlite_schema WHERE name = 'vec_content' AND type = 'table'")
                         .optional(db);
  constexpr std::string_view kColumns = "usingvec0(content_idintegerprimarykey,vectorfloat[";
  if (!table || !table->sql.starts_with("createvirtualtable")) return std::nullopt;
  const std::string& sql = table->sql;
  const std::size_t columns = sql.find(kColumns);
  if (columns == std::string::npos) return std::nullopt;
  // A further column would have to be given with every vector, which the store does not.
  if (!CAIRN_SQL("SELECT group_concat(name) IS 'content_id,vector' FROM pragma_table_info('vec_content')")
           .scalar(db))
    return std::nullopt;

  std::size_t dimension = 0;
  const char* digits = sql.data() + columns + kColumns.size();
  const auto [end, error] = std::from_chars(digits, sql.data() + sql.size(), dimension);
  if (error != std::errc{} || end == digits || *end != ']') return std::nullopt;
  return dimension;
}

}  // namespace cairn::store
