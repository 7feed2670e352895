// Asks the arms and fuses what they say: score = sum over the arms of 1 / (60 + rank), reciprocal rank
// fusion (Cormack, Clarke and Buettcher, SIGIR 2009). Everything is read in one transaction, so the arms
// see the same rows.
#include "store/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <unordered_map>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/transaction.hpp"
#include "store/arms.hpp"
#include "store/content.hpp"
#include "text/snippet.hpp"

namespace cairn::store {

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

constexpr double kRankConstant = 60;      // of the fusion formula
constexpr std::size_t kCandidates = 100;  // per arm; 100 to 200 is enough depth for ten results
constexpr std::size_t kSnippetBytes = 240;
constexpr std::size_t kMostRows = std::numeric_limits<std::int64_t>::max() / 2;  // so that two add up

std::vector<float> query_embedding(const Database& database, std::string_view text,
                                   const SearchOptions& options, SearchReport& report) {
  if (options.mode == SearchMode::keyword) return {};
  if (!options.embedding.empty()) {
    require_valid_embedding(options.embedding, database.embedder_info.dimension);
    return options.embedding;
  }
  if (!database.embedder->available()) {
    if (options.mode == SearchMode::vector)
      database.embedder->embed(text, TextRole::query);  // throws the reason
    report.note =
        fmt::format("keyword search only: the vectors come from '{}', which is not here to embed the query",
                    database.embedder_info.id);
    return {};
  }
  const Clock::time_point begin = Clock::now();
  std::vector<float> embedding = database.embedder->embed(text, TextRole::query);
  report.embed_ms = ms_since(begin);
  // A text without any feature has no direction: nothing is nearer to it than anything else.
  const bool zero = std::all_of(embedding.begin(), embedding.end(), [](float x) { return x == 0; });
  return zero ? std::vector<float>{} : embedding;
}

// Where each row stands in each arm, and what that adds up to.
std::vector<Hit> fuse(const Ranking& vector, const Ranking& keyword) {
  std::unordered_map<std::int64_t, std::size_t> index;
  std::vector<Hit> hits;
  const auto add = [&](const Ranking& ranking, std::optional<ArmScore> Hit::*arm) {
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      const auto [at, is_new] = index.try_emplace(ranking[i].id, hits.size());
      if (is_new) hits.emplace_back().id = ranking[i].id;
      Hit& hit = hits[at->second];
      hit.*arm = ArmScore{i + 1, ranking[i].value};
      hit.score += 1 / (kRankConstant + static_cast<double>(i + 1));
    }
  };
  add(vector, &Hit::vector);
  add(keyword, &Hit::keyword);
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
  return hits;
}

// Replaces the hit's bare id by its row. False when there is none: an index may be out of step with the
// table if another program wrote without its triggers.
bool load(sql::Connection& db, Hit& hit, std::string_view text) {
  std::optional<Content> content = find_content(db, hit.id);
  if (!content) return false;
  static_cast<Content&>(hit) = std::move(*content);
  hit.snippet =
      text::snippet(utf8::is_valid(hit.text) ? hit.text : utf8::sanitize(hit.text), text, kSnippetBytes).text;
  return true;
}

}  // namespace

SearchReport search(const Database& database, std::string_view raw_text, const SearchOptions& options,
                    bool explain) {
  const Clock::time_point begin = Clock::now();
  const std::string repaired = utf8::is_valid(raw_text) ? std::string() : utf8::sanitize(raw_text);
  const std::string_view text = repaired.empty() ? raw_text : repaired;

  SearchReport report;
  const std::vector<float> embedding = query_embedding(database, text, options, report);
  const sql::PooledConnection db = database.pool->reader();
  const sql::Transaction snapshot(*db, sql::TransactionMode::deferred);
  const std::size_t offset = std::min(options.offset, kMostRows);
  const std::size_t wanted = offset + std::min(options.limit, kMostRows);
  Query query{.db = *db,
              .filter = compile(combined_filter(options)),
              .is_narrow = false,
              .wanted = wanted,
              .candidates = std::max(kCandidates, wanted),
              .report = report,
              .explain = explain};
  narrow(query);

  Ranking vector, keyword;
  if (!embedding.empty()) {
    const Clock::time_point arm = Clock::now();
    vector = vector_arm(query, embedding);
    report.vector_ms = ms_since(arm);
  }
  if (options.mode != SearchMode::vector || (embedding.empty() && options.embedding.empty())) {
    const Clock::time_point arm = Clock::now();
    keyword = has_words(text)             ? keyword_arm(query, text)
              : options.embedding.empty() ? wordless_arm(query, text)
                                          : Ranking{};
    report.keyword_ms = ms_since(arm);
  }
  report.vector_candidates = vector.size();
  report.keyword_candidates = keyword.size();

  std::vector<Hit> hits = fuse(vector, keyword);
  const std::size_t first = std::min(offset, hits.size());
  const std::size_t last = std::min(wanted, hits.size());
  report.hits.assign(std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(first)),
                     std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(last)));
  std::erase_if(report.hits, [&](Hit& hit) { return !load(*db, hit, text); });
  report.total_ms = ms_since(begin);
  return report;
}

}  // namespace cairn::store
