// The promise at a small scale, beside a scan of everything. bench/recall_sets.py has the sets of full size.
#include "vector/list_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "vector/clusters.hpp"
#include "vector/generated_rows.hpp"

namespace cairn::vector {
namespace {

constexpr unsigned kSeed = 4713;

// Rows divided into lists, with what the views of the lists point to.
struct Lists {
  Lists(Metric measured_by, std::size_t dims, std::vector<float> given, std::size_t wanted)
      : metric(measured_by), rotation(dims, kSeed), rows(std::move(given)) {
    centroids = find_centroids(rows.data(), count(), dims, wanted, kSeed);
    const std::size_t k = centroids.size() / dims;
    NearestCentroid nearest(centroids, dims);
    members.resize(k);
    blocks.resize(k);
    for (std::size_t i = 0; i < count(); ++i) members[nearest(row(i))].push_back(i);
    const std::size_t block_bytes = list_block_bytes(rotation.padded());
    for (std::size_t j = 0; j < k; ++j) {
      const std::span<const float> centroid(centroids.data() + j * dims, dims);
      ListEncoder encoder(rotation(centroid.data()));
      blocks[j].resize((members[j].size() + kBlockRows - 1) / kBlockRows * block_bytes);
      double squares = 0;
      for (std::size_t i = 0; i < members[j].size(); ++i) {
        const float* const x = row(members[j][i]);
        const double square = encoder.encode(rotation(x).data(),
                                             blocks[j].data() + i / kBlockRows * block_bytes, i % kBlockRows);
        if (std::isfinite(square)) squares += square;
      }
      const auto size = static_cast<double>(std::max<std::size_t>(1, members[j].size()));
      views.push_back({centroid.data(), blocks[j].data(), members[j].data(), members[j].size(),
                       static_cast<float>(std::sqrt(squares / size))});
    }
  }

  // Of the centroids as they are now.
  CentroidCodes codes() const {
    CentroidCodes made(rotation.dims());
    for (const ListView& view : views) made.add(view.centroid);
    return made;
  }
  const float* row(std::size_t i) const { return rows.data() + i * rotation.dims(); }
  std::size_t count() const { return rows.size() / rotation.dims(); }

  std::vector<float> distances(std::span<const float> query) const {
    std::vector<float> out(count());
    DistanceTo(metric, from_floats(query))(reinterpret_cast<const std::byte*>(rows.data()), count(),
                                           out.data());
    return out;
  }
  // Of the rows in order.
  std::vector<Scored> nearest(std::size_t k, const std::vector<float>& distances) const {
    TopK top(k);
    for (std::size_t i = 0; i < count(); ++i) top.push({distances[i], i});
    return top.take_sorted();
  }

  Metric metric;
  Rotation rotation;
  std::vector<float> rows, centroids;
  std::vector<std::vector<std::uint64_t>> members;
  std::vector<std::vector<std::byte>> blocks;
  std::vector<ListView> views;
};

// Rows whose distances are known, and roughly known beforehand; those that `is_wanted` leaves out are gone.
class Known : public ListSearch::Rows {
 public:
  Known(Metric metric, std::vector<float> distances, bool (*is_wanted)(std::uint64_t) = nullptr)
      : metric_(metric), distances_(std::move(distances)), is_wanted_(is_wanted) {}
  float lower_bound(std::uint64_t row) override {
    const float distance = distances_[row];
    return metric_ == Metric::l2 ? 0.99f * distance * distance : 2 * distance - 0.01f;
  }
  std::optional<Scored> measure(std::uint64_t row) override {
    if (is_wanted_ && !is_wanted_(row)) return std::nullopt;
    return Scored{distances_[row], row};
  }

