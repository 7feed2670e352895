#include <map>
#include <set>

#include "vec0/test_support.hpp"

namespace cairn::vec0::testing {
namespace {

constexpr unsigned kSeed = 20261126;
constexpr std::size_t kDims = 4;

struct OpenScans : ::testing::TestWithParam<const char*> {
  OpenScans() {
    db.execute(std::string("CREATE VIRTUAL TABLE t USING vec0(v float[4]") + GetParam() +
               ", p integer partition key, m integer, chunk_size=16)");
  }
  void insert(std::int64_t id, const char* verb = "INSERT") {
    db.execute(std::string(verb) + " INTO t(rowid, v, p, m) VALUES (?, ?, ?, ?)", id,
               std::as_bytes(std::span<const float>(random_vector(kDims, random))), id % 3, id);
  }
  void move(std::int64_t id) {
    db.execute("UPDATE t SET v = ?, m = m + 1000 WHERE rowid = ?",
               std::as_bytes(std::span<const float>(random_vector(kDims, random))), id);
  }
  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(random);
  }

  std::mt19937 random{kSeed};
  Database db;
};

TEST_P(OpenScans, EndThoughEveryRowThatIsMetIsChanged) {
  for (std::int64_t id = 1; id <= 100; ++id) insert(id);
  for (const char* change :
       {"UPDATE t SET v = '[1, 2, 3, 4]' WHERE rowid = ?", "UPDATE t SET p = p + 1 WHERE rowid = ?",
        "INSERT OR REPLACE INTO t(rowid, v, p, m) VALUES (?1, '[4, 3, 2, 1]', 7, ?1)"})
    for (const char* transaction : {"", "BEGIN"}) {
      if (*transaction) db.execute(transaction);
      std::multiset<std::int64_t> met;
      sqlite::Statement scan = db.prepare("SELECT rowid FROM t");
      while (scan.step() && met.size() < 1000) {
        met.insert(scan.get<std::int64_t>(0));
        db.execute(change, scan.get<std::int64_t>(0));
      }
      scan.reset();
      if (*transaction) db.execute("COMMIT");
      EXPECT_EQ(met.size(), 100u) << change;
      EXPECT_EQ(std::set(met.begin(), met.end()).size(), 100u) << change;
    }
}

// Rows that stay are met once, as they are by then; new rows are not met.
TEST_P(OpenScans, MeetEveryRowThatStaysOnce) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::int64_t next_id = 1;
  for (int round = 0; round < 60; ++round) {
    while (next_id % 120 != 0) insert(next_id++);
    ++next_id;
    std::set<std::int64_t> at_start, deleted;
    for (const std::string& id : db.rows("SELECT rowid FROM t")) at_start.insert(std::stoll(id));
    const auto any_row = [&] {
      return *std::next(at_start.begin(), below(static_cast<std::int64_t>(at_start.size())));
    };
    std::map<std::int64_t, int> met;
    bool has_savepoint = false;
    db.execute("BEGIN");
    sqlite::Statement scan = db.prepare(round % 2 == 0 ? "SELECT rowid, m FROM t"
                                                       : "SELECT rowid, m FROM t WHERE m >= 0 AND p < 9");
    while (scan.step()) {
      const auto id = scan.get<std::int64_t>(0);
      ++met[id];
      EXPECT_EQ(std::to_string(scan.get<std::int64_t>(1)), db.row("SELECT m FROM t WHERE rowid = ?", id));
      for (std::int64_t n = below(3); n > 0; --n) switch (below(8)) {
          case 0:
            move(id);
            break;
          case 1:
            move(any_row());
            break;
          case 2:
            db.execute("UPDATE t SET p = ? WHERE rowid = ?", below(5), any_row());
            break;
          case 3:
            insert(next_id++);
            break;
          case 4:
            if (const std::int64_t row = any_row();
                db.row("SELECT rowid FROM t WHERE rowid = ?", row) != "(0 rows)")
              insert(row, "INSERT OR REPLACE");
            break;
          case 5:
            db.execute("DELETE FROM t WHERE rowid = ?", *deleted.insert(any_row()).first);
            break;
          case 6:
            if (!has_savepoint) db.execute("SAVEPOINT s");
            has_savepoint = true;
            break;
          case 7:
            if (has_savepoint && below(4) == 0) db.execute("ROLLBACK TO s");
            break;
        }
    }
    scan.reset();
    db.execute("COMMIT");
    for (const auto& [id, times] : met) {
      EXPECT_TRUE(at_start.contains(id)) << "round " << round << " met the new row " << id;
      EXPECT_EQ(times, 1) << "round " << round << ", row " << id;
    }
    for (const std::int64_t id : at_start) {
      if (!deleted.contains(id)) {
        EXPECT_TRUE(met.contains(id)) << "round " << round << " missed row " << id;
      }
    }
    db.execute("INSERT INTO t(t) VALUES ('integrity')");
    db.execute("DELETE FROM t WHERE rowid IN (SELECT rowid FROM t ORDER BY rowid LIMIT 60)");
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, OpenScans, ::testing::Values("", " INDEXED BY cairn()"),
                         [](const auto& format) { return format.index == 0 ? "flat" : "cairn"; });

}  // namespace
}  // namespace cairn::vec0::testing
