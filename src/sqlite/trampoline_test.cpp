#include "sqlite/trampoline.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cairn::sqlite {
namespace {

template <class Body>
std::pair<int, std::string> run(Body body) {
  std::string text;
  const int code = trampoline(body, [&text](const char* message, int) noexcept { text = message; });
  return {code, text};
}

TEST(Trampoline, EveryExceptionBecomesACode) {
  EXPECT_EQ(run([] {}), std::make_pair(SQLITE_OK, std::string()));
  EXPECT_EQ(run([] { throw std::bad_alloc(); }).first, SQLITE_NOMEM);
  EXPECT_EQ(run([] { throw std::runtime_error("oops"); }), std::make_pair(SQLITE_ERROR, std::string("oops")));
  EXPECT_EQ(run([] { throw 7; }).first, SQLITE_ERROR);
  EXPECT_EQ(run([] { throw Error(ErrorCode::busy, "locked", SQLITE_BUSY_SNAPSHOT); }),
            std::make_pair(SQLITE_BUSY_SNAPSHOT, std::string("locked")));
}

}  // namespace
}  // namespace cairn::sqlite
