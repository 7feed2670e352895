#include <cairn/sql/connection.hpp>
#include <cairn/sql/migrator.hpp>
#include <iostream>

#include "migrations.hpp"

int main() {
  cairn::sql::Connection db{cairn::sql::ConnectOptions{}};
  const cairn::sql::Migrator migrator(app::data::migrations());
  migrator.run(db);
  for (const cairn::sql::MigrationInfo& migration : migrator.info(db))
    std::cout << migration.version << ' ' << migration.applied_checksum << '\n';
}
