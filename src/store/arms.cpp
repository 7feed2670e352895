#include "store/arms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cairn/sql/checked.hpp"
#include "store/content.hpp"
#include "text/query.hpp"

namespace cairn::store {

namespace {

// What the condition of a filter is about.
constexpr std::string_view kContentTables = "content c LEFT JOIN documents d ON d.id = c.document_id";

void note_plan(const Query& query, const std::string& sql) {
  if (!query.explain) return;
  sqlite::Statement plan = query.db.prepare("EXPLAIN QUERY PLAN " + sql);
  while (plan.step()) query.report.query_plans.push_back(plan.get<std::string>(3));
}

// Runs `sql`, whose first parameter `bind_first` binds and whose others are the filter's and a LIMIT; its
// columns are an id and a number.
template <class BindFirst>
Ranking run_arm(const Query& query, const std::string& sql, BindFirst bind_first) {
  note_plan(query, sql);
  const sql::CachedStatement st = query.db.cached(sql);
  bind_first(*st);
  const int limit = bind(query.filter, *st, 2);
  st->bind(limit, query.candidates);
  Ranking found;
  while (st->step()) found.push_back({st->get<std::int64_t>(0), st->get<double>(1)});
  return found;
}

// FTS5 sorts by itself and hands rows out in order of rank, so the filter is only asked about as many rows
// as it takes to fill the LIMIT. `table` is content_fts or content_trigrams.
Ranking full_text(const Query& query, std::string_view table, std::string_view match) {
  const std::string sql =
      query.filter.condition == "1"
          ? fmt::format("SELECT rowid, -rank FROM {0} WHERE {0} MATCH ?1 ORDER BY rank LIMIT ?", table)
          : fmt::format(
                "SELECT c.id, -f.rank FROM {0} f CROSS JOIN content c ON c.id = f.rowid "
                "LEFT JOIN documents d ON d.id = c.document_id "
                "WHERE f.{0} MATCH ?1 AND {1} ORDER BY f.rank LIMIT ?",
                table, query.filter.condition);
  return run_arm(query, sql, [&](sqlite::Statement& st) { st.bind(1, match); });
}

// Rows whose text holds `literal` as it is. Reads the text of every row.
Ranking literal_arm(const Query& query, std::string_view literal) {
  const std::string sql = fmt::format("SELECT c.id, 1.0 FROM {} WHERE instr(c.text, ?1) > 0 AND {} LIMIT ?",
                                      kContentTables, query.filter.condition);
  return run_arm(query, sql, [&](sqlite::Statement& st) { st.bind(1, literal); });
}

Ranking newest(const Query& query) {
  const std::string sql = fmt::format(
      "SELECT c.id, CAST(c.created_at AS REAL) FROM {} WHERE ?1 IS NULL AND {} "
      "ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
      kContentTables, query.filter.condition);
  return run_arm(query, sql, [](sqlite::Statement&) {});
}

void append(Ranking& to, Ranking&& more) {
  for (const Found& found : more)
    if (std::none_of(to.begin(), to.end(), [&](const Found& have) { return have.id == found.id; }))
      to.push_back(found);
}

// How many rows a term occurs in, counted no further than `most`.
std::size_t row_count(const Query& query, const text::QueryTerm& term, std::size_t most) {
  const std::int64_t count =
      CAIRN_SQL("SELECT count(*) FROM (SELECT 1 FROM content_fts WHERE content_fts MATCH :term LIMIT :most)")
          .scalar(query.db, {.term = text::fts5_any(std::span(&term, 1)), .most = most});
  return static_cast<std::size_t>(count);
}

// FTS5 computes bm25 for every row that matches, which for a common word is a large part of the file. So only
// the rarer words say which rows are looked at, the rarest first until they promise enough
// candidates; the common ones then only add to the score of those rows. Returns the MATCH expression, in
// which the words that select stand twice: a rare word counts double.
std::string selective_expression(const Query& query, std::vector<text::QueryTerm> terms) {
  constexpr std::size_t kCommon = 1500;  // rows; below it a word is never left out of the selection
  std::vector<std::pair<std::size_t, text::QueryTerm>> counted;
  for (text::QueryTerm& term : terms)
    if (const std::size_t rows = row_count(query, term, kCommon); rows > 0)
      counted.emplace_back(rows, std::move(term));
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });

