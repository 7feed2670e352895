// One line on standard error that is redrawn while files are read in; nothing unless it is a terminal.
#pragma once

#include <chrono>

#include "cairn/store.hpp"
#include "cli/terminal.hpp"

namespace cairn::cli {

class ProgressBar {
 public:
  explicit ProgressBar(const Terminal& terminal) : terminal_(terminal) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  void update(const IngestProgress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  const Terminal& terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
  bool visible_ = false;
};

}  // namespace cairn::cli
