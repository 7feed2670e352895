#include "check/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "cairn/error.hpp"

namespace cairn::check {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path, error))
    throw Error(ErrorCode::not_found, fmt::format("{}: cannot be read", path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write_if_different(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  if (fs::is_regular_file(path, error) && read_file(path) == bytes) return false;
  fs::create_directories(path.parent_path(), error);
  const fs::path fresh = fmt::format("{}.{}", path.string(), ::getpid());
  std::ofstream file(fresh, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) fs::rename(fresh, path, error);
  if (!file || error) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    throw Error(ErrorCode::io, fmt::format("{}: cannot be written", path.string()));
  }
  return true;
}

}  // namespace cairn::check