  std::vector<text::QueryTerm> all, selecting;
  std::size_t promised = 0;
  for (auto& [rows, term] : counted) {
    if (rows < kCommon || promised < query.candidates) selecting.push_back(term);
    promised += rows;
    all.push_back(std::move(term));
  }
  if (selecting.size() == all.size()) return text::fts5_any(all);
  return fmt::format("({}) AND ({})", text::fts5_any(selecting), text::fts5_any(all));
}

// A query of one common word, or a rare one that cannot fill the results by itself, takes the full
// expression.
Ranking word_arm(const Query& query, std::string_view text) {
  const std::string any = text::fts5_any(text);
  if (any.empty()) return {};
  query.report.keyword_query = selective_expression(query, text::query_terms(text));
  if (query.report.keyword_query.empty()) return {};
  Ranking found = full_text(query, "content_fts", query.report.keyword_query);
  if (found.size() >= query.wanted || query.report.keyword_query.find(" AND ") == std::string::npos)
    return found;
  query.report.keyword_query = any;
  append(found, full_text(query, "content_fts", any));
  return found;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
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
  Ranking by_trigrams = full_text(query, "content_trigrams", match);
  append(by_trigrams, std::move(found));
  return by_trigrams;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

void narrow(Query& query) {
  constexpr std::size_t kFew = 1000;
  if (query.filter.condition == "1") return;
  const std::string sql =
      fmt::format("SELECT c.id FROM {} WHERE {} LIMIT ?", kContentTables, query.filter.condition);
  const sql::CachedStatement st = query.db.cached(sql);
  st->bind(bind(query.filter, *st, 1), kFew + 1);
  std::string ids;
  std::size_t count = 0;
  for (; st->step(); ++count)
    fmt::format_to(std::back_inserter(ids), "{}{}", count == 0 ? '[' : ',', st->get<std::int64_t>(0));
  if (count > kFew) return;
  query.filter = {.condition = "c.id IN (SELECT value FROM json_each(?))",
                  .values = {count == 0 ? "[]" : ids + ']'}};
  query.is_narrow = true;
}

Ranking vector_arm(const Query& query, std::span<const float> embedding) {
  // CROSS keeps SQLite from starting at an index of content that many rows answer to: without statistics it
  // takes every index to be selective, and would ask for one distance at a time.
  const std::string sql = fmt::format(
      "SELECT v.content_id, v.distance FROM vec_content v {} JOIN content c ON c.id = v.content_id "
      "LEFT JOIN documents d ON d.id = c.document_id "
      "WHERE v.vector MATCH ?1 AND {} ORDER BY v.distance LIMIT ?",
      query.is_narrow ? "" : "CROSS", query.filter.condition);
  return run_arm(query, sql, [&](sqlite::Statement& st) { st.bind_view(1, sqlite::as_bytes(embedding)); });
}

Ranking keyword_arm(const Query& query, std::string_view text) {
  Ranking found = word_arm(query, text);
  const std::vector<std::string> unspaced = text::ideograph_terms(text);
  if (!unspaced.empty()) append(found, unspaced_arm(query, unspaced));
  return found;
}

bool has_words(std::string_view text) {
  return !text::query_terms(text).empty() || !text::ideograph_terms(text).empty();
}

Ranking wordless_arm(const Query& query, std::string_view text) {
  constexpr std::size_t kLongestLiteral = 256;  // bytes; what is longer is nowhere
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

}  // namespace cairn::store
