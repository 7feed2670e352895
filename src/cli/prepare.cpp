#include "check/prepare.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "cairn/error.hpp"
#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

using check::CacheChange;
using check::PreparedTarget;

const char* to_string(CacheChange::Kind kind) {
  switch (kind) {
    case CacheChange::Kind::missing:
      return "missing";
    case CacheChange::Kind::changed:
      return "changed";
    case CacheChange::Kind::unused:
      return "unused";
  }
  return "";
}

Json to_json(const check::Diagnostic& found) {
  return {{"file", found.file},
          {"line", found.place.line},
          {"column", found.place.column},
          {"severity", found.severity == check::Severity::error ? "error" : "warning"},
          {"message", found.message},
          {"help", found.help}};
}

Json to_json(const PreparedTarget& target) {
  Json diagnostics = Json::array();
  for (const check::Diagnostic& found : target.report.diagnostics) diagnostics.push_back(to_json(found));
  Json changes = Json::array();
  for (const CacheChange& change : target.changes)
    changes.push_back({{"file", change.file.string()}, {"state", to_string(change.kind)}});
  return {{"target", target.name},
          {"sound", target.report.sound()},
          {"failure", target.report.failure},
          {"diagnostics", std::move(diagnostics)},
          {"cache", std::move(changes)}};
}

// As compilers do: whole, on standard error, at once.
void show_messages(const PreparedTarget& target) {
  const std::string text = printable(target.report.messages());
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void show(Session& session, const PreparedTarget& target, bool only_look) {
  show_messages(target);
  for (const CacheChange& change : target.changes) {
    const char* done = change.kind == CacheChange::Kind::unused ? "removed" : "written";
    session.out += fmt::format("{} {}\n", only_look ? to_string(change.kind) : done,
                               session.style().path(session.shown_path(change.file.string())));
  }
}

int watch(Session& session, const PrepareArguments& arguments) {
  if (session.json()) throw UsageError("--watch goes on until you stop it; it has no --json");
  check::find_manifests(arguments.build_dir);  // now it is an error that there are none
  catch_interrupts();
  check::Watcher watcher(arguments.build_dir);
  std::string obstacle;  // a manifest that CMake is just writing, a build folder that is made anew
  while (!interrupted()) {
    try {
      for (const PreparedTarget& target : watcher.look()) {
        show_messages(target);
        session.say(target.name +
                    (target.report.sound() ? ": all queries are right" : ": there are mistakes"));
      }
      obstacle.clear();
    } catch (const Error& error) {
      if (obstacle != error.what()) session.say(error.what());
      obstacle = error.what();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return kOk;
}

}  // namespace

int run_prepare(Session& session, const PrepareArguments& arguments) {
  if (arguments.watch) return watch(session, arguments);
  const std::vector<PreparedTarget> targets =
      check::prepare(check::find_manifests(arguments.build_dir), arguments.check);
  bool good = true;
  bool stale = false;
  for (const PreparedTarget& target : targets) {
    good &= target.report.sound();
    stale |= arguments.check && !target.changes.empty();
  }
  if (session.json()) {
    Json rows = Json::array();
    for (const PreparedTarget& target : targets) rows.push_back(to_json(target));
    print_json(session, {{"written", !arguments.check}, {"targets", std::move(rows)}});
  } else {
    for (const PreparedTarget& target : targets) show(session, target, arguments.check);
    if (stale) session.say("the cache is not what the sources say; run cairn prepare and commit it");
  }
  return good && !stale ? kOk : kNothing;
}

}  // namespace cairn::cli
