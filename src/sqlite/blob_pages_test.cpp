#include "sqlite/blob_pages.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <thread>

#include "sqlite/blob.hpp"
#include "sqlite/wal_test_support.hpp"

namespace cairn::sqlite {
namespace {

using Rowids = std::vector<std::int64_t>;
using Rows = std::map<std::int64_t, std::string>;

// vec0's own declaration: the column named rowid is not the real one.
constexpr std::string_view create_chunks = "CREATE TABLE chunks(rowid PRIMARY KEY, vectors BLOB NOT NULL)";

Rows all_rows(const TestConnection& connection) {
  Rows rows;
  Statement st = connection.sql().prepare("SELECT _rowid_, vectors FROM chunks NOT INDEXED");
  while (st.step()) {
    const Bytes blob = st.get<Bytes>(1);
    rows[st.get<std::int64_t>(0)] = std::string(reinterpret_cast<const char*>(blob.data()), blob.size());
  }
  return rows;
}

// A program that keeps the table's blobs, as BlobPages wants to be used.
class Holder {
 public:
  explicit Holder(const TestConnection& connection)
      : connection_(connection), changes_(connection.handle(), "main") {}

  // Brings what is held up to the open transaction's snapshot; what it read again, or nothing for
  // "everything".
  std::optional<BlobPages::Changed> refresh() {
    const auto pages = changes_.advance();
    const auto changed = pages && map_ ? map_->update(changes_, *pages) : std::nullopt;
    if (!changed) {
      rows = all_rows(connection_);
      map_ = BlobPages::map(changes_, "chunks");
      return std::nullopt;
    }
    for (const std::int64_t id : changed->vanished) rows.erase(id);
    for (const std::int64_t id : changed->read_again) {
      const Blob blob(connection_.handle(), "main", "chunks", "vectors", id, Blob::Mode::read);
      std::string& held = rows[id];
      held.resize(blob.size());
      blob.read(std::as_writable_bytes(std::span(held)), 0);
    }
    return changed;
  }
  bool matches(std::int64_t id, std::string_view blob) const {
    return map_ && map_->matches(changes_, id, std::as_bytes(std::span(blob)));
  }
  const std::optional<BlobPages>& map() const { return map_; }

  Rows rows;

 private:
  const TestConnection& connection_;
  WalChanges changes_;
  std::optional<BlobPages> map_;
};

struct BlobPagesTest : testing::Test {
  BlobPagesTest() {
    reader.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    writer.run("PRAGMA wal_autocheckpoint = 0");
    writer.run(create_chunks);
    writer.run("CREATE TABLE other(id INTEGER PRIMARY KEY, x)");
    // Nearly a page of each is in the leaf, so every row has a leaf of its own.
    for (int id = 1; id <= 20; ++id)
      writer.sql().execute("INSERT INTO chunks(_rowid_, rowid, vectors) VALUES (?1, ?1, randomblob(?2))", id,
                           5 * 4092 + 4000);
    // The first answers speak of the beginning of the log.
    for (int i = 0; i < 3; ++i) {
      refresh();
      commit_to_other();
    }
    refresh();
  }
  std::optional<BlobPages::Changed> refresh() {
    const ReadTransaction transaction(reader);
    auto changed = holder.refresh();
    EXPECT_EQ(holder.rows, all_rows(reader));
    return changed;
  }
  void commit_to_other() { writer.run("INSERT INTO other(x) VALUES (1)"); }
  Rowids read_again() {
    const auto changed = refresh();
    EXPECT_TRUE(changed);
    return changed ? changed->read_again : Rowids{-1};
  }
  void write_into(const TestConnection& connection, std::int64_t id, std::size_t offset) {
    Blob(connection.handle(), "main", "chunks", "vectors", id, Blob::Mode::read_write)
        .write(std::as_bytes(std::span("changed", 7)), offset);
  }

