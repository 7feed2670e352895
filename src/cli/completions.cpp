#include "cli/completions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cairn::cli {
namespace {

enum class Takes { nothing, words, files, anything };

struct Word {
  std::string text;  // "--limit", "-n", or a verb
  std::string what;  // its description
  Takes takes = Takes::nothing;
  std::string choices;  // separated by spaces
};

// One verb, with everything that may follow it.
struct Place {
  std::string path;  // "cairn migrate run"
  std::vector<Word> verbs;
  std::vector<Word> options;
  Word argument;  // what its positional arguments are
};

std::string first_sentence(const std::string& text) {
  return text.substr(0, text.find_first_of(";\n"));
}

Word word_of(const CLI::Option& option, const std::string& text) {
  Word word{text, first_sentence(option.get_description()), Takes::nothing, ""};
  if (option.get_expected_max() == 0) return word;
  const std::string type = option.get_type_name();
  const bool choice = type.find('|') != std::string::npos &&
                      std::ranges::all_of(type, [](char c) { return c == '|' || (c >= 'a' && c <= 'z'); });
  const bool files =
      std::ranges::any_of(std::initializer_list<const char*>{"PATH", "FILE", "DIR"},
                          [&](const char* name) { return type.find(name) != std::string::npos; });
  word.takes = choice ? Takes::words : files ? Takes::files : Takes::anything;
  if (choice) word.choices = type;
  std::ranges::replace(word.choices, '|', ' ');
  return word;
}

// An option of a verb's parent may follow the verb as well; its help is the verb's own.
void add_options(const CLI::App& app, Place& place, bool own) {
  for (const CLI::Option* option : app.get_options()) {
    if (!own && option == app.get_help_ptr()) continue;
    if (option->get_positional()) {
      if (own && place.argument.takes == Takes::nothing) place.argument = word_of(*option, "");
      continue;
    }
    for (const std::string& name : option->get_snames())
      place.options.push_back(word_of(*option, "-" + name));
    for (const std::string& name : option->get_lnames())
      place.options.push_back(word_of(*option, "--" + name));
  }
}

void walk(const CLI::App& app, const std::string& path, std::vector<const CLI::App*> parents,
          std::vector<Place>& places) {
  Place place{path, {}, {}, {}};
  add_options(app, place, true);
  for (const CLI::App* parent : parents) add_options(*parent, place, false);
  parents.push_back(&app);
  const std::size_t at = places.size();
  places.push_back({});
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    place.verbs.push_back({verb->get_name(), first_sentence(verb->get_description()), Takes::nothing, ""});
    walk(*verb, path + " " + verb->get_name(), parents, places);
  }
  places[at] = std::move(place);
}

// In single quotes, for any of the shells.
std::string quoted(const std::string& text, const char* escaped_quote) {
  std::string safe = "'";
  for (const char c : text) safe += c == '\'' ? std::string(escaped_quote) : std::string(1, c);
  return safe + "'";
}

std::string list(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

// The three scripts find the place in the same way: by the words before the cursor that are verbs, not
// counting those that are values of options.
constexpr const char* kBash =
    R"sh(# eval "$(cairn completions bash)", or keep it in /etc/bash_completion.d/cairn
_cairn() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} path=cairn i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "$path ${{COMP_WORDS[i]}}" in
{skips}) ((++i)) ;;
{verbs}) path+=" ${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$path ${{COMP_WORDS[COMP_CWORD - 1]}}" in
{values}  esac
  case "$path" in
{places}  esac
}}
complete -F _cairn cairn
)sh";

constexpr const char* kZsh = R"sh(#compdef cairn
# cairn completions zsh > a folder of $fpath, as _cairn
_cairn() {{
  local place=cairn i
  local -a offered
  for ((i = 2; i < CURRENT; ++i)); do
    case "$place ${{words[i]}}" in
{skips}) ((++i)) ;;
{verbs}) place+=" ${{words[i]}}" ;;
    esac
  done
  case "$place ${{words[CURRENT - 1]}}" in
{values}  esac
  case "$place" in
{places}  esac
}}
if [ "$funcstack[1]" = _cairn ]; then _cairn "$@"; else compdef _cairn cairn; fi
)sh";

constexpr const char* kFish = R"sh(# cairn completions fish > ~/.config/fish/completions/cairn.fish
function __cairn_place
    set -l place cairn
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$place $word"
            case {skips}
                set skip 1
            case {verbs}
                set place "$place $word"
        end
    end
    echo $place
end
function __cairn_at
    test (__cairn_place) = "$argv"
end
complete -c cairn -f
{places})sh";

