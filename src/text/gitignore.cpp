// Patterns are compiled to a row of tokens and run as a nondeterministic automaton over the path, one bit per
// token: no backtracking, so "*a*a*a*a*b" costs what "abc" costs.
#include "text/gitignore.hpp"

#include <algorithm>

#include "text/lines.hpp"

namespace cairn::text {

namespace {

// "[:alpha:]" and its like, for ASCII as git's own wildmatch has it.
bool in_class(std::string_view name, unsigned char c, bool& known) noexcept {
  const char ch = static_cast<char>(c);
  const bool letter = is_letter(ch), digit = is_digit(ch), graph = c > ' ' && c < 0x7F;
  known = true;
  if (name == "alnum") return letter || digit;
  if (name == "alpha") return letter;
  if (name == "blank") return ch == ' ' || ch == '\t';
  if (name == "cntrl") return c < ' ' || c == 0x7F;
  if (name == "digit") return digit;
  if (name == "graph") return graph;
  if (name == "lower") return letter && ch >= 'a';
  if (name == "print") return graph || ch == ' ';
  if (name == "punct") return graph && !letter && !digit;
  if (name == "space") return is_space(ch);
  if (name == "upper") return letter && ch <= 'Z';
  if (name == "xdigit") return digit || (lower(ch) >= 'a' && lower(ch) <= 'f');
  known = false;
  return false;
}

// Reads the set that begins after '[' at `at`; false if it is malformed, and then the pattern matches
// nothing.
bool read_set(std::string_view pattern, std::size_t& at, std::bitset<256>& set) {
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool first = true;
  int previous = -1;  // the beginning of a possible range
  for (;; first = false) {
    if (at >= pattern.size()) return false;
    char c = pattern[at++];
    if (c == ']' && !first) break;
    if (c == '-' && previous >= 0 && at < pattern.size() && pattern[at] != ']') {
      c = pattern[at++];
      if (c == '\\') {
        if (at >= pattern.size()) return false;
        c = pattern[at++];
      }
      for (int i = previous; i <= static_cast<unsigned char>(c); ++i) set.set(static_cast<std::size_t>(i));
      previous = -1;
    } else if (c == '[' && at < pattern.size() && pattern[at] == ':') {
      const std::size_t close = pattern.find(']', at + 1);
      if (close == std::string_view::npos) return false;
      if (close == at + 1 || pattern[close - 1] != ':') {
        // Not a class after all: '[' stands for itself.
        set.set('[');
        previous = '[';
        continue;
      }
      bool known = true;
      const std::string_view name = pattern.substr(at + 1, close - at - 2);
      for (unsigned i = 0; i < 256; ++i) {
        if (in_class(name, static_cast<unsigned char>(i), known)) set.set(i);
      }
      if (!known) return false;
      at = close + 1;
      previous = -1;
    } else {
      if (c == '\\') {
        if (at >= pattern.size()) return false;
        c = pattern[at++];
      }
      previous = static_cast<unsigned char>(c);
      set.set(static_cast<unsigned char>(c));
    }
  }
  if (negated) set.flip();
  set.reset('/');
  return true;
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
  for (std::size_t at = text_start(text); at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    add_line(line);
    at = end + 1;
  }
}

void IgnoreRules::add_line(std::string_view line) {
  if (line.starts_with('#')) return;
  // Trailing spaces go, unless a backslash keeps one.
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size())
      ++i;
    else if (line[i] == ' ')
      continue;
    end = i + 1;
  }
  line = line.substr(0, end);

  Rule rule;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.directory_only = true;
    line.remove_suffix(1);
  }
  rule.anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return;
  if (compile(line, rule)) rules_.push_back(std::move(rule));
}

bool IgnoreRules::compile(std::string_view pattern, Rule& rule) {
  using Kind = Token::Kind;
  bool wild = false;
  bool special = false;  // a wildcard or backslash came before
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '*') {
      std::size_t end = at;
      while (end < pattern.size() && pattern[end] == '*') ++end;
      // "**" is special only as a whole component of a pattern that is matched against the whole path. git
      // compares the part before the first wildcard separately, so that for it a component may begin
      // there too: "a**/b" matches "ax/y/b", whatever the manual says.
      const bool component = rule.anchored && end - at >= 2 && (!special || pattern[at - 1] == '/') &&
                             (end == pattern.size() || pattern[end] == '/');
      if (component && end < pattern.size()) {
        rule.tokens.push_back({Kind::folders});
        ++end;  // the slash belongs to it
      } else {
        rule.tokens.push_back({component ? Kind::everything : Kind::star});
      }
      wild = special = true;
      at = end;
    } else if (c == '?') {
      rule.tokens.push_back({Kind::any});
      wild = special = true;
      ++at;
    } else if (c == '[') {
      std::bitset<256> set;
      ++at;
      if (!read_set(pattern, at, set)) return false;
      rule.tokens.push_back({Kind::set, 0, static_cast<std::uint32_t>(sets_.size())});
      sets_.push_back(set);
      wild = special = true;
    } else {
      special |= c == '\\';
      if (c == '\\' && ++at >= pattern.size()) return false;
      rule.tokens.push_back({Kind::literal, pattern[at]});
      rule.literal.push_back(pattern[at]);
      ++at;
    }
  }
  if (wild) rule.literal.clear();
  return true;
}

bool IgnoreRules::matches(const Rule& rule, std::string_view subject) const {
  using Kind = Token::Kind;
  if (!rule.literal.empty()) return subject == rule.literal;
  const std::vector<Token>& tokens = rule.tokens;
  // state[i]: the tokens before i have matched what was read so far; kStaying if that was so before the last
  // byte as well, and only token i itself has read since.
  constexpr char kStaying = 1, kArrived = 2;
  std::vector<char> state(tokens.size() + 1), after(tokens.size() + 1);
  // Tokens that may match nothing let their state through to the next.
  const auto skip_empty = [&tokens](std::vector<char>& s) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const bool passes = tokens[i].kind == Kind::star || tokens[i].kind == Kind::everything
                              ? s[i] != 0
                              : tokens[i].kind == Kind::folders && (s[i] & kArrived) != 0;
      if (passes) s[i + 1] |= kArrived;
    }
  };
  state[0] = kArrived;
  skip_empty(state);
  for (const char c : subject) {
    std::fill(after.begin(), after.end(), 0);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (state[i] == 0) continue;
      bool moves = false, stays = false;
      switch (tokens[i].kind) {
        case Kind::literal:
          moves = c == tokens[i].literal;
          break;
        case Kind::any:
          moves = c != '/';
          break;
        case Kind::set:
          moves = sets_[tokens[i].set].test(static_cast<unsigned char>(c));
          break;
        case Kind::star:
          stays = c != '/';
          break;
        case Kind::folders:
          stays = true, moves = c == '/';
          break;
        case Kind::everything:
          stays = true;
          break;
      }
      if (moves) after[i + 1] |= kArrived;
      if (stays) after[i] |= kStaying;
    }
    skip_empty(after);
    state.swap(after);
  }
  return state[tokens.size()] != 0;
}

IgnoreRules::Decision IgnoreRules::match(std::string_view path, bool is_directory) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directory_only && !is_directory) continue;
    if (matches(*rule, rule->anchored ? path : name))
      return rule->negated ? Decision::include : Decision::ignore;
  }
  return Decision::none;
}

}  // namespace cairn::text
