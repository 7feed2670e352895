// The tokens of a C++20 source, as far as the search for string literals needs them.
//
//   CppLexer lexer(R"--(f("a\n" /* why */))--");
//   lexer.next();   // the identifier f; then '(', the string "a" with a line feed, ')', and the end
//
// Nothing is preprocessed: both branches of an #if are read, and macros stay unexpanded. Of a directive there
// is one token, which stands for the '#'; the rest of its line is skipped, but for what a #define defines.
// Quotation marks without a partner end with their line, as in "#error don't" and in prose within "#if 0".
// Any bytes will do: what no compiler takes makes a fault, or tokens of some sort.
// Holds a view of the source.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::check {

struct CppToken {
  enum class Kind {
    identifier,  // and keywords
    string,
    directive,  // the '#' that begins one
    other,      // a number, a character literal, or one character of punctuation
    end,
  };
  // Why a string is not an ordinary literal of chars.
  struct Fault {
    std::string message;
    std::size_t offset;
  };

  Kind kind = Kind::end;
  std::string text;        // as written, but without line splices; of a string, the bytes that it stands for
  std::size_t offset = 0;  // of its first byte in the source
  bool in_macro = false;   // part of what a #define defines

  // Of a string: where each byte of the text is written, and one past the end, where the literal closes.
  std::vector<std::size_t> offsets;
  std::optional<Fault> fault;
};

class CppLexer {
 public:
  explicit CppLexer(std::string_view source);

  CppToken next();  // at the end: Kind::end, again and again

 private:
  // What the current line is, from the point of view of the preprocessor.
  enum class Line { code, directive, macro_name, macro, skipped };

  void skip_space();
  CppToken read_token();
  void skip_character_literal();
  void skip_number();
  std::string read_word();
  void read_string(CppToken& token, std::string_view prefix);
  void read_ordinary_string(CppToken& token);
  void read_raw_string(CppToken& token);
  void read_escape(CppToken& token);
  std::optional<char32_t> read_number(int base, std::size_t least_digits, std::size_t most_digits);

  bool at_end() const { return at_ == text_.size(); }
  bool looking_at(std::string_view what) const {
    return std::string_view(text_).substr(at_).starts_with(what);
  }

  std::string_view source_;
  std::string text_;                  // the source without line splices
  std::vector<std::size_t> offsets_;  // in the source, of each byte of text_ and of its end
  std::size_t at_ = 0;                // in text_
  bool first_on_line_ = true;
  Line line_ = Line::code;
};

}  // namespace cairn::check
