#include "store/ingest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <limits>
#include <random>

#include "base/hash.hpp"
#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/sql/transaction.hpp"
#include "cairn/vec0.hpp"
#include "store/embedded_text.hpp"
#include "store/schema.hpp"
#include "store/unprivileged.hpp"

namespace cairn::store {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;
using Counts = std::map<std::string, std::size_t>;

// Four numbers from the text's hash; counts what it embeds.
struct CountingEmbedder final : Embedder {
  EmbedderInfo info() const override { return {"counting", 4}; }
  void embed(std::span<const std::string_view> texts, TextRole, std::span<float> out) override {
    if (before_embed) before_embed();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::string hash = content_hash(texts[i]);
      for (std::size_t k = 0; k < 4; ++k) out[4 * i + k] = static_cast<float>(hash[k] - '0') + 1;
    }
    embedded += texts.size();
  }
  std::atomic<std::size_t> embedded = 0;
  std::function<void()> before_embed;
};

class TestStore {
 public:
  explicit TestStore(const std::string& path) : pool_(options(path)) {
    const auto writer = pool_.writer();
    sql::Migrator(migrations(), kLedger).run(*writer);
    create_vectors(*writer, embedder.info().dimension);
  }

  static sql::ConnectOptions options(const std::string& path) {
    auto result = sql::ConnectOptions::agent(path);
    result.extensions.push_back([](sql::ConnectionRef db) { vec0::register_vec0(db.handle()); });
    result.synchronous = sql::Synchronous::off;  // these tests kill processes, not machines
    return result;
  }

  IngestReport ingest(const std::vector<std::string>& paths, const IngestOptions& ingest_options = {},
                      const IngestLimits& limits = {}) {
    return store::ingest(pool_, &embedder, paths, ingest_options, limits);
  }

  template <class... Args>
  void execute(std::string_view sql, const Args&... args) {
    pool_.writer()->execute(sql, args...);
  }
  template <class... Args>
  std::int64_t number(std::string_view sql, const Args&... args) {
    return pool_.reader()->query_one<std::int64_t>(sql, args...);
  }
  Lines rows(std::string_view sql) {
    const auto reader = pool_.reader();
    auto st = reader->prepare(sql);
    Lines out;
    while (st.step()) {
      std::string line;
      for (int i = 0; i < st.column_count(); ++i) {
        if (st.column_type(i) == sql::ColumnType::blob) {
          for (const float x : st.get<std::vector<float>>(i)) line += fmt::format("{} ", x);
        } else if (st.column_type(i) == sql::ColumnType::integer) {
          line += fmt::format("{}", st.get<std::int64_t>(i));
        } else if (!st.is_null(i)) {
          line += st.get<std::string_view>(i);
        }
        line += '|';
      }
      out.push_back(std::move(line));
    }
    return out;
  }

  // All that an ingest decides, but ids and times.
  Lines snapshot() {
    Lines out = rows(
        "SELECT d.namespace, d.path, d.title, d.doc_type, d.bytes, d.modified_ns, d.content_hash, "
        "c.doc_type, "
        "c.namespace, c.heading, c.line_start, c.line_end, c.byte_start, c.byte_end, c.text_hash, c.text, "
        "v.vector "
        "FROM documents d LEFT JOIN content c ON c.document_id = d.id LEFT JOIN vec_content v ON "
        "v.content_id = c.id "
        "ORDER BY d.namespace, d.path, c.byte_start");
    out.push_back(fmt::format("{} vectors", number("SELECT count(*) FROM vec_content")));
    return out;
  }

  // The full-text index agrees with content, row by row.
  void check_full_text() {
    EXPECT_NO_THROW(execute("INSERT INTO content_fts(content_fts, rank) VALUES ('integrity-check', 1)"));
    EXPECT_EQ(rows("PRAGMA integrity_check"), Lines{"ok|"});
    EXPECT_EQ(rows("PRAGMA foreign_key_check"), Lines{});
  }

  sql::Pool& pool() { return pool_; }

  CountingEmbedder embedder;

 private:
  sql::Pool pool_;
};

class IngestTest : public ::testing::Test {
 protected:
  TestStore open(const std::string& name = "a.db") { return TestStore(data_.file(name)); }

