#include "cairn/sql/migrator.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/sql/transaction.hpp"
#include "sql/checksum.hpp"

namespace cairn::sql {
namespace {

constexpr Migration kFirst{1, "first", "CREATE TABLE a(x); CREATE TABLE b(x)", "DROP TABLE b; DROP TABLE a"};
constexpr Migration kSecond{2, "second", "ALTER TABLE a ADD COLUMN y", "ALTER TABLE a DROP COLUMN y"};
constexpr Migration kThird{3, "third", "CREATE TABLE c(x)"};
constexpr Migration kAll[] = {kFirst, kSecond, kThird};

template <class Body>
MigrationError problem_of(Body&& body) {
  try {
    body();
  } catch (const MigrationError& e) {
    return e;
  }
  return {MigrationProblem{0}, -1, "no MigrationError was thrown"};
}

// Everything that a database holds, but for when and how fast.
std::string contents(const Connection& db) {
  std::string all;
  sqlite::Statement schema =
      db.prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
  while (schema.step()) all += schema.get<std::string>(0) + "\n";
  if (db.query_one<bool>("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")) {
    sqlite::Statement rows = db.prepare(
        "SELECT version || description || success || hex(checksum) FROM _sqlx_migrations ORDER BY version");
    while (rows.step()) all += rows.get<std::string>(0) + "\n";
  }
  return all;
}

class MigratorTest : public ::testing::Test {
 protected:
  std::size_t run(std::span<const Migration> migrations, const MigrateOptions& options = {}) {
    return Migrator(migrations).run(db, options);
  }
  // The problem, after which everything must be as before.
  MigrationError refused(std::span<const Migration> migrations, const MigrateOptions& options = {}) {
    const std::string before = contents(db);
    const MigrationError error = problem_of([&] { run(migrations, options); });
    EXPECT_EQ(contents(db), before) << error.what();
    return error;
  }
  std::string states(std::span<const Migration> migrations) {
    std::string list;
    for (const MigrationInfo& info : Migrator(migrations).info(db))
      list += std::to_string(info.version) + " " + std::string(to_string(info.state)) + "; ";
    return list;
  }
  bool has_table(std::string_view name) {
    return db.query_one<bool>("SELECT count(*) FROM sqlite_schema WHERE name = ?", name);
  }

