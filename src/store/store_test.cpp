// The store through its public face, on real files.
#include "cairn/store.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <utility>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/testing/embeddings.hpp"
#include "cairn/vec0.hpp"

namespace cairn {
namespace {

std::vector<std::int64_t> ids_of(const std::vector<Hit>& hits) {
  std::vector<std::int64_t> ids;
  for (const Hit& hit : hits) ids.push_back(hit.id);
  return ids;
}

struct StoreTest : ::testing::Test {
  TempDir dir;
  std::string path = dir.file("agent.db");
  Store store = Store::open(path);
};

TEST_F(StoreTest, WhatIsAddedIsFoundAndReadBack) {
  const std::int64_t id = store.add({.text = "The deploy key rotates every 90 days.",
                                     .doc_type = "note",
                                     .namespace_ = "ops",
                                     .metadata = R"({"author": "ada"})",
                                     .created_at = 1234567890});
  store.add({.text = "Lunch is at noon."});
  const Content content = store.get(id);
  EXPECT_EQ(content.text, "The deploy key rotates every 90 days.");
  EXPECT_EQ(content.doc_type, "note");
  EXPECT_EQ(content.namespace_, "ops");
  EXPECT_EQ(content.metadata, R"({"author": "ada"})");
  EXPECT_EQ(content.created_at, 1234567890);
  EXPECT_EQ(content.path, "");

  for (const SearchMode mode : {SearchMode::hybrid, SearchMode::vector, SearchMode::keyword}) {
    const std::vector<Hit> hits =
        store.search("when does the deploy key rotate?", {.limit = 5, .mode = mode});
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits[0].id, id);
    EXPECT_GT(hits[0].score, 0);
    EXPECT_NE(hits[0].snippet.find("deploy key"), std::string::npos);
    EXPECT_EQ(hits[0].vector.has_value(), mode != SearchMode::keyword);
    EXPECT_EQ(hits[0].keyword.has_value(), mode != SearchMode::vector);
  }
}

TEST_F(StoreTest, AnUpdateIsSearchedAndTheOldTextIsGone) {
  const std::int64_t id = store.add({.text = "alpha bravo"});
  store.update(id, {.text = "charlie delta", .metadata = R"({"n": 1})"});
  EXPECT_TRUE(store.search("bravo", {.mode = SearchMode::keyword}).empty());
  EXPECT_EQ(ids_of(store.search("charlie", {.mode = SearchMode::keyword})), std::vector{id});
  EXPECT_TRUE(store.get(id).updated_at.has_value());
  const std::vector<float> fresh =
      hashing_embedder(store.embedder().dimension)->embed("charlie delta", TextRole::document);
  EXPECT_EQ(store.embedding(id), fresh);
  EXPECT_EQ(error_of([&] { store.update(999, {.text = "x"}); }).code(), ErrorCode::not_found);
}

TEST_F(StoreTest, ARemovedRowIsGoneEverywhere) {
  const std::int64_t id = store.add({.text = "to be removed"});
  const std::int64_t other = store.add({.text = "something else"});
  store.relate(other, id, "cites");
  EXPECT_TRUE(store.remove(id));
  EXPECT_FALSE(store.remove(id));
  EXPECT_EQ(ids_of(store.search("to be removed")), std::vector{other});
  EXPECT_TRUE(store.related(other).empty());
  EXPECT_EQ(error_of([&] { store.get(id); }).code(), ErrorCode::not_found);
  EXPECT_TRUE(store.doctor().empty());
}

TEST_F(StoreTest, ABatchIsAllOrNothing) {
  std::vector<Record> records(500);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].text = "record number " + std::to_string(i);
  const std::vector<std::int64_t> ids = store.add_many(records);
  EXPECT_EQ(ids.size(), 500u);
  EXPECT_EQ(store.get(ids[321]).text, "record number 321");
  records[250].text = "bad \xFF byte";
  const Error e = error_of([&] { store.add_many(records); });
  EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
  EXPECT_NE(std::string(e.what()).find("record 251 of 500"), std::string::npos);
  EXPECT_NE(std::string(e.what()).find("byte 4"), std::string::npos);
  EXPECT_EQ(store.status().content, 500);
  EXPECT_EQ(store.status().vectors, 500);
}