 private:
  Metric metric_;
  std::vector<float> distances_;
  bool (*is_wanted_)(std::uint64_t);
};

void scale_to_unit(std::vector<float>& rows, std::size_t dims) {
  for (auto row = rows.begin(); row != rows.end(); row += static_cast<std::ptrdiff_t>(dims)) {
    const auto end = row + static_cast<std::ptrdiff_t>(dims);
    const float length = std::sqrt(std::inner_product(row, end, row, 0.0f));
    std::for_each(row, end, [&](float& x) { x /= length; });
  }
}

struct Sample {
  std::size_t dims;
  std::vector<float> rows, queries;
};

// `kind`s are those of generated_rows.hpp, whose last rows are the queries here, and some more.
Sample draw(const std::string& kind, std::size_t dims, std::size_t count, std::size_t queries,
            std::mt19937& random) {
  std::normal_distribution<float> normal;
  Sample sample{dims, {}, {}};
  std::vector<float> all((count + queries) * dims);
  if (kind == "eight dims") {
    std::vector<float> axes(8 * dims);
    for (float& x : axes) x = normal(random);
    for (std::size_t i = 0; i < count + queries; ++i)
      for (std::size_t axis = 0; axis < 8; ++axis) {
        const float place = normal(random);
        for (std::size_t d = 0; d < dims; ++d) all[i * dims + d] += place * axes[axis * dims + d];
      }
  } else if (kind == "topics" || kind == "queries from elsewhere") {
    std::vector<float> topics(100 * dims);
    for (float& x : topics) x = normal(random);
    for (std::size_t i = 0; i < count + queries; ++i) {
      const float* const topic = topics.data() + random() % 100 * dims;
      const bool is_elsewhere = i >= count && kind == "queries from elsewhere";
      for (std::size_t d = 0; d < dims; ++d)
        all[i * dims + d] = is_elsewhere ? normal(random) : topic[d] + 0.7f * normal(random);
    }
  } else {
    all = testing::generate_rows(kind, dims, count + queries, random).rows;
  }
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(count * dims);
  sample.rows.assign(all.begin(), middle);
  sample.queries.assign(middle, all.end());
  return sample;
}

TEST(ListSearch, KeepsItsPromise) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  constexpr std::size_t kRows = 5000, kQueries = 200;
  for (const Metric metric : {Metric::l2, Metric::cosine})
    for (const char* kind :
         {"unit", "clusters", "outlier", "eight dims", "topics", "queries from elsewhere"}) {
      auto [dims, rows, queries] = draw(kind, 96, kRows, kQueries, random);
      if (metric == Metric::cosine) {
        scale_to_unit(rows, dims);
        scale_to_unit(queries, dims);
      }
      const Lists lists(metric, dims, std::move(rows), 100);
      double found[3][3] = {};  // by k and asked
      const std::size_t ks[] = {1, 10, 100};
      const double asked[] = {0.9, 0.95, 0.99};
      for (std::size_t q = 0; q < kQueries; ++q) {
        const std::span<const float> query(queries.data() + q * dims, dims);
        const auto distances = lists.distances(query);
        for (std::size_t i = 0; i < 3; ++i) {
          const float limit = lists.nearest(ks[i], distances).back().distance;
          for (std::size_t j = 0; j < 3; ++j) {
            TopK nearest(ks[i]);
            Known known(metric, distances);
            const auto outcome = ListSearch(lists.rotation, metric, query, lists.views, lists.codes())
                                     .run(asked[j], nearest, known);
            EXPECT_GE(outcome.expected_recall, asked[j]);
            const auto answer = nearest.take_sorted();
            ASSERT_EQ(answer.size(), ks[i]);
            for (const Scored& row : answer)
              found[i][j] += (row.distance <= limit) / static_cast<double>(ks[i] * kQueries);
          }
        }
      }
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
          EXPECT_GE(found[i][j], asked[j])
              << kind << ", k " << ks[i] << (metric == Metric::l2 ? " L2" : " cosine");
    }
}

// A search that always scans everything would keep it too.
TEST(ListSearch, ScansFewRowsWhereRowsLieInTopics) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto [dims, rows, queries] = draw("topics", 128, 5000, 50, random);
  const Lists lists(Metric::l2, dims, rows, 100);
  for (std::size_t q = 0; q < 50; ++q) {
    const std::span<const float> query(queries.data() + q * dims, dims);
    const auto distances = lists.distances(query);
    TopK nearest(10);
    Known known(Metric::l2, distances);
    const auto outcome =
        ListSearch(lists.rotation, Metric::l2, query, lists.views, lists.codes()).run(0.9, nearest, known);
    EXPECT_LE(outcome.scanned, 1500u);
    EXPECT_LE(outcome.measured, 300u);
    EXPECT_LT(outcome.lists, 40u);
  }
}

