#include "check/scanner.hpp"

#include <fmt/format.h>

#include <utility>

#include "check/cpp_lexer.hpp"
#include "check/source_lines.hpp"
#include "sqlite/blank.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::check {
namespace {

constexpr const char* kAtRunTime =
    "for SQL that is put together at run time see cairn/sql/query_builder.hpp or ConnectionRef::query";

std::string shown(const CppToken& token) {
  switch (token.kind) {
    case CppToken::Kind::directive:
      return "a preprocessor directive";
    case CppToken::Kind::end:
      return "the end of the file";
    default:
      return fmt::format("'{}'", sqlite::excerpt(token.text));
  }
}

class CppScanner {
 public:
  CppScanner(std::string_view source, const std::string& file)
      : file_(file), lines_(source), lexer_(source), token_(lexer_.next()) {}

  Scan run() {
    while (token_.kind != CppToken::Kind::end) {
      if (token_.kind == CppToken::Kind::identifier && token_.text == "CAIRN_SQL") {
        read_query();
      } else {
        advance();
      }
    }
    return std::move(scan_);
  }

 private:
  void advance() { token_ = lexer_.next(); }
  bool at(std::string_view punctuation) const {
    return token_.kind == CppToken::Kind::other && token_.text == punctuation;
  }
  void complain(std::size_t offset, std::string message, std::string help = "") {
    scan_.diagnostics.push_back({file_, lines_.place_of(offset), std::move(message), std::move(help)});
  }

  // CAIRN_SQL ( "…" "…" ). After a mistake the search goes on with the token that was not expected: it may be
  // the next CAIRN_SQL.
  void read_query() {
    const CppToken macro = std::exchange(token_, lexer_.next());
    if (macro.in_macro)
      return complain(macro.offset, "CAIRN_SQL inside a macro cannot be checked",
                      "write the query in a function instead; nothing expands macros before it is checked");
    if (!at("(")) return complain(macro.offset, "CAIRN_SQL without a '(' behind it");
    advance();
    if (token_.kind != CppToken::Kind::string)
      return complain(
          token_.offset,
          fmt::format("CAIRN_SQL takes a string literal, so that it can be checked before the program "
                      "runs; found {}",
                      shown(token_)),
          kAtRunTime);
    CppToken literal = std::exchange(token_, lexer_.next());
    for (; token_.kind == CppToken::Kind::string; advance()) append(literal, token_);
    if (literal.fault) return complain(literal.fault->offset, literal.fault->message);
    if (!at(")"))
      return complain(
          token_.offset,
          fmt::format("a ')' must follow the string literal of CAIRN_SQL; found {}", shown(token_)),
          kAtRunTime);
    add_query(macro, literal);
  }

  // Adjacent literals are one.
  static void append(CppToken& literal, CppToken& next) {
    literal.text += next.text;
    literal.offsets.pop_back();
    literal.offsets.insert(literal.offsets.end(), next.offsets.begin(), next.offsets.end());
    if (!literal.fault) literal.fault = std::move(next.fault);
  }

  void add_query(const CppToken& macro, CppToken& literal) {
    if (const std::size_t nul = literal.text.find('\0'); nul != std::string::npos)
      return complain(literal.offsets[nul], "a NUL in the SQL, at which SQLite would stop");
    if (sqlite::skip_blank(literal.text).empty())
      return complain(literal.offset, "CAIRN_SQL without a statement");
    SourceQuery query;
    query.sql = std::move(literal.text);
    query.file = file_;
    for (const std::size_t offset : literal.offsets) query.places.push_back(lines_.place_of(offset));
    query.macro = lines_.place_of(macro.offset);
    scan_.queries.push_back(std::move(query));
  }

  std::string file_;
  SourceLines lines_;
  CppLexer lexer_;
  CppToken token_;  // not yet looked at
  Scan scan_;
};

}  // namespace

Scan scan_cpp(std::string_view source, const std::string& file) {
  return CppScanner(source, file).run();
}

}  // namespace cairn::check
