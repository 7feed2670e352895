#include <gtest/gtest.h>

#include <random>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

std::vector<std::byte> sample(Connection& db) {
  db.execute_script(
      "CREATE TABLE t(x, y); CREATE INDEX i ON t(x);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
      "INSERT INTO t SELECT i, 'text' || i FROM n");
  return db.serialize();
}

TEST(Serialize, ARunningStatementKeepsItsDatabase) {
  Connection db(ConnectOptions{});
  db.execute_script("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
  const std::vector<std::byte> bytes = db.serialize();
  auto rows = db.query<int>("SELECT x FROM t");
  auto row = rows.begin();
  EXPECT_EQ(error_of([&] { db.deserialize(bytes); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(*++row, 2);
}

TEST(Serialize, AFileInWalModeComesBackInMemory) {
  TempDir dir;
  Connection file(ConnectOptions::agent(dir.file("a.db")));
  const std::vector<std::byte> bytes = sample(file);
  Connection memory(ConnectOptions{});
  const auto cached = [&memory] { return memory.cached("SELECT count(*) FROM sqlite_schema")->step(); };
  EXPECT_TRUE(cached());
  memory.deserialize(bytes);
  EXPECT_TRUE(cached());
  EXPECT_EQ(memory.query_one<int>("SELECT sum(x) FROM t"), 5050);
  memory.execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
      "INSERT INTO t SELECT i, 'grows' FROM n");
  EXPECT_EQ(memory.query_one<std::string>("PRAGMA integrity_check"), "ok");
}

TEST(Serialize, ReadOnlyAndOtherSchemas) {
  Connection db(ConnectOptions{});
  const std::vector<std::byte> bytes = sample(db);
  Connection reader(ConnectOptions{});
  reader.execute("ATTACH ':memory:' AS side");
  reader.deserialize(bytes, "side", true);
  EXPECT_EQ(reader.query_one<int>("SELECT count(*) FROM side.t"), 100);
  EXPECT_EQ(error_of([&] { reader.execute("DELETE FROM side.t"); }).code(), ErrorCode::read_only);
  EXPECT_EQ(reader.serialize("side"), bytes);
  EXPECT_EQ(error_of([&] { reader.serialize("nope"); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { reader.deserialize(bytes, "nope"); }).code(), ErrorCode::sql);
}

TEST(Serialize, NothingIsAnEmptyDatabase) {
  Connection db(ConnectOptions{});
  EXPECT_TRUE(db.serialize().empty());
  db.execute("CREATE TABLE t(x)");
  db.deserialize({});
  EXPECT_EQ(db.query_one<int>("SELECT count(*) FROM sqlite_schema"), 0);
  db.execute("CREATE TABLE t(x)");
}

TEST(Serialize, RefusesWhatIsNoDatabaseAndKeepsWhatItHas) {
  Connection db(ConnectOptions{});
  db.execute_script("CREATE TABLE mine(x); INSERT INTO mine VALUES (7)");
  const std::vector<std::byte> garbage(5000, std::byte{0x5A});
  EXPECT_EQ(error_of([&] { db.deserialize(garbage); }).code(), ErrorCode::not_a_database);
  EXPECT_NE(error_of([&] { db.deserialize(Bytes(garbage).first(10)); }).code(), ErrorCode{0});
  EXPECT_EQ(db.query_one<int>("SELECT x FROM mine"), 7);

  Connection other(ConnectOptions{});
  const std::vector<std::byte> bytes = sample(other);
  db.execute("BEGIN; ");
  db.query_one<int>("SELECT x FROM mine");
  EXPECT_EQ(error_of([&] { db.deserialize(bytes); }).code(), ErrorCode::invalid_argument);
  db.execute("COMMIT");
  EXPECT_EQ(db.query_one<int>("SELECT x FROM mine"), 7);
}

TEST(Serialize, IndexesMayNeedTheConnectionsOwnFunctions) {
  ConnectOptions options;
  options.functions.emplace_back(
      "half", [](int x) { return x / 2; }, FunctionFlags{.deterministic = true});
  options.collations.emplace_back("mine",
                                  [](std::string_view a, std::string_view b) { return b.compare(a); });
  Connection db(options);
  db.execute_script(
      "CREATE TABLE t(x, y TEXT COLLATE mine CHECK (half(4) = 2)); CREATE INDEX i ON t(half(x));"
      "CREATE INDEX j ON t(y); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  const std::vector<std::byte> bytes = db.serialize();
  Connection other(options);
  other.deserialize(bytes);
  EXPECT_EQ(other.query_one<int>("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(other.query_one<int>("SELECT count(*) FROM pragma_database_list"), 1) << "nothing stays attached";
}

// Damaged bytes are refused, or everything in them can be read: no error comes later.
TEST(Serialize, DamageIsFoundAtOnce) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  Connection db(ConnectOptions{});
  const std::vector<std::byte> sound = sample(db);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<std::byte> bytes = sound;
    for (auto changes = random() % 8 + 1; changes > 0; --changes)
      bytes[random() % (i % 2 ? 200 : bytes.size())] = static_cast<std::byte>(random());
    if (i % 5 == 0) bytes.resize(random() % bytes.size());
    Connection target(ConnectOptions{});
    if (error_of([&] { target.deserialize(bytes); }).code() != ErrorCode{0}) {
      ++refused;
      continue;
    }
    const Error later = error_of([&] {
      Statement tables = target.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'");
      while (tables.step()) target.execute("SELECT * FROM \"" + tables.get<std::string>(0) + "\" ORDER BY 1");
    });
    EXPECT_TRUE(later.code() != ErrorCode::corrupt && later.code() != ErrorCode::not_a_database)
        << later.what();
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace cairn::sql
