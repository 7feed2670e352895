// The expressions of text/query.hpp, run by SQLite's own FTS5: none is an error, and none asks for a token
// that the tokenizer does not make.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "base/utf8.hpp"
#include "sqlite/api.hpp"
#include "text/query.hpp"
#include "text/unspaced.hpp"
#include "text/words.hpp"

namespace cairn::text {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Fts5Query : public ::testing::Test {
 protected:
  void SetUp() override {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
    db_.reset(db);
    ASSERT_EQ(sqlite3_exec(db, "CREATE VIRTUAL TABLE f USING fts5(body)", nullptr, nullptr, nullptr),
              SQLITE_OK);
  }

  void insert(std::string_view body) {
    const auto statement = prepare("INSERT INTO f(body) VALUES (?)", body);
    ASSERT_EQ(sqlite3_step(statement.get()), SQLITE_DONE);
  }

  // The number of rows that match, or -1 and a failure if SQLite refuses the expression.
  int matches(const std::string& expression) {
    const auto statement = prepare("SELECT count(*) FROM f WHERE f MATCH ?", expression);
    const int code = sqlite3_step(statement.get());
    EXPECT_EQ(code, SQLITE_ROW) << sqlite3_errmsg(db_.get()) << " in " << expression;
    return code == SQLITE_ROW ? sqlite3_column_int(statement.get(), 0) : -1;
  }

  std::unique_ptr<sqlite3_stmt, FinalizeStatement> prepare(const char* sql, std::string_view parameter) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_.get(), sql, -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_.get());
    sqlite3_bind_text(statement, 1, parameter.data(), static_cast<int>(parameter.size()), SQLITE_TRANSIENT);
    return std::unique_ptr<sqlite3_stmt, FinalizeStatement>(statement);
  }

  std::unique_ptr<sqlite3, CloseDatabase> db_;
};

TEST_F(Fts5Query, AQueryFindsTheTextThatItQuotes) {
  for (const char* text : {"foo_bar.baz()",
                           "std::vector<int>",
                           "--no-install",
                           "CONFIG_X86_64",
                           "/proc/sys/vm",
                           "C++ code",
                           "it's \"quoted\" text",
                           "NEAR(a b)",
                           "a AND b OR NOT c",
                           "x:y",
                           "caf\u00e9 cre\u0300me",
                           "100%",
                           "a*b",
                           "^caret",
                           "{col}: val",
                           "\u043c\u043e\u0440\u0435",
                           "the who",
                           "mail@example.org",
                           "don't",
                           "\u0939\u093f\u0928\u094d\u0926\u0940",
                           "na\u00efve\u2014dash",
                           "1.5e-3"}) {
    SCOPED_TRACE(text);
    sqlite3_exec(db_.get(), "DELETE FROM f", nullptr, nullptr, nullptr);
    insert(std::string("before ") + text + " after");
    insert("something else");
    ASSERT_FALSE(fts5_any(text).empty());
    EXPECT_EQ(matches(fts5_any(text)), 1);
    EXPECT_EQ(matches(fts5_any('"' + std::string(text) + '"')), 1);
  }
}

TEST_F(Fts5Query, NoQueryIsAnErrorOrEmptiedByPunctuation) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> parts = {"deploy",
                                          "key",
                                          "\"",
                                          "'",
                                          "(",
                                          ")",
                                          "*",
                                          "-",
                                          "^",
                                          ":",
                                          "{",
                                          "}",
                                          "AND",
                                          "OR",
                                          "NOT",
                                          "NEAR",
                                          "+",
                                          " ",
                                          " ",
                                          ",",
                                          "\u2026",
                                          "\u2019",
                                          "\\",
                                          "%",
                                          ";",
                                          "--",
                                          "\t",
                                          "\n",
                                          "\0",
                                          "the",
                                          "is",
                                          "x",
                                          "\u00a0",
                                          "\u20ac",
                                          "\u00d7",
                                          "\U0001F600",
                                          "\u65e5\u672c",
                                          "\u3002",
                                          "\u0301",
                                          "\u00e9",
                                          "[",
                                          "]",
                                          "<>",
                                          "/"};
  insert("the deploy key rotates");
  for (int round = 0; round < 3000; ++round) {
    std::string query;
    for (std::size_t i = 0, n = random() % 12; i < n; ++i) query += parts[random() % parts.size()];
    SCOPED_TRACE("[" + query + "]");
    if (const std::string expression = fts5_any(query); !expression.empty()) {
      ASSERT_GE(matches(expression), 0);
    }
    // Punctuation around a word that is there changes nothing.
    std::string decorated = "deploy";
    for (const char* mark : {"\"", "'", "-", "!", "\u2026", "\U0001F600", "(", " * "}) {
      if (random() % 2) decorated = mark + decorated;
      if (random() % 2) decorated += mark;
    }
    ASSERT_EQ(matches(fts5_any(decorated)), 1) << decorated;
  }
}

TEST_F(Fts5Query, RandomBytesAndLongQueries) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random() % 100, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string query = utf8::sanitize(bytes);
    if (const std::string expression = fts5_any(query); !expression.empty()) {
      ASSERT_EQ(matches(expression), 0);
    }
  }
  std::string megabyte;
  for (int i = 0; megabyte.size() < 1 << 20; ++i) megabyte += "word" + std::to_string(i) + "_x ";
  insert("word3 x");
  EXPECT_EQ(matches(fts5_any(megabyte)), 1);
}

// A word that we send must not be a phrase without a token, which would empty an AND.
TEST_F(Fts5Query, TokenCharactersAreThoseOfUnicode61) {
  std::vector<char32_t> ours;
  sqlite3_exec(db_.get(), "BEGIN", nullptr, nullptr, nullptr);
  for (char32_t c = 1; c < 0x2E80; ++c) {
    if (!is_token_char(c) || is_unspaced(c)) continue;
    ours.push_back(c);
    std::string body;
    utf8::append(body, c);
    insert(body);
  }
  for (const char32_t c : ours) {
    std::string body;
    utf8::append(body, c);
    ASSERT_GE(matches('"' + body + '"'), 1) << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace cairn::text
