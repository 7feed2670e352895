// How a query is answered:
//
//   vector arm     the nearest rows by distance, streamed by vec0 through the join with `content`, so that
//                  the filter costs rows and never results
//   keyword arm    full text by bm25; runs of scripts without spaces through the trigram index, or by
//                  looking at the text itself where they are shorter than three characters
//   fusion         score = sum over the arms of 1 / (60 + rank): reciprocal rank fusion, Cormack, Clarke
//                  and Buettcher, SIGIR 2009
//
// A query without any word (punctuation, nothing at all) is looked for literally; if it is nowhere, or
// empty, the newest rows are the answer, and the report says so.
//
// Everything is read in one transaction, so the arms see the same rows.
#include "store/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/transaction.hpp"
#include "store/content.hpp"
#include "store/filter_sql.hpp"
#include "text/query.hpp"
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
constexpr std::size_t kLongestLiteral = 256;  // bytes of a literal search; longer ones find nothing anyway

struct Found {
  std::int64_t id;
  double value;
};
using Ranking = std::vector<Found>;

// What one search needs throughout.
struct Query {
  sql::Connection& db;
  FilterSql filter;
  std::size_t candidates;
  SearchReport& report;
  bool explain;
};

void note_plan(const Query& query, const std::string& sql) {
  if (!query.explain) return;
  sqlite::Statement plan = query.db.prepare("EXPLAIN QUERY PLAN " + sql);
  while (plan.step()) query.report.query_plans.push_back(plan.get<std::string>(3));
}

// Runs `sql`, whose parameters are the `first` ones, then the filter's, then a LIMIT; its columns are an id
// and a number.
template <class BindFirst>
Ranking run_arm(const Query& query, const std::string& sql, int first, BindFirst bind_first) {
  note_plan(query, sql);
  const sql::CachedStatement st = query.db.cached(sql);
  bind_first(*st);
  const int limit = bind(query.filter, *st, first + 1);
  st->bind(limit, query.candidates);
  Ranking found;
  while (st->step()) found.push_back({st->get<std::int64_t>(0), st->get<double>(1)});
  return found;
}

Ranking vector_arm(const Query& query, std::span<const float> embedding) {
  const std::string sql = fmt::format(
      "SELECT v.content_id, v.distance FROM vec_content v JOIN content c ON c.id = v.content_id "
      "LEFT JOIN documents d ON d.id = c.document_id "
      "WHERE v.vector MATCH ?1 AND {} ORDER BY v.distance LIMIT ?",
      query.filter.condition);
  return run_arm(query, sql, 1, [&](sqlite::Statement& st) { st.bind_view(1, sqlite::as_bytes(embedding)); });
}

// `table` is content_fts or content_trigrams. FTS5 sorts by itself and hands rows out in order of rank, so
// the filter is only asked about as many rows as it takes to fill the LIMIT.
Ranking full_text_arm(const Query& query, std::string_view table, std::string_view match) {
  const std::string sql =
      query.filter.values.empty()
          ? fmt::format("SELECT rowid, -rank FROM {0} WHERE {0} MATCH ?1 ORDER BY rank LIMIT ?", table)
          : fmt::format(
                "SELECT c.id, -f.rank FROM {0} f CROSS JOIN content c ON c.id = f.rowid "
                "LEFT JOIN documents d ON d.id = c.document_id "
                "WHERE f.{0} MATCH ?1 AND {1} ORDER BY f.rank LIMIT ?",
                table, query.filter.condition);
  return run_arm(query, sql, 1, [&](sqlite::Statement& st) { st.bind(1, match); });
}

// Rows whose text holds `literal` as it is. Reads the text of every row.
Ranking literal_arm(const Query& query, std::string_view literal) {
  const std::string sql = fmt::format("SELECT c.id, 1.0 FROM {} WHERE instr(c.text, ?1) > 0 AND {} LIMIT ?",
                                      kContentTables, query.filter.condition);
  return run_arm(query, sql, 1, [&](sqlite::Statement& st) { st.bind(1, literal); });
}

Ranking newest(const Query& query) {
  const std::string sql = fmt::format(
      "SELECT c.id, CAST(c.created_at AS REAL) FROM {} WHERE ?1 IS NULL AND {} ORDER BY c.created_at DESC, c.id "
      "DESC LIMIT ?",
      kContentTables, query.filter.condition);
  return run_arm(query, sql, 1, [](sqlite::Statement&) {});
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void append(Ranking& to, Ranking&& more) {
  for (const Found& found : more)
    if (std::none_of(to.begin(), to.end(), [&](const Found& have) { return have.id == found.id; }))
      to.push_back(found);
}

// Terms of scripts without spaces: whole phrases of three characters and more through the trigram index,
// shorter ones by looking.
Ranking unspaced_arm(const Query& query, const std::vector<std::string>& terms) {
  std::string match;
  Ranking found;
  for (const std::string& term : terms) {
    if (code_points(term) < 3) {
      append(found, literal_arm(query, term));
      continue;
    }
    if (!match.empty()) match += " OR ";
    match += '"' + term + '"';  // holds no quote: only unspaced code points
  }
  if (match.empty()) return found;
  Ranking by_trigrams = full_text_arm(query, "content_trigrams", match);
  append(by_trigrams, std::move(found));
  return by_trigrams;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Ranking keyword_arm(const Query& query, std::string_view text) {
  query.report.keyword_query = text::fts5_any(text);
  const std::vector<std::string> unspaced = text::ideograph_terms(text);
  Ranking found;
  if (!query.report.keyword_query.empty())
    found = full_text_arm(query, "content_fts", query.report.keyword_query);
  if (!unspaced.empty()) append(found, unspaced_arm(query, unspaced));
  return found;
}

bool has_words(std::string_view text) {
  return !text::fts5_any(text).empty() || !text::ideograph_terms(text).empty();
}

// For text that has nothing to match by words.
Ranking wordless_arm(const Query& query, std::string_view text) {
  const std::string_view literal = trimmed(text);
  if (!literal.empty() && literal.size() <= kLongestLiteral) {
    Ranking found = literal_arm(query, literal);
    if (!found.empty()) {
      query.report.note = "the query has no word; searched for it literally";
      return found;
    }
  }
  query.report.note = "the query has no word that can be searched for; these are the newest rows";
  return newest(query);
}

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

// Replaces the hit's bare id by its row.
void load(sql::Connection& db, Hit& hit, std::string_view text) {
  std::optional<Content> content = find_content(db, hit.id);
  if (!content) return;  // cannot happen inside one transaction, unless the full-text index is out of step
  static_cast<Content&>(hit) = std::move(*content);
  hit.snippet =
      text::snippet(utf8::is_valid(hit.text) ? hit.text : utf8::sanitize(hit.text), text, kSnippetBytes).text;
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
  const std::size_t wanted = options.offset + options.limit;
  const Query query{*db, compile(combined_filter(options)), std::max(kCandidates, wanted), report, explain};

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
  const std::size_t first = std::min(options.offset, hits.size());
  const std::size_t last = std::min(wanted, hits.size());
  report.hits.assign(std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(first)),
                     std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(last)));
  for (Hit& hit : report.hits) load(*db, hit, text);
  report.total_ms = ms_since(begin);
  return report;
}

}  // namespace cairn::store
