// Which of the formats that Cairn can read a file is, told by its name.
#pragma once

#include <string_view>

namespace cairn::text {

enum class Format { plain, markdown, restructured_text, html, code };

// `file_name` may be a whole path; case does not matter. Sphinx's "page.rst.txt" is reStructuredText;
// a name that says nothing ("README", "notes.log", no name at all) is plain text.
Format format_of(std::string_view file_name) noexcept;

// "plain", "markdown", "rst", "html", "code".
std::string_view to_string(Format format) noexcept;

// What the store writes into `doc_type` for a file of this format: "code" for source code, otherwise "doc".
std::string_view doc_type_of(Format format) noexcept;

}  // namespace cairn::text
