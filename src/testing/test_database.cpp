#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "cairn/sql/transaction.hpp"
#include "cairn/testing/database.hpp"
#include "cairn/testing/embeddings.hpp"
#include "sql/script.hpp"
#include "testing/template.hpp"
#include "testing/test_folder.hpp"

namespace cairn::testing {

namespace {

sql::ConnectOptions for_test(sql::ConnectOptions options, const std::filesystem::path& folder) {
  options.path = (folder / "test.db").string();
  options.mode = sql::OpenMode::read_write;
  options.immutable = false;
  options.query_only = false;
  options.functions.emplace_back(
      "test_embedding",
      [](std::int64_t size, double seed) {
        if (size < 1 || size > 65536)
          throw Error(ErrorCode::invalid_argument, "a vector has 1 to 65536 elements");
        return test_embedding(static_cast<std::size_t>(size), static_cast<float>(seed));
      },
      sql::FunctionFlags{.deterministic = true});
  return options;
}

std::string read_fixture(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(ErrorCode::not_found,
                fmt::format("there is no fixture '{}'; give its name without .sql, and its folder in "
                            "TestDatabaseOptions::fixtures_folder",
                            path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TestDatabase::TestDatabase(std::string_view name, std::span<const sql::Migration> migrations,
                           const TestDatabaseOptions& options)
    : folder_(std::make_unique<TestFolder>(name)),
      fixtures_folder_(options.fixtures_folder),
      options_(for_test(options.connect, folder_->path())) {
  copy_template(migrations, options_);
}

TestDatabase::~TestDatabase() {
  if (std::uncaught_exceptions() > exceptions_) keep();
}

void TestDatabase::fixtures(std::initializer_list<std::string_view> names) const {
  sql::Connection db = connect();
  for (const std::string_view name : names) {
    const std::filesystem::path path = fixtures_folder_ / fmt::format("{}.sql", name);
    sql::Script script(read_fixture(path), path.string());
    sql::transaction(db, [&](sql::Transaction& tx) { script.run_in_transaction(tx); });
  }
}

sql::Pool& TestDatabase::pool() {
  if (!pool_) pool_.emplace(options_);
  return *pool_;
}

void TestDatabase::keep() noexcept {
  folder_->keep();
}

}  // namespace cairn::testing
