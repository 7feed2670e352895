#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {

int run_upgrade(Session& session) {
  std::vector<std::string> actions;
  Store store =
      session.open_to_write(OpenMode::existing, [&](std::string_view line) { actions.emplace_back(line); });
  const std::size_t embedded = store.embed_missing();
  const std::int64_t version = store.status().format_version;

  if (session.json()) {
    print_json(
        session,
        {{"path", store.path()}, {"format_version", version}, {"actions", actions}, {"embedded", embedded}});
    return kOk;
  }
  for (const std::string& action : actions) session.out += one_line(action) + "\n";
  if (embedded > 0) session.out += fmt::format("embedded {}\n", counted(embedded, "row"));
  session.out += fmt::format("the file has format {}, this version's\n", version);
  return kOk;
}

}  // namespace cairn::cli