  TempDir dir;
  Connection db{ConnectOptions::agent(dir.file("m.db"))};
};

TEST(MigratorInMemory, APoolNeedsNoLockFile) {
  Pool pool(ConnectOptions{});
  const Migration one[] = {{1, "one", "CREATE TABLE one(x)"}};
  Migrator(one).run(*pool.writer(), {.on_step = [](const MigrationStep&) {
    for (const auto& entry : std::filesystem::directory_iterator("/"))
      EXPECT_EQ(entry.path().string().find("cairn-memory"), std::string::npos) << entry.path();
  }});
  EXPECT_EQ(pool.reader()->query_one<int>("SELECT count(*) FROM one"), 0);
}

TEST_F(MigratorTest, AppliesEachOnceAndRecordsSqlxsChecksum) {
  EXPECT_EQ(Migrator(kAll).current_version(db), 0);
  EXPECT_EQ(run(std::span(kAll).first(1)), 1u);
  EXPECT_EQ(run(std::span(kAll).first(1)), 0u);
  EXPECT_EQ(run(kAll), 2u);
  EXPECT_EQ(Migrator(kAll).current_version(db), 3);
  EXPECT_EQ(db.query_one<int>("SELECT count(y) FROM a"), 0);
  // SHA-384 of kSecond.sql, as printed by `printf '…' | sha384sum`.
  EXPECT_EQ(
      db.query_one<std::string>("SELECT lower(hex(checksum)) FROM _sqlx_migrations WHERE version = 2"),
      "9c29e1cccce2b9f920549c04799f3b470f934744130356277c8ccc55904d56559583af93d4eebf7cc50366535f9bbb48");
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM _sqlx_migrations WHERE success AND execution_time > 0"),
            3);
}

TEST_F(MigratorTest, TellsWhatItDoes) {
  std::string told;
  const auto on_step = [&](const MigrationStep& step) {
    told += std::to_string(step.version) + (step.direction == MigrationDirection::up ? " up " : " down ") +
            step.description + "; ";
    EXPECT_GT(step.elapsed.count(), 0);
  };
  run(kAll, {.on_step = on_step});
  Migrator(std::span(kAll).first(2)).revert(db, {.ignore_missing = true, .on_step = on_step});
  EXPECT_EQ(told, "1 up first; 2 up second; 3 up third; 2 down second; ");
}

TEST_F(MigratorTest, OneThatFailsLeavesNothingAndThoseBeforeItStay) {
  const Migration bad[] = {kFirst, {2, "bad", "CREATE TABLE c(x);\nSELECT nope"}, kThird};
  const MigrationError error = problem_of([&] { run(bad); });
  EXPECT_EQ(error.problem(), MigrationProblem::failed);
  EXPECT_EQ(error.version(), 2);
  EXPECT_NE(std::string(error.what()).find("line:2: "), std::string::npos) << error.what();
  EXPECT_EQ(states(bad), "1 installed; 2 pending; 3 pending; ");
  EXPECT_FALSE(has_table("c"));
  EXPECT_FALSE(std::filesystem::exists(dir.file("m.db-migrating")));
  EXPECT_EQ(run(kAll), 2u);
}

TEST_F(MigratorTest, ARefusedCommitLeavesNothing) {
  const Migration bad[] = {kFirst,
                           {2, "commits", "INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2)"}};
  EXPECT_EQ(problem_of([&] { run(bad); }).problem(), MigrationProblem::failed);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM a"), 0);
  EXPECT_EQ(states(bad), "1 installed; 2 pending; ");
  const Migration vacuum[] = {kFirst, {2, "vacuum", "VACUUM"}};
  EXPECT_NE(std::string(problem_of([&] { run(vacuum); }).what()).find("-- no-transaction"),
            std::string::npos);
  const Migration undone[] = {kFirst,
                              {2, "undone",
                               "INSERT INTO a VALUES (1); CREATE TABLE u(x UNIQUE ON CONFLICT ROLLBACK);"
                               "INSERT INTO u VALUES (1), (1)"}};
  EXPECT_EQ(problem_of([&] { run(undone); }).problem(), MigrationProblem::failed);
  EXPECT_EQ(states(undone), "1 installed; 2 pending; ");
}

TEST_F(MigratorTest, NamesWhatIsWrong) {
  run(kAll);
  const Migration changed[] = {kFirst, {2, "second", "ALTER TABLE a ADD COLUMN z"}, kThird};
  EXPECT_EQ(refused(changed).problem(), MigrationProblem::changed);
  EXPECT_EQ(states(changed), "1 installed; 2 changed; 3 installed; ");
  const Migration fewer[] = {kFirst, kThird};
  EXPECT_EQ(refused(fewer).problem(), MigrationProblem::missing);
  EXPECT_EQ(refused(fewer).version(), 2);
  EXPECT_EQ(states(fewer), "1 installed; 2 missing; 3 installed; ");
  EXPECT_EQ(run(fewer, {.ignore_missing = true}), 0u);
  db.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2");
  EXPECT_EQ(refused(kAll).problem(), MigrationProblem::dirty);
  EXPECT_EQ(states(kAll), "1 installed; 2 dirty; 3 installed; ");
  EXPECT_EQ(problem_of([&] { Migrator(kAll).revert(db); }).problem(), MigrationProblem::dirty);
}

TEST_F(MigratorTest, RefusesOutOfOrderAndGapsUnlessAllowed) {
  const Migration late[] = {kFirst, kThird};
  run(late);
  EXPECT_EQ(refused(kAll).problem(), MigrationProblem::out_of_order);
  EXPECT_EQ(refused(kAll).version(), 2);
  EXPECT_EQ(run(kAll, {.allow_out_of_order = true}), 1u);

  const Migration gap[] = {kFirst, kSecond, kThird, {5, "fifth", "CREATE TABLE e(x)"}};
  EXPECT_EQ(refused(gap).problem(), MigrationProblem::gap);
  EXPECT_EQ(refused(gap).version(), 5);
  EXPECT_EQ(run(gap, {.allow_out_of_order = true}), 1u);
  EXPECT_EQ(run(gap), 0u);
  const Migration times[] = {
      kFirst, kSecond, kThird, gap[3], {6, "", "SELECT 1"}, {20261124101500, "", "SELECT 1"}};
  EXPECT_EQ(run(times), 2u);
}

TEST_F(MigratorTest, TensAreNoGap) {
  const Migration tens[] = {{10, "", "SELECT 1"}, {20, "", "SELECT 1"}, {30, "", "SELECT 1"}};
  EXPECT_EQ(run(tens), 3u);
}

TEST_F(MigratorTest, LineEndsMayDiffer) {
  const Migration unix_ends[] = {{1, "a", "CREATE TABLE a(x);\n\nCREATE TABLE b(x);\n"}};
  const Migration dos_ends[] = {{1, "a", "CREATE TABLE a(x);\r\n\r\nCREATE TABLE b(x);\r\n"}};
  const Migration joined[] = {{1, "a", "CREATE TABLE a(x);\nCREATE TABLE b(x);\n"}};
  const Migration bare_return[] = {{1, "a", "CREATE TABLE a(x);\r\rCREATE TABLE b(x);\r"}};
  run(unix_ends);
  EXPECT_EQ(run(dos_ends), 0u);
  EXPECT_EQ(states(dos_ends), "1 installed; ");
  EXPECT_EQ(refused(joined).problem(), MigrationProblem::changed);
  EXPECT_EQ(refused(bare_return).problem(), MigrationProblem::changed);
  Migrator(dos_ends).mark_applied(db, 1);
  EXPECT_EQ(run(unix_ends), 0u);
}

TEST_F(MigratorTest, RunsToATargetAndBack) {
  EXPECT_EQ(run(kAll, {.target = 2}), 2u);
  EXPECT_EQ(run(kAll, {.target = 2}), 0u);
  EXPECT_EQ(refused(kAll, {.target = 1}).problem(), MigrationProblem::bad_target);
  EXPECT_EQ(refused(kAll, {.target = 7}).problem(), MigrationProblem::bad_target);
  const Migrator migrator(kAll);
  EXPECT_EQ(problem_of([&] { migrator.revert(db, {.target = 3}); }).problem(), MigrationProblem::bad_target);
  EXPECT_EQ(migrator.revert(db, {.target = 2}), 0u);
  EXPECT_EQ(migrator.revert(db), 1u);
  EXPECT_EQ(states(kAll), "1 installed; 2 pending; 3 pending; ");
  EXPECT_EQ(run(kAll, {.target = 2}), 1u);
  EXPECT_EQ(migrator.revert(db, {.target = 0}), 2u);
  EXPECT_EQ(migrator.revert(db), 0u);
  EXPECT_FALSE(has_table("a"));
  EXPECT_EQ(run(kAll), 3u);
  EXPECT_EQ(problem_of([&] { migrator.revert(db, {.target = 0}); }).problem(),
            MigrationProblem::irreversible);
  EXPECT_EQ(states(kAll), "1 installed; 2 installed; 3 installed; ");
}

TEST_F(MigratorTest, AnEditedOneCanBeUndoneAndRunAgain) {
  run(std::span(kAll).first(2));
  const Migration edited[] = {kFirst, {2, "second", "ALTER TABLE a ADD COLUMN y TEXT", kSecond.down}};
  EXPECT_EQ(Migrator(edited).revert(db), 1u);
  EXPECT_EQ(run(edited), 1u);
}

TEST_F(MigratorTest, PlansWithoutTouchingAnything) {
  const Migrator migrator(kAll);
  const std::vector<MigrationStep> up = migrator.plan_run(db, {.target = 2});
  ASSERT_EQ(up.size(), 2u);
  EXPECT_EQ(up[1].description, "second");
  EXPECT_EQ(migrator.plan_revert(db).size(), 0u);
  EXPECT_EQ(states(kAll), "1 pending; 2 pending; 3 pending; ");
  EXPECT_EQ(contents(db), "");
  run(kAll, {.target = 2});
  ASSERT_EQ(migrator.plan_revert(db, {.target = 0}).size(), 2u);
  EXPECT_EQ(migrator.plan_revert(db)[0].direction, MigrationDirection::down);
  EXPECT_EQ(migrator.current_version(db), 2);
}

TEST_F(MigratorTest, InfoTellsWhenAndWhat) {
  run(kAll, {.target = 1});
  const std::vector<MigrationInfo> list = Migrator(kAll).info(db);
  EXPECT_EQ(list[0].installed_on.size(), 19u);
  EXPECT_GT(list[0].elapsed.count(), 0);
  EXPECT_EQ(list[0].checksum, list[0].applied_checksum);
  EXPECT_TRUE(list[0].reversible);
  EXPECT_EQ(list[2].applied_checksum, "");
  EXPECT_EQ(list[2].checksum.size(), 96u);
  EXPECT_FALSE(list[2].reversible);
}

TEST_F(MigratorTest, ABaselineRunsNothing) {
  db.execute_script("CREATE TABLE a(x); CREATE TABLE b(x)");
  EXPECT_EQ(Migrator(kAll).baseline(db, {.target = 1}), 1u);
  EXPECT_EQ(run(kAll), 2u);
  EXPECT_EQ(db.query_one<int>("SELECT execution_time FROM _sqlx_migrations WHERE version = 1"), -1);
  EXPECT_EQ(problem_of([&] { Migrator(kAll).baseline(db, {.target = 9}); }).problem(),
            MigrationProblem::bad_target);
}

TEST_F(MigratorTest, RepairsAfterSomebodyHasLooked) {
  run(kAll);
  const Migration changed[] = {kFirst, {2, "renamed", "ALTER TABLE a ADD COLUMN z"}, kThird};
  const Migrator migrator(changed);
  migrator.mark_applied(db, 2);
  EXPECT_EQ(states(changed), "1 installed; 2 installed; 3 installed; ");
  db.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 3");
  migrator.mark_applied(db, 3);
  EXPECT_EQ(run(changed), 0u);
  migrator.mark_pending(db, 3);
  db.execute("DROP TABLE c");
  EXPECT_EQ(run(changed), 1u);
  EXPECT_EQ(problem_of([&] { migrator.mark_pending(db, 9); }).problem(), MigrationProblem::bad_target);
  migrator.mark_pending(db, 3);
  EXPECT_EQ(problem_of([&] { migrator.mark_applied(db, 3); }).problem(), MigrationProblem::bad_target);
  EXPECT_EQ(problem_of([&] { migrator.mark_applied(db, 9); }).problem(), MigrationProblem::bad_target);
}

TEST_F(MigratorTest, ForeignKeysAreOffWhereAskedAndCheckedAfter) {
  const Migration tables[] = {
      {1, "tables",
       "CREATE TABLE parent(id INTEGER PRIMARY KEY, x);"
       "CREATE TABLE child(p REFERENCES parent ON DELETE CASCADE);"
       "INSERT INTO parent VALUES (1, 'one'); INSERT INTO child VALUES (1);"},
      {2, "rebuild",
       "-- foreign-keys: off\nCREATE TABLE new(id INTEGER PRIMARY KEY);"
       "INSERT INTO new SELECT id FROM parent; DROP TABLE parent; ALTER TABLE new RENAME TO parent;"},
  };
  EXPECT_EQ(run(tables), 2u);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM child"),
            1);  // with them on, DROP TABLE would have cascaded
  EXPECT_TRUE(db.query_one<bool>("PRAGMA foreign_keys"));

