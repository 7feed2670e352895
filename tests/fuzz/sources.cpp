// The scanners of checked SQL. Input: a source, read as C++ and as a file of named queries.
#include "check/cpp_identifier.hpp"
#include "check/scanner.hpp"
#include "sqlite/blank.hpp"
#include "support.hpp"

namespace cairn::fuzz {
namespace {

class Source {
 public:
  explicit Source(std::string_view text) : text_(text) {
    begins_.push_back(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') begins_.push_back(i + 1);
  }

  std::string_view text() const { return text_; }

  std::size_t offset_of(const check::Place& place) const {
    require(place.line >= 1 && place.line <= static_cast<int>(begins_.size()) && place.column >= 1,
            "a place outside of the file");
    const std::size_t line = static_cast<std::size_t>(place.line) - 1;
    const std::size_t offset = begins_[line] + static_cast<std::size_t>(place.column) - 1;
    require(offset < (line + 1 < begins_.size() ? begins_[line + 1] : text_.size() + 1),
            "a place outside of its line");
    return offset;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

// `written_otherwise`: whether the byte of a text may be another one than that at its place.
void check_query(const check::SourceQuery& query, const Source& source, bool written_otherwise) {
  require(!sqlite::skip_blank(query.sql).empty(), "a query without a statement", query.sql);
  require(query.sql.find('\0') == std::string::npos, "a NUL in a query", query.sql);
  require(query.places.size() == query.sql.size() + 1, "another number of places than of bytes", query.sql);
  std::size_t before = source.offset_of(query.macro);
  for (std::size_t i = 0; i < query.places.size(); ++i) {
    const std::size_t offset = source.offset_of(query.places[i]);
    require(offset >= before, "a place before the last one", query.sql);
    before = offset;
    if (i == query.sql.size()) continue;
    require(offset < source.text().size(), "a byte behind the end of the file", query.sql);
    const char written = source.text()[offset];
    require(written == query.sql[i] || (written_otherwise && written == '\\'), "the place of another byte",
            query.sql);
  }
}

void check_diagnostics(const check::Scan& scan, const Source& source) {
  for (const check::Diagnostic& diagnostic : scan.diagnostics) {
    source.offset_of(diagnostic.place);
    const std::string shown = to_string(diagnostic, source.text());
    require(shown.ends_with('\n'), "a message without an end", shown);
    for (const char c : shown)
      require(static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t',
              "a control character in a message", shown);
  }
}

void scan_as_cpp(const Source& source) {
  const check::Scan scan = check::scan_cpp(source.text(), "a.cpp");
  check_diagnostics(scan, source);
  for (const check::SourceQuery& query : scan.queries) {
    check_query(query, source, true);
    require(source.text()[source.offset_of(query.macro)] == 'C', "a macro without its name", query.sql);
    if (query.sql.find(")sql\"") != std::string::npos || query.sql.find("\r\n") != std::string::npos)
      continue;
    const check::Scan again = check::scan_cpp("CAIRN_SQL(R\"sql(" + query.sql + ")sql\")", "b.cpp");
    require(again.queries.size() == 1 && again.queries[0].sql == query.sql, "another text as a raw literal",
            query.sql);
  }
}

void scan_as_sql(const Source& source) {
  const check::Scan scan = check::scan_sql(source.text(), "a.sql");
  check_diagnostics(scan, source);
  for (const check::SourceQuery& query : scan.queries) {
    check_query(query, source, false);
    require(query.form.has_value() && check::is_identifier(query.name) && !check::is_keyword(query.name),
            "a query without a name or form", query.sql);
    if (query.sql.find("\r\n") != std::string::npos) continue;
    const check::Scan again = check::scan_sql("-- name: a :all\n" + query.sql, "b.sql");
    require(again.queries.size() == 1 && again.queries[0].sql == query.sql, "another text on its own",
            query.sql);
  }
}

void run(std::string_view text) {
  const Source source(text);
  scan_as_cpp(source);
  scan_as_sql(source);
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
