#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "simd/kernels.hpp"

namespace cairn::simd {
namespace {

TEST(Dispatch, ScalarIsFirst) {
  EXPECT_STREQ(available_kernels().front()->name, "scalar");
}

// CTest runs this once for every value of CAIRN_SIMD; what this machine lacks is ignored.
TEST(Dispatch, TheEnvironmentChoosesAmongWhatIsAvailable) {
  const auto available = available_kernels();
  const char* const variable = std::getenv("CAIRN_SIMD");
  const std::string wanted = variable ? variable : "";
  const auto named =
      std::find_if(available.begin(), available.end(), [&](const Kernels* k) { return k->name == wanted; });
  EXPECT_EQ(&kernels(), named != available.end() ? *named : available.back());
}

}  // namespace
}  // namespace cairn::simd