  TempDir dir;
  TestConnection reader{dir.file("a.db")};
  TestConnection writer{dir.file("a.db")};
  Holder holder{reader};
};

TEST_F(BlobPagesTest, ACommitToAnotherTableReportsNothing) {
  for (int i = 0; i < 5; ++i) {
    commit_to_other();
    EXPECT_EQ(read_again(), Rowids{});
  }
}

TEST_F(BlobPagesTest, AChangeInPlaceReportsThatRow) {
  int row = 3;
  for (const TestConnection* connection : {&reader, &writer}) {
    for (const std::size_t offset : {10000u, 0u, 24000u}) {  // a page of the chain, the leaf, the last page
      for (int i = 0; i < 3; ++i) {
        commit_to_other();
        refresh();
      }
      write_into(*connection, ++row, offset);
      EXPECT_EQ(read_again(), Rowids{row}) << offset;
      for (int i = 0; i < 2; ++i) {
        commit_to_other();
        EXPECT_EQ(read_again(), Rowids{row}) << "the lower bound is that of two calls ago";
      }
      commit_to_other();
      EXPECT_EQ(read_again(), Rowids{});
    }
  }
}

TEST_F(BlobPagesTest, NewAndDeletedRowsAreReportedAndTheOthersAreNot) {
  writer.run("INSERT INTO chunks(_rowid_, rowid, vectors) VALUES (100, 100, randomblob(24000))");
  auto changed = refresh();
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->read_again.back(), 100);
  EXPECT_LE(changed->read_again.size(), 2u) << "it and a leaf-mate";
  writer.run("DELETE FROM chunks WHERE _rowid_ = 7");
  changed = refresh();
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->vanished, Rowids{7});
  EXPECT_LE(changed->read_again.size(), 5u);
  EXPECT_EQ(holder.map()->tree().rows.size(), 20u);
}

TEST_F(BlobPagesTest, ContentMatchesItself) {
  const ReadTransaction transaction(reader);
  for (const auto& [id, blob] : holder.rows) {
    EXPECT_TRUE(holder.matches(id, blob));
    EXPECT_TRUE(holder.matches(id, std::string_view(blob).substr(9000)));
    std::string damaged = blob;
    damaged[damaged.size() - 1 - static_cast<std::size_t>(id) * 1000] ^= 1;
    EXPECT_FALSE(holder.matches(id, damaged));
    EXPECT_FALSE(holder.matches(id, blob + blob));
  }
  EXPECT_FALSE(holder.matches(99, ""));
}

TEST_F(BlobPagesTest, ANewSchemaIsUnknown) {
  commit_to_other();
  EXPECT_TRUE(refresh());
  writer.run(
      "CREATE TABLE chunks2(rowid PRIMARY KEY, vectors BLOB); INSERT INTO chunks2 VALUES (1, x'01');"
      "ALTER TABLE chunks RENAME TO old; ALTER TABLE chunks2 RENAME TO chunks");
  EXPECT_FALSE(refresh());
  writer.run("VACUUM");
  EXPECT_FALSE(refresh());
}

TEST_F(BlobPagesTest, AMissedAnswerIsUnknown) {
  WalChanges changes(reader.handle(), "main");
  std::optional<BlobPages> map;
  for (int i = 0; i < 4; ++i) {
    write_into(writer, 1, 10000);
    const ReadTransaction transaction(reader);
    const auto pages = changes.advance();
    if (i == 1) map = BlobPages::map(changes, "chunks");
    if (i == 3) {
      EXPECT_FALSE(map->update(changes, *pages));
    }
  }
}

TEST_F(BlobPagesTest, WhatIsNoTableOfRowsCannotBeMapped) {
  writer.run("CREATE TABLE w(id PRIMARY KEY, vectors) WITHOUT ROWID; CREATE VIEW v AS SELECT * FROM chunks");
  const ReadTransaction transaction(reader);
  WalChanges changes(reader.handle(), "main");
  EXPECT_FALSE(BlobPages::map(changes, "chunks")) << "before the first advance";
  changes.advance();
  EXPECT_TRUE(BlobPages::map(changes, "chunks"));
  for (const char* name : {"w", "v", "nothing", "sqlite_schema"})
    EXPECT_FALSE(BlobPages::map(changes, name)) << name;
}

// An incremental vacuum moves the last page of the file into a free one: here the end of a row's chain, of
// which only the page before is written, and not the leaf.
TEST(BlobPagesVacuumTest, APageThatMovedIsFollowed) {
  const TempDir dir;
  const TestConnection db(dir.file("a.db"));
  db.run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; CREATE TABLE other(x)");
  db.run("INSERT INTO other VALUES (zeroblob(50000))");
  db.run(create_chunks);
  db.run("INSERT INTO chunks VALUES (1, randomblob(80000)); DELETE FROM other");
  Holder holder(db);
  const auto refresh = [&] {
    const ReadTransaction transaction(db);
    return holder.refresh();
  };
  const auto settle = [&] {
    for (int i = 0; i < 4; ++i) {
      refresh();
      db.run("INSERT INTO other VALUES (1)");
    }
    refresh();
  };
  settle();
  const BlobTree before = holder.map()->tree();
  db.run("PRAGMA incremental_vacuum(1)");
  settle();
  const BlobTree& after = holder.map()->tree();
  ASSERT_EQ(before.rows[0].leaf, after.rows[0].leaf);
  ASSERT_NE(before.runs.size(), after.runs.size());
  Blob(db.handle(), "main", "chunks", "vectors", 1, Blob::Mode::read_write)
      .write(std::as_bytes(std::span("changed", 7)), 80000 - 7);
  const auto changed = refresh();
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->read_again, Rowids{1});
}

