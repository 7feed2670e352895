// For tests of permissions.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <initializer_list>

#include "base/temp_dir.hpp"

namespace cairn::testing {

// Root may read everything, so where a test runs as root it becomes somebody else for a while.
class Unprivileged {
 public:
  explicit Unprivileged(std::initializer_list<const TempDir*> owned) {
    if (geteuid() != 0) return;
    for (const TempDir* dir : owned) EXPECT_EQ(chown(dir->path().c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(seteuid(kNobody), 0);
    was_root_ = true;
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (was_root_) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }

 private:
  static constexpr uid_t kNobody = 65534;
  bool was_root_ = false;
};

}  // namespace cairn::testing
