// The knowledge graph: edges between rows of content and documents, and what can be reached along them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

void relate(sql::Connection& db, const Edge& edge, std::int64_t now);
bool unrelate(sql::Connection& db, const Edge& edge);
std::vector<Related> related(sql::Connection& db, Node start, const RelatedOptions& options);

}  // namespace cairn::store
