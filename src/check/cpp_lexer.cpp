// The phases of translation that matter here (https://eel.is/c++draft/lex.phases): first all line splices are
// taken out, with a table of where each remaining byte came from; then the text falls into tokens. Within a
// raw string literal splices do not count, so those are read from the source itself.
#include "check/cpp_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/utf8.hpp"
#include "check/source_lines.hpp"

namespace cairn::check {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters beyond ASCII are taken as they come: whether C++ allows them is for the compiler to say.
bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool continues_word(char c) {
  return begins_word(c) || is_digit(c);
}

// Of the backslash and the end of line that join two lines; 0: there is none. Compilers overlook white space
// between the two.
std::size_t splice_length(std::string_view source, std::size_t at) {
  if (source[at] != '\\') return 0;
  const std::size_t end = source.find_first_not_of(" \t\v\f\r", at + 1);
  return end != source.npos && source[end] == '\n' ? end + 1 - at : 0;
}

void add_byte(CppToken& token, char byte, std::size_t offset) {
  token.text += byte;
  token.offsets.push_back(offset);
}

// The first one counts.
void add_fault(CppToken& token, std::size_t offset, std::string message) {
  if (!token.fault) token.fault = {std::move(message), offset};
}

}  // namespace

CppLexer::CppLexer(std::string_view source) : source_(source) {
  std::size_t at = source.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  text_.reserve(source.size());
  offsets_.reserve(source.size() + 1);
  while (at < source.size()) {
    if (const std::size_t length = splice_length(source, at)) {
      at += length;
    } else {
      text_ += source[at];
      offsets_.push_back(at++);
    }
  }
  offsets_.push_back(source.size());
}

CppToken CppLexer::next() {
  while (true) {
    skip_space();
    CppToken token = read_token();
    if (token.kind == CppToken::Kind::end) return token;
    switch (line_) {
      case Line::code:
        if (token.kind == CppToken::Kind::directive) line_ = Line::directive;
        return token;
      case Line::directive:
        line_ = token.text == "define" ? Line::macro_name : Line::skipped;
        break;
      case Line::macro_name:
        line_ = Line::macro;
        break;
      case Line::macro:
        token.in_macro = true;
        return token;
      case Line::skipped:
        break;
    }
  }
}