// --- Generated histories
// -------------------------------------------------------------------------------------

class History {
 public:
  History(const std::string& path, std::mt19937& random, int page_bytes, const char* auto_vacuum)
      : random_(random), page_bytes_(page_bytes), one_(path), two_(path), reader_(path), holder_(reader_) {
    one_.run("PRAGMA page_size = " + std::to_string(page_bytes) + "; PRAGMA auto_vacuum = " + auto_vacuum +
             "; PRAGMA journal_mode = WAL");
    for (const TestConnection* c : {&one_, &two_, &reader_})
      c->run("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10; PRAGMA synchronous = OFF");
    one_.run(create_chunks);
    one_.run("CREATE TABLE other(id INTEGER PRIMARY KEY, x)");
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step);
      for (int i = below(3); i >= 0; --i) change();
      // The log is ahead of the snapshot if somebody commits in between.
      const ReadTransaction transaction(reader_);
      if (below(3) == 0) commit(two_);
      known += holder_.refresh().has_value();
      const Rows expected = all_rows(reader_);
      ASSERT_TRUE(holder_.rows == expected);
      // With a map ahead of the snapshot not even sound rows need match.
      if (holder_.map() && below(4) == 0)
        for (const auto& [id, blob] : expected) matched += holder_.matches(id, blob);
    }
  }

  int known = 0;
  int matched = 0;

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

  const TestConnection& anyone() {
    const TestConnection* all[] = {&one_, &two_, &reader_};
    return *all[below(3)];
  }

  // One statement or several that change something; works inside and outside of a transaction.
  void write(const TestConnection& c) {
    const int id = below(12);
    const int bytes = below(below(3) == 0 ? page_bytes_ / 2 : 8 * page_bytes_);
    switch (below(8)) {
      case 0:
      case 1:
        c.sql().execute(
            "INSERT OR REPLACE INTO chunks(_rowid_, rowid, vectors) VALUES (?1, ?1, randomblob(?2))", id,
            bytes);
        break;
      case 2:
        c.sql().execute("UPDATE chunks SET vectors = randomblob(?) WHERE _rowid_ = ?", bytes, id);
        break;
      case 3:
        c.sql().execute("UPDATE chunks SET vectors = randomblob(length(vectors)) WHERE _rowid_ = ?", id);
        break;
      case 4:
        c.sql().execute("DELETE FROM chunks WHERE _rowid_ = ?", id);
        break;
      case 5:
        c.sql().execute("UPDATE OR IGNORE chunks SET _rowid_ = ? WHERE _rowid_ = ?", below(12), id);
        break;
      case 6:
        c.sql().execute("INSERT INTO other(x) VALUES (randomblob(?))", bytes);
        break;
      default: {
        const auto held =
            c.sql().query_optional<int>("SELECT length(vectors) FROM chunks WHERE _rowid_ = ?", id);
        if (!held || *held == 0) return;
        const std::string word = std::to_string(random_()).substr(0, static_cast<std::size_t>(*held));
        Blob(c.handle(), "main", "chunks", "vectors", id, Blob::Mode::read_write)
            .write(std::as_bytes(std::span(word)),
                   static_cast<std::size_t>(below(*held - static_cast<int>(word.size()) + 1)));
      }
    }
  }

  void commit(const TestConnection& c) {
    c.run("BEGIN IMMEDIATE");
    for (int i = below(4); i >= 0; --i) write(c);
    c.run("COMMIT");
  }

  void change() {
    const TestConnection& c = anyone();
    switch (below(40)) {
      case 0:
        return c.run("PRAGMA wal_checkpoint(RESTART)");
      case 1:
        return c.run("PRAGMA wal_checkpoint(TRUNCATE)");
      case 2:
        return c.run("PRAGMA wal_checkpoint(PASSIVE)");
      case 3:
        return c.run("DELETE FROM other; PRAGMA incremental_vacuum(3)");
      case 4:
        return below(4) == 0 ? c.run("VACUUM") : write(c);
      case 5:
        return c.run("DROP TABLE IF EXISTS third; CREATE TABLE third AS SELECT randomblob(3000)");
      case 6:
        return below(3) == 0 ? c.run("DELETE FROM chunks") : write(c);
      case 7:
      case 8: {  // spills, and is undone
        c.run("BEGIN IMMEDIATE");
        for (int i = 0; i < 20; ++i) write(c);
        return c.run("ROLLBACK");
      }
      case 9:
      case 10: {
        c.run("BEGIN IMMEDIATE");
        for (int i = below(10); i >= 0; --i) write(c);
        c.run("SAVEPOINT s");
        for (int i = below(10); i >= 0; --i) write(c);
        return c.run(below(2) == 0 ? "ROLLBACK TO s; COMMIT" : "RELEASE s; COMMIT");
      }
      default:
        return below(2) == 0 ? write(c) : commit(c);
    }
  }

  std::mt19937& random_;
  int page_bytes_;
  TestConnection one_;
  TestConnection two_;
  TestConnection reader_;
  Holder holder_;
};