  // A file with a time of its own, so that no test depends on the clock's tick.
  std::string write(const std::string& name, std::string_view text) {
    const std::string path = root_.write(name, text);
    set_time(path, ++tick_);
    return fs::canonical(path).string();
  }
  static void set_time(const std::string& path, std::int64_t tick) {
    const timespec times[2] = {{1'000'000'000 + tick, 0}, {1'000'000'000 + tick, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  std::string root() const { return fs::canonical(root_.path()).string(); }

  TempDir root_, data_;
  std::int64_t tick_ = 0;
};

std::string section(std::string_view heading, std::size_t number, std::size_t words = 150) {
  std::string out = fmt::format("## {}\n\n", heading);
  for (std::size_t i = 0; i < words; ++i) out += fmt::format("word{}x{} ", number, i);
  return out + "\n\n";
}

TEST_F(IngestTest, ReadsAFolderIn) {
  write("a.md", "# Title\n\nSome text.\n");
  write("src/b.py", "def f():\n  return 1\n");
  write("plain", "no heading");
  write("empty.txt", "");
  write("white.md", " \n\n ");
  write("image.png", std::string_view("\x89PNG\r\n\x1A\n\0\0", 10));
  write("late.txt", std::string(10'000, 'x') + '\0');
  auto store = open();
  Lines seen;
  const IngestReport report =
      store.ingest({root()}, {.progress = [&](const IngestProgress& p) {
                     seen.push_back(fmt::format("{}/{} {}", p.files_done, p.files_found,
                                                p.path.substr(root().size() + 1)));
                     return true;
                   }});
  EXPECT_EQ(report.files_added, 5u);
  EXPECT_EQ(report.chunks_added, 3u);
  EXPECT_EQ(report.files_skipped, (Counts{{"binary", 2}}));
  EXPECT_EQ(seen, (Lines{"1/7 a.md", "2/7 empty.txt", "3/7 image.png", "4/7 late.txt", "5/7 plain",
                         "6/7 src/b.py", "7/7 white.md"}));
  EXPECT_EQ(
      store.rows("SELECT title, doc_type, bytes FROM documents ORDER BY path"),
      (Lines{"Title|doc|20|", "empty.txt|doc|0|", "plain|doc|10|", "b.py|code|20|", "white.md|doc|4|"}));
  EXPECT_EQ(
      store.rows("SELECT heading, line_start, byte_end FROM content WHERE text LIKE '%Some text.%'"),
      (Lines{"Title|1|" +
             std::to_string(store.number("SELECT byte_end FROM content WHERE text LIKE '%Some%'")) + "|"}));
  EXPECT_EQ(store.embedder.embedded, 3u);
  store.check_full_text();
}

TEST_F(IngestTest, EmbedsHeadingAndTextAndSaysSoInTheHash) {
  write("a.md", "# Title\n\nSome text.\n");
  auto store = open();
  store.ingest({root()});
  const auto reader = store.pool().reader();
  auto st = reader->prepare("SELECT heading, text, text_hash FROM content");
  ASSERT_TRUE(st.step());
  EXPECT_EQ(st.get<std::string>(2),
            content_hash(embedded_text(st.get<std::string>(0), st.get<std::string>(1))));
  EXPECT_EQ(embedded_text("H", "t"), "H\nt");
  EXPECT_EQ(embedded_text("", "t"), "t");
}

TEST_F(IngestTest, SecondRunChangesNothing) {
  for (int i = 0; i < 30; ++i) write(fmt::format("d{}/f{}.md", i % 3, i), section("S", 1));
  auto store = open();
  store.ingest({root()});
  const auto before = store.number("PRAGMA data_version");
  const IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.files_unchanged, 30u);
  EXPECT_EQ(report.files_added + report.files_updated + report.files_removed, 0u);
  EXPECT_EQ(report.bytes_read, 0u);
  EXPECT_EQ(store.number("PRAGMA data_version"), before);  // counts what other connections commit
}

TEST_F(IngestTest, TouchedFileGetsItsStampOnly) {
  const std::string path = write("a.md", section("S", 1));
  auto store = open();
  store.ingest({root()});
  const Lines rows = store.rows("SELECT id, text FROM content");
  set_time(path, 100);
  IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.files_unchanged, 1u);
  EXPECT_EQ(report.files_updated, 0u);
  EXPECT_GT(report.bytes_read, 0u);
  EXPECT_EQ(store.rows("SELECT id, text FROM content"), rows);
  EXPECT_EQ(store.ingest({root()}).bytes_read, 0u);
}

TEST_F(IngestTest, RacilyCleanFilesAreComparedByContent) {
  const std::string path = write("a.md", "one");
  auto store = open();
  store.ingest({root()});
  // As if the file had been written in the very moment that it was read.
  store.execute("UPDATE documents SET ingested_ns = modified_ns + 1000");
  std::ofstream(path) << "two";
  set_time(path, tick_);
  EXPECT_EQ(store.ingest({root()}).files_updated, 1u);
  EXPECT_EQ(store.rows("SELECT text FROM content"), Lines{"two|"});
  // The stamp is now late enough: not read again.
  EXPECT_EQ(store.ingest({root()}).bytes_read, 0u);
}

TEST_F(IngestTest, UnchangedChunksKeepTheirIdsAndEdges) {
  const std::string a = section("A", 1), b = section("B", 2), c = section("C", 3);
  write("x.md", a + b + c);
  auto store = open();
  store.ingest({root()});
  const auto id = [&store](int n) {
    return store.number("SELECT id FROM content WHERE text LIKE ?", fmt::format("%word{}x7 %", n));
  };
  const auto id_a = id(1), id_b = id(2), id_c = id(3);
  store.execute("INSERT INTO content_relationships VALUES (?, ?, 'x', 1, 0)", id_a, id_c);
  store.execute("INSERT INTO content_relationships VALUES (?, ?, 'x', 1, 0)", id_a, id_b);
  store.embedder.embedded = 0;

  write("x.md", c + section("N", 4) + a);
  const IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.chunks_kept, 2u);
  EXPECT_EQ(report.chunks_added, 1u);
  EXPECT_EQ(report.chunks_removed, 1u);
  EXPECT_EQ(id(1), id_a);
  EXPECT_EQ(id(3), id_c);
  EXPECT_EQ(store.embedder.embedded, 1u);
  EXPECT_EQ(store.rows("SELECT source_id, target_id FROM content_relationships"),
            Lines{fmt::format("{}|{}|", id_a, id_c)});
  EXPECT_EQ(store.number("SELECT line_start FROM content WHERE id = ?", id_c), 1);
  store.check_full_text();
}

TEST_F(IngestTest, EqualChunksKeepTheirOrderAndGetVectors) {
  const std::string a = section("A", 1);
  write("x.md", a + a);
  auto store = open();
  store.ingest({root()});
  const Lines before = store.rows("SELECT id FROM content ORDER BY byte_start");
  ASSERT_EQ(before.size(), 2u);
  write("x.md", a + a + a);
  const IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.chunks_kept, 2u);
  EXPECT_EQ(report.chunks_added, 1u);
  Lines after = store.rows("SELECT id FROM content ORDER BY byte_start");
  after.pop_back();
  EXPECT_EQ(after, before);
  EXPECT_EQ(store.number("SELECT count(*) FROM vec_content"), 3);
}

TEST_F(IngestTest, HeadingChangeEmbedsAgainAndKeepsTheId) {
  const std::string body = section("Same", 1, 400);
  write("x.md", "# Old\n\n" + section("First", 9) + body);
  auto store = open();
  store.ingest({root()});
  const Lines ids = store.rows("SELECT id FROM content WHERE text LIKE '%word1x%'");
  write("x.md", "# New\n\n" + section("First", 9) + body);
  store.ingest({root()});
  EXPECT_EQ(store.rows("SELECT id FROM content WHERE text LIKE '%word1x%'"), ids);
  EXPECT_EQ(store.number("SELECT count(*) FROM content WHERE heading LIKE 'Old%'"), 0);
  EXPECT_GT(store.number("SELECT count(*) FROM content WHERE updated_at IS NOT NULL"), 0);
  auto fresh = open("fresh.db");
  fresh.ingest({root()});
  EXPECT_EQ(store.snapshot(), fresh.snapshot());
  store.check_full_text();
}

TEST_F(IngestTest, PrunesWhatIsGoneOrIgnored) {
  write("n/a.md", "a");
  write("n/b.md", "b");
  write("n2/c.md", "c");
  auto store = open();
  store.ingest({root() + "/n", root() + "/n2"});
  store.ingest({root() + "/n"}, {.namespace_ = "other"});
  fs::remove(root() + "/n/a.md");
  fs::remove(root() + "/n2/c.md");
  EXPECT_EQ(store.ingest({root() + "/n"}, {.prune = false}).files_removed, 0u);
  IngestReport report = store.ingest({root() + "/n"});
  EXPECT_EQ(report.files_removed, 1u);
  EXPECT_EQ(report.chunks_removed, 1u);
  // Neither the sibling whose name begins alike nor another namespace.
  EXPECT_EQ(store.number("SELECT count(*) FROM documents"), 4);
  write("n/.gitignore", "b.md\n");
  EXPECT_EQ(store.ingest({root() + "/n"}).files_removed, 1u);
  EXPECT_EQ(store.ingest({root() + "/n2"}).files_removed, 1u);
  EXPECT_EQ(store.rows("SELECT namespace FROM documents"), (Lines{"other|", "other|"}));
  fs::remove_all(root() + "/n");
  EXPECT_THROW(store.ingest({root() + "/n"}, {.namespace_ = "other"}), Error);
  EXPECT_EQ(store.number("SELECT count(*) FROM documents"), 2);
  store.check_full_text();
}

TEST_F(IngestTest, FileThatBecameBinaryIsForgotten) {
  write("a.md", "text");
  auto store = open();
  store.ingest({root()});
  write("a.md", std::string_view("te\0t", 4));
  const IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.files_removed, 1u);
  EXPECT_EQ(report.files_skipped, (Counts{{"binary", 1}}));
  EXPECT_EQ(store.number("SELECT count(*) FROM content"), 0);
}

