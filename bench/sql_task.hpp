// What sql_bench.cpp, pool_bench.cpp and sqlx_bench/ have in common: the table, the statements, the rows to
// look up, and the form of the report.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct Row {
  std::int64_t id;
  std::string title;
  double priority;
  std::optional<std::int64_t> due;
};

inline constexpr const char* kLookUp = "SELECT id, title, priority, due FROM tasks WHERE id = ?";
inline constexpr const char* kScan = "SELECT id, title, priority, due FROM tasks LIMIT 10000";
inline constexpr const char* kInsert = "INSERT INTO inserted(title, priority, due) VALUES (?, ?, ?)";

// So that no engine can leave something out.
inline std::uint64_t checksum(const Row& row) {
  return static_cast<std::uint64_t>(row.id) * 31 + row.title.size() +
         static_cast<std::uint64_t>(row.due.value_or(7));
}

// Each task takes a few milliseconds at a time, so that most of them are not interrupted by others' work.
inline constexpr int kLookUps = 1000;
inline constexpr int kInserts = 2000;
inline constexpr int kScanned = 10000;

inline std::vector<std::int64_t> ids_to_look_up(int rows) {
  std::vector<std::int64_t> ids;
  std::uint64_t state = 42;
  for (int i = 0; i < kLookUps; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    ids.push_back(static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(rows)) + 1);
  }
  return ids;
}

// For each task and engine the median time of one operation in nanoseconds, and for each task the checksum,
// as one JSON object.
class Report {
 public:
  // Runs `work`, which does so many operations and answers a checksum.
  template <class Work>
  void measure(const std::string& task, const std::string& engine, double operations, Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t sum = work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    if (sums_.emplace(task, sum).first->second != sum)
      throw std::runtime_error(task + ": " + engine + " read something else");
    times_[task + "." + engine].push_back(took.count() / operations);
  }

  // The first time of each only warmed up.
  void print() {
    const char* separator = "{";
    for (auto& [name, times] : times_) {
      times.erase(times.begin());
      std::sort(times.begin(), times.end());
      std::printf("%s\"%s\": %.1f", separator, name.c_str(), times[times.size() / 2]);
      separator = ", ";
    }
    for (const auto& [task, sum] : sums_)
      std::printf(", \"checksum.%s\": %llu", task.c_str(), static_cast<unsigned long long>(sum));
    std::printf("}\n");
  }

 private:
  std::map<std::string, std::vector<double>> times_;
  std::map<std::string, std::uint64_t> sums_;
};

}  // namespace bench
