#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

constexpr std::size_t kTextColumns = 160;

Json related_json(const Related& related) {
  Json way = Json::array();
  for (const Edge& edge : related.path) way.push_back(to_json(edge));
  Json row{{"node", to_json(related.node)}, {"depth", related.depth}, {"strength", related.strength}};
  row["path"] = std::move(way);
  row["content"] = to_json(related.content);
  return row;
}

void print_related(Session& session, const Related& related, std::size_t number) {
  const Style style = session.style();
  const Content& content = related.content;
  session.out += fmt::format("{}. {}", number, style.path(source_of(session, content)));
  const std::string& heading = content.heading.empty() ? content.title : content.heading;
  if (!heading.empty()) session.out += "  " + style.bold(one_line(heading));
  session.out += style.dim(fmt::format("  depth {}  strength {:.4g}  id {}", related.depth, related.strength,
                                       node_name(related.node))) +
                 "\n";
  std::string way;
  for (const Edge& edge : related.path)
    way += fmt::format("{}{} -{}-> {}", way.empty() ? "" : ", ", node_name(edge.source), one_line(edge.type),
                       node_name(edge.target));
  session.out += indented(style.dim("by " + way), "   ");
  if (!content.text.empty()) session.out += indented(shortened(one_line(content.text), kTextColumns), "   ");
}

}  // namespace

int run_related(Session& session, const RelatedArguments& arguments) {
  const Store store = session.open_to_read();
  const Node start = find_node(store, arguments.start, arguments.namespace_);
  const std::vector<Related> found = store.related(start, arguments.options);

  if (session.json()) {
    Json rows = Json::array();
    for (const Related& related : found) rows.push_back(related_json(related));
    print_json(session, {{"start", to_json(start)}, {"related", std::move(rows)}});
  } else {
    std::size_t number = 0;
    for (const Related& related : found) print_related(session, related, ++number);
    if (found.empty()) session.say("nothing found");
  }
  return found.empty() ? kNothing : kOk;
}

}  // namespace cairn::cli
