#include "check/scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn::check {
namespace {

std::string text(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

TEST(ScanCpp, FindsQueriesAndTheirPlaces) {
  const Scan scan = scan_cpp(
      "#include \"tasks.hpp\"\n"
      "auto a = CAIRN_SQL(\"SELECT \\\"id\\\"\"\n"
      "                   /* all */ R\"(\n"
      "FROM tasks)\").all(db);\n"
      "\tauto b = CAIRN_SQL ( \"DELETE FROM tasks\" );\n",
      "src/tasks.cpp");
  EXPECT_TRUE(scan.diagnostics.empty());
  ASSERT_EQ(scan.queries.size(), 2u);
  const SourceQuery& a = scan.queries[0];
  EXPECT_EQ(a.file, "src/tasks.cpp");
  EXPECT_EQ(a.sql, "SELECT \"id\"\nFROM tasks");
  EXPECT_EQ(text(a.macro), "2:10");
  ASSERT_EQ(a.places.size(), a.sql.size() + 1);
  EXPECT_EQ(text(a.places[0]), "2:21");                 // S
  EXPECT_EQ(text(a.places[7]), "2:28");                 // the backslash of \"
  EXPECT_EQ(text(a.places[8]), "2:30");                 // i
  EXPECT_EQ(text(a.places[a.sql.find('\n')]), "3:33");  // the line feed in the raw literal
  EXPECT_EQ(text(a.places[a.sql.find("FROM")]), "4:1");
  EXPECT_EQ(text(a.places.back()), "4:11");  // what closes it
  EXPECT_FALSE(a.form);
  EXPECT_EQ(a.name, "");
  const SourceQuery& b = scan.queries[1];
  EXPECT_EQ(b.sql, "DELETE FROM tasks");
  EXPECT_EQ(text(b.macro), "5:11");
  EXPECT_EQ(text(b.places[0]), "5:24");
}

TEST(ScanCpp, OverlooksWhatOnlyLooksLikeAQuery) {
  for (const char* source : {
           "// CAIRN_SQL(nope)",
           "/* CAIRN_SQL(nope) */",
           "f(\"CAIRN_SQL(nope)\", 'CAIRN_SQL', R\"(CAIRN_SQL(nope))\");",
           "MY_CAIRN_SQL(nope) CAIRN_SQL_MORE(nope) cairn_sql(nope)",
           "#define CAIRN_SQL(...) (::checked<text_hash(\"\" __VA_ARGS__)>())",
           "#ifndef CAIRN_SQL\n#elif defined(CAIRN_SQL)\n#undef CAIRN_SQL\n#endif",
           "#error CAIRN_SQL(nope)",
           "#pragma push_macro(\"CAIRN_SQL\")",
       }) {
    const Scan scan = scan_cpp(source, "a.cpp");
    EXPECT_TRUE(scan.queries.empty()) << source;
    EXPECT_TRUE(scan.diagnostics.empty()) << source << "\n" << to_string(scan.diagnostics[0], source);
  }
}

TEST(ScanCpp, ReadsBothBranchesOfAnIf) {
  const Scan scan = scan_cpp(
      "#if 0\nit's CAIRN_SQL(\"no: the quotation mark hides it\")\n CAIRN_SQL(\"SELECT 1\")\n#else\n"
      "CAIRN_SQL(\"SELECT 2\")\n#endif\n",
      "a.cpp");
  EXPECT_TRUE(scan.diagnostics.empty());
  ASSERT_EQ(scan.queries.size(), 2u);
  EXPECT_EQ(scan.queries[0].sql, "SELECT 1");
  EXPECT_EQ(scan.queries[1].sql, "SELECT 2");
}

struct Wrong {
  std::string source;
  std::string place;
  std::string message;
  bool other_way = false;  // whether the note says how to do it at run time
};

// The scanner's part of the wrong programs that must not compile.
TEST(ScanCpp, SaysWhatIsWrong) {
  const std::string literal_wanted =
      "CAIRN_SQL takes a string literal, so that it can be checked before the program runs; found ";
  const std::string bracket_wanted = "a ')' must follow the string literal of CAIRN_SQL; found ";
  const std::string bad_escape = "invalid escape sequence: unknown to C++20, or for more than one byte";
  const Wrong table[] = {
      // No literal.
      {"CAIRN_SQL(sql)", "1:11", literal_wanted + "'sql'", true},
      {"CAIRN_SQL(\n  kSelect \"FROM a\")", "2:3", literal_wanted + "'kSelect'", true},
      {"CAIRN_SQL(std::string(\"SELECT 1\"))", "1:11", literal_wanted + "'std'", true},
      {"CAIRN_SQL((\"SELECT 1\"))", "1:11", literal_wanted + "'('", true},
      {"CAIRN_SQL(f(\"SELECT 1\"))", "1:11", literal_wanted + "'f'", true},
      {"CAIRN_SQL(#name)", "1:11", literal_wanted + "'#'", true},
      {"CAIRN_SQL('S')", "1:11", literal_wanted + "''S''", true},
      {"CAIRN_SQL(42)", "1:11", literal_wanted + "'42'", true},
      {"CAIRN_SQL()", "1:11", literal_wanted + "')'", true},
      {"CAIRN_SQL(", "1:11", literal_wanted + "the end of the file", true},
      {"CAIRN_SQL(\n#if X\n\"SELECT 1\"\n#endif\n)", "2:1", literal_wanted + "a preprocessor directive",
       true},
      // More than a literal.
      {"CAIRN_SQL(\"SELECT \" + column)", "1:21", bracket_wanted + "'+'", true},
      {"CAIRN_SQL(\"SELECT 1\", 2)", "1:21", bracket_wanted + "','", true},
      {"CAIRN_SQL(\"FROM \" TABLE)", "1:19", bracket_wanted + "'TABLE'", true},
      {"CAIRN_SQL(\"SELECT 1\";", "1:21", bracket_wanted + "';'", true},
      {"CAIRN_SQL(\"SELECT 1\"", "1:21", bracket_wanted + "the end of the file", true},
      {"CAIRN_SQL(\"SELECT 1\"\n#ifdef X\n\" WHERE x\"\n#endif\n)", "2:1",
       bracket_wanted + "a preprocessor directive", true},
      // Not an ordinary literal.
      {"CAIRN_SQL(L\"SELECT 1\")", "1:11", "the prefix 'L': SQL is an ordinary string literal, in UTF-8"},
      {"CAIRN_SQL(u\"SELECT 1\")", "1:11", "the prefix 'u': SQL is an ordinary string literal, in UTF-8"},
      {"CAIRN_SQL(UR\"(SELECT 1)\")", "1:11", "the prefix 'U': SQL is an ordinary string literal, in UTF-8"},
      {"CAIRN_SQL(\"SELECT \" u8\"1\")", "1:21",
       "the prefix 'u8': SQL is an ordinary string literal, in UTF-8"},
      {"CAIRN_SQL(\"SELECT 1\"s)", "1:21", "the suffix 's': SQL is an ordinary string literal, without one"},
      {"CAIRN_SQL(\"SELECT 1)\n;", "1:11", "the string literal does not end on its line"},
      {"CAIRN_SQL(R\"sql(SELECT 1)\")", "1:11", "the raw string literal does not end; it takes a ')sql\"'"},
      // Its text.
      {"CAIRN_SQL(\"SELECT '\\q'\")", "1:20", bad_escape},
      {"CAIRN_SQL(\"SELECT '\\x1F600'\" \" FROM a\")", "1:20", bad_escape},
      {"CAIRN_SQL(\"SELECT \\u12\")", "1:19", "\\u takes 4 hexadecimal digits that name a character"},
      {"CAIRN_SQL(\"SELECT \" \"1\\0\")", "1:23", "a NUL in the SQL, at which SQLite would stop"},
      {"CAIRN_SQL(\"\")", "1:11", "CAIRN_SQL without a statement"},
      {"CAIRN_SQL(\" \" R\"(-- later)\")", "1:11", "CAIRN_SQL without a statement"},
      // Where nothing can be checked.
      {"auto f = CAIRN_SQL;", "1:10", "CAIRN_SQL without a '(' behind it"},
      {"#define ALL(t) \\\n  CAIRN_SQL(\"SELECT * FROM \" #t)\n", "2:3",
       "CAIRN_SQL inside a macro cannot be checked"},
  };
  for (const Wrong& wrong : table) {
    const Scan scan = scan_cpp(wrong.source, "a.cpp");
    EXPECT_TRUE(scan.queries.empty()) << wrong.source;
    ASSERT_EQ(scan.diagnostics.size(), 1u) << wrong.source;
    const Diagnostic& found = scan.diagnostics[0];
    EXPECT_EQ(found.file, "a.cpp");
    EXPECT_EQ(text(found.place), wrong.place) << wrong.source;
    EXPECT_EQ(found.message, wrong.message) << wrong.source;
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_EQ(found.help.find("query_builder.hpp") != std::string::npos, wrong.other_way) << wrong.source;
  }
}

TEST(ScanCpp, GoesOnAfterAMistake) {
  const Scan scan =
      scan_cpp("CAIRN_SQL(CAIRN_SQL(\"SELECT 1\")); CAIRN_SQL(x, CAIRN_SQL(\"SELECT 2\"));", "a.cpp");
  EXPECT_EQ(scan.diagnostics.size(), 2u);
  ASSERT_EQ(scan.queries.size(), 2u);
  EXPECT_EQ(scan.queries[1].sql, "SELECT 2");
}

// A program that is written at random, with its queries known: what they say, and where each byte is put.
class Program {
 public:
  explicit Program(unsigned seed) : random_(seed) {
    if (one_in(3)) source_ = "\xEF\xBB\xBF";
    for (int pieces = below(20); pieces >= 0; --pieces) {
      one_in(3) ? query() : noise();
      space(true);
    }
  }

  struct Query {
    std::string sql;
    std::vector<std::size_t> offsets;
    std::size_t macro;
  };
  const std::string& source() const { return source_; }
  const std::vector<Query>& queries() const { return queries_; }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool one_in(int n) { return below(n) == 0; }
  template <std::size_t n>
  std::string_view one_of(const std::string_view (&all)[n]) {
    return all[below(static_cast<int>(n))];
  }

  // Writes it with line splices between its characters, and says where the first one is put.
  std::size_t put(std::string_view characters) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < characters.size(); ++i) {
      while (one_in(12)) source_ += one_of({"\\\n", "\\\r\n", "\\ \n"});
      if (i == 0) first = source_.size();
      source_ += characters[i];
    }
    return first;
  }