  const Migration breaks[] = {
      tables[0], tables[1], {3, "breaks", "-- foreign-keys: off\nDELETE FROM parent"}};
  const MigrationError error = problem_of([&] { run(breaks); });
  EXPECT_EQ(error.problem(), MigrationProblem::failed);
  EXPECT_NE(std::string(error.what()).find("'child'"), std::string::npos) << error.what();
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM parent"), 1);
  EXPECT_TRUE(db.query_one<bool>("PRAGMA foreign_keys"));

  const Migration both[] = {tables[0], tables[1], {3, "typo", "-- foreign-keys: no\nDELETE FROM parent"}};
  EXPECT_EQ(refused(both).problem(), MigrationProblem::bad_source);
  Connection off{[&] {
    ConnectOptions options{.path = dir.file("m.db")};
    options.foreign_keys = false;
    return options;
  }()};
  EXPECT_EQ(problem_of([&] { Migrator(breaks).run(off); }).problem(), MigrationProblem::failed);
  EXPECT_FALSE(off.query_one<bool>("PRAGMA foreign_keys"));
}

constexpr Migration kVacuum{2, "vacuum", "-- no-transaction\nVACUUM", "-- no-transaction\nVACUUM; ANALYZE"};

TEST_F(MigratorTest, RunsOutsideATransactionWhereAsked) {
  const Migration both[] = {kFirst, kVacuum};
  EXPECT_EQ(run(both), 2u);
  EXPECT_EQ(
      db.query_one<int>("SELECT success FROM _sqlx_migrations WHERE version = 2 AND execution_time > 0"), 1);
  EXPECT_EQ(Migrator(both).revert(db), 1u);
  EXPECT_EQ(states(both), "1 installed; 2 pending; ");
  const Migration own[] = {
      kFirst, {2, "own", "-- no-transaction\nPRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE n(x); COMMIT;"}};
  EXPECT_EQ(run(own), 1u);
  EXPECT_TRUE(db.query_one<bool>("PRAGMA foreign_keys"));
}

