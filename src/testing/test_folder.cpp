#include "testing/test_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "cairn/error.hpp"

namespace cairn::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = "-XXXXXX";  // mkdtemp's

[[noreturn]] void fail(const char* doing, const fs::path& path) {
  throw Error(ErrorCode::io, fmt::format("cannot {} '{}' for test databases: {}; CAIRN_TEST_DIR can name "
                                         "another place",
                                         doing, path.string(), std::strerror(errno)));
}

// A lock that ends when the descriptor is closed; -1, and errno, when it is not to be had.
int try_lock(const fs::path& path, int operation) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  while (flock(descriptor, operation) != 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    close(descriptor);
    errno = error;
    return -1;
  }
  return descriptor;
}

int lock(const fs::path& path) {
  const int descriptor = try_lock(path, LOCK_EX);
  if (descriptor < 0) fail("lock", path);
  return descriptor;
}

// While it lives nobody makes, or takes away, a folder in the root.
class RootLock {
 public:
  explicit RootLock(const fs::path& root) : descriptor_(lock(root)) {}
  RootLock(const RootLock&) = delete;
  RootLock& operator=(const RootLock&) = delete;
  ~RootLock() { close(descriptor_); }

 private:
  int descriptor_;
};

std::string file_name(std::string_view name) {
  std::string result(name.substr(0, 200));  // file systems take 255 bytes
  std::replace_if(
      result.begin(), result.end(),
      [](unsigned char c) { return c < 0x80 && !std::isalnum(c) && c != '.' && c != '_' && c != '-'; }, '_');
  return result;
}

// Those of `name` that nobody holds.
void remove_left(const fs::path& root, const std::string& name) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    const std::string other = entry.path().filename().string();
    if (other.size() != name.size() + kSuffix.size() || !other.starts_with(name + "-")) continue;
    const int held = try_lock(entry.path(), LOCK_EX | LOCK_NB);
    if (held < 0) continue;  // in use, or gone already
    fs::remove_all(entry.path(), ignored);
    close(held);
  }
}

}  // namespace

fs::path TestFolder::root() {
  if (const char* named = std::getenv("CAIRN_TEST_DIR"); named && *named) {
    std::error_code error;
    fs::create_directories(named, error);
    if (!fs::is_directory(named)) {
      errno = error.value();
      fail("make", named);
    }
    return fs::absolute(named);
  }
  const fs::path root = fs::temp_directory_path() / fmt::format("cairn-tests-{}", geteuid());
  if (mkdir(root.c_str(), 0700) != 0 && errno != EEXIST) fail("make", root);
  struct stat found {};
  if (lstat(root.c_str(), &found) != 0) fail("look at", root);
  if (!S_ISDIR(found.st_mode) || found.st_uid != geteuid()) {
    errno = EPERM;
    fail("use", root);
  }
  return root;
}

TestFolder::TestFolder(std::string_view name) {
  const fs::path root = TestFolder::root();
  const std::string safe_name = file_name(name);
  const RootLock alone(root);
  remove_left(root, safe_name);
  std::string pattern = (root / safe_name).string().append(kSuffix);
  if (!mkdtemp(pattern.data())) fail("make", pattern);
  path_ = pattern;
  lock_ = lock(path_);
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  if (!keep_) fs::remove_all(path_, ignored);
  close(lock_);
}

}  // namespace cairn::testing
