#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/progress_bar.hpp"
#include "cli/references.hpp"
#include "cli/standard_input.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

constexpr std::size_t kProblemsShown = 20;

std::vector<Record> records_of(const AddArguments& arguments, bool from_standard_input) {
  std::vector<std::string> texts = arguments.notes;
  if (from_standard_input) texts.push_back(read_standard_input());
  std::vector<Record> records;
  for (std::string& text : texts) {
    Record record{
        .text = std::move(text), .namespace_ = arguments.namespace_, .metadata = arguments.metadata};
    if (!arguments.type.empty()) record.doc_type = arguments.type;
    records.push_back(std::move(record));
  }
  return records;
}

IngestReport ingest(const Session& session, Store& store, const AddArguments& arguments,
                    const std::vector<std::string>& paths) {
  ProgressBar bar(session.terminal());
  IngestOptions options{.namespace_ = arguments.namespace_, .doc_type = arguments.type};
  options.progress = [&](const IngestProgress& progress) {
    bar.update(progress);
    return !interrupted();
  };
  return store.ingest(paths, options);
}

std::string describe(const IngestReport& report) {
  std::string text =
      fmt::format("{} added, {} updated, {} unchanged, {} removed\n", counted(report.files_added, "file"),
                  report.files_updated, report.files_unchanged, report.files_removed);
  std::string skipped;
  for (const auto& [reason, count] : report.files_skipped)
    skipped += fmt::format("{}{} {}", skipped.empty() ? "" : ", ", count, one_line(reason));
  if (!skipped.empty()) text += fmt::format("skipped: {}\n", skipped);
  text += fmt::format("chunks: {} added, {} kept, {} removed\n", report.chunks_added, report.chunks_kept,
                      report.chunks_removed);
  const double megabytes = static_cast<double>(report.bytes_read) / 1e6;
  text += fmt::format("read {} in {:.2f} s", human_bytes(report.bytes_read), report.seconds);
  if (report.seconds > 0 && report.bytes_read > 0)
    text += fmt::format(" ({:.1f} MB/s)", megabytes / report.seconds);
  return text + "\n";
}

void say_problems(const Session& session, const IngestReport& report) {
  const std::size_t shown = std::min(report.problems.size(), kProblemsShown);
  for (std::size_t i = 0; i < shown; ++i)
    session.say(
        fmt::format("{}: {}", session.shown_path(report.problems[i].path), report.problems[i].message));
  if (shown < report.problems.size())
    session.say(
        fmt::format("and {} more; --json lists all", counted(report.problems.size() - shown, "problem")));
  if (report.stopped)
    session.say("stopped; what is counted here is in the file, and the same command does the rest");
}

// The arguments that are paths, as the store writes them. One that does not exist goes to `missing`, so that
// the rest is still read in.
std::vector<std::string> paths_of(const AddArguments& arguments, std::vector<IngestProblem>& missing) {
  std::vector<std::string> paths;
  for (const std::string& path : arguments.paths) {
    if (path == "-") continue;
    std::error_code failed;
    if (std::filesystem::exists(path, failed)) {
      paths.push_back(stored_path(path));
    } else {
      missing.push_back({path, failed ? failed.message() : "no such file or folder"});
    }
  }
  return paths;
}

// A path that the user named and that could not be read is a failure; one that was met on the way is not.
int exit_code_of(const IngestReport& report, const std::vector<std::string>& paths, bool some_missing) {
  if (report.stopped) return kInterrupted;
  if (some_missing) return kFailed;
  for (const IngestProblem& problem : report.problems)
    if (std::any_of(paths.begin(), paths.end(),  // a name that is not UTF-8 comes back repaired
                    [&](const std::string& path) { return one_line(path) == one_line(problem.path); }))
      return kFailed;
  return report.problems.empty() ? kOk : kNothing;
}

}  // namespace

int run_add(Session& session, const AddArguments& arguments) {
  const bool from_standard_input =
      std::find(arguments.paths.begin(), arguments.paths.end(), "-") != arguments.paths.end();
  const bool has_notes = from_standard_input || !arguments.notes.empty();
  if (arguments.paths.empty() && !has_notes)
    throw UsageError("add what? Name files or folders, or give a note with --text or -");
  if (!has_notes && !arguments.metadata.empty())
    throw UsageError("--metadata belongs to notes, and there is none");

  std::vector<IngestProblem> missing;
  const std::vector<std::string> paths = paths_of(arguments, missing);
  const std::vector<Record> records = records_of(arguments, from_standard_input);
  if (!paths.empty()) catch_interrupts();
  Store store = session.open_to_write(OpenMode::create);
  const std::vector<std::int64_t> ids =
      records.empty() ? std::vector<std::int64_t>{} : store.add_many(records);
  IngestReport report;
  if (!paths.empty()) report = ingest(session, store, arguments, paths);
  report.problems.insert(report.problems.begin(), missing.begin(), missing.end());

  if (session.json()) {
    Json answer{{"notes", ids}};
    answer.update(to_json(report));
    print_json(session, answer);
  } else {
    for (const std::int64_t id : ids) session.out += fmt::format("remembered as {}\n", id);
    if (!paths.empty()) session.out += describe(report);
  }
  say_problems(session, report);
  return exit_code_of(report, paths, !missing.empty());
}

}  // namespace cairn::cli
