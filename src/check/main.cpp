// cairn-check: checks the queries of targets and writes their headers; part of a build.
//
//   cairn-check [--soft] MANIFEST…
//
// A manifest is described in check/manifest.hpp. Mistakes go to standard error as a compiler's do, and make
// the exit code 1; with --soft, for the time before a build, they do not. Caches are not written: `cairn
// prepare` does that.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "check/manifest.hpp"
#include "check/target.hpp"

namespace {

using namespace cairn::check;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

// Checks them all, whatever is wrong with some.
bool check(std::span<const std::string> manifests) {
  bool sound = true;
  for (const std::string& name : manifests) {
    const TargetReport report = check_target(read_manifest(name));
    print(report.messages());
    write_headers(report);
    sound &= report.sound();
  }
  return sound;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::vector<std::string> manifests(argv + 1, argv + argc);
    const bool soft = std::erase(manifests, "--soft") > 0;
    if (manifests.empty() || manifests.front().starts_with("-")) {
      print("usage: cairn-check [--soft] MANIFEST...\n");
      return 2;
    }
    return check(manifests) || soft ? 0 : 1;
  } catch (const std::exception& error) {
    print(fmt::format("cairn-check: {}\n", error.what()));
    return 3;
  }
}
