#include "check/cpp_identifier.hpp"

#include <gtest/gtest.h>

namespace cairn::check {
namespace {

TEST(CppIdentifier, KnowsIdentifiersAndKeywords) {
  for (const char* name : {"a", "_", "open_tasks", "Z9", "class"}) EXPECT_TRUE(is_identifier(name)) << name;
  for (const char* name : {"", "9a", "a b", "a-b", "größe", "a:"}) EXPECT_FALSE(is_identifier(name)) << name;
  for (const char* word : {"class", "alignas", "xor_eq", "co_await", "char8_t", "not"})
    EXPECT_TRUE(is_keyword(word)) << word;
  for (const char* word : {"", "Class", "final", "override", "classy"})
    EXPECT_FALSE(is_keyword(word)) << word;
}

}  // namespace
}  // namespace cairn::check
