#include "check/cpp_lexer.hpp"

#include <gtest/gtest.h>

namespace cairn::check {
namespace {

using namespace std::string_literals;
using Kind = CppToken::Kind;

std::vector<CppToken> tokens_of(std::string_view source) {
  std::vector<CppToken> tokens;
  CppLexer lexer(source);
  for (CppToken token = lexer.next(); token.kind != Kind::end; token = lexer.next())
    tokens.push_back(std::move(token));
  return tokens;
}

// The tokens in a row: strings in guillemets, '#' for a directive, and what a macro holds in braces.
std::string spelling(std::string_view source) {
  std::string all;
  for (const CppToken& token : tokens_of(source)) {
    std::string text = token.kind == Kind::directive ? "#" : token.text;
    if (token.kind == Kind::string) text = "«" + text + "»";
    if (token.in_macro) text = "{" + text + "}";
    all += (all.empty() ? "" : " ") + text;
  }
  return all;
}

TEST(CppLexer, FindsWordsNumbersAndPunctuation) {
  EXPECT_EQ(spelling("int a_1=b+.5e-3f;"), "int a_1 = b + .5e-3f ;");
  EXPECT_EQ(spelling("1'000'000 0xA'Fp+1 1.e+5_km"), "1'000'000 0xA'Fp+1 1.e+5_km");
  EXPECT_EQ(spelling("1'('2"), "1 '(' 2");
  EXPECT_EQ(spelling("f(1,'x')"), "f ( 1 , 'x' )");
  EXPECT_EQ(spelling("größe$ = 1"), "größe$ = 1");
  EXPECT_EQ(spelling(""), "");
  EXPECT_EQ(spelling("\xEF\xBB\xBF"
                     "a"),
            "a");
}

TEST(CppLexer, OverlooksComments) {
  EXPECT_EQ(spelling("a // \"b\" /*\nc /* \" // */ d /**/ e /*/ f */ g"), "a c d e g");
  EXPECT_EQ(spelling("a // b \\\n c\nd"), "a d");
  EXPECT_EQ(spelling("a / b /"), "a / b /");
  EXPECT_EQ(spelling("a /* not closed"), "a");
  EXPECT_EQ(spelling("a /*"), "a");
}

TEST(CppLexer, ReadsPastCharacterLiterals) {
  EXPECT_EQ(spelling(R"('"' '\'' "a" L'\\' u8'\"' '//' b)"), R"('"' '\'' «a» L '\\' u8 '\"' '//' b)");
}

TEST(CppLexer, ReadsEscapes) {
  const std::pair<std::string_view, std::string> table[] = {
      {R"("\a\b\f\n\r\t\v\\\'\"\?")", "\a\b\f\n\r\t\v\\'\"?"},
      {R"("\1\12\1012\0008\377")", "\1\n"s + "A2\0"s + "8\xFF"},
      {R"("\x41\x7e\x00000041\xff")", "A~A\xFF"},
      {R"("\u00e9\u20AC\U0001F600x")", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x"},
      {R"("??/a")",
       "?"
       "?/a"},                 // no trigraphs
      {"\"é\xFF\"", "é\xFF"},  // bytes as they are
      {"\"a\\\nb\\\r\nc\\ \t\nd\\\n\\\n\"", "abcd"},
  };
  for (const auto& [source, value] : table) {
    const std::vector<CppToken> tokens = tokens_of(source);
    ASSERT_EQ(tokens.size(), 1u) << source;
    EXPECT_EQ(tokens[0].kind, Kind::string) << source;
    EXPECT_EQ(tokens[0].text, value) << source;
    EXPECT_FALSE(tokens[0].fault) << source << ": " << tokens[0].fault->message;
  }
}

TEST(CppLexer, KnowsWhereEachByteIsWritten) {
  const CppToken ordinary = CppLexer("x").next();
  EXPECT_EQ(ordinary.offset, 0u);
  const CppToken escapes = CppLexer(R"( "a\n\u00e9b\101")").next();
  EXPECT_EQ(escapes.text,
            "a\n\xC3\xA9"
            "bA");
  EXPECT_EQ(escapes.offsets, (std::vector<std::size_t>{2, 3, 5, 5, 11, 12, 16}));
  const CppToken spliced = CppLexer("\"a\\\nb\\\n\"").next();
  EXPECT_EQ(spliced.offsets, (std::vector<std::size_t>{1, 4, 7}));
  const CppToken raw = CppLexer("R\"x(a\r\nb)x\"").next();
  EXPECT_EQ(raw.text, "a\nb");
  EXPECT_EQ(raw.offsets, (std::vector<std::size_t>{4, 6, 7, 8}));
}

TEST(CppLexer, ReadsRawStrings) {
  EXPECT_EQ(spelling(R"--(R"()" R"(a\n"b)" R"x(a)"b)x" c)--"), R"--(«» «a\n"b» «a)"b» c)--");
  EXPECT_EQ(spelling("R\"(a\\\nb)\"c"), "«a\\\nb»");  // no splice; the suffix is a fault, see below
  EXPECT_EQ(spelling("R\\\n\"(a)\" b"), "«a» b");
  EXPECT_EQ(spelling("R\"()\\\n\")\" b"), "«)\\\n\"» b");
  EXPECT_EQ(spelling("FOR\"(a)\""), "FOR «(a)»");
  EXPECT_EQ(spelling("R\"0123456789abcdef(a)0123456789abcdef\""), "«a»");
}

std::string fault(std::string_view source) {
  const CppToken token = CppLexer(source).next();
  if (!token.fault) return "none";
  return std::to_string(token.fault->offset) + " " + token.fault->message;
}

TEST(CppLexer, RefusesWhatIsNoOrdinaryLiteral) {
  for (const std::string prefix : {"L", "u", "U", "u8", "LR", "uR", "UR", "u8R"}) {
    const std::string encoding = prefix.substr(0, prefix.find('R'));
    EXPECT_EQ(fault(prefix + "\"(a)\""),
              "0 the prefix '" + encoding + "': SQL is an ordinary string literal, in UTF-8");
  }
  EXPECT_EQ(fault("\"a\"sv"), "3 the suffix 'sv': SQL is an ordinary string literal, without one");
  EXPECT_EQ(fault("R\"(a)\"_x"), "6 the suffix '_x': SQL is an ordinary string literal, without one");
  EXPECT_EQ(fault("\"a\nb\""), "0 the string literal does not end on its line");
  EXPECT_EQ(fault("\"a\\"), "0 the string literal does not end on its line");
  EXPECT_EQ(fault("\"a\\\""), "0 the string literal does not end on its line");
  EXPECT_EQ(fault("R\"x(a)y\""), "0 the raw string literal does not end; it takes a ')x\"'");
  for (const char* source : {"R\"a b(c)a b\"", "R\"0123456789abcdefg(a)0123456789abcdefg\"", "R\"",
                             "R\"a\\\nb(c)ab\"", "R\"\\\n(a)\""})
    EXPECT_TRUE(fault(source).starts_with("0 the delimiter of the raw string literal is not one")) << source;
  for (const char* source : {R"("a\q")", R"("a\8")", R"("a\x")", R"("a\400")", R"("a\x100")",
                             R"("a\x1ffffffffff")", R"("a\e")", R"("a\N{DIGIT ONE}")", R"("a\o{1}")"})
    EXPECT_EQ(fault(source), "2 invalid escape sequence: unknown to C++20, or for more than one byte")
        << source;
  for (const char* source : {R"("a\u12")", R"("a\uD800")", R"("a\u{1}")"})
    EXPECT_EQ(fault(source), "2 \\u takes 4 hexadecimal digits that name a character") << source;
  EXPECT_EQ(fault(R"("\U00110000")"), "1 \\U takes 8 hexadecimal digits that name a character");
}

TEST(CppLexer, SkipsDirectivesButForWhatTheyDefine) {
  EXPECT_EQ(spelling("#include <a>\n#if X // y\na\n#else\nb\n#endif\n"), "# # a # b #");
  EXPECT_EQ(spelling("a # b\n /* */ # /* */ pragma x \\\n y\nc"), "a # b # c");
  EXPECT_EQ(spelling("#define A(x) \\\n f(x)\n%: define B\nc"), "# {(} {x} {)} {f} {(} {x} {)} # c");
  EXPECT_EQ(spelling("#undef A\n#\n# 1 \"a.cpp\"\nb"), "# # # b");
  EXPECT_EQ(spelling("#pragma a /* \n */ b\nc"), "# c");
}

TEST(CppLexer, IsNotDerailedByLonelyQuotationMarks) {
  EXPECT_EQ(spelling("#error don't\na"), "# a");
  EXPECT_EQ(spelling("#if 0\nit's\n\"so\n/* ' \" */\n#endif\n\"a\" b"), "# it 's «so» # «a» b");
  EXPECT_EQ(spelling("#include <it's/\"x>\n'\\\n\"a"), "# '\"a");
}

}  // namespace
}  // namespace cairn::check