TEST_F(MigratorTest, OneThatFailsOutsideATransactionIsDirtyIfItLeftTraces) {
  const Migration nothing_done[] = {
      kFirst, {2, "n", "-- no-transaction\nINSERT INTO nowhere VALUES (1)", "-- no-transaction\nnonsense"}};
  EXPECT_EQ(problem_of([&] { run(nothing_done); }).problem(), MigrationProblem::failed);
  EXPECT_EQ(states(nothing_done), "1 installed; 2 pending; ");
  Migrator(nothing_done).baseline(db);
  EXPECT_EQ(problem_of([&] { Migrator(nothing_done).revert(db); }).problem(), MigrationProblem::failed);
  EXPECT_EQ(states(nothing_done), "1 installed; 2 installed; ");
  Migrator(nothing_done).mark_pending(db, 2);

  const Migration half_done[] = {kFirst, {2, "h", "-- no-transaction\nINSERT INTO a VALUES (1); nonsense"}};
  const MigrationError error = problem_of([&] { run(half_done); });
  EXPECT_EQ(error.problem(), MigrationProblem::failed);
  EXPECT_NE(std::string(error.what()).find("dirty"), std::string::npos);
  EXPECT_EQ(refused(half_done).problem(), MigrationProblem::dirty);
  Migrator(half_done).mark_pending(db, 2);
  const Migration nul[] = {kFirst, {2, "nul", std::string_view("-- no-transaction\nSELECT\0 1", 26)}};
  EXPECT_EQ(refused(nul).problem(), MigrationProblem::bad_source);
}

