// Pieces of the plain text form that several verbs print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/store.hpp"
#include "cli/session.hpp"

namespace cairn::cli {

// "docs/setup.md:40-59", or "note" (the doc_type) for a row without a document.
std::string source_of(const Session& session, const Content& content);

// "17" for a row of content, "doc:3" for a document; the forms that the verbs accept.
std::string node_name(const Node& node);

std::string human_bytes(std::uint64_t bytes);            // "1.2 MB"
std::string date_of(std::int64_t unix_seconds);          // "2026-11-22", UTC
std::string counted(std::uint64_t n, const char* what);  // "1 file", "2 files"
std::string indented(std::string_view text, std::string_view margin);

}  // namespace cairn::cli
