// The folder of one test database, NAME-XXXXXX below the root of all.
//
// Its owner holds a lock on it, so that others can tell it from those that were left: kept ones, and those of
// processes that died. The next folder of the same name takes those away.
#pragma once

#include <filesystem>
#include <string_view>

namespace cairn::testing {

class TestFolder {
 public:
  // Throws io.
  explicit TestFolder(std::string_view name);
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder();

  const std::filesystem::path& path() const noexcept { return path_; }
  void keep() noexcept { keep_ = true; }

  // CAIRN_TEST_DIR, or one in the folder for temporary files that nobody else can write to. Made when
  // missing.
  static std::filesystem::path root();

 private:
  std::filesystem::path path_;
  int lock_ = -1;
  bool keep_ = false;
};

}  // namespace cairn::testing
