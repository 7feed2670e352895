#include <fmt/format.h>

#include "cairn/error.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/references.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

// Removes every document below a folder; returns the nodes that are gone.
std::vector<Node> remove_folder(Store& store, const std::string& path, const std::string& name_space) {
  if (path.find_first_of("*?[") != std::string::npos) return {};  // patterns are too easily too wide
  std::vector<Node> removed;
  for (const Document& document :
       store.documents({.limit = 0, .namespace_ = name_space, .path = stored_path(path)}))
    if (store.remove_document(document.id)) removed.emplace_back(document.id, NodeKind::document);
  return removed;
}

std::vector<Node> remove_one(Store& store, const std::string& what, const std::string& name_space) {
  if (const auto id = parse_id(what)) return store.remove(*id) ? std::vector{Node(*id)} : std::vector<Node>{};
  auto document_id = parse_document_id(what);
  if (!document_id)
    if (const auto document = find_document(store, what, name_space)) document_id = document->id;
  if (!document_id) return remove_folder(store, what, name_space);
  const bool removed = store.remove_document(*document_id);
  return removed ? std::vector{Node(*document_id, NodeKind::document)} : std::vector<Node>{};
}

}  // namespace

int run_remove(Session& session, const RemoveArguments& arguments) {
  Store store = session.open_to_write(OpenMode::existing);
  Json gone = Json::array();
  int exit_code = kOk;
  for (const std::string& what : arguments.what) {
    const std::vector<Node> removed = remove_one(store, what, arguments.namespace_);
    for (const Node& node : removed) gone.push_back(to_json(node));
    if (!removed.empty()) {
      if (!session.json())
        session.out +=
            fmt::format("removed {} ({})\n", one_line(what),
                        removed.size() == 1 ? node_name(removed[0]) : counted(removed.size(), "document"));
      continue;
    }
    exit_code = kFailed;
    session.say(
        fmt::format("{} is neither a row nor a document nor a folder of documents in the namespace {} of {}",
                    what, arguments.namespace_, store.path()));
  }
  if (session.json()) print_json(session, {{"removed", std::move(gone)}});
  return exit_code;
}

}  // namespace cairn::cli