TEST(BlobPagesHistoryTest, NothingHeldIsEverStale) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  int all_steps = 0, known = 0, matched = 0;  // of all histories: a single one may have little luck
  for (const int page_bytes : {512, 1024, 4096, 65536}) {
    for (const char* auto_vacuum : {"NONE", "FULL", "INCREMENTAL"}) {
      SCOPED_TRACE(testing::Message()
                   << "seed " << seed << ", pages of " << page_bytes << ", auto_vacuum " << auto_vacuum);
      const TempDir dir;
      History history(dir.file("a.db"), random, page_bytes, auto_vacuum);
      const int steps = page_bytes > 4096 ? 40 : 120;
      history.run(steps);
      if (HasFatalFailure()) return;
      all_steps += steps;
      known += history.known;
      matched += history.matched;
    }
  }
  EXPECT_GT(known, all_steps / 5) << "seed " << seed;
  EXPECT_GT(matched, 0) << "seed " << seed;
}

// Commits that are being written, and not yet published, while the log is read.
TEST(BlobPagesHistoryTest, NothingHeldIsStaleBesideABusyWriter) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const TempDir dir;
  const TestConnection reader(dir.file("a.db"));
  reader.run("PRAGMA journal_mode = WAL");
  reader.run(create_chunks);
  for (int id = 0; id < 8; ++id)
    reader.sql().execute("INSERT INTO chunks(_rowid_, rowid, vectors) VALUES (?1, ?1, randomblob(50000))",
                         id);
  std::atomic<bool> done = false;
  std::thread busy([&] {
    std::mt19937 random(seed);
    const TestConnection writer(dir.file("a.db"));
    writer.run("PRAGMA wal_autocheckpoint = 200");
    sqlite3_busy_timeout(writer.handle(), 10000);
    for (int i = 0; i < 400; ++i) {
      const auto id = static_cast<std::int64_t>(random() % 8);
      if (random() % 8 == 0) {
        writer.sql().execute("UPDATE chunks SET vectors = randomblob(50000) WHERE _rowid_ = ?", id);
      } else {
        Blob(writer.handle(), "main", "chunks", "vectors", id, Blob::Mode::read_write)
            .write(std::as_bytes(std::span("changed", 1 + random() % 7)), random() % 49000);
      }
    }
    done = true;
  });
  Holder holder(reader);
  bool same = true;
  while (same && !done) {
    const ReadTransaction transaction(reader);
    holder.refresh();
    same = holder.rows == all_rows(reader);
  }
  busy.join();
  EXPECT_TRUE(same);
}

