// cairn-check: checks the queries of targets and writes their headers; part of a build.
//
//   cairn-check [--soft] [--stamp FILE] MANIFEST…
//
// A manifest is described in check/manifest.hpp. Mistakes go to standard error as a compiler's do, and make
// the exit code 1, but not with --soft, for the time before a build. --stamp writes FILE when all is well,
// and beside it FILE.d, the files that were read, as a compiler's -MD does. The cache is not written: `cairn
// prepare` does that.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/files.hpp"
#include "check/manifest.hpp"
#include "check/target.hpp"

namespace {

using namespace cairn::check;
namespace fs = std::filesystem;

constexpr const char* kUsage = "usage: cairn-check [--soft] [--stamp FILE] MANIFEST...\n";

struct Arguments {
  bool soft = false;
  bool valid = true;
  std::string stamp;
  std::vector<std::string> manifests;
};

Arguments parse(std::span<char*> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--soft") {
      arguments.soft = true;
    } else if (word == "--stamp" && i + 1 < words.size()) {
      arguments.stamp = words[++i];
    } else if (word.starts_with("-")) {
      arguments.valid = false;
    } else {
      arguments.manifests.emplace_back(word);
    }
  }
  arguments.valid &= !arguments.manifests.empty();
  return arguments;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string escaped_for_make(const fs::path& path) {
  std::string escaped;
  for (const char c : path.string()) {
    if (c == ' ' || c == '#' || c == '\\') escaped += '\\';
    if (c == '$') escaped += '$';
    escaped += c;
  }
  return escaped;
}

void write_stamp(const fs::path& stamp, const std::vector<fs::path>& inputs) {
  std::string rule = escaped_for_make(stamp) + ":";
  for (const fs::path& input : inputs) rule += " \\\n " + escaped_for_make(input);
  fs::remove(stamp);  // so that its time changes
  write_if_different(stamp.string() + ".d", rule + "\n");
  write_if_different(stamp, "");
}

// Checks them all, whatever is wrong with some.
bool check(const Arguments& arguments) {
  bool sound = true;
  std::vector<fs::path> inputs;
  for (const std::string& name : arguments.manifests) {
    const TargetReport report = check_target(read_manifest(name));
    print(report.messages());
    write_headers(report);
    sound &= report.sound();
    inputs.emplace_back(name);
    inputs.insert(inputs.end(), report.inputs.begin(), report.inputs.end());
  }
  if (sound && !arguments.stamp.empty()) write_stamp(arguments.stamp, inputs);
  return sound || arguments.soft;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments arguments = parse({argv + 1, argv + argc});
    if (!arguments.valid) {
      print(kUsage);
      return 2;
    }
    return check(arguments) ? 0 : 1;
  } catch (const std::exception& error) {
    print(fmt::format("cairn-check: {}\n", error.what()));
    return 3;
  }
}
