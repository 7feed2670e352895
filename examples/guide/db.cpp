#include "db.hpp"

#include <cairn/sql/time.hpp>
#include <cairn/vec0.hpp>

namespace db {

using namespace cairn::sql;

ConnectOptions connect_options(std::string path) {
  ConnectOptions options = ConnectOptions::agent(std::move(path));
  options.extensions.push_back([](ConnectionRef db) { cairn::vec0::register_vec0(db.handle()); });
  return options;
}

std::int64_t insert_document(Pool& pool, const NewDocument& document) {
  return pool.write([&](Transaction& tx) {
    const auto id = tx.query_one<std::int64_t>(
        "INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?) RETURNING id", document.text,
        document.doc_type, UnixSeconds::now());
    tx.execute("INSERT INTO vec_content(content_id, vector) VALUES (?, ?)", id, document.embedding);
    return id;
  });
}

// The type is asked for inside the nearest-neighbour search, so that there are k results when so many exist;
// in the guide's query it only removes from what was found.
std::vector<SearchResult> search_similar(Pool& pool, std::span<const float> query,
                                         std::optional<std::string_view> doc_type, int k) {
  return pool.read([&](Connection& db) {
    return db.query_all<SearchResult>(
        R"(WITH knn AS (
             SELECT content_id, distance FROM vec_content
             WHERE vector MATCH :query AND k = :k
               AND content_id IN (SELECT id FROM content WHERE :type IS NULL OR doc_type = :type)
           )
           SELECT c.id, c.text, c.doc_type, knn.distance
           FROM knn JOIN content c ON c.id = knn.content_id
           ORDER BY knn.distance)",
        named(":query", query), named(":k", k), named(":type", doc_type));
  });
}

}  // namespace db