TEST_F(MigratorTest, IsPartOfATransactionThatIsOpen) {
  {
    Transaction tx(db);
    EXPECT_EQ(run(kAll), 3u);
    EXPECT_FALSE(std::filesystem::exists(dir.file("m.db-migrating")));
  }
  EXPECT_EQ(contents(db), "");
  const Migration outside[] = {kFirst, kVacuum};
  run(std::span(outside).first(1));
  const Migration keys[] = {kFirst, {2, "keys", "-- foreign-keys: off"}};
  Transaction tx(db);
  EXPECT_EQ(refused(outside).problem(), MigrationProblem::bad_source);
  EXPECT_EQ(refused(keys).problem(), MigrationProblem::bad_source);
}

TEST_F(MigratorTest, LedgersAreApartAndMayHaveAnyName) {
  const Migration own[] = {{1, "own", "CREATE TABLE own(x)"}};
  const std::string_view odd = "my \"ledger\"; DROP TABLE a";
  run(kAll);
  EXPECT_EQ(Migrator(own, odd).run(db), 1u);
  EXPECT_EQ(Migrator(own, odd).current_version(db), 1);
  EXPECT_EQ(run(kAll), 0u);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM sqlite_schema WHERE name = ?", odd), 1);
  for (const std::string_view name : {std::string_view(""), std::string_view("sqlite_x"),
                                      std::string_view("a\0b", 3), std::string_view("\xFF")})
    EXPECT_EQ(error_of([&] { Migrator(own, name); }).code(), ErrorCode::invalid_argument) << name;
}