  void space(bool needed) {
    do {
      if (needed || one_in(2))
        put(one_of({" ", "\n", "\t", "\r\n", "// \"it's\" */\n", "/* CAIRN_SQL(\"\n */"}));
    } while (one_in(4));
  }

  void noise() {
    put(one_of({"name",
                "CAIRN_SQL_X",
                "XCAIRN_SQL",
                "R",
                "+",
                "(",
                ")",
                ";",
                "1'000",
                "0x1'F",
                "1.e+5",
                "'\"'",
                "'\\''",
                "'\\\\'",
                "L'x'",
                "\"\"",
                "\"CAIRN_SQL(\\\"x\\\")\"",
                "\"\\\\\"",
                "L\"CAIRN_SQL(\"",
                "\"//\"s",
                "\n#include <it's>\n",
                "\n#error don't\n",
                "\n#if defined(CAIRN_SQL)\n",
                "\n#else\n",
                "\n#\n",
                "\n#define CAIRN_SQL(x) 'x' \"CAIRN_SQL(\"\n",
                "\nit's\n",
                "\n\"lonely\n"}));
    if (one_in(4))
      source_ += one_of({" R\"(CAIRN_SQL(\"x\") \\\n)\"", " uR\"x(\")\" /*)x\"", " R\"-(\r\n' //)-\""});
  }

