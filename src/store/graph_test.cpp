// The walk against an obvious reference: all simple paths, tried one after another.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/temp_dir.hpp"
#include "cairn/error.hpp"
#include "cairn/store.hpp"

namespace cairn {
namespace {

struct Best {
  std::size_t depth;
  double strength;
};

// Follows every simple path from `at` and keeps, for each node, the shortest length and among those the
// largest product.
void walk(const std::vector<Edge>& edges, const RelatedOptions& options, std::int64_t at, std::size_t depth,
          double strength, std::set<std::int64_t>& on_path, std::map<std::int64_t, Best>& best) {
  if (depth == options.depth) return;
  for (const Edge& edge : edges) {
    if (!options.type.empty() && edge.type != options.type) continue;
    if (edge.strength < options.min_strength) continue;
    for (const bool forward : {true, false}) {
      if (options.direction == (forward ? Direction::in : Direction::out)) continue;
      const std::int64_t from = forward ? edge.source.id : edge.target.id;
      const std::int64_t to = forward ? edge.target.id : edge.source.id;
      if (from != at || on_path.contains(to)) continue;
      const Best found{depth + 1, strength * edge.strength};
      const auto [place, is_new] = best.try_emplace(to, found);
      const bool better = found.depth < place->second.depth ||
                          (found.depth == place->second.depth && found.strength > place->second.strength);
      if (!is_new && better) place->second = found;
      on_path.insert(to);
      walk(edges, options, to, depth + 1, found.strength, on_path, best);
      on_path.erase(to);
    }
  }
}

TEST(Graph, AgreesWithTryingEveryPath) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    Store store = Store::open(":memory:");
    constexpr int kNodes = 7;
    for (int i = 0; i < kNodes; ++i) store.add({.text = "node " + std::to_string(i + 1)});
    std::vector<Edge> edges;
    for (int i = 0; i < 12; ++i) {
      const Edge edge{static_cast<std::int64_t>(random() % kNodes + 1),
                      static_cast<std::int64_t>(random() % kNodes + 1), random() % 2 ? "cites" : "follows",
                      static_cast<double>(random() % 5) / 4};
      std::erase_if(edges, [&](const Edge& e) {
        return e.source == edge.source && e.target == edge.target && e.type == edge.type;
      });
      edges.push_back(edge);
      store.relate(edge.source, edge.target, edge.type, edge.strength);
    }
    for (int query = 0; query < 10; ++query) {
      const RelatedOptions options{.depth = random() % 4 + 1,
                                   .direction = static_cast<Direction>(random() % 3),
                                   .type = random() % 2 ? "" : "cites",
                                   .min_strength = random() % 2 ? 0 : 0.5};
      const std::int64_t start = static_cast<std::int64_t>(random() % kNodes + 1);
      std::map<std::int64_t, Best> expected;
      std::set<std::int64_t> on_path{start};
      walk(edges, options, start, 0, 1, on_path, expected);
      const std::vector<Related> found = store.related(start, options);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        const Related& r = found[i];
        ASSERT_EQ(r.depth, expected.at(r.node.id).depth);
        ASSERT_DOUBLE_EQ(r.strength, expected.at(r.node.id).strength);
        ASSERT_EQ(r.path.size(), r.depth);
        ASSERT_EQ(r.content.text, "node " + std::to_string(r.node.id));
        double product = 1;
        std::int64_t at = start;
        for (const Edge& edge : r.path) {
          product *= edge.strength;
          at = edge.source.id == at ? edge.target.id : edge.source.id;
        }
        ASSERT_EQ(at, r.node.id) << "the path must lead to the node";
        ASSERT_DOUBLE_EQ(product, r.strength);
        if (i > 0) {
          ASSERT_LE(found[i - 1].depth, r.depth);
          if (found[i - 1].depth == r.depth) {
            ASSERT_GE(found[i - 1].strength, r.strength);
          }
        }
      }
    }
  }
}

TEST(Graph, ALongCycleEndsAndLimitsHold) {
  Store store = Store::open(":memory:");
  std::vector<Record> records(1000, Record{.text = "link"});
  const std::vector<std::int64_t> ids = store.add_many(records);
  for (std::size_t i = 0; i < ids.size(); ++i) store.relate(ids[i], ids[(i + 1) % ids.size()], "next");
  EXPECT_EQ(store.related(ids[0], {.depth = 100000, .limit = 100000}).size(), 999u);
  EXPECT_EQ(store.related(ids[0], {.depth = 100000, .limit = 5}).back().path.size(), 5u);
  EXPECT_EQ(store.related(ids[0], {.depth = 2}).size(), 2u);
}

TEST(Graph, DocumentsAreNodesToo) {
  TempDir dir;
  dir.write("a.md", "# A\n\nText of a.\n");
  Store store = Store::open(dir.file("g.db"));
  store.ingest({dir.file("a.md")});
  const Node document(store.documents().at(0).id, NodeKind::document);
  const std::int64_t note = store.add({.text = "about a"});
  store.relate(note, document, "about", 0.5);
  store.relate(note, document, "about", 0.75);
  const std::vector<Related> found = store.related(note);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].node, document);
  EXPECT_EQ(found[0].strength, 0.75);
  EXPECT_NE(found[0].content.path.find("a.md"), std::string::npos);
  EXPECT_EQ(store.related(document, {.direction = Direction::in}).at(0).content.text, "about a");
  EXPECT_TRUE(store.unrelate(note, document, "about"));
  EXPECT_FALSE(store.unrelate(note, document, "about"));
}

TEST(Graph, RefusesWhatMakesNoSense) {
  Store store = Store::open(":memory:");
  const std::int64_t a = store.add({.text = "a"});
  EXPECT_THROW(store.relate(a, 99, "x"), Error);
  EXPECT_THROW(store.relate(a, a, ""), Error);
  EXPECT_THROW(store.relate(a, a, "x", 1.5), Error);
  EXPECT_THROW(store.related(99), Error);
  EXPECT_THROW(store.related(a, {.depth = 0}), Error);
}

}  // namespace
}  // namespace cairn
