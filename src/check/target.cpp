#include "check/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "cairn/error.hpp"
#include "cairn/sql/migration_set.hpp"
#include "check/cache.hpp"
#include "check/checker.hpp"
#include "check/config.hpp"
#include "check/cpp_identifier.hpp"
#include "check/files.hpp"
#include "check/generator.hpp"
#include "check/mistake_lookup.hpp"
#include "check/scanner.hpp"
#include "check/schema.hpp"
#include "sqlite/blank.hpp"

namespace cairn::check {
namespace {

namespace fs = std::filesystem;

// A text that was found, and what came of it.
struct Outcome {
  SourceQuery source;
  std::optional<Description> description;
  std::string mistake;  // "src/tasks.cpp:12:34: no such column: titel", when there is no description
};

// "queries/open-tasks.sql" is the namespace open_tasks.
std::string namespace_of(const fs::path& file) {
  std::string name = file.filename().string();
  name.resize(std::min(name.size(), name.find('.')));
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return "_" + name;
  const bool taken =
      is_keyword(name) || name == "std" || name == "main" || name == "cairn" || name == "cairn_sql";
  return taken ? name + "_" : name;
}

class TargetCheck {
 public:
  explicit TargetCheck(const Manifest& manifest) : manifest_(manifest) {}

  TargetReport run() {
    make_checker();
    std::vector<Outcome> of_headers;
    for (const fs::path& header : manifest_.headers) append(of_headers, outcomes(header, scan_cpp));
    for (const Unit& unit : manifest_.sources) {
      std::vector<Outcome> all = of_headers;
      append(all, outcomes(unit.file, scan_cpp));
      add_header(unit.header, all, [&](const std::vector<CheckedQuery>& checked) {
        return unit_header(checked, name_of(unit.file));
      });
    }
    for (const Unit& unit : manifest_.queries) add_named(unit);
    if (report_.sound()) report_.cache.emplace(kInputsFile, inputs_of(manifest_));
    std::ranges::stable_sort(report_.diagnostics, {}, [](const Diagnostic& found) {
      return std::tuple(found.file, found.place.line, found.place.column);
    });
    return std::move(report_);
  }

 private:
  void make_checker() {
    try {
      if (!manifest_.config.empty()) {
        report_.inputs.push_back(manifest_.config);
        config_ = read_config(manifest_.config);
      }
      note_inputs();
      schema_.emplace(make_schema({manifest_.migrations, manifest_.stubs, config_.extensions}));
      checker_.emplace(*schema_, config_.types);
    } catch (const Error& error) {
      report_.failure = with_place_first(error.what());
    }
  }

  void note_inputs() {
    if (!manifest_.migrations.empty()) {
      report_.inputs.push_back(manifest_.migrations);
      for (const fs::path& file : migrations_of(manifest_.migrations)) report_.inputs.push_back(file);
    }
    for (const fs::path& stub : manifest_.stubs) report_.inputs.push_back(stub);
    for (const sql::LoadableExtension& extension : config_.extensions)
      if (fs::exists(extension.path)) report_.inputs.push_back(extension.path);
  }

  // "cannot apply migration 2 ('b'): DIR/0002_b.sql:3: near …" as compilers write it:
  // "DIR/0002_b.sql:3: error: cannot apply migration 2 ('b'): near …".
  std::string with_place_first(const std::string& message) const {
    for (const fs::path& file : report_.inputs) {
      const std::size_t at = message.find(file.string() + ":");
      if (at == std::string::npos) continue;
      const std::size_t line = at + file.string().size() + 1;
      const std::size_t end = message.find_first_not_of("0123456789:", line);
      if (end == std::string::npos || end == line || message[end] != ' ') continue;
      if (at == 0) return name_of(file) + message.substr(file.string().size());
      return fmt::format("{}:{} error: {}{}", name_of(file), message.substr(line, end - line),
                         message.substr(0, at), message.substr(end + 1));
    }
    return fmt::format("{}: error: {}", manifest_.target, message);
  }

  std::string name_of(const fs::path& file) const {
    const fs::path relative = file.lexically_relative(manifest_.source_dir);
    return relative.empty() || *relative.begin() == ".." ? file.string() : relative.generic_string();
  }

  static void append(std::vector<Outcome>& all, std::vector<Outcome> more) {
    std::ranges::move(more, std::back_inserter(all));
  }

