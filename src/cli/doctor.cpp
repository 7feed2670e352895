#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {

int run_doctor(Session& session, const DoctorArguments& arguments) {
  Store store = session.open_to_write(OpenMode::existing);
  const std::vector<Finding> findings = store.doctor(arguments.repair);
  const auto left =
      std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return !f.repaired; });

  if (session.json()) {
    Json rows = Json::array();
    for (const Finding& finding : findings)
      rows.push_back({{"what", finding.what}, {"repaired", finding.repaired}});
    print_json(session, {{"findings", std::move(rows)}});
  } else {
    for (const Finding& finding : findings)
      session.out +=
          fmt::format("{}{}\n", finding.repaired ? "repaired: " : "problem: ", one_line(finding.what));
    if (findings.empty()) session.out += "no problem found\n";
    if (left > 0 && !arguments.repair) session.say("cairn doctor --repair repairs what can be repaired");
  }
  return left > 0 ? kNothing : kOk;
}

}  // namespace cairn::cli
