// One .gitignore file, with git's meaning of it (https://git-scm.com/docs/gitignore).
//
//   IgnoreRules rules("build/\n*.log\n!keep.log\n");
//   rules.match("a/x.log", false);   // Decision::ignore
//
// A walker asks, for each entry, the rules of every .gitignore from the entry's own folder up to the root
// and takes the first answer that is not `none`; it does not enter an ignored folder, since what is
// inside cannot be re-included. Matching takes time proportional to pattern times path at worst.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::text {

class IgnoreRules {
 public:
  enum class Decision { none, ignore, include };

  IgnoreRules() = default;
  explicit IgnoreRules(std::string_view gitignore_text);

  // `path`: relative to the folder of the .gitignore, '/' between names, neither leading nor trailing slash.
  // The last rule that matches decides. Parents of `path` are not looked at.
  Decision match(std::string_view path, bool is_directory) const;

  bool empty() const noexcept { return rules_.empty(); }

 private:
  struct Token {
    enum class Kind : std::uint8_t { literal, any, set, star, folders, everything } kind;
    char literal = 0;
    std::uint32_t set = 0;  // index into sets_
  };
  struct Rule {
    std::vector<Token> tokens;
    std::string literal;  // the whole pattern, when it has no wildcard
    bool negated = false, directory_only = false, anchored = false;
  };

  void add_line(std::string_view line);
  bool compile(std::string_view pattern, Rule& rule);
  bool matches(const Rule& rule, std::string_view subject) const;

  std::vector<Rule> rules_;
  std::vector<std::bitset<256>> sets_;
};

}  // namespace cairn::text