void CppLexer::skip_space() {
  for (; !at_end(); ++at_) {
    if (text_[at_] == '\n') {
      first_on_line_ = true;
      line_ = Line::code;
    } else if (looking_at("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
    } else if (looking_at("/*")) {
      at_ = std::min(text_.find("*/", at_ + 2), text_.size() - 2) + 1;
    } else if (text_[at_] != ' ' && (text_[at_] < '\t' || text_[at_] > '\r')) {
      return;
    }
  }
}

CppToken CppLexer::read_token() {
  CppToken token;
  token.offset = offsets_[at_];
  if (at_end()) return token;
  const std::size_t begin = at_;
  const bool first_on_line = std::exchange(first_on_line_, false);
  const char c = text_[at_];
  if (first_on_line && (c == '#' || looking_at("%:"))) {
    token.kind = CppToken::Kind::directive;
    at_ += c == '#' ? 1 : 2;
  } else if (begins_word(c)) {
    token.kind = CppToken::Kind::identifier;
    const std::string word = read_word();
    constexpr std::string_view prefixes[] = {"L", "u", "U", "u8", "R", "LR", "uR", "UR", "u8R"};
    if (looking_at("\"") && std::ranges::find(prefixes, word) != std::end(prefixes)) {
      read_string(token, word);
      return token;
    }
  } else if (c == '"') {
    read_string(token, "");
    return token;
  } else {
    token.kind = CppToken::Kind::other;
    if (c == '\'') {
      skip_character_literal();
    } else if (is_digit(c) || (c == '.' && begin + 1 < text_.size() && is_digit(text_[begin + 1]))) {
      skip_number();
    } else {
      ++at_;
    }
  }
  token.text = text_.substr(begin, at_ - begin);
  return token;
}

void CppLexer::skip_character_literal() {
  ++at_;
  while (!at_end() && text_[at_] != '\n') {
    const char c = text_[at_++];
    if (c == '\'') return;
    if (c == '\\' && !at_end()) ++at_;
  }
}

// What the standard calls a preprocessing number: more than a number, and with the ' between its digits.
void CppLexer::skip_number() {
  for (++at_; !at_end(); ++at_) {
    const char c = text_[at_];
    const char before = text_[at_ - 1];
    const bool sign =
        (c == '+' || c == '-') && std::string_view("eEpP").find(before) != std::string_view::npos;
    const bool separator = c == '\'' && at_ + 1 < text_.size() && continues_word(text_[at_ + 1]);
    if (!continues_word(c) && c != '.' && !sign && !separator) return;
  }
}

std::string CppLexer::read_word() {
  const std::size_t begin = at_;
  while (!at_end() && continues_word(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

void CppLexer::read_string(CppToken& token, std::string_view prefix) {
  token.kind = CppToken::Kind::string;
  const bool raw = prefix.ends_with('R');
  const std::string_view encoding = prefix.substr(0, prefix.size() - (raw ? 1 : 0));
  if (!encoding.empty())
    add_fault(token, token.offset,
              fmt::format("the prefix '{}': SQL is an ordinary string literal, in UTF-8", encoding));
  raw ? read_raw_string(token) : read_ordinary_string(token);
  if (at_end() || !begins_word(text_[at_])) return;
  const std::size_t suffix = offsets_[at_];
  add_fault(token, suffix,
            fmt::format("the suffix '{}': SQL is an ordinary string literal, without one", read_word()));
}

void CppLexer::read_ordinary_string(CppToken& token) {
  ++at_;
  while (!at_end() && text_[at_] != '"' && text_[at_] != '\n') {
    if (text_[at_] == '\\') {
      read_escape(token);
    } else {
      add_byte(token, text_[at_], offsets_[at_]);
      ++at_;
    }
  }
  token.offsets.push_back(offsets_[at_]);
  if (looking_at("\"")) {
    ++at_;
  } else {
    add_fault(token, token.offset, "the string literal does not end on its line");
  }
}

void CppLexer::read_raw_string(CppToken& token) {
  const std::size_t delimiter = offsets_[at_] + 1;
  const std::size_t bracket = source_.find_first_of("() \\\t\v\f\r\n", delimiter);
  if (bracket == source_.npos || source_[bracket] != '(' || bracket - delimiter > 16) {
    add_fault(
        token, token.offset,
        "the delimiter of the raw string literal is not one: up to 16 characters before a '(', no white "
        "space, no ')' and no backslash among them");
    at_ = std::min(text_.find('\n', at_), text_.size());
    token.offsets.push_back(offsets_[at_]);
    return;
  }
  const std::string close = fmt::format("){}\"", source_.substr(delimiter, bracket - delimiter));
  std::size_t end = source_.find(close, bracket + 1);
  if (end == source_.npos) {
    add_fault(token, token.offset,
              fmt::format("the raw string literal does not end; it takes a '{}'", close));
    end = source_.size();
  }
  for (std::size_t i = bracket + 1; i < end; ++i) {
    // Compilers see the end of a line as one character, however it is written.
    if (source_.substr(i, 2) != "\r\n") add_byte(token, source_[i], i);
  }
  token.offsets.push_back(end);
  const std::size_t after = std::min(end + close.size(), source_.size());
  at_ = static_cast<std::size_t>(std::ranges::lower_bound(offsets_, after) - offsets_.begin());
}

void CppLexer::read_escape(CppToken& token) {
  constexpr std::string_view names = "abfnrtv\\'\"?";
  constexpr std::string_view values = "\a\b\f\n\r\t\v\\'\"?";
  const std::size_t offset = offsets_[at_++];
  if (at_end()) return;  // and the literal does not end
  const char c = text_[at_];
  if (const std::size_t name = names.find(c); name != names.npos) {
    ++at_;
    add_byte(token, values[name], offset);
    return;
  }
  if (c == 'u' || c == 'U') {
    ++at_;
    const std::size_t digits = c == 'u' ? 4 : 8;
    const std::optional<char32_t> code_point = read_number(16, digits, digits);
    if (!code_point || *code_point > 0x10FFFF || (*code_point >= 0xD800 && *code_point <= 0xDFFF)) {
      add_fault(token, offset,
                fmt::format("\\{} takes {} hexadecimal digits that name a character", c, digits));
      return;
    }
    utf8::append(token.text, *code_point);
    token.offsets.resize(token.text.size(), offset);
    return;
  }
  std::optional<char32_t> byte;
  if (c == 'x') {
    ++at_;
    byte = read_number(16, 1, text_.size());
  } else {
    byte = read_number(8, 1, 3);
  }
  if (byte && *byte <= 0xFF) {
    add_byte(token, static_cast<char>(*byte), offset);
  } else {
    add_fault(token, offset, "invalid escape sequence: unknown to C++20, or for more than one byte");
  }
}

std::optional<char32_t> CppLexer::read_number(int base, std::size_t least_digits, std::size_t most_digits) {
  const char* const begin = text_.data() + at_;
  const char* const limit = begin + std::min(most_digits, text_.size() - at_);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(begin, limit, value, base);
  const auto digits = static_cast<std::size_t>(end - begin);
  at_ += digits;
  if (error != std::errc() || digits < least_digits) return std::nullopt;
  return value;
}

}  // namespace cairn::check
