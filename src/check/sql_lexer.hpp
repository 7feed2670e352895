// The tokens of SQLite's SQL (https://www.sqlite.org/lang_expr.html, /c3ref/bind_blob.html for parameters).
// Made for texts that SQLite has accepted; of others it makes some tokens, and never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::check {

enum class TokenKind {
  word,       // a keyword or a name without quotes
  name,       // "name", `name`, [name]
  string,     // 'text'
  blob,       // x'00ff'
  integer,    // 42, 0x2a
  real,       // 4.2, 4e2
  parameter,  // ?, ?3, :owner, @owner, $owner
  symbol,     // punctuation and operators, the longest possible: "<=", "->>", "("
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;   // as written
  std::size_t offset = 0;  // in bytes, of the whole text
};

// Without white space and comments; the last one is of kind `end`.
std::vector<Token> sql_tokens(std::string_view sql);

// A name or a string without its quotes.
std::string unquoted(std::string_view token);

// Names of SQL do not tell upper from lower case in ASCII.
bool same_name(std::string_view a, std::string_view b) noexcept;
std::string small_letters(std::string_view name);

}  // namespace cairn::check
