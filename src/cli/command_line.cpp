#include "cli/command_line.hpp"

#include <limits>
#include <map>

#include "cairn/version.hpp"
#include "cli/completions.hpp"
#include "cli/exit_codes.hpp"
#include "cli/grammar.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

constexpr std::size_t kMostHits = 10000;

constexpr const char* kFooter = R"(
Which file: --db, else $CAIRN_DB, else ./.cairn.db if it is there, else cairn/cairn.db in the user's data
folder ($XDG_DATA_HOME or ~/.local/share). `cairn add` makes it.

Exit codes: 0 done, or found; 1 nothing was found (search, related), a file could not be read (add; the
rest is in), or a problem remains (doctor, prepare); 2 the command line is wrong; 3 the operation failed, with
a sentence on standard error; 130 interrupted.

Environment: CAIRN_DB; DATABASE_URL, for db, migrate and vec only; CAIRN_LOG=info|debug logs to standard error;
NO_COLOR turns colours off.

Start with:
  cairn add ~/notes
  cairn search "when does the deploy key change?"
  cairn search --help)";

void add_namespace(CLI::App& verb, std::string& namespace_) {
  verb.add_option("--namespace", namespace_, "The namespace that paths are looked up in")
      ->type_name("NAME")
      ->capture_default_str();
}

void add_selection(CLI::App& verb, Selection& selection) {
  verb.add_option("--type", selection.type, "Only this doc_type: note, doc, code, …")->type_name("TYPE");
  verb.add_option("--namespace", selection.namespace_, "Only this namespace")->type_name("NAME");
  verb.add_option("--where", selection.where,
                  "Only where this holds: fields id, doc_type, namespace, path, title, heading, text, "
                  "created_at, updated_at, metadata.KEY; =, !=, <, <=, >, >=, IN, GLOB, EXISTS, AND, OR, NOT")
      ->type_name("FILTER");
}

void declare_add(CLI::App& app, CommandLine& line) {
  CLI::App& verb = add_verb(app, "add", "Read files and folders in, or remember notes", R"(
  cairn add ~/notes README.md          read in what is new or changed; forget what is gone
  cairn add --text "The deploy key rotates every 90 days." --metadata '{"by": "ada"}'
  git log -1 | cairn add - --type commit
)");
  auto arguments = declare<AddArguments>(verb, line, run_add);
  verb.add_option("paths", arguments->paths, "Files and folders; - reads a note from standard input")
      ->type_name("PATH");
  verb.add_option("--text", arguments->notes, "A note to remember; may be repeated")
      ->type_name("TEXT")
      ->expected(1)
      ->take_all();
  verb.add_option("--type", arguments->type, "doc_type of what is added; else note, doc or code")
      ->type_name("TYPE");
  verb.add_option("--namespace", arguments->namespace_, "Namespace to add to")
      ->type_name("NAME")
      ->capture_default_str();
  verb.add_option("--metadata", arguments->metadata, "A JSON object to keep with the notes")
      ->type_name("JSON");
}

void declare_search(CLI::App& app, CommandLine& line) {
  CLI::App& verb = add_verb(app, "search", "Find notes and passages, best first", R"(
  cairn search "when does the deploy key change?"
  cairn search --path docs --type doc -n 3 rotate keys
  cairn search --where "metadata.lang = 'en' AND created_at >= 1767225600" deploy
  cairn search --json --explain foo_bar.baz
  cairn search -- --a-query-with-a-leading-minus
)");
  auto arguments = declare<SearchArguments>(verb, line, run_search);
  verb.add_option("query", arguments->words,
                  "Words or a question, in any form; - reads it from standard input")
      ->type_name("QUERY")
      ->required();
  verb.add_option("-n,--limit", arguments->limit, "How many hits at most")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostHits))
      ->capture_default_str();
  add_selection(verb, arguments->selection);
  verb.add_option("--path", arguments->selection.path,
                  "Only below this file or folder, or matching this glob")
      ->type_name("PATH");
  static const std::map<std::string, SearchMode> modes{
      {"hybrid", SearchMode::hybrid}, {"vector", SearchMode::vector}, {"keyword", SearchMode::keyword}};
  verb.add_option("--mode", arguments->mode, "How to search (default: hybrid)")
      ->type_name("hybrid|vector|keyword")
      ->transform(CLI::CheckedTransformer(modes).description(""));
  verb.add_flag("--explain", arguments->explain, "Also say how the answer was found");
  verb.add_flag("--full", arguments->full, "Print each hit's whole text");
}

