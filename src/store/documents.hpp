// Documents: the files that chunks come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cairn/sql/connection.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

std::vector<Document> list_documents(sql::Connection& db, const SearchOptions& options);
std::optional<Document> find_document(sql::Connection& db, std::int64_t id);
std::optional<Document> find_document(sql::Connection& db, std::string_view path,
                                      std::string_view name_space);
std::vector<Content> lines(sql::Connection& db, std::int64_t document_id, std::int64_t first,
                           std::int64_t last);
bool remove_document(sql::Connection& db, std::int64_t id);

}  // namespace cairn::store
