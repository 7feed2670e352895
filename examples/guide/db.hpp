// The guide's db.rs: how the agent's database is opened, filled and searched.
#pragma once

#include <cairn/sql/pool.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace db {

// The guide's settings, with vec0, for every connection: PRAGMAs sent through a pool reach only one of them.
cairn::sql::ConnectOptions connect_options(std::string path);

struct NewDocument {
  std::string text;
  std::string doc_type;
  std::vector<float> embedding;  // 768 elements
};

// Text and vector, in one transaction. Returns the id.
std::int64_t insert_document(cairn::sql::Pool& pool, const NewDocument& document);

struct SearchResult {
  std::int64_t id;
  std::string text;
  std::string doc_type;
  double distance;
};

// The k nearest, of one doc_type or of all.
std::vector<SearchResult> search_similar(cairn::sql::Pool& pool, std::span<const float> query,
                                         std::optional<std::string_view> doc_type, int k);

}  // namespace db