TEST_F(IngestTest, WhatCannotBeReadStaysAsItWas) {
  const testing::Unprivileged somebody{&root_, &data_};
  const std::string file = write("a.md", "old");
  write("sub/b.md", "b");
  auto store = open();
  store.ingest({root()});
  write("a.md", "new");
  fs::permissions(file, fs::perms::none);
  fs::permissions(root() + "/sub", fs::perms::none);
  const IngestReport report = store.ingest({root()});
  fs::permissions(root() + "/sub", fs::perms::owner_all);
  EXPECT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.files_removed, 0u);
  EXPECT_EQ(store.rows("SELECT text FROM content ORDER BY id"), (Lines{"old|", "b|"}));
}

TEST_F(IngestTest, VanishedFileIsAProblemUntilTheNextRun) {
  write("a.md", "a");
  const std::string b = write("b.md", "b");
  auto store = open();
  store.ingest({root()});
  write("a.md", "a2");
  write("b.md", "b2");
  // The worker embeds a.md before it opens b.md.
  store.embedder.before_embed = [&] { fs::remove(b); };
  IngestReport report = store.ingest({root()});
  store.embedder.before_embed = nullptr;
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].path, b);
  EXPECT_EQ(report.files_removed, 0u);
  EXPECT_EQ(store.ingest({root()}).files_removed, 1u);
}

