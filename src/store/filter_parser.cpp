// The text form of a filter, by recursive descent. Nesting is capped before it is followed, so that no
// text can exhaust the stack.
#include <fmt/format.h>

#include <charconv>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "store/filter.hpp"

namespace cairn {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_word_byte(char c) {
  const char upper = to_upper(c);
  return (upper >= 'A' && upper <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Filter parse() {
    skip_spaces();
    if (at_ == text_.size()) return {};
    Filter filter = parse_or();
    if (at_ != text_.size()) fail("expected AND, OR or the end");
    return filter;
  }

 private:
  // What stands at `at_`, short enough to show.
  std::string found() const {
    if (at_ == text_.size()) return "the end";
    std::size_t end = at_;
    while (end < text_.size() && is_word_byte(text_[end]) && end - at_ < 40) ++end;
    if (end == at_) end += utf8::decode(text_, at_).length;
    return fmt::format("'{}'", utf8::sanitize(text_.substr(at_, end - at_)));
  }

  [[noreturn]] void fail(std::string_view what) const {
    fail_at(at_, fmt::format("{}, found {}", what, found()));
  }
  [[noreturn]] void fail_at(std::size_t at, std::string_view what) const {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("filter: {} at {}", what, detail::position_of(text_, at)));
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool peek_word(std::string_view keyword) const {
    const std::string_view rest = text_.substr(at_);
    if (rest.size() < keyword.size()) return false;
    for (std::size_t i = 0; i < keyword.size(); ++i)
      if (to_upper(rest[i]) != keyword[i]) return false;
    return rest.size() == keyword.size() || !is_word_byte(rest[keyword.size()]);
  }

  bool take_word(std::string_view keyword) {
    if (!peek_word(keyword)) return false;
    at_ += keyword.size();
    skip_spaces();
    return true;
  }

  bool take(std::string_view symbol) {
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    skip_spaces();
    return true;
  }

  Filter parse_or() {
    Filter filter = parse_and();
    while (take_word("OR")) filter = std::move(filter) || parse_and();
    return filter;
  }

  Filter parse_and() {
    Filter filter = parse_operand();
    while (take_word("AND")) filter = std::move(filter) && parse_operand();
    return filter;
  }

  Filter parse_operand() {
    const bool negated = take_word("NOT");
    if (!negated && !take("(")) return parse_condition();
    if (++nesting_ > detail::kMaxFilterDepth)
      fail_at(at_, fmt::format("nested more than {} levels deep", detail::kMaxFilterDepth));
    Filter filter = negated ? !parse_operand() : parse_or();
    --nesting_;
    if (!negated && !take(")")) fail("expected AND, OR or a closing parenthesis");
    return filter;
  }

  Filter parse_condition() {
    const std::size_t begin = at_;
    detail::read_field(text_, at_);
    const Field field(text_.substr(begin, at_ - begin));
    skip_spaces();
    if (take_word("NOT")) return !parse_test(field, true);
    return parse_test(field, false);
  }

  Filter parse_test(const Field& field, bool negated) {
    if (take_word("IN")) return field.in(parse_values());
    if (take_word("GLOB")) {
      const std::size_t begin = at_;
      FilterValue pattern = parse_value();
      if (!std::holds_alternative<std::string>(pattern))
        fail_at(begin, "expected a pattern in single quotes");
      return field.glob(std::get<std::string>(std::move(pattern)));
    }
    if (take_word("EXISTS")) return field.exists();
    if (negated) fail("expected IN, GLOB or EXISTS after NOT");
    // Two-character operators before their own first characters.
    if (take("==")) return field.equals(parse_value());
    if (take("!=") || take("<>")) return field.not_equals(parse_value());
    if (take("<=")) return field.less_or_equal(parse_value());
    if (take(">=")) return field.greater_or_equal(parse_value());
    if (take("=")) return field.equals(parse_value());
    if (take("<")) return field.less(parse_value());
    if (take(">")) return field.greater(parse_value());
    fail("expected =, !=, <, <=, >, >=, IN, GLOB or EXISTS");
  }

  std::vector<FilterValue> parse_values() {
    if (!take("(")) fail("expected '(' after IN");
    std::vector<FilterValue> values;
    if (take(")")) return values;
    do {
      if (values.size() == detail::kMaxFilterValues)
        fail_at(at_, fmt::format("more than {} values", detail::kMaxFilterValues));
      values.push_back(parse_value());
    } while (take(","));
    if (!take(")")) fail("expected ',' or ')'");
    return values;
  }

  FilterValue parse_value() {
    if (take_word("TRUE")) return true;
    if (take_word("FALSE")) return false;
    if (at_ < text_.size() && text_[at_] == '\'') return parse_text();
    return parse_number();
  }

  std::string parse_text() {
    const std::size_t open = at_++;
    std::string value;
    while (true) {
      const std::size_t quote = text_.find('\'', at_);
      if (quote == std::string_view::npos) fail_at(open, "the text has no closing quote; it begins");
      value += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (at_ == text_.size() || text_[at_] != '\'') break;
      value += '\'';
      ++at_;
    }
    if (!utf8::is_valid(value)) fail_at(open, "the text is not valid UTF-8; it begins");
    skip_spaces();
    return value;
  }

  FilterValue parse_number() {
    std::size_t begin = at_;
    if (begin < text_.size() && text_[begin] == '+') ++begin;
    const char* first = text_.data() + begin;
    const char* last = text_.data() + text_.size();
    // from_chars also knows "inf" and "nan", which are no numbers here.
    const char* digits = first != last && *first == '-' && begin == at_ ? first + 1 : first;
    if (digits == last || *digits < '0' || *digits > '9')
      fail("expected a number, 'text' in single quotes, true or false");
    std::int64_t integer = 0;
    double real = 0;
    const auto [integer_end, integer_error] = std::from_chars(first, last, integer);
    const auto [real_end, real_error] = std::from_chars(first, last, real);
    if (real_error != std::errc{}) fail("expected a number within the range of a double");
    if (real_end != last && is_word_byte(*real_end)) fail("expected a number");
    at_ = static_cast<std::size_t>(real_end - text_.data());
    skip_spaces();
    if (integer_error == std::errc{} && integer_end == real_end) return integer;
    return real;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
};

}  // namespace

Filter Filter::parse(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace cairn
