#include "sql/migration_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "cairn/sql/migration.hpp"

namespace cairn::sql {

namespace {

constexpr std::chrono::milliseconds kPollInterval{5};

// Whoever had the lock before takes the file away, and another may have made it anew: a lock on a file that
// is not at `path` any more keeps nobody out.
bool is_at(int descriptor, const std::string& path) {
  struct stat locked {
  }, named{};
  return fstat(descriptor, &locked) == 0 && stat(path.c_str(), &named) == 0 &&
         locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

}  // namespace

MigrationLock::MigrationLock(const std::string& database, std::chrono::milliseconds timeout)
    : path_(database + "-migrating") {
  const auto start = std::chrono::steady_clock::now();
  while (!try_lock()) {
    // Elapsed time, since a deadline of "for ever" would overflow.
    if (std::chrono::steady_clock::now() - start >= timeout)
      throw MigrationError(
          MigrationProblem::locked, 0,
          fmt::format("another process has been migrating '{}' for more than {} ms (it holds a lock on "
                      "'{}'); wait for it, or stop it, and try again",
                      database, timeout.count(), path_));
    std::this_thread::sleep_for(kPollInterval);
  }
}

// One attempt. What was opened is closed unless it is the lock.
bool MigrationLock::try_lock() {
  // To read, so that a lock of another user's can be waited for.
  const int descriptor = open(path_.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) {
    const int error = errno;
    if (error == EINTR) return false;
    throw Error(ErrorCode::io,
                fmt::format("cannot make '{}', the lock that migrations need: {}; check the permissions "
                            "of the folder",
                            path_, std::strerror(error)));
  }
  const int error = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  if (error == 0 && is_at(descriptor, path_)) {
    descriptor_ = descriptor;
    return true;
  }
  close(descriptor);
  if (error != 0 && error != EWOULDBLOCK && error != EINTR)
    throw Error(ErrorCode::io,
                fmt::format("cannot lock '{}': {}; keep the database on a file system that has locks", path_,
                            std::strerror(error)));
  return false;
}

MigrationLock::~MigrationLock() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());  // while it is still locked, so that it is nobody else's
  close(descriptor_);
}

}  // namespace cairn::sql