TEST_F(IngestTest, InvalidUtf8IsRepairedAndRangesAreTheFiles) {
  const std::string source =
      "# T\xFCr\n\nGr\xFC\xDF"
      "e\n\n" +
      section("Next", 1, 300) + section("More\xE9", 2, 300);
  const std::string path = write("latin1.md", source);
  auto store = open();
  store.ingest({root()});
  const auto reader = store.pool().reader();
  auto st = reader->prepare("SELECT text, byte_start, byte_end FROM content ORDER BY byte_start");
  std::size_t count = 0;
  for (; st.step(); ++count) {
    const auto begin = st.get<std::size_t>(1), end = st.get<std::size_t>(2);
    std::string expected;
    for (const char c : source.substr(begin, end - begin))
      expected += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "\uFFFD";
    EXPECT_EQ(st.get<std::string>(0), expected);
  }
  EXPECT_GT(count, 2u);
}

TEST_F(IngestTest, TooLargeIsNotRead) {
  const std::string path = write("big.txt", "x");
  fs::resize_file(path, std::uintmax_t{1} << 30);  // sparse
  auto store = open();
  const IngestReport report = store.ingest({root()});
  EXPECT_EQ(report.files_skipped, (Counts{{"too large", 1}}));
  EXPECT_EQ(report.bytes_read, 0u);
}

