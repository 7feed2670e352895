#include "check/sql_lexer.hpp"

#include <algorithm>
#include <array>

namespace cairn::check {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit(c) || c == '$';
}
char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  Token next() {
    skip_blank();
    const std::size_t begin = at_;
    const TokenKind kind = at_ < sql_.size() ? scan() : TokenKind::end;
    return {kind, sql_.substr(begin, at_ - begin), begin};
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  template <class Predicate>
  void skip_while(Predicate predicate) {
    while (at_ < sql_.size() && predicate(sql_[at_])) ++at_;
  }

  void skip_blank() {
    while (at_ < sql_.size()) {
      if (const char c = peek(); c == ' ' || (c >= '\t' && c <= '\r')) {
        ++at_;
      } else if (c == '-' && peek(1) == '-') {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (c == '/' && peek(1) == '*') {
        const std::size_t end = sql_.find("*/", at_ + 2);
        at_ = end == sql_.npos ? sql_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  TokenKind scan() {
    const char c = peek();
    if (c == '\'') return quoted('\''), TokenKind::string;
    if (c == '"' || c == '`') return quoted(c), TokenKind::name;
    if (c == '[') return at_ = std::min(sql_.find(']', at_), sql_.size() - 1) + 1, TokenKind::name;
    if ((c == 'x' || c == 'X') && peek(1) == '\'') return ++at_, quoted('\''), TokenKind::blob;
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '?') return ++at_, skip_while(is_digit), TokenKind::parameter;
    if ((c == ':' || c == '@' || c == '$') && is_name_part(peek(1))) return parameter();
    if (is_name_start(c)) return skip_while(is_name_part), TokenKind::word;
    return symbol();
  }

  // A doubled quote stands for itself.
  void quoted(char quote) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] != quote) continue;
      if (peek(1) != quote) return void(++at_);
      ++at_;
    }
  }

  TokenKind number() {
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X'))
      return at_ += 2, skip_while(is_hex_digit), TokenKind::integer;
    TokenKind kind = TokenKind::integer;
    skip_while(is_digit);
    if (peek() == '.') kind = TokenKind::real, ++at_, skip_while(is_digit);
    const bool sign = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign ? 2 : 1)))
      kind = TokenKind::real, at_ += sign ? 2 : 1, skip_while(is_digit);
    return kind;
  }

  // Tcl's array syntax, "$ns::name(index)", is part of a name with '$'.
  TokenKind parameter() {
    const bool tcl = sql_[at_++] == '$';
    skip_while(is_name_part);
    while (tcl && peek() == ':' && peek(1) == ':') at_ += 2, skip_while(is_name_part);
    if (tcl && peek() == '(') at_ = std::min(sql_.find(')', at_), sql_.size() - 1) + 1;
    return TokenKind::parameter;
  }

  TokenKind symbol() {
    constexpr std::array<std::string_view, 10> kLong = {"->>", "->", "||", "<<", ">>",
                                                        "<=",  ">=", "<>", "!=", "=="};
    for (const std::string_view text : kLong)
      if (sql_.substr(at_).starts_with(text)) return at_ += text.size(), TokenKind::symbol;
    return ++at_, TokenKind::symbol;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> sql_tokens(std::string_view sql) {
  Lexer lexer(sql);
  std::vector<Token> tokens;
  do {
    tokens.push_back(lexer.next());
  } while (tokens.back().kind != TokenKind::end);
  return tokens;
}

std::string unquoted(std::string_view token) {
  if (token.size() < 2) return std::string(token);
  const char quote = token.front();
  if (quote == '[') return std::string(token.substr(1, token.size() - 2));
  if (quote != '\'' && quote != '"' && quote != '`') return std::string(token);
  std::string name;
  for (std::size_t i = 1; i + 1 < token.size(); ++i) {
    name += token[i];
    if (token[i] == quote) ++i;
  }
  return name;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, small, small);
}

std::string small_letters(std::string_view name) {
  std::string small_name(name);
  std::ranges::transform(small_name, small_name.begin(), small);
  return small_name;
}

}  // namespace cairn::check
