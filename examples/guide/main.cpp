// The guide's main.rs: opens the database, applies the migrations that were compiled in, and is ready.
#include <cairn/sql/migrator.hpp>
#include <filesystem>
#include <iostream>

#include "db.hpp"
#include "migrations.hpp"

int main() {
  try {
    std::filesystem::create_directories("data");
    cairn::sql::Pool pool(db::connect_options("data/agent.db"), {.readers = 4});
    const std::size_t applied = cairn::sql::Migrator(guide::migrations()).run(*pool.writer());

    // Your application code here
    const auto count = pool.read([](cairn::sql::Connection& db) {
      return db.query_one<std::int64_t>("SELECT count(*) FROM content");
    });
    std::cout << applied << " migrations applied, " << count << " documents\n";
  } catch (const cairn::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