TEST(ListSearch, WithoutLossIsExact) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (const char* kind : testing::kKinds) {
    SCOPED_TRACE(kind);
    const auto made = testing::generate_rows(kind, 80, 1000, random);
    const Lists lists(Metric::l2, 80, made.rows, 30);
    const auto distances = lists.distances(made.query);
    TopK nearest(20);
    Known known(Metric::l2, distances);
    const auto outcome =
        ListSearch(lists.rotation, Metric::l2, made.query, lists.views, lists.codes()).run(1, nearest, known);
    EXPECT_EQ(outcome.lists, lists.views.size());
    EXPECT_EQ(outcome.expected_recall, 1);
    const auto answer = nearest.take_sorted(), truth = lists.nearest(20, distances);
    ASSERT_EQ(answer.size(), truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) EXPECT_EQ(answer[i].distance, truth[i].distance);
  }
}

TEST(ListSearch, GoesOnForTheRowsThatAreWanted) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("clusters", 64, 2000, random);
  const Lists lists(Metric::l2, 64, made.rows, 40);
  TopK nearest(10);
  Known known(Metric::l2, lists.distances(made.query), [](std::uint64_t row) { return row % 100 == 7; });
  ListSearch(lists.rotation, Metric::l2, made.query, lists.views, lists.codes()).run(0.9, nearest, known);
  const auto answer = nearest.take_sorted();
  ASSERT_EQ(answer.size(), 10u);
  for (const Scored& row : answer) EXPECT_EQ(row.rank % 100, 7u);
}

TEST(ListSearch, HasUseForRowsThatAreAlreadyThere) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("normal", 64, 2000, random);
  const Lists lists(Metric::l2, 64, made.rows, 40);
  Known known(Metric::l2, lists.distances(made.query));
  TopK nearest(5);
  for (std::uint64_t i = 0; i < 5; ++i) nearest.push({0, 1'000'000 + i});  // nothing can be nearer
  const auto outcome = ListSearch(lists.rotation, Metric::l2, made.query, lists.views, lists.codes())
                           .run(0.99, nearest, known);
  EXPECT_LT(outcome.measured, 5u);
  EXPECT_LT(outcome.lists, 20u);
  for (const Scored& row : nearest.take_sorted()) EXPECT_EQ(row.distance, 0);
}

TEST(ListSearch, OfNothingFindsNothing) {
  const Rotation rotation(64, kSeed);
  const std::vector<float> query(64, 1.0f);
  const ListView empty{query.data(), nullptr, nullptr, 0, 0};
  for (const std::vector<ListView>& lists : {std::vector<ListView>{}, std::vector<ListView>(7, empty)}) {
    TopK nearest(10);
    CentroidCodes codes(rotation.dims());
    for (const ListView& list : lists) codes.add(list.centroid);
    Known none(Metric::l2, {});
    const auto outcome = ListSearch(rotation, Metric::l2, query, lists, codes).run(0.9, nearest, none);
    EXPECT_EQ(outcome.scanned, 0u);
    EXPECT_TRUE(nearest.take_sorted().empty());
  }
}

TEST(ListSearch, EndsWhateverTheBytesAre) {
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto made = testing::generate_rows("clusters", 100, 1000, random);
  Lists lists(Metric::l2, 100, made.rows, 20);
  const float odd[] = {NAN, INFINITY, -INFINITY, std::numeric_limits<float>::max(), -1, 0, 1e-40f};
  for (int round = 0; round < 200; ++round) {
    Lists damaged = lists;
    for (std::size_t j = 0; j < damaged.views.size(); ++j) {
      ListView& view = damaged.views[j];
      view.blocks = damaged.blocks[j].data();
      view.rows = damaged.members[j].data();
      view.centroid = damaged.centroids.data() + j * 100;
      if (random() % 2) view.spread = odd[random() % std::size(odd)];
      if (random() % 2) damaged.centroids[j * 100 + random() % 100] = odd[random() % std::size(odd)];
      for (std::byte& byte : damaged.blocks[j])
        if (random() % 8 == 0) byte = static_cast<std::byte>(random());
    }
    auto query = made.query;
    if (random() % 4 == 0) query[random() % 100] = odd[random() % std::size(odd)];
    const auto distances = lists.distances(query);
    TopK nearest(10);
    Known known(Metric::l2, distances);
    const auto outcome = ListSearch(lists.rotation, Metric::l2, query, damaged.views, damaged.codes())
                             .run(0.9, nearest, known);
    EXPECT_LE(outcome.scanned, 1000u);
    EXPECT_LE(nearest.take_sorted().size(), 10u);
  }
}

}  // namespace
}  // namespace cairn::vector