// --- Damage
// --------------------------------------------------------------------------------------------------

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Bytes of the files change under the connections' hands. What is answered then is of no interest; that there
// is an answer is.
TEST(BlobPagesDamageTest, DamagedFilesDoNoHarm) {
  // One in a hundred seeds makes a database that cannot be mapped even when it is sound.
  const unsigned seed = 20261125;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const TempDir dir;
  const TestConnection reader(dir.file("a.db"));
  const TestConnection writer(dir.file("a.db"));
  reader.run("PRAGMA page_size = 512; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  reader.run(create_chunks);
  for (int id = 0; id < 40; ++id)
    writer.sql().execute("INSERT INTO chunks(_rowid_, rowid, vectors) VALUES (?1, ?1, randomblob(?2))", id,
                         random() % 9000);
  reader.run(
      "PRAGMA wal_checkpoint(PASSIVE); UPDATE chunks SET vectors = randomblob(3000) WHERE _rowid_ < 10");
  const ReadTransaction transaction(reader);
  const std::string files[] = {dir.file("a.db"), dir.file("a.db-wal")};
  const std::string sound[] = {content(files[0]), content(files[1])};
  int mapped = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::size_t which = random() % 2;
    std::fstream file(files[which], std::ios::binary | std::ios::in | std::ios::out);
    const auto put = [&](std::size_t at, char byte) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte);
    };
    std::vector<std::size_t> places(1 + random() % 12);
    for (std::size_t& place : places) {
      place = random() % sound[which].size();
      // Page and frame headers, and the pointers at the beginning of overflow pages, are more rewarding.
      if (random() % 4 != 0)
        place = which == 0 ? place / 512 * 512 + random() % 12
                           : std::min(place / 536 * 536 + 32 + random() % 36, sound[1].size() - 1);
      put(place, static_cast<char>(random() % 3 == 0 ? random() % 8 : random()));
    }
    file.flush();
    WalChanges changes(reader.handle(), "main");
    changes.advance();
    if (const auto map = BlobPages::map(changes, "chunks")) {
      ++mapped;
      for (const BlobTree::Row& row : map->tree().rows)
        map->matches(changes, row.cell.rowid,
                     std::vector<std::byte>(std::min<std::uint64_t>(row.cell.payload_bytes, 9000)));
    }
    for (const std::size_t place : places) put(place, sound[which][place]);
  }
  EXPECT_GT(mapped, 100);
  EXPECT_LT(mapped, 1400);
}

TEST(BlobPagesDamageTest, CyclesAndSharedPagesAreFound) {
  const TempDir dir;
  const TestConnection reader(dir.file("a.db"));
  reader.run("PRAGMA journal_mode = WAL");
  reader.run(create_chunks);
  for (int id = 0; id < 40; ++id)
    reader.sql().execute("INSERT INTO chunks(_rowid_, rowid, vectors) VALUES (?1, ?1, randomblob(12500))",
                         id);
  reader.run("PRAGMA wal_checkpoint(TRUNCATE); CREATE TABLE other(x)");
  const ReadTransaction transaction(reader);
  WalChanges changes(reader.handle(), "main");
  changes.advance();
  const auto map = BlobPages::map(changes, "chunks");
  ASSERT_TRUE(map);
  const std::string sound = content(dir.file("a.db"));
  const auto remains_mappable = [&](std::size_t at, std::uint32_t page) {
    std::fstream file(dir.file("a.db"), std::ios::binary | std::ios::in | std::ios::out);
    const char bytes[] = {static_cast<char>(page >> 24), static_cast<char>(page >> 16),
                          static_cast<char>(page >> 8), static_cast<char>(page)};
    file.seekp(static_cast<std::streamoff>(at)).write(bytes, 4).flush();
    const bool answer = BlobPages::map(changes, "chunks").has_value();
    file.seekp(static_cast<std::streamoff>(at)).write(&sound[at], 4).flush();
    return answer;
  };
  const auto offset_of = [](std::uint32_t page) { return (std::size_t{page} - 1) * 4096; };
  const BlobTree& tree = map->tree();
  const BlobTree::Row& row = tree.rows[3];
  const std::uint32_t first = tree.chain(row)[0].first;
  EXPECT_FALSE(remains_mappable(offset_of(first), first)) << "a chain in a circle";
  EXPECT_FALSE(remains_mappable(offset_of(first), tree.chain(tree.rows[4])[0].first))
      << "into another row's chain";
  EXPECT_FALSE(remains_mappable(offset_of(first), 0)) << "too short";
  EXPECT_FALSE(remains_mappable(offset_of(first), 1u << 30)) << "beyond the file";
  EXPECT_FALSE(remains_mappable(offset_of(first), row.leaf)) << "into the tree";
  const auto root =
      reader.sql().query_one<std::uint32_t>("SELECT rootpage FROM sqlite_schema WHERE name = 'chunks'");
  for (const std::uint32_t child : {root, row.leaf, first, 1u, 0u, 1u << 30})
    EXPECT_FALSE(remains_mappable(offset_of(root) + 8, child)) << "the root's last child is " << child;
  EXPECT_TRUE(BlobPages::map(changes, "chunks")) << "all is as it was";
}

}  // namespace
}  // namespace cairn::sqlite
