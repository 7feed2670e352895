// The exit codes that `cairn --help` promises.
#pragma once

#include <stdexcept>
#include <string>

namespace cairn::cli {

inline constexpr int kOk = 0;
// Nothing was found; doctor, prepare: a problem remains; add: a file was unreadable.
inline constexpr int kNothing = 1;
inline constexpr int kUsage = 2;
inline constexpr int kFailed = 3;
inline constexpr int kInterrupted = 130;  // as a shell reports SIGINT

// The command line itself is wrong; main reports it and returns kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cairn::cli