TEST_F(MigratorTest, RefusesVersionsThatDoNotAscend) {
  const Migration twice[] = {kFirst, kFirst};
  const Migration negative[] = {{-1, "", ""}};
  EXPECT_EQ(problem_of([&] { Migrator{std::span<const Migration>(twice)}; }).problem(),
            MigrationProblem::bad_source);
  EXPECT_EQ(problem_of([&] { Migrator{std::span<const Migration>(negative)}; }).problem(),
            MigrationProblem::bad_source);
}

TEST_F(MigratorTest, AReadOnlyDatabaseThatIsUpToDateIsFine) {
  run(kAll);
  ConnectOptions options{.path = dir.file("m.db")};
  options.query_only = true;
  Connection reader(options);
  EXPECT_EQ(Migrator(kAll).run(reader), 0u);
}

TEST_F(MigratorTest, WaitsForTheLockNoLongerThanItIsTold) {
  std::atomic<int> errors{0};
  const auto second = [&](const MigrationStep&) {
    Connection other({.path = dir.file("m.db")});
    const MigrationError error =
        problem_of([&] { Migrator(kAll).run(other, {.lock_timeout = std::chrono::milliseconds(20)}); });
    if (error.problem() == MigrationProblem::locked) ++errors;
  };
  run(kAll, {.on_step = second});
  EXPECT_EQ(errors, 2);  // after the third step nothing is pending
}

// sqlx takes no lock.
TEST_F(MigratorTest, PassesOverWhatSomebodyWithoutALockHasDoneMeanwhile) {
  const Migration alone[] = {
      kFirst, kSecond, {3, "alone", "-- no-transaction\nINSERT INTO a VALUES (1)"}, {4, "last", "SELECT 1"}};
  const auto meddle = [&](const MigrationStep& step) {
    if (step.version != 1) return;
    Connection other({.path = dir.file("m.db")});
    other.execute_script("ALTER TABLE a ADD COLUMN y");
    for (const Migration& migration : {alone[1], alone[2]})
      other.execute("INSERT INTO _sqlx_migrations VALUES (?, ?, CURRENT_TIMESTAMP, TRUE, ?, -1)",
                    migration.version, migration.description, sqlite::Bytes(checksum_of(migration.sql)));
  };
  EXPECT_EQ(run(alone, {.on_step = meddle}), 2u);
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM a"), 0);
  EXPECT_EQ(run(alone), 0u);
}

TEST_F(MigratorTest, StartersApplyEachOnce) {
  const Migration all[] = {
      kFirst, {2, "alone", "-- no-transaction\nINSERT INTO a VALUES (1); VACUUM"}, kThird};
  for (int round = 0; round < 10; ++round) {
    TempDir fresh;
    std::atomic<std::size_t> failures{0}, applied{0};
    const auto start = [&] {
      try {
        Connection own(ConnectOptions::agent(fresh.file("m.db")));
        applied += Migrator(all).run(own);
      } catch (const Error& e) {
        ADD_FAILURE() << e.what();
        ++failures;
      }
    };
    std::thread one(start), two(start), three(start);
    one.join();
    two.join();
    three.join();
    ASSERT_EQ(failures, 0u);
    ASSERT_EQ(applied, 3u);
    Connection own({.path = fresh.file("m.db")});
    ASSERT_EQ(own.query_one<int>("SELECT count(*) FROM a"), 1);
  }
}

}  // namespace
}  // namespace cairn::sql
