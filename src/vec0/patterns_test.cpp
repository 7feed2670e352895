// LIKE, GLOB and REGEXP beside k mean what they mean in the query itself, functions of the program's own
// included: they decide which rows the k nearest are taken from.
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using Rows = std::vector<std::string>;

// A function of a pattern and a text, as SQLite calls them.
using Matches = bool (*)(std::string_view pattern, std::string_view text);

template <Matches matches>
void call(sqlite3_context* context, int, sqlite3_value** argv) {
  const auto text = [](sqlite3_value* value) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return bytes ? std::string_view(bytes) : std::string_view();
  };
  sqlite3_result_int(context, matches(text(argv[0]), text(argv[1])));
}

struct Patterns : ::testing::Test {
  Patterns() {
    db.execute_script(
        "CREATE VIRTUAL TABLE v USING vec0(e float[1], word text, owner text partition key, +note text);"
        "INSERT INTO v(rowid, e, word, owner, note) VALUES (1, '[1]', 'ab', 'x', 'ab'), "
        "(2, '[2]', 'AB', 'X', 'AB'), (3, '[3]', 'ab and much more', 'x', 'cd'), "
        "(4, '[4]', 'ba', 'y', NULL)");
  }
  Rows nearest(const std::string& condition) {
    return db.rows("SELECT rowid FROM v WHERE e MATCH '[0]' AND k = 2 AND " + condition);
  }
  template <Matches matches>
  void define(const char* name) {
    sqlite3_create_function(db.handle(), name, 2, SQLITE_UTF8, nullptr, call<matches>, nullptr, nullptr);
  }

  testing::Database db;
};

TEST_F(Patterns, LikeObeysThePragma) {
  EXPECT_EQ(nearest("word LIKE 'AB%'"), (Rows{"1", "2"}));
  EXPECT_EQ(nearest("word LIKE 'b%'"), (Rows{"4"}));
  db.execute("PRAGMA case_sensitive_like = ON");
  EXPECT_EQ(nearest("word LIKE 'ab%'"), (Rows{"1", "3"}));
  EXPECT_EQ(nearest("note LIKE 'AB%'"), (Rows{"2"}));
  EXPECT_EQ(nearest("owner LIKE 'X'"), (Rows{"2"}));
}

bool ends_with(std::string_view pattern, std::string_view text) {
  return text.ends_with(pattern);
}

TEST_F(Patterns, FunctionsOfTheProgramsOwnDecide) {
  define<ends_with>("like");
  define<ends_with>("glob");
  define<ends_with>("regexp");
  for (const char* op : {"LIKE", "GLOB", "REGEXP"}) {
    SCOPED_TRACE(op);
    EXPECT_EQ(nearest("word " + std::string(op) + " 'a'"), Rows{"4"});
    EXPECT_EQ(nearest("word " + std::string(op) + " 'e'"), Rows{"3"});
    EXPECT_EQ(nearest("note " + std::string(op) + " 'd'"), Rows{"3"});
    EXPECT_EQ(nearest("owner " + std::string(op) + " 'X'"), Rows{"2"});
    EXPECT_EQ(nearest("rowid " + std::string(op) + " 4"), Rows{"4"});
    EXPECT_EQ(db.rows("SELECT rowid FROM v WHERE e MATCH '[0]' AND word " + std::string(op) + " 'b'"),
              Rows{"1"});
  }
  EXPECT_NE(db.plan("SELECT rowid FROM v WHERE e MATCH '[0]' AND k = 2 AND word REGEXP 'a'")
                .find("k e where word regexp"),
            std::string::npos);
}

TEST_F(Patterns, APatternThatSqliteRefusesIsAnError) {
  const std::string pattern(60000, '%');
  EXPECT_NE(db.error("SELECT rowid FROM v WHERE e MATCH '[0]' AND k = 2 AND word LIKE ?", pattern)
                .find("LIKE or GLOB pattern too complex"),
            std::string::npos);
}

}  // namespace
}  // namespace cairn::vec0