TEST_F(StoreTest, RefusesWhatCannotBeStored) {
  const auto code = [&](Record record) { return error_of([&] { store.add(record); }).code(); };
  EXPECT_EQ(code({.text = ""}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.text = std::string("a\0b", 3)}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.text = "x", .metadata = "[1, 2]"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.text = "x", .metadata = "{broken"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.text = "x", .namespace_ = ""}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.text = "x", .embedding = {1, 2, 3}}), ErrorCode::invalid_argument);
  std::vector<float> nan(store.embedder().dimension, 0.5f);
  nan[7] = std::nanf("");
  const Error e = error_of([&] { store.add({.text = "x", .embedding = nan}); });
  EXPECT_NE(std::string(e.what()).find("element 7"), std::string::npos);
  EXPECT_EQ(store.status().content, 0);
}

TEST_F(StoreTest, NoTextBreaksASearchOrEmptiesIt) {
  store.add({.text = "Call foo_bar.baz() with --no-install; see C++ and \"quotes\"."});
  store.add({.text = "東京は日本の首都です。"});
  store.add({.text = "Release day 🎉 at last"});
  const std::string megabyte(1 << 20, 'x');
  std::vector<std::string> queries = {"\"",
                                      "'",
                                      "\"unbalanced",
                                      "-",
                                      "--no-install",
                                      "-minus",
                                      "foo_bar.baz()",
                                      "a AND",
                                      "NOT",
                                      "OR OR",
                                      "NEAR(",
                                      "col:x",
                                      "*",
                                      "^",
                                      "x*",
                                      "()",
                                      "{}",
                                      "",
                                      " ",
                                      "🎉",
                                      "東京",
                                      "首都です",
                                      "%",
                                      "_",
                                      ";--",
                                      "\xFF\xFE",
                                      "C++",
                                      "::",
                                      megabyte};
  for (const std::string& query : queries)
    for (const SearchMode mode : {SearchMode::hybrid, SearchMode::vector})
      EXPECT_FALSE(store.search(query, {.mode = mode}).empty()) << query.substr(0, 40);
  EXPECT_EQ(store.search("東京", {.mode = SearchMode::keyword}).at(0).text, "東京は日本の首都です。");
  EXPECT_EQ(store.search("日本の首都", {.mode = SearchMode::keyword}).at(0).text, "東京は日本の首都です。");
  EXPECT_EQ(store.search("🎉", {.mode = SearchMode::keyword}).at(0).text, "Release day 🎉 at last");
  EXPECT_NE(store.search("foo_bar.baz()", {.mode = SearchMode::keyword}).at(0).text.find("foo_bar"),
            std::string::npos);
  EXPECT_NE(store.search("++", {.mode = SearchMode::keyword}).at(0).text.find("C++"), std::string::npos);
}

TEST_F(StoreTest, FiltersNeverStarve) {
  for (int i = 0; i < 400; ++i)
    store.add({.text = "common words here, item " + std::to_string(i),
               .doc_type = i == 399 ? "rare" : "usual",
               .metadata = i % 100 == 0 ? R"({"hundred": true})" : R"({"hundred": false})"});
  for (const SearchMode mode : {SearchMode::hybrid, SearchMode::vector, SearchMode::keyword}) {
    EXPECT_EQ(store.search("common words item 3", {.mode = mode, .doc_type = "rare"}).size(), 1u);
    EXPECT_EQ(store.search("common words item 3", {.mode = mode, .filter = field("metadata.hundred") == true})
                  .size(),
              4u);
    EXPECT_EQ(store.search("common words item 3", {.limit = 500, .mode = mode}).size(), 400u);
  }
  const std::vector<Hit> all = store.search("common words", {.limit = 20});
  const std::vector<Hit> page = store.search("common words", {.limit = 10, .offset = 10});
  ASSERT_EQ(page.size(), 10u);
  for (std::size_t i = 0; i < page.size(); ++i) EXPECT_EQ(page[i].id, all[i + 10].id);
}

