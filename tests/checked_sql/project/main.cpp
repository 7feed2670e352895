#include <cairn/sql/connection.hpp>
#include <cairn/sql/migration_set.hpp>
#include <cairn/sql/migrator.hpp>
#include <iostream>

std::string left(cairn::sqlite::ConnectionRef db);
std::string right(cairn::sqlite::ConnectionRef db);

cairn::sql::Connection migrated(const char* folder) {
  cairn::sql::Connection db(cairn::sql::ConnectOptions{});
  const cairn::sql::MigrationSet migrations = cairn::sql::MigrationSet::read(folder);
  cairn::sql::Migrator(migrations).run(db);
  return db;
}

int main() {
  cairn::sql::Connection a = migrated("left"), b = migrated("right");
  a.execute_script("INSERT INTO things(value) VALUES ('seven')");
  b.execute_script("INSERT INTO things(value) VALUES (7), (NULL)");
  std::cout << left(a) << ' ' << right(b) << '\n';
}
