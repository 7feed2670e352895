// Finds the queries of a source file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/diagnostic.hpp"
#include "check/source_query.hpp"

namespace cairn::check {

struct Scan {
  std::vector<SourceQuery> queries;     // in the order of the file
  std::vector<Diagnostic> diagnostics;  // what is no query though it looks like one
};

// CAIRN_SQL("…") in C++. Nothing is preprocessed: both branches of an #if are read.
Scan scan_cpp(std::string_view source, const std::string& file);

// A .sql file of queries, each below a line "-- name: open_tasks :all". Comments that follow the last code of
// a query belong to none. In texts a line ends with '\n', even where the file has "\r\n".
Scan scan_sql(std::string_view source, const std::string& file);

}  // namespace cairn::check