// Filters that many rows satisfy, and few, take different ways; both must give what sorting everything gives.
TEST_F(StoreTest, FilteredVectorSearchAgreesWithSortingEverything) {
  constexpr std::size_t kRows = 3000;
  std::vector<Record> records;
  for (std::size_t i = 0; i < kRows; ++i)
    records.push_back({.text = "item " + std::to_string(i),
                       .doc_type = i % 2 == 0 ? "even" : "odd",
                       .metadata = "{\"n\": " + std::to_string(i) + "}",
                       .embedding = testing::test_embedding(store.embedder().dimension,
                                                            0.001f * static_cast<float>(i + 1))});
  const std::vector<std::int64_t> ids = store.add_many(records);
  const std::vector<float> query = testing::test_embedding(store.embedder().dimension, 1.2345f);
  std::map<std::int64_t, double> distance;
  for (const Hit& hit : store.search("", {.limit = kRows, .mode = SearchMode::vector, .embedding = query}))
    distance[hit.id] = hit.vector->value;
  ASSERT_EQ(distance.size(), kRows);
  for (const std::size_t below :
       {std::size_t{0}, std::size_t{5}, std::size_t{999}, std::size_t{1000}, std::size_t{1001}, kRows}) {
    const Filter filter = field("metadata.n") < below && field("doc_type") == "even";
    std::vector<std::pair<double, std::int64_t>> expected;
    for (std::size_t i = 0; i < below; i += 2) expected.emplace_back(distance.at(ids[i]), ids[i]);
    std::sort(expected.begin(), expected.end());
    const std::vector<Hit> hits =
        store.search("", {.limit = 20, .mode = SearchMode::vector, .filter = filter, .embedding = query});
    ASSERT_EQ(hits.size(), std::min<std::size_t>(20, expected.size())) << below;
    for (std::size_t i = 0; i < hits.size(); ++i)
      EXPECT_EQ(hits[i].vector->value, expected[i].first) << below;
  }
}

TEST_F(StoreTest, ExplainShowsHowTheAnswerCameAbout) {
  store.add({.text = "the quick brown fox"});
  const SearchReport report = store.explain("quick fox");
  EXPECT_EQ(report.hits.size(), 1u);
  EXPECT_EQ(report.vector_candidates, 1u);
  EXPECT_EQ(report.keyword_candidates, 1u);
  EXPECT_NE(report.keyword_query.find("quick"), std::string::npos);
  EXPECT_FALSE(report.query_plans.empty());
  EXPECT_NE(store.explain("???").note, "");
}

TEST_F(StoreTest, MetadataOfTheApplication) {
  EXPECT_EQ(store.metadata("schema_version"), std::nullopt);
  store.set_metadata("schema_version", "1.0.0");
  store.set_metadata("schema_version", "1.1.0");
  EXPECT_EQ(store.metadata("schema_version"), "1.1.0");
  EXPECT_EQ(error_of([&] { store.set_metadata("cairn.embedder", "x"); }).code(), ErrorCode::invalid_argument);
}

TEST_F(StoreTest, ThreadsReadAndWriteAtOnce) {
  std::atomic<int> errors{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        try {
          store.add({.text = "thread " + std::to_string(t) + " item " + std::to_string(i)});
        } catch (const Error&) {
          ++errors;
        }
      }
    });
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        try {
          store.search("item 7");
        } catch (const Error&) {
          ++errors;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(store.status().content, 100);
}