  void query() {
    Query query;
    query.macro = put("CAIRN_SQL");
    space(false);
    put("(");
    space(false);
    std::size_t close = ordinary(query, "SELECT");
    while (one_in(2)) {
      const bool raw_one = one_in(2);
      space(raw_one);  // else the R would be a suffix
      close = raw_one ? raw(query) : ordinary(query, "");
    }
    query.offsets.push_back(close);
    space(false);
    put(")");
    queries_.push_back(std::move(query));
  }

  static void add(Query& query, std::string_view bytes, std::size_t offset) {
    query.sql += bytes;
    query.offsets.resize(query.sql.size(), offset);
  }

  // Returns where the literal closes.
  std::size_t ordinary(Query& query, std::string_view begin) {
    struct Written {
      std::string_view written;
      std::string_view means;
    };
    static constexpr Written table[] = {{"a", "a"},
                                        {" ", " "},
                                        {"'", "'"},
                                        {"?"
                                         "?/",
                                         "?"
                                         "?/"},
                                        {"//", "//"},
                                        {"é", "é"},
                                        {"\\n", "\n"},
                                        {"\\t", "\t"},
                                        {"\\\\", "\\"},
                                        {"\\\"", "\""},
                                        {"\\'", "'"},
                                        {"\\?", "?"},
                                        {"\\101", "A"},
                                        {"\\78",
                                         "\a"
                                         "8"},
                                        {"\\x41g", "Ag"},
                                        {"\\x00041 ", "A "},
                                        {"\\u00e9", "é"},
                                        {"\\U0001F600", "😀"}};
    put("\"");
    for (const char& c : begin) add(query, {&c, 1}, put({&c, 1}));
    for (int count = below(6); count > 0; --count) {
      const auto& [written, means] = table[below(static_cast<int>(std::size(table)))];
      if (written[0] != '\\') {
        for (const char& c : written) add(query, {&c, 1}, put({&c, 1}));
      } else if (means.size() == 2 && written.back() == means.back()) {  // an escape and a plain character
        add(query, means.substr(0, 1), put(written.substr(0, written.size() - 1)));
        add(query, means.substr(1), put(written.substr(written.size() - 1)));
      } else {
        add(query, means, put(written));
      }
    }
    return put("\"");
  }

