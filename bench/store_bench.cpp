// Searches a Cairn file again and again in one process and prints how long each arm takes.
//
//   store_bench FILE QUERIES.txt [ROUNDS]
//
// Prints one JSON object: per mode the median and the 99th percentile in milliseconds, and a hash of the
// ids found, so that two runs can be seen to have found the same.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "cairn/cairn.hpp"

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> lines_of(const char* path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line.substr(0, line.find('\t')));
  return lines;
}

double percentile(std::vector<double>& times, double p) {
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(p * static_cast<double>(times.size() - 1))];
}

void measure(const cairn::Store& store, const std::vector<std::string>& queries, int rounds, const char* name,
             cairn::SearchMode mode) {
  std::vector<double> times;
  std::string found;
  for (int round = 0; round <= rounds; ++round) {
    for (const std::string& query : queries) {
      const Clock::time_point begin = Clock::now();
      const std::vector<cairn::Hit> hits = store.search(query, {.limit = 10, .mode = mode});
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
      if (round > 0) {
        times.push_back(ms);
      } else {
        for (const cairn::Hit& hit : hits) found += std::to_string(hit.id) + ' ';
      }
    }
  }
  std::printf("\"%s\": {\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"hash\": \"%s\"}", name, percentile(times, 0.5),
              percentile(times, 0.99), cairn::content_hash(found).substr(0, 12).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s FILE QUERIES.txt [ROUNDS]\n", argv[0]);
    return 2;
  }
  try {
    const cairn::Store store = cairn::Store::open(argv[1], {.mode = cairn::OpenMode::read_only});
    const std::vector<std::string> queries = lines_of(argv[2]);
    const int rounds = argc > 3 ? std::max(1, std::atoi(argv[3])) : 10;
    std::printf("{\"rows\": %lld, \"queries\": %zu, ", static_cast<long long>(store.status().content), queries.size());
    measure(store, queries, rounds, "hybrid", cairn::SearchMode::hybrid);
    std::printf(", ");
    measure(store, queries, rounds, "vector", cairn::SearchMode::vector);
    std::printf(", ");
    measure(store, queries, rounds, "keyword", cairn::SearchMode::keyword);
    std::printf("}\n");
  } catch (const cairn::Error& e) {
    std::fprintf(stderr, "store_bench: %s\n", e.what());
    return 3;
  }
}
