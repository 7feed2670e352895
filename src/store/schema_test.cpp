#include "store/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "cairn/sql/connection.hpp"
#include "cairn/vec0.hpp"
#include "text/unspaced.hpp"

namespace cairn::store {
namespace {

sql::Connection migrated() {
  sql::ConnectOptions options;
  options.path = ":memory:";
  options.extensions = {[](sqlite::ConnectionRef db) { vec0::register_vec0(db.handle()); }};
  sql::Connection db(options);
  sql::Migrator(migrations(), kLedger).run(db);
  return db;
}

// What is in the ledgers of the files that there are.
TEST(StoreSchema, MigrationsAreThoseOfTheFilesThatThereAre) {
  struct Entry {
    std::int64_t version;
    std::string description, checksum;
    bool operator==(const Entry&) const = default;
  };
  const std::vector<Entry> expected = {
      {1, "the guide's schema",
       "a1397fd43836cac25a4127beb383a5d49825c859672f0fdb6df3cf333a7e8f5679250f0453a0f2d7d67d0a5434eeee4f"},
      {2, "documents, namespaces and full text",
       "f4ebc88f523108ab6bddd7626b6d1cd4743c1de5d2735e60925f9217644eb2f6b9399ef4693375bbb8d7bbc19f767f50"},
      {3, "vectors in Cairn's own format",
       "f2f6faa2763aa1654ada43b76e3a0edfe403b76dcd41d34f9c7b05c71be204c0187dc139deaeb58d5cb51555dc2de8d8"}};
  EXPECT_EQ(migrated().query_all<Entry>(
                "SELECT version, description, lower(hex(checksum)) AS checksum FROM _cairn_migrations "
                "ORDER BY version"),
            expected);
}

TEST(StoreSchema, MigrationsSetTheApplicationId) {
  EXPECT_EQ(migrated().query_one<std::int64_t>("PRAGMA application_id"), kApplicationId);
}

// The patterns of GLOB in a script.
std::multiset<std::string_view> globs(std::string_view sql) {
  constexpr std::string_view kBegin = "GLOB '";
  std::multiset<std::string_view> found;
  for (std::size_t at = sql.find(kBegin); at != sql.npos; at = sql.find(kBegin, at)) {
    at += kBegin.size();
    found.insert(sql.substr(at, sql.find('\'', at) - at));
  }
  return found;
}

TEST(StoreSchema, TrigramsAreKeptOfTheTextsThatQueriesLookForThere) {
  const std::multiset<std::string_view> patterns = globs(migrations()[1].sql);
  ASSERT_FALSE(patterns.empty());
  ASSERT_EQ(patterns.count(*patterns.begin()), patterns.size());

  std::vector<char32_t> expected;
  for (char32_t c = 1; c <= 0x10FFFF; ++c)
    if (text::is_unspaced(c)) expected.push_back(c);
  // U+FFFE and U+FFFF, which are no characters, SQLite takes for U+FFFD.
  const auto found = migrated().query_all<std::uint32_t>(
      "WITH RECURSIVE code_points(c) AS (SELECT 1 UNION ALL SELECT c + 1 FROM code_points WHERE c < 1114111) "
      "SELECT c FROM code_points WHERE c NOT IN (65534, 65535) AND char(c) GLOB ?",
      *patterns.begin());
  EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin(), expected.end()));
}

// cairn-check takes the stub for what create_vectors() makes.
TEST(StoreSchema, TheStubIsWhatCodeCreates) {
  const auto vectors = [](const sql::Connection& db) {
    return db.query_all<std::string>(
        "SELECT replace(replace(sql, char(10), ''), ' ', '') FROM sqlite_schema "
        "WHERE name IN ('vec_content', 'content_vectors_ad') ORDER BY name");
  };
  const sql::Connection created = migrated(), stub = migrated();
  create_vectors(created, 384);
  std::ifstream file(CAIRN_STORE_STUB);
  stub.execute_script(std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_EQ(vectors(created).size(), 2u);
  EXPECT_EQ(vectors(created), vectors(stub));
}

}  // namespace
}  // namespace cairn::store
