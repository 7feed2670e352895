// A fresh database for a test: copied from a template, and migrated anew. 20 migrations, as a program has
// after a year: 15 tables with an index each, five ALTERs.
//
//   CAIRN_TEST_DIR=FOLDER test_database_bench FOLDER/migrated.db TIMES
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cairn/sql/database.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/testing.hpp"

namespace {

// A mean, since some machines' clocks tick in steps of milliseconds.
template <class F>
double mean_ms(int times, F&& f) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / times;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "migrated.db";
  const int times = argc > 2 ? std::atoi(argv[2]) : 100;
  std::vector<std::string> texts;
  for (int i = 1; i <= 15; ++i) {
    const std::string t = "t" + std::to_string(i);
    texts.push_back("CREATE TABLE " + t +
                    "(id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER); CREATE INDEX " + t +
                    "_at ON " + t + "(at)");
  }
  for (int i = 1; i <= 5; ++i) texts.push_back("ALTER TABLE t" + std::to_string(i) + " ADD COLUMN note TEXT");
  std::vector<cairn::sql::Migration> migrations;
  for (const std::string& text : texts)
    migrations.push_back({static_cast<std::int64_t>(migrations.size() + 1), "step", text});

  std::int64_t tables = 0;
  const auto count = [&](cairn::sql::ConnectionRef db) {
    tables += db.query_one<std::int64_t>("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  };
  cairn::testing::TestDatabase("warm up", migrations);
  const double copied = mean_ms(times, [&] {
    const cairn::testing::TestDatabase database("copied", migrations);
    count(database.connect());
  });
  const double migrated = mean_ms(times, [&] {
    const auto options = cairn::sql::ConnectOptions::agent(path);
    {
      cairn::sql::Connection db(options);
      cairn::sql::Migrator(migrations).run(db);
      count(db);
    }
    cairn::sql::drop_database(options);
  });
  std::printf("copied %.2f ms, migrated %.2f ms, ratio %.1f, tables %lld\n", copied, migrated,
              migrated / copied, static_cast<long long>(tables));
}
