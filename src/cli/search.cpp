#include <fmt/format.h>

#include "cli/emphasis.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/standard_input.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

constexpr const char* kMargin = "   ";

std::string query_of(const SearchArguments& arguments) {
  if (arguments.words.size() == 1 && arguments.words[0] == "-") return read_standard_input();
  std::string query;
  for (const std::string& word : arguments.words) {
    if (!query.empty()) query += ' ';
    query += word;
  }
  return query;
}

std::string arm_text(const Hit& hit) {
  std::string text;
  if (hit.vector)
    text += fmt::format("vector: rank {}, distance {:.4f}", hit.vector->rank, hit.vector->value);
  if (hit.vector && hit.keyword) text += "; ";
  if (hit.keyword)
    text += fmt::format("keyword: rank {}, bm25 {:.4f}", hit.keyword->rank, hit.keyword->value);
  return text;
}

void print_hit(Session& session, const Hit& hit, std::size_t number, const SearchArguments& arguments,
               const Emphasis& emphasis) {
  const Style style = session.style();
  session.out += fmt::format("{}. {}", number, style.path(source_of(session, hit)));
  if (!hit.heading.empty()) session.out += "  " + style.bold(one_line(hit.heading));
  session.out += style.dim(fmt::format("  {:.4f}  id {}", hit.score, hit.id)) + "\n";
  session.out += arguments.full ? indented(emphasis(session.body(hit.text)), kMargin)
                                : indented(emphasis(one_line(hit.snippet)), kMargin);
  if (arguments.explain) session.out += indented(style.dim(arm_text(hit)), kMargin);
}

void print_account(Session& session, const SearchReport& report) {
  session.out += fmt::format("\nkeyword query: {}\n", one_line(report.keyword_query));
  session.out += fmt::format("candidates: {} by vector, {} by keyword\n", report.vector_candidates,
                             report.keyword_candidates);
  if (!report.note.empty()) session.out += fmt::format("note: {}\n", one_line(report.note));
  session.out += fmt::format("time: {:.2f} ms in all; embedding {:.2f}, vector {:.2f}, keyword {:.2f}\n",
                             report.total_ms, report.embed_ms, report.vector_ms, report.keyword_ms);
  for (const std::string& plan : report.query_plans)
    session.out += "plan:\n" + indented(printable(plan), kMargin);
}

Json account_json(const SearchReport& report) {
  return {{"keyword_query", report.keyword_query},
          {"vector_candidates", report.vector_candidates},
          {"keyword_candidates", report.keyword_candidates},
          {"note", report.note},
          {"query_plans", report.query_plans},
          {"embed_ms", report.embed_ms},
          {"vector_ms", report.vector_ms},
          {"keyword_ms", report.keyword_ms},
          {"total_ms", report.total_ms}};
}

void print_json_answer(Session& session, const std::string& query, const SearchReport& report, bool explain) {
  Json hits = Json::array();
  for (const Hit& hit : report.hits) hits.push_back(to_json(hit));
  Json answer{{"query", query}, {"hits", std::move(hits)}};
  if (explain) answer["explain"] = account_json(report);
  print_json(session, answer);
}

void print_text_answer(Session& session, const std::string& query, const SearchReport& report,
                       const SearchArguments& arguments) {
  const Emphasis emphasis(query, session.style());
  std::size_t number = 0;
  for (const Hit& hit : report.hits) print_hit(session, hit, ++number, arguments, emphasis);
  if (arguments.explain) print_account(session, report);
  if (report.hits.empty()) session.say("nothing found");
}

}  // namespace

int run_search(Session& session, const SearchArguments& arguments) {
  SearchOptions options = search_options(arguments.selection);
  options.limit = arguments.limit;
  options.mode = arguments.mode;
  const std::string query = query_of(arguments);
  const Store store = session.open_to_read();
  SearchReport report;
  if (arguments.explain) {
    report = store.explain(query, options);
  } else {
    report.hits = store.search(query, options);
  }
  session.log(LogLevel::debug, "searched");

  if (session.json()) {
    print_json_answer(session, query, report, arguments.explain);
  } else {
    print_text_answer(session, query, report, arguments);
  }
  return report.hits.empty() ? kNothing : kOk;
}

}  // namespace cairn::cli