void declare_reading_verbs(CLI::App& app, CommandLine& line) {
  CLI::App& get = add_verb(app, "get", "Print a note, a passage, or lines of a document", R"(
  cairn get 17                         the row with id 17
  cairn get docs/setup.md              the whole document
  cairn get docs/setup.md:40:20        20 lines from line 40
)");
  auto get_arguments = declare<GetArguments>(get, line, run_get);
  get.add_option("what", get_arguments->what, "Id of a row, doc:ID, or a document's path")
      ->type_name("ID|PATH[:LINE[:COUNT]]")
      ->required();
  add_namespace(get, get_arguments->namespace_);

  CLI::App& ls = add_verb(app, "ls", "List documents", R"(
  cairn ls
  cairn ls docs --json
  cairn ls '*.rst' --limit 20
)");
  auto ls_arguments = declare<LsArguments>(ls, line, run_ls);
  ls.add_option("path", ls_arguments->selection.path, "Only below this folder, or matching this glob")
      ->type_name("PATH");
  ls.add_option("-n,--limit", ls_arguments->limit, "How many at most (default: all)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{std::numeric_limits<std::int64_t>::max()}));
  add_selection(ls, ls_arguments->selection);
}

void declare_graph_verbs(CLI::App& app, CommandLine& line) {
  CLI::App& relate = add_verb(app, "relate", "Draw an edge between two rows or documents", R"(
  cairn relate 17 42 explains --strength 0.8
  cairn relate docs/a.md doc:3 supersedes
  cairn relate 17 42 explains --remove
)");
  auto edge = declare<RelateArguments>(relate, line, run_relate);
  relate.add_option("source", edge->source, "Id of a row, doc:ID, or a document's path")
      ->type_name("A")
      ->required();
  relate.add_option("target", edge->target, "The same")->type_name("B")->required();
  relate.add_option("type", edge->type, "What A does to B, in a word")->type_name("TYPE")->required();
  relate.add_option("--strength", edge->strength, "From 0 to 1")
      ->type_name("S")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  relate.add_flag("--remove", edge->remove, "Remove the edge instead");
  add_namespace(relate, edge->namespace_);

  CLI::App& related = add_verb(app, "related", "Walk the edges from a row or document", R"(
  cairn related 17
  cairn related docs/a.md --depth 3 --direction both --type cites --min-strength 0.5
)");
  auto walk = declare<RelatedArguments>(related, line, run_related);
  RelatedOptions& options = walk->options;
  related.add_option("start", walk->start, "Id of a row, doc:ID, or a document's path")
      ->type_name("A")
      ->required();
  related.add_option("--depth", options.depth, "How many edges away at most")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  static const std::map<std::string, Direction> directions{
      {"out", Direction::out}, {"in", Direction::in}, {"both", Direction::both}};
  related.add_option("--direction", options.direction, "Which way to walk them (default: out)")
      ->type_name("out|in|both")
      ->transform(CLI::CheckedTransformer(directions).description(""));
  related.add_option("--type", options.type, "Only edges of this type")->type_name("TYPE");
  related.add_option("--min-strength", options.min_strength, "Only edges at least this strong")
      ->type_name("S")
      ->check(CLI::Range(0.0, 1.0));
  related.add_option("-n,--limit", options.limit, "How many rows at most")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostHits))
      ->capture_default_str();
  add_namespace(related, walk->namespace_);
}