TEST_F(IngestTest, TypeIsTheCallersAndStays) {
  write("a.md", "a");
  auto store = open();
  store.ingest({root()});
  EXPECT_EQ(store.ingest({root()}, {.doc_type = "manual"}).files_updated, 1u);
  EXPECT_EQ(store.rows("SELECT d.doc_type, c.doc_type FROM documents d JOIN content c"),
            Lines{"manual|manual|"});
  write("a.md", "b");
  store.ingest({root()});
  EXPECT_EQ(store.rows("SELECT d.doc_type, c.doc_type FROM documents d JOIN content c"),
            Lines{"manual|manual|"});
}

TEST_F(IngestTest, WithoutAnEmbedderRowsHaveNoVector) {
  write("a.md", section("A", 1));
  auto store = open();
  ingest(store.pool(), nullptr, std::vector{root()}, {});
  EXPECT_EQ(store.rows("SELECT text_hash FROM content"), Lines{"|"});
  EXPECT_EQ(store.number("SELECT count(*) FROM vec_content"), 0);
  EXPECT_EQ(store.number("SELECT count(*) FROM content_fts WHERE content_fts MATCH 'word1x3'"), 1);
}

TEST_F(IngestTest, StopsWhenTold) {
  for (int i = 0; i < 20; ++i) write(fmt::format("f{:02}.md", i), "text");
  auto store = open();
  store.ingest({write("gone.md", "x"), root()});
  fs::remove(root() + "/gone.md");
  for (int i = 0; i < 20; ++i) write(fmt::format("f{:02}.md", i), "other");
  const IngestReport report =
      store.ingest({root()}, {.progress = [](const IngestProgress& p) { return p.files_done < 5; }});
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.files_updated, 5u);
  EXPECT_EQ(report.files_removed, 0u);
  EXPECT_EQ(store.number("SELECT count(*) FROM content WHERE text = 'other'"), 5);
}

TEST_F(IngestTest, EmbedderErrorSaysHowFarItCame) {
  for (int i = 0; i < 4; ++i) write(fmt::format("f{}.md", i), section("S", static_cast<std::size_t>(i)));
  auto store = open();
  store.embedder.before_embed = [&store] {
    if (store.embedder.embedded == 2) throw Error(ErrorCode::io, "no connection");
  };
  try {
    store.ingest({root()}, {}, {.transaction_bytes = 1});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::io);
    EXPECT_EQ(std::string(e.what()),
              "no connection; 2 of 4 changed or new files are written, reading in again does the rest");
  }
  EXPECT_EQ(store.number("SELECT count(*) FROM documents"), 2);
  store.embedder.before_embed = nullptr;
  EXPECT_EQ(store.ingest({root()}).files_added, 2u);
}

// The queue holds one file at a time, and every file waits in it for the writer.
TEST_F(IngestTest, SmallQueueAndTransactionsComeToTheSame) {
  for (int i = 0; i < 10; ++i)
    write(fmt::format("f{}.md", i), section("S", static_cast<std::size_t>(i), 500));
  auto store = open();
  store.ingest({root()}, {}, {.transaction_bytes = 1, .queue_bytes = 1});
  auto slow = open("slow.db");
  slow.ingest({root()}, {}, {.transaction_time = std::chrono::milliseconds(0)});
  EXPECT_EQ(store.snapshot(), slow.snapshot());
  // Stopped while the worker waits for room.
  auto stopped = open("stopped.db");
  const auto stop = [](const IngestProgress&) { return false; };
  EXPECT_EQ(stopped.ingest({root()}, {.progress = stop}, {.queue_bytes = 1}).files_added, 1u);
}

TEST_F(IngestTest, BusyAndFullDiskLeaveWholeFiles) {
  for (int i = 0; i < 8; ++i)
    write(fmt::format("f{}.md", i), section("S", static_cast<std::size_t>(i), 10'000));
  auto store = open();
  {
    auto impatient = TestStore::options(data_.file("a.db"));
    impatient.busy_timeout = std::chrono::milliseconds(1);
    sql::Pool other(impatient);
    const auto writer = store.pool().writer();
    const sql::Transaction lock(*writer);
    try {
      ingest(other, &store.embedder, std::vector{root()}, {});
      FAIL();
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::busy);
      EXPECT_NE(std::string(e.what()).find("0 of 8 changed or new files are written"), std::string::npos);
    }
  }
  store.execute("PRAGMA max_page_count = 300");
  try {
    store.ingest({root()}, {}, {.transaction_bytes = 1});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::disk_full);
  }
  store.check_full_text();
  const auto written = store.number("SELECT count(*) FROM documents");
  EXPECT_GT(written, 0);
  EXPECT_LT(written, 8);
  store.execute("PRAGMA max_page_count = 1000000");
  store.ingest({root()});
  auto fresh = open("fresh.db");
  fresh.ingest({root()});
  EXPECT_EQ(store.snapshot(), fresh.snapshot());
}