  std::size_t raw(Query& query) {
    const std::string_view delimiter = one_of({"", "x", "sql\"", "0123456789abcdef"});
    put("R");
    put("\"");
    source_ += delimiter;
    source_ += "(";
    for (int count = below(8); count > 0; --count) {
      // No ')' before a '"', which could close the literal.
      const std::string_view written =
          one_of({"a", " ", "\"", ") ", "\\", "\\\n", "\n", "\r\n", "\\n", "CAIRN_SQL(", "//"});
      for (const char& c : written) {
        if (c != '\r') add(query, {&c, 1}, source_.size());  // each of them is followed by a '\n'
        source_ += c;
      }
    }
    const std::size_t close = source_.size();
    source_ += ")";
    source_ += delimiter;
    source_ += "\"";
    return close;
  }

  std::mt19937 random_;
  std::string source_;
  std::vector<Query> queries_;
};

// By counting.
Place place_of(std::string_view source, std::size_t offset) {
  Place place;
  for (std::size_t i = source.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < offset; ++i)
    place = source[i] == '\n' ? Place{place.line + 1, 1} : Place{place.line, place.column + 1};
  return place;
}

std::string with_crlf(std::string_view source) {
  std::string dos;
  for (const char c : source) {
    if (c == '\n' && !dos.ends_with('\r')) dos += '\r';
    dos += c;
  }
  return dos;
}

TEST(ScanCpp, FindsWhatWasHiddenInRandomPrograms) {
  const auto first = static_cast<unsigned>(std::random_device()());
  for (unsigned seed = first; seed != first + 2000; ++seed) {
    const Program program(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + program.source());
    const Scan scan = scan_cpp(program.source(), "a.cpp");
    ASSERT_TRUE(scan.diagnostics.empty()) << to_string(scan.diagnostics[0], program.source());
    ASSERT_EQ(scan.queries.size(), program.queries().size());
    for (std::size_t i = 0; i < scan.queries.size(); ++i) {
      const SourceQuery& found = scan.queries[i];
      const Program::Query& hidden = program.queries()[i];
      ASSERT_EQ(found.sql, hidden.sql);
      ASSERT_EQ(text(found.macro), text(place_of(program.source(), hidden.macro)));
      ASSERT_EQ(found.places.size(), hidden.offsets.size());
      for (std::size_t j = 0; j < found.places.size(); ++j)
        ASSERT_EQ(text(found.places[j]), text(place_of(program.source(), hidden.offsets[j]))) << "byte " << j;
    }
    // Lines may end either way.
    const Scan dos = scan_cpp(with_crlf(program.source()), "a.cpp");
    ASSERT_EQ(dos.queries.size(), scan.queries.size());
    for (std::size_t i = 0; i < scan.queries.size(); ++i) ASSERT_EQ(dos.queries[i].sql, scan.queries[i].sql);
  }
}

}  // namespace
}  // namespace cairn::check
