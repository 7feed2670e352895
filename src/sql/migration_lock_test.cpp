#include "sql/migration_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/error.hpp"

namespace cairn::sql {
namespace {

using std::chrono::milliseconds;

TEST(MigrationLock, IsAFileWhileItIsHeld) {
  TempDir dir;
  const std::string file = dir.file("m.db-migrating");
  {
    const MigrationLock lock(dir.file("m.db"), milliseconds(0));
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(error_of([&] { MigrationLock second(dir.file("m.db"), milliseconds(20)); }).code(),
              ErrorCode::migration);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
  dir.write("m.db-migrating", "");  // as a crash leaves it
  const MigrationLock lock(dir.file("m.db"), milliseconds(0));
}

// The file is taken away by each holder: two must never hold locks on two files of one name. Without pauses,
// so that many open a file just before it goes.
TEST(MigrationLock, HasOneHolderAtATime) {
  TempDir dir;
  std::atomic<int> holders{0}, most{0}, turns{0}, gone{0};
  const auto contend = [&] {
    while (turns < 300) {
      try {
        const MigrationLock lock(dir.file("m.db"), milliseconds(0));
        most = std::max(most.load(), ++holders);
        ++turns;
        std::this_thread::yield();
        if (!std::filesystem::exists(dir.file("m.db-migrating"))) ++gone;
        --holders;
      } catch (const Error&) {
        std::this_thread::yield();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(contend);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(gone, 0);
}

TEST(MigrationLock, EndsWithAHolderThatIsKilled) {
  TempDir dir;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const MigrationLock lock(dir.file("m.db"), milliseconds(0));
    if (write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(error_of([&] { MigrationLock lock(dir.file("m.db"), milliseconds(10)); }).code(),
            ErrorCode::migration);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const MigrationLock lock(dir.file("m.db"), milliseconds(0));
  close(ready[0]);
  close(ready[1]);
}

TEST(MigrationLock, SaysWhyItCannotBeMade) {
  TempDir dir;
  EXPECT_EQ(error_of([&] { MigrationLock lock(dir.file("none/m.db"), milliseconds(0)); }).code(),
            ErrorCode::io);
  dir.write("target", "precious");
  std::filesystem::create_symlink("target", dir.path() / "m.db-migrating");
  EXPECT_EQ(error_of([&] { MigrationLock lock(dir.file("m.db"), milliseconds(0)); }).code(), ErrorCode::io);
}

}  // namespace
}  // namespace cairn::sql