// Conditions that need no value: the keyword arm must ask them as well.
TEST_F(StoreTest, FiltersWithoutValuesHoldInEveryArm) {
  const std::int64_t note = store.add({.text = "a zebra note"});
  store.ingest({dir.write("zebra.md", "# Zebra\n\nA zebra in a file.\n")});
  for (const SearchMode mode : {SearchMode::hybrid, SearchMode::vector, SearchMode::keyword}) {
    SCOPED_TRACE(static_cast<int>(mode));
    const auto found = [&](std::string_view filter) {
      return ids_of(store.search("zebra", {.mode = mode, .filter = Filter::parse(filter)}));
    };
    EXPECT_EQ(found("NOT path EXISTS"), std::vector{note});
    EXPECT_EQ(found("path EXISTS").size(), 1u);
    EXPECT_NE(found("path EXISTS"), std::vector{note});
    EXPECT_TRUE(found("id IN ()").empty());
    EXPECT_TRUE(found("id = 'text'").empty());
  }
}

TEST_F(StoreTest, HugeLimitsAndOffsets) {
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
  store.add_many(std::vector<Record>{{.text = "a zebra"}, {.text = "another zebra"}});
  for (const SearchMode mode : {SearchMode::hybrid, SearchMode::vector, SearchMode::keyword}) {
    EXPECT_TRUE(store.search("zebra", {.offset = kHuge, .mode = mode}).empty());
    EXPECT_EQ(store.search("zebra", {.limit = kHuge, .mode = mode}).size(), 2u);
    EXPECT_EQ(store.search("zebra", {.limit = kHuge, .offset = 1, .mode = mode}).size(), 1u);
    EXPECT_TRUE(store.search("zebra", {.limit = kHuge, .offset = kHuge, .mode = mode}).empty());
    EXPECT_TRUE(store.search("zebra", {.limit = 0, .mode = mode}).empty());
  }
  EXPECT_TRUE(store.documents({.limit = kHuge, .offset = kHuge}).empty());
}

// The text may change while its vector is made; the row must then still count as not embedded.
TEST(StoreVectors, ATextThatChangesWhileItIsEmbedded) {
  struct Meddler final : Embedder {
    std::shared_ptr<Embedder> inner = testing::fake_embedder(8);
    std::function<void()> meddle;
    EmbedderInfo info() const override { return inner->info(); }
    void embed(std::span<const std::string_view> texts, TextRole role, std::span<float> out) override {
      if (const auto once = std::exchange(meddle, nullptr)) once();
      inner->embed(texts, role, out);
    }
  };
  TempDir dir;
  const std::string path = dir.file("m.db");
  const auto embedder = std::make_shared<Meddler>();
  Store store = Store::open(path, {.embedder = embedder});
  const std::int64_t id = store.add({.text = "first"});
  sql::Connection other({.path = path});
  other.execute("UPDATE content SET text = 'second'");
  embedder->meddle = [&] { other.execute("UPDATE content SET text = 'third'"); };
  store.embed_missing();
  EXPECT_EQ(store.embedding(id), embedder->inner->embed("third", TextRole::document));
  EXPECT_TRUE(store.doctor().empty());
}

TEST_F(StoreTest, TextOfEveryKindMustBeValid) {
  const std::int64_t a = store.add({.text = "a"});
  const std::int64_t b = store.add({.text = "b"});
  for (const std::string_view bad : {std::string_view("caf\xe9"), std::string_view("a\0b", 3)}) {
    EXPECT_EQ(error_of([&] { store.relate(a, b, bad); }).code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error_of([&] { store.set_metadata(bad, "x"); }).code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error_of([&] { store.set_metadata("key", bad); }).code(), ErrorCode::invalid_argument);
  }
  store.set_metadata("key", "");
  EXPECT_EQ(store.metadata("key"), "");
}

TEST_F(StoreTest, AVectorSuppliedForAChangedTextCounts) {
  const std::int64_t id = store.add({.text = "first"});
  {
    sql::Connection db({.path = path});
    db.execute("UPDATE content SET text = 'second'");
  }
  ASSERT_EQ(store.doctor().size(), 1u);
  std::vector<float> mine(store.embedder().dimension, 0.0f);
  mine[0] = 1;
  store.update(id, {.embedding = mine});
  EXPECT_TRUE(store.doctor().empty());
  EXPECT_EQ(store.embed_missing(), 0u);
  EXPECT_EQ(store.embedding(id), mine);
}