std::string patterns(const std::vector<Place>& places, bool values, const char* separator) {
  std::string all;
  const auto add = [&](const std::string& pattern) {
    all += (all.empty() ? "" : separator) + quoted(pattern, "'");
  };
  for (const Place& place : places) {
    for (const Word& word : values ? place.options : place.verbs)
      if (!values || word.takes != Takes::nothing) add(place.path + " " + word.text);
  }
  return all;
}

std::string bash_reply(const Word& word) {
  if (word.takes == Takes::words)
    return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\")", word.choices);
  if (word.takes == Takes::files)
    return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")";
  return ":";
}

std::string bash(const std::vector<Place>& places) {
  std::string values, replies;
  for (const Place& place : places) {
    for (const Word& word : place.options)
      if (word.takes != Takes::nothing)
        values += fmt::format("    '{} {}') {}; return ;;\n", place.path, word.text, bash_reply(word));
    const std::string words = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{} {}' -- \"$cur\")",
                                          list(place.verbs), list(place.options));
    replies += fmt::format("    '{}')\n      if [[ $cur == -* || -n '{}' ]]; then {}\n      else {}; fi ;;\n",
                           place.path, list(place.verbs), words, bash_reply(place.argument));
  }
  return fmt::format(kBash, fmt::arg("skips", "      " + patterns(places, true, " | ")),
                     fmt::arg("verbs", "      " + patterns(places, false, " | ")), fmt::arg("values", values),
                     fmt::arg("places", replies));
}

std::string zsh_offer(const std::vector<Word>& words, const char* title) {
  std::string offered;
  for (const Word& word : words) {
    std::string text = word.text + ":" + word.what;
    for (std::size_t at = text.find(':', word.text.size() + 1); at != std::string::npos;
         at = text.find(':', at + 2))
      text.insert(at, "\\");
    offered += " " + quoted(text, "'\\''");
  }
  return fmt::format("offered=({}); _describe '{}' offered", offered, title);
}

std::string zsh_reply(const Word& word) {
  if (word.takes == Takes::words) return "compadd -- " + word.choices;
  if (word.takes == Takes::files) return "_files";
  return ":";
}

std::string zsh(const std::vector<Place>& places) {
  std::string values, replies;
  for (const Place& place : places) {
    for (const Word& word : place.options)
      if (word.takes != Takes::nothing)
        values += fmt::format("    '{} {}') {}; return ;;\n", place.path, word.text, zsh_reply(word));
    replies += fmt::format("    '{}')\n      if [[ $PREFIX == -* ]]; then {}\n      else {}; fi ;;\n",
                           place.path, zsh_offer(place.options, "option"),
                           place.verbs.empty() ? zsh_reply(place.argument) : zsh_offer(place.verbs, "verb"));
  }
  return fmt::format(kZsh, fmt::arg("skips", "      " + patterns(places, true, " | ")),
                     fmt::arg("verbs", "      " + patterns(places, false, " | ")), fmt::arg("values", values),
                     fmt::arg("places", replies));
}

std::string fish_value(const Word& word) {
  if (word.takes == Takes::words) return fmt::format(" -x -a '{}'", word.choices);
  if (word.takes == Takes::files) return " -r -F";
  return word.takes == Takes::anything ? " -x" : "";
}

std::string fish(const std::vector<Place>& places) {
  std::string lines;
  const auto add = [&lines](const Place& place, const std::string& rest, const std::string& what) {
    lines += fmt::format("complete -c cairn -n '__cairn_at {}' {}", place.path, rest);
    if (!what.empty()) lines += " -d " + quoted(what, "\\'");
    lines += "\n";
  };
  for (const Place& place : places) {
    for (const Word& verb : place.verbs) add(place, "-a " + verb.text, verb.what);
    for (const Word& option : place.options)
      add(place,
          (option.text.starts_with("--") ? "-l " + option.text.substr(2) : "-s " + option.text.substr(1)) +
              fish_value(option),
          option.what);
    if (place.argument.takes == Takes::files) add(place, "-F", "");
    if (place.argument.takes == Takes::words) add(place, "-a '" + place.argument.choices + "'", "");
  }
  return fmt::format(kFish, fmt::arg("skips", patterns(places, true, " ")),
                     fmt::arg("verbs", patterns(places, false, " ")), fmt::arg("places", lines));
}

}  // namespace

std::string completions(const CLI::App& app, const std::string& shell) {
  std::vector<Place> places;
  walk(app, app.get_name(), {}, places);
  return shell == "bash" ? bash(places) : shell == "zsh" ? zsh(places) : fish(places);
}

}  // namespace cairn::cli
