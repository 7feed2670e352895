#include "text/skip.hpp"

#include <gtest/gtest.h>

namespace cairn::text {
namespace {

using namespace std::string_view_literals;

TEST(Skip, Names) {
  EXPECT_EQ(skip_reason(".git", true), SkipReason::hidden);
  EXPECT_EQ(skip_reason(".bashrc", false), SkipReason::hidden);
  EXPECT_EQ(skip_reason("node_modules", true), SkipReason::dependency);
  EXPECT_EQ(skip_reason("__pycache__", true), SkipReason::dependency);
  for (const char* name :
       {"id_rsa", "server.PEM", "x.key", ".env", ".env.local", "cert.p12", "credentials"}) {
    EXPECT_EQ(skip_reason(name, false), SkipReason::secret) << name;
  }
  EXPECT_EQ(skip_reason("package-lock.json", false), SkipReason::lock_file);
  EXPECT_EQ(to_string(SkipReason::lock_file), "lock_file");
}

TEST(Skip, TheUsersOwnTextIsKept) {
  for (const char* folder :
       {"build", "target", "dist", "vendor", "docs", "bin", "credentials", "environment", "."}) {
    EXPECT_EQ(skip_reason(folder, true), SkipReason::none) << folder;
  }
  for (const char* file :
       {"id_rsa.md", "keys.md", "monkey", "env.txt", "node_modules", "id_rsa.pub", "package.json", ""}) {
    EXPECT_EQ(skip_reason(file, false), SkipReason::none) << file;
  }
  EXPECT_EQ(skip_reason(std::string(500, 'a') + ".md", false), SkipReason::none);
}

TEST(Skip, BinaryFiles) {
  for (const std::string_view head :
       {"\x7F"
        "ELF\x02"sv,
        "%PDF-1.7\n"sv, "PK\x03\x04"sv, "text\0text"sv, "\xFF\xFEh\0i\0"sv, "\x01\x02\x03\x04\x05"sv}) {
    EXPECT_TRUE(looks_binary(head));
  }
  for (const std::string_view head : {""sv, "hello\r\n\tworld"sv, "\xEF\xBB\xBFtext"sv, "caf\xC3\xA9"sv,
                                      "caf\xE9 latin-1"sv, "\x1B[31mred\x1B[0m log"sv,
                                      "N\x08NA\x08"
                                      "AM\x08ME"sv,
                                      "page\f two"sv}) {
    EXPECT_FALSE(looks_binary(head)) << head;
  }
}

}  // namespace
}  // namespace cairn::text