void declare_upkeep_verbs(CLI::App& app, CommandLine& line) {
  CLI::App& remove = add_verb(app, "remove", "Forget notes, documents or folders", R"(
  cairn remove 17                      the row with id 17
  cairn remove docs/old.md docs/2019   a document, and all below a folder (the files themselves stay)
)");
  auto arguments = declare<RemoveArguments>(remove, line, run_remove);
  remove.add_option("what", arguments->what, "Ids of rows, doc:IDs, paths of documents or folders")
      ->type_name("ID|PATH")
      ->required();
  add_namespace(remove, arguments->namespace_);

  CLI::App& status = add_verb(app, "status", "Say which file is used and what is in it", R"(
  cairn status
  cairn status --json
)");
  status.callback([&line] { line.verb = run_status; });

  CLI::App& doctor = add_verb(app, "doctor", "Check the file", R"(
  cairn doctor
  cairn doctor --repair
)");
  auto checks = declare<DoctorArguments>(doctor, line, run_doctor);
  doctor.add_flag("--repair", checks->repair, "Repair what can be repaired");

  CLI::App& upgrade = add_verb(app, "upgrade", "Bring the file up to this version", R"(
  cairn upgrade                        a copy of the file before is kept beside it; rows that other
                                       programs wrote without a vector get one
)");
  upgrade.callback([&line] { line.verb = run_upgrade; });
}

void declare_completions(CLI::App& app, CommandLine& line) {
  CLI::App& verb = add_verb(app, "completions", "Print what makes a shell complete cairn's words", R"sh(
  eval "$(cairn completions bash)"
  cairn completions fish > ~/.config/fish/completions/cairn.fish
)sh");
  auto shell = std::make_shared<std::string>();
  verb.add_option("shell", *shell, "Which shell")
      ->type_name("bash|zsh|fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  verb.callback([&app, &line, shell] { line.text = completions(app, *shell); });
}

// The verb that was asked for, or as much of it as was said.
const CLI::App& asked_for(const CLI::App& app) {
  const CLI::App* asked = &app;
  while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
  return *asked;
}

std::string path_of(const CLI::App& verb) {
  return (verb.get_parent() ? path_of(*verb.get_parent()) + " " : "") + verb.get_name();
}

std::string help_of(const CLI::App& verb) {
  return verb.help(verb.get_parent() ? path_of(*verb.get_parent()) : "");
}

}  // namespace

CLI::App& add_verb(CLI::App& app, const std::string& name, const std::string& what, const char* examples) {
  CLI::App& verb = *app.add_subcommand(name, what);
  verb.footer(std::string("Examples:\n") + examples);
  verb.fallthrough();  // so that --db and --json may also follow the verb
  return verb;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("Memory and retrieval for AI agents in one SQLite file.", "cairn");
  app.footer(kFooter);
  app.set_version_flag("--version", "cairn " + std::string(version()));
  app.add_option("--db", line.globals.db, "The database file")
      ->type_name("FILE")
      ->check([](const std::string& file) { return file.empty() ? "the name is empty" : ""; });
  app.add_flag("--json", line.globals.json, "Print one JSON document");
  app.add_flag("-v,--verbose", line.globals.verbose, "Say which file is used and what happens to it");
  app.require_subcommand(1);
  declare_add(app, line);
  declare_search(app, line);
  declare_reading_verbs(app, line);
  declare_graph_verbs(app, line);
  declare_upkeep_verbs(app, line);
  declare_database_verbs(app, line);
  declare_completions(app, line);
  if (argc <= 1)
    throw UsageError(
        "which verb? One of add, search, get, ls, relate, related, remove, status, "
        "doctor, upgrade, db, migrate, vec, prepare, completions; cairn --help explains them");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {  // --help or --version was asked for
    const bool version_asked = app.get_option("--version")->count() > 0;
    line.verb = nullptr;
    line.text = version_asked ? "cairn " + std::string(version()) + "\n" : help_of(asked_for(app));
  } catch (const CLI::ParseError& error) {
    throw UsageError(std::string(error.what()) + "; see " + path_of(asked_for(app)) + " --help");
  }
  return line;
}

}  // namespace cairn::cli
