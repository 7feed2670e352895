// The tests of the guide's section on testing, in its order. All of them have a database of their own; none
// needs to be told to clean up.
#include <cairn/sql/migrator.hpp>
#include <cairn/testing.hpp>
#include <cairn/testing/gtest.hpp>
#include <chrono>
#include <cmath>

#include "../db.hpp"
#include "migrations.hpp"

namespace {

using cairn::sql::Connection, cairn::sql::Transaction;
using cairn::testing::test_embedding;  // the guide's create_test_embedding

// #[sqlx::test] and its fixtures
class GuideTest : public cairn::testing::DatabaseTest {
 protected:
  GuideTest()
      : DatabaseTest(guide::migrations(),
                     {.fixtures_folder = GUIDE_FIXTURES, .connect = db::connect_options("")}) {}
};

// setup_test_db: in memory, and as it lives as long as its pool, no rule about connections is needed.
TEST(SetupTestDb, InMemory) {
  cairn::sql::Pool pool(db::connect_options(":memory:"));
  cairn::sql::Migrator(guide::migrations()).run(*pool.writer());
  db::insert_document(pool, {"test content", "test", test_embedding(768, 0.1F)});
  EXPECT_EQ(db::search_similar(pool, test_embedding(768, 0.1F), "test", 5).size(), 1u);
}

// test_vector_search
TEST_F(GuideTest, VectorSearch) {
  const std::vector<float> embedding = test_embedding(768, 0.1F);
  database.pool().write([&](Transaction& tx) {
    tx.execute("INSERT INTO content(text, doc_type, created_at) VALUES (?, ?, ?)", "test content", "test",
               1234567890);
    tx.execute("INSERT INTO vec_content(content_id, vector) VALUES (1, ?)", embedding);
  });

  std::vector<float> query = embedding;
  for (float& x : query) x += 0.01F;
  const auto results = database.connect().query_all<std::pair<std::int64_t, double>>(
      "SELECT content_id, distance FROM vec_content WHERE vector MATCH ? ORDER BY distance LIMIT 5", query);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].first, 1);
  EXPECT_NEAR(results[0].second, 0.01 * std::sqrt(768.0), 1e-4);
}

// test_with_fixtures
TEST_F(GuideTest, WithFixtures) {
  database.fixtures({"sample_data"});
  EXPECT_EQ(database.connect().query_one<std::int64_t>("SELECT count(*) FROM content"), 3);
  const auto nearest = db::search_similar(database.pool(), test_embedding(768, 0.2F), "article", 1);
  ASSERT_EQ(nearest.size(), 1u);
  EXPECT_EQ(nearest[0].text, "Python is great for AI");
}

// test_full_rag_workflow
TEST_F(GuideTest, FullRagWorkflow) {
  const auto embedder = cairn::testing::fake_embedder(768);
  cairn::sql::Pool& pool = database.pool();
  const auto embed = [&](std::string_view text) { return embedder->embed(text, cairn::TextRole::document); };
  for (const char* text :
       {"The deploy key rotates every 90 days.", "Lunch is at noon.", "Backups run at night."})
    db::insert_document(pool, {text, "note", embed(text)});
  db::insert_document(pool,
                      {"The deploy key, in full", "secret", embed("The deploy key rotates every 90 days.")});

  const auto results = db::search_similar(pool, embed("The deploy key rotates every 90 days."), "note", 2);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].text, "The deploy key rotates every 90 days.");
  EXPECT_NEAR(results[0].distance, 0, 1e-6);
  EXPECT_EQ(results[1].doc_type, "note");
  EXPECT_EQ(db::search_similar(pool, embed("Lunch is at noon."), std::nullopt, 10).size(), 4u);
}

// bench_vector_search, which is told apart from a test: the time is printed, and what was found is checked.
TEST_F(GuideTest, BenchVectorSearch) {
  const auto vector = [](std::int64_t i) {
    std::vector<float> v(768);
    for (std::size_t j = 0; j < v.size(); ++j) v[j] = std::sin(static_cast<float>(i) * static_cast<float>(j));
    return v;
  };
  database.pool().write([&](Transaction& tx) {
    for (std::int64_t i = 0; i < 10'000; ++i)
      tx.execute("INSERT INTO vec_content(content_id, vector) VALUES (?, ?)", i, vector(i));
  });

  const std::vector<float> query = vector(4321);
  const auto start = std::chrono::steady_clock::now();
  const auto results = database.pool().read([&](Connection& db) {
    return db.query_all<std::int64_t>(
        "SELECT content_id FROM vec_content WHERE vector MATCH ? ORDER BY distance LIMIT 10", query);
  });
  const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
  std::cout << "Search took: " << elapsed.count() << " ms\n";
  ASSERT_EQ(results.size(), 10u);
  EXPECT_EQ(results[0], 4321);
}

}  // namespace
