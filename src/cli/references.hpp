// What the user names on the command line: rows, documents, folders and lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cairn/store.hpp"
#include "cli/arguments.hpp"

namespace cairn::cli {

std::optional<std::int64_t> parse_id(std::string_view text);           // "17"
std::optional<std::int64_t> parse_document_id(std::string_view text);  // "doc:3"

// "path:40:20": lines 40 to 59. Without a count, the passage around the line.
struct LineReference {
  std::string path;
  std::int64_t first = 0;
  std::int64_t count = 0;  // 0: none was given
};
std::optional<LineReference> parse_line_reference(std::string_view text);

// Relative to the working folder, as people write paths, or as the file stores it.
std::optional<Document> find_document(const Store& store, const std::string& path,
                                      const std::string& name_space);

// Id of a row, doc:ID, or a document's path. Throws not_found for a path that is not stored.
Node find_node(const Store& store, const std::string& name, const std::string& name_space);

// As the store writes paths: absolute, without ".", ".." and, as far as the path exists, symbolic links.
std::string stored_path(const std::string& path);

// The options of a search or a listing. Throws UsageError for a filter that cannot be read.
SearchOptions search_options(const Selection& selection);

}  // namespace cairn::cli