TEST_F(StoreTest, TheDoctorTellsOfVectorsThatCannotBeRead) {
  store.add({.text = "a"});
  sql::Connection db({.path = path});
  db.execute("INSERT INTO content_fts(content_fts) VALUES ('delete-all')");
  db.execute("UPDATE vec_content_chunks SET validity = x'00'");
  const std::vector<Finding> findings = store.doctor(true);
  ASSERT_GE(findings.size(), 2u);
  const Finding& full_text = findings[findings.size() - 2];
  EXPECT_TRUE(full_text.repaired) << full_text.what;
  EXPECT_FALSE(findings.back().repaired);
  EXPECT_NE(findings.back().what.find("shadow table 'vec_content_rowids': has 1 rows, but the chunks have 0"),
            std::string::npos)
      << findings.back().what;
}

TEST(StoreVectors, CallerSuppliedVectorsAreUsed) {
  TempDir dir;
  Store store = Store::open(dir.file("v.db"), {.embedder = external_embedder(3)});
  const std::int64_t x = store.add({.text = "along x", .embedding = {1, 0, 0}});
  const std::int64_t y = store.add({.text = "along y", .embedding = {0, 1, 0}});
  EXPECT_EQ(ids_of(store.search("", {.mode = SearchMode::vector, .embedding = {0.1f, 0.9f, 0}})),
            (std::vector{y, x}));
  EXPECT_EQ(error_of([&] { store.add({.text = "no vector"}); }).code(), ErrorCode::embedder_mismatch);
  EXPECT_EQ(error_of([&] { store.search("x", {.mode = SearchMode::vector}); }).code(),
            ErrorCode::embedder_mismatch);
  const SearchReport by_words = store.explain("along x");
  EXPECT_EQ(by_words.hits.at(0).id, x);
  EXPECT_NE(by_words.note, "");
}

TEST(StoreVectors, TheFileRemembersItsEmbedder) {
  TempDir dir;
  const std::string path = dir.file("e.db");
  Store::open(path, {.embedder = testing::fake_embedder(8)}).add({.text = "hello"});
  const Error e = error_of([&] { Store::open(path, {.embedder = testing::fake_embedder(9)}); });
  EXPECT_EQ(e.code(), ErrorCode::embedder_mismatch);
  // Without it the file still opens, and its words can be searched.
  Store store = Store::open(path);
  EXPECT_EQ(store.search("hello").size(), 1u);
  EXPECT_EQ(error_of([&] { store.add({.text = "x"}); }).code(), ErrorCode::embedder_mismatch);
}

TEST(StoreVectors, RowsThatOtherProgramsWroteAreFoundAndEmbedded) {
  TempDir dir;
  const std::string path = dir.file("o.db");
  Store store = Store::open(path);
  {
    sql::Connection db(
        {.path = path, .extensions = {[](sqlite::ConnectionRef c) { vec0::register_vec0(c.handle()); }}});
    db.execute(
        "INSERT INTO content(text, doc_type, created_at) VALUES ('written by another program', 'note', 1)");
  }
  EXPECT_EQ(store.search("another program", {.mode = SearchMode::keyword}).size(), 1u);
  EXPECT_EQ(store.doctor().size(), 1u);
  EXPECT_EQ(store.embed_missing(), 1u);
  EXPECT_EQ(store.embed_missing(), 0u);
  EXPECT_EQ(store.search("another program", {.mode = SearchMode::vector}).size(), 1u);
  {
    sql::Connection db(
        {.path = path, .extensions = {[](sqlite::ConnectionRef c) { vec0::register_vec0(c.handle()); }}});
    db.execute("UPDATE content SET text = 'changed by another program'");
  }
  EXPECT_EQ(store.embed_missing(), 1u);
  EXPECT_TRUE(store.doctor().empty());
}

}  // namespace
}  // namespace cairn
