#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "cairn/error.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

void print_content(Session& session, const Content& content, bool with_source) {
  if (with_source) {
    const Style style = session.style();
    session.out += style.path(source_of(session, content));
    if (!content.heading.empty()) session.out += "  " + style.bold(one_line(content.heading));
    session.out += style.dim(fmt::format("  id {}", content.id)) + "\n";
  }
  session.out += session.body(content.text);
  if (!content.text.ends_with('\n')) session.out += '\n';
}

// Cuts a passage down to the lines [first, last] of its file. Possible where its text is the file's own
// lines; the visible text of HTML is not, and stays whole.
void keep_lines(Content& content, std::int64_t first, std::int64_t last) {
  const auto feeds =
      std::count(content.text.begin(), content.text.end(), '\n') - (content.text.ends_with('\n') ? 1 : 0);
  if (feeds != content.line_end - content.line_start) return;
  std::string kept;
  std::int64_t line = content.line_start;
  for (std::size_t at = 0; at < content.text.size(); ++line) {
    const std::size_t feed = content.text.find('\n', at);
    const std::size_t end = feed == std::string::npos ? content.text.size() : feed + 1;
    if (line >= first && line <= last) kept.append(content.text, at, end - at);
    at = end;
  }
  content.text = std::move(kept);
  content.line_start = std::max(content.line_start, first);
  content.line_end = std::min(content.line_end, last);
}

struct Passages {
  Document document;
  std::vector<Content> rows;
};

std::optional<Passages> find_passages(const Store& store, const GetArguments& arguments) {
  if (const auto document = find_document(store, arguments.what, arguments.namespace_))
    return Passages{*document, store.lines(document->id)};
  const auto reference = parse_line_reference(arguments.what);
  if (!reference) return std::nullopt;
  const auto document = find_document(store, reference->path, arguments.namespace_);
  if (!document) return std::nullopt;

  const std::int64_t more = std::max<std::int64_t>(reference->count, 1) - 1;
  const std::int64_t last =
      reference->first + std::min(more, std::numeric_limits<std::int64_t>::max() - reference->first);
  Passages passages{*document, store.lines(document->id, reference->first, last)};
  if (reference->count > 0)
    for (Content& row : passages.rows) keep_lines(row, reference->first, last);
  return passages;
}

int print_row(Session& session, const Store& store, std::int64_t id) {
  const Content content = store.get(id);
  if (session.json()) {
    print_json(session, to_json(content));
  } else {
    print_content(session, content, true);
  }
  return kOk;
}

int print_passages(Session& session, const Passages& passages) {
  if (session.json()) {
    Json rows = Json::array();
    for (const Content& row : passages.rows) rows.push_back(to_json(row));
    print_json(session, {{"document", to_json(passages.document)}, {"content", std::move(rows)}});
  } else {
    for (const Content& row : passages.rows) print_content(session, row, true);
    if (passages.rows.empty())
      session.say(fmt::format("{} has no text there", session.shown_path(passages.document.path)));
  }
  return passages.rows.empty() ? kNothing : kOk;
}

}  // namespace

int run_get(Session& session, const GetArguments& arguments) {
  const Store store = session.open_to_read();
  if (const auto id = parse_id(arguments.what)) return print_row(session, store, *id);
  if (const auto id = parse_document_id(arguments.what)) {
    for (const Document& document : store.documents({.limit = 0, .filter = {}}))
      if (document.id == *id) return print_passages(session, {document, store.lines(*id)});
  } else if (const auto passages = find_passages(store, arguments)) {
    return print_passages(session, *passages);
  }
  throw Error(
      ErrorCode::not_found,
      fmt::format(
          "{} is neither a row nor a document in the namespace {} of {}; cairn ls lists the documents",
          arguments.what, arguments.namespace_, store.path()));
}

}  // namespace cairn::cli
