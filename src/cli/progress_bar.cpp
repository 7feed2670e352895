#include "cli/progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace cairn::cli {
namespace {

constexpr std::size_t kBarColumns = 24;
constexpr std::chrono::milliseconds kRedrawEvery{80};

}  // namespace

void ProgressBar::update(const IngestProgress& progress) {
  const Clock::time_point now = Clock::now();
  if (!terminal_.progress || now - drawn_ < kRedrawEvery) return;
  drawn_ = now;
  visible_ = true;
  const double seconds = std::max(std::chrono::duration<double>(now - start_).count(), 1e-3);
  const std::size_t found = std::max<std::size_t>(progress.files_found, 1);
  const std::size_t filled = std::min(progress.files_done, found) * kBarColumns / found;
  const std::string bar = std::string(filled, '#') + std::string(kBarColumns - filled, '.');
  const std::string line =
      fmt::format("[{}] {}/{} files  {:.1f} MB/s  {}", bar, progress.files_done, progress.files_found,
                  static_cast<double>(progress.bytes_done) / 1e6 / seconds, one_line(progress.path));
  const std::string drawn = "\r\x1b[K" + shortened(line, terminal_.columns - 1);
  std::fwrite(drawn.data(), 1, drawn.size(), stderr);
}

void ProgressBar::clear() {
  if (visible_) std::fputs("\r\x1b[K", stderr);
  visible_ = false;
}

}  // namespace cairn::cli