  std::vector<Outcome> outcomes(const fs::path& file, Scan (*scan)(std::string_view, const std::string&)) {
    report_.inputs.push_back(file);
    const std::string name = name_of(file);
    std::string text;
    try {
      text = read_file(file);
    } catch (const Error& error) {
      // One that the build generates may come later.
      const bool missing = !fs::exists(file);
      report_.diagnostics.push_back({name,
                                     {},
                                     missing ? "is not there yet, and so not checked" : "cannot be read",
                                     "",
                                     missing ? Severity::warning : Severity::error});
      return {};
    }
    Scan found = scan(text, name);
    if (!found.queries.empty() || !found.diagnostics.empty()) report_.texts.emplace(name, std::move(text));
    for (Diagnostic& diagnostic : found.diagnostics) report_.diagnostics.push_back(std::move(diagnostic));
    std::vector<Outcome> outcomes;
    for (SourceQuery& query : found.queries) outcomes.push_back(outcome_of(std::move(query)));
    return outcomes;
  }

  Outcome outcome_of(SourceQuery query) {
    Outcome outcome{std::move(query), std::nullopt, report_.failure};
    refuse_collision(outcome.source);
    if (!checker_) return outcome;
    auto known = verdicts_.find(outcome.source.sql);
    if (known == verdicts_.end())
      known = verdicts_.emplace(outcome.source.sql, checker_->check(outcome.source.sql)).first;
    outcome.description = known->second.description;
    for (const Mistake& mistake : known->second.mistakes) add_mistake(outcome, mistake);
    return outcome;
  }

  void add_mistake(Outcome& outcome, const Mistake& mistake) {
    const SourceQuery& source = outcome.source;
    const std::size_t begin = source.sql.size() - sqlite::skip_blank(source.sql).size();
    const Place place = source.places[std::min(mistake.offset.value_or(begin), source.sql.size())];
    if (outcome.mistake.empty())
      outcome.mistake = fmt::format("{}:{}:{}: {}{}{}", source.file, place.line, place.column,
                                    mistake.message, mistake.help.empty() ? "" : "; ", mistake.help);
    report_.diagnostics.push_back({source.file, place, mistake.message, mistake.help});
  }

  // Two texts of one key: the compiler could not tell them apart.
  void refuse_collision(const SourceQuery& source) {
    const auto [first, is_new] = by_hash_.emplace(text_hash(source.sql), source);
    if (is_new || first->second.sql == source.sql) return;
    const SourceQuery& other = first->second;
    report_.diagnostics.push_back({source.file, source.macro,
                                   fmt::format("this text has the same hash as that of {}:{}:{}", other.file,
                                               other.macro.line, other.macro.column),
                                   "change one of them a little, by a space"});
  }

  template <class Generate>
  void add_header(const fs::path& path, const std::vector<Outcome>& outcomes, const Generate& generate) {
    std::vector<CheckedQuery> checked;
    std::map<std::uint64_t, std::string> mistakes;
    for (const Outcome& outcome : outcomes) {
      if (outcome.description) {
        checked.push_back({outcome.source, *outcome.description});
        report_.cache.emplace(query_name(checked.back()) + ".hpp", query_header(checked.back()));
      } else {
        mistakes.emplace(text_hash(outcome.source.sql), outcome.mistake);
      }
    }
    std::string text = generate(checked);
    for (const auto& [hash, mistake] : mistakes) text += mistake_lookup(hash, mistake);
    if (!report_.headers.emplace(path, std::move(text)).second)
      report_.diagnostics.push_back(
          {path.string(), {}, "two files have this header; give one another name", ""});
  }

  void add_named(const Unit& unit) {
    const std::vector<Outcome> found = outcomes(unit.file, scan_sql);
    add_header(unit.header, found, [&](const std::vector<CheckedQuery>& checked) {
      return named_header(checked, name_of(unit.file), namespace_of(unit.file));
    });
    report_.cache.emplace(unit.header.filename().string(), report_.headers[unit.header]);
  }

  const Manifest& manifest_;
  Config config_;
  std::optional<sql::Connection> schema_;
  std::optional<Checker> checker_;
  std::map<std::string, Verdict> verdicts_;  // by text
  std::map<std::uint64_t, SourceQuery> by_hash_;
  TargetReport report_;
};

}  // namespace

bool TargetReport::sound() const {
  return failure.empty() && std::ranges::none_of(diagnostics, [](const Diagnostic& found) {
           return found.severity == Severity::error;
         });
}

std::string TargetReport::messages() const {
  std::string all = failure.empty() ? "" : failure + "\n";
  for (const Diagnostic& diagnostic : diagnostics) {
    const auto text = texts.find(diagnostic.file);
    all += to_string(diagnostic, text == texts.end() ? std::string_view() : text->second);
    if (!all.ends_with('\n')) all += '\n';
  }
  return all;
}

TargetReport check_target(const Manifest& manifest) {
  return TargetCheck(manifest).run();
}

int write_headers(const TargetReport& report) {
  int written = 0;
  for (const auto& [path, text] : report.headers)
    if (report.failure.empty() || !fs::exists(path)) written += write_if_different(path, text);
  return written;
}

}  // namespace cairn::check
