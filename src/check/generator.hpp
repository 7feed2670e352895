// Writes C++ for checked queries. One query, or one unit's worth of them, in; the text of a header out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check/description.hpp"
#include "check/source_query.hpp"

namespace cairn::check {

struct CheckedQuery {
  SourceQuery source;
  Description description;
};

// The key of a text, the same as the macro's (cairn/sql/checked.hpp).
std::uint64_t text_hash(std::string_view sql) noexcept;

// "q_<hash of the text>_<hash of what it takes and gives>", both of 16 hexadecimal digits: the struct that
// holds everything about a query, and the stem of its file in the cache. So two libraries whose schemas make
// different things of one text have different structs, and those whose schemas agree share one.
std::string query_name(const CheckedQuery& query);

// The definition of that struct, with the #includes it needs: a header of its own, the file in `.cairn/`. It
// does not depend on where the query stands.
std::string query_header(const CheckedQuery& query);

// The header that is force-included into the translation unit of `file`, whose queries these are, and those
// of the target's headers.
std::string unit_header(const std::vector<CheckedQuery>& queries, const std::string& file);

// The header for a file of named queries, to be included by hand: namespace `ns`, one callable per query.
std::string named_header(const std::vector<CheckedQuery>& queries, const std::string& file,
                         const std::string& ns);

}  // namespace cairn::check
