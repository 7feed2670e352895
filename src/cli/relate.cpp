#include <fmt/format.h>

#include "cairn/error.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {

int run_relate(Session& session, const RelateArguments& arguments) {
  Store store = session.open_to_write(OpenMode::existing);
  const Edge edge{find_node(store, arguments.source, arguments.namespace_),
                  find_node(store, arguments.target, arguments.namespace_), arguments.type,
                  arguments.strength};
  const std::string shown =
      fmt::format("{} -{}-> {}", node_name(edge.source), one_line(edge.type), node_name(edge.target));
  if (!arguments.remove) {
    store.relate(edge.source, edge.target, edge.type, edge.strength);
  } else if (!store.unrelate(edge.source, edge.target, edge.type)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no edge {} to remove", shown));
  }

  if (session.json()) {
    print_json(session, {{arguments.remove ? "removed" : "related", to_json(edge)}});
  } else {
    session.out +=
        fmt::format("{}{} (strength {})\n", arguments.remove ? "removed " : "", shown, edge.strength);
  }
  return kOk;
}

}  // namespace cairn::cli
