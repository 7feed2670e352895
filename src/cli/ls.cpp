#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {

int run_ls(Session& session, const LsArguments& arguments) {
  SearchOptions options = search_options(arguments.selection);
  options.limit = arguments.limit;
  const Store store = session.open_to_read();
  const std::vector<Document> documents = store.documents(options);

  if (session.json()) {
    Json rows = Json::array();
    for (const Document& document : documents) rows.push_back(to_json(document));
    print_json(session, {{"documents", std::move(rows)}});
    return kOk;
  }
  const Style style = session.style();
  for (const Document& document : documents) {
    session.out += style.dim(
        fmt::format("{:<9} {:>11} {:>11}  {}", node_name(Node(document.id, NodeKind::document)),
                    counted(static_cast<std::uint64_t>(document.chunks), "chunk"),
                    human_bytes(static_cast<std::uint64_t>(document.bytes)), date_of(document.modified_at)));
    session.out += "  " + style.path(session.shown_path(document.path));
    if (!document.title.empty()) session.out += "  " + one_line(document.title);
    session.out += '\n';
  }
  return kOk;
}

}  // namespace cairn::cli
