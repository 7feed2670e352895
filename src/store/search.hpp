// Hybrid search: a vector arm and a keyword arm, each exact under the filter, fused by reciprocal rank.
#pragma once

#include <string_view>

#include "store/database.hpp"

namespace cairn::store {

// With `explain` the report's plans are filled in as well.
SearchReport search(const Database& database, std::string_view text, const SearchOptions& options,
                    bool explain);

}  // namespace cairn::store