// A child process is killed in the middle of a transaction; what it committed is whole files, and the next
// ingest does the rest.
TEST_F(IngestTest, KilledInTheMiddleTheNextRunFinishes) {
  for (int i = 0; i < 12; ++i) {
    std::string text;
    for (std::size_t n = 0; n < 4; ++n) text += section("S", n * 100 + static_cast<std::size_t>(i), 200);
    write(fmt::format("f{:02}.md", i), text);
  }
  auto fresh = open("fresh.db");
  fresh.ingest({root()});
  std::size_t partial = 0;
  for (const std::size_t kill_after : {1u, 4u, 7u, 11u}) {
    SCOPED_TRACE(kill_after);
    const std::string name = fmt::format("k{}.db", kill_after);
    const pid_t child = fork();
    if (child == 0) {
      TestStore victim(data_.file(name));
      const auto progress = [kill_after](const IngestProgress& p) {
        if (p.files_done == kill_after) raise(SIGKILL);
        return true;
      };
      victim.ingest({root()}, {.progress = progress}, {.transaction_bytes = 20'000});
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto store = open(name);
    store.check_full_text();
    const auto documents = store.number("SELECT count(*) FROM documents");
    EXPECT_LT(documents, 12);
    if (documents > 0) ++partial;
    EXPECT_EQ(store.ingest({root()}).files_added, 12u - static_cast<std::size_t>(documents));
    EXPECT_EQ(store.snapshot(), fresh.snapshot());
    store.check_full_text();
  }
  EXPECT_GT(partial, 0u);
}

TEST_F(IngestTest, RandomEditsEndWhereAFreshIngestEnds) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t n) {
      return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const std::string base = fmt::format("s{}", seed);
    auto store = open(fmt::format("p{}.db", seed));
    std::map<std::string, std::vector<std::string>> files;
    write(base + "/keep.md", "x");
    for (int round = 0; round < 6; ++round) {
      for (std::size_t edit = 0; edit < 8; ++edit) {
        const std::string name = fmt::format("{}/d{}/f{}.md", base, below(2), below(4));
        auto& sections = files[name];
        const auto at = sections.empty() ? 0 : below(sections.size());
        const std::string fresh = section(fmt::format("H{}", below(4)), below(5), 20 + below(150));
        switch (below(5)) {
          case 0:
            if (!sections.empty()) sections.erase(sections.begin() + static_cast<std::ptrdiff_t>(at));
            break;
          case 1:
            if (!sections.empty()) std::swap(sections[at], sections.back());
            break;
          case 2:
            if (!sections.empty()) sections.push_back(sections[at]);
            break;
          case 3:
            if (!sections.empty())
              sections[at] = "## Renamed\n" + sections[at].substr(sections[at].find('\n'));
            break;
          default:
            sections.insert(sections.begin() + static_cast<std::ptrdiff_t>(at), fresh);
        }
        std::string text = below(2) == 0 ? "# Title\n\n" : "";
        for (const std::string& s : sections) text += s;
        if (below(12) == 0) {
          fs::remove(root() + "/" + name);
          sections.clear();
        } else {
          write(name, text);
        }
      }
      store.ingest({root() + "/" + base});
      store.check_full_text();
      TestStore fresh(data_.file(fmt::format("fresh-{}-{}.db", seed, round)));
      fresh.ingest({root() + "/" + base});
      ASSERT_EQ(store.snapshot(), fresh.snapshot()) << "round " << round;
    }
  }
}

// A file of /proc has no size to go by, so the buffer has to grow.
TEST(IngestLimits, AnUnlimitedFileSize) {
  TempDir dir;
  Store store = Store::open(dir.file("p.db"));
  const IngestReport report =
      store.ingest({"/proc/cpuinfo"}, {.max_file_bytes = std::numeric_limits<std::uint64_t>::max()});
  EXPECT_EQ(report.files_added, 1u);
  EXPECT_GT(report.bytes_read, 10u);
}

}  // namespace
}  // namespace cairn::store
