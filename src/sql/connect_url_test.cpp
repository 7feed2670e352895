#include <gtest/gtest.h>

#include <random>

#include "base/error_of.hpp"
#include "base/temp_dir.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

TEST(ConnectUrl, TheFormsOfSqlx) {
  const auto path = [](std::string_view url) { return ConnectOptions::from_url(url).path; };
  EXPECT_EQ(path("sqlite:tasks.db"), "tasks.db");
  EXPECT_EQ(path("sqlite://tasks.db"), "tasks.db");
  EXPECT_EQ(path("sqlite:///srv/tasks.db"), "/srv/tasks.db");
  EXPECT_EQ(path("sqlite:/srv/tasks.db"), "/srv/tasks.db");
  EXPECT_EQ(path("sqlite::memory:"), ":memory:");
  EXPECT_EQ(path("sqlite://:memory:"), ":memory:");
  EXPECT_EQ(path("sqlite:ignored?mode=memory"), ":memory:");
  EXPECT_EQ(path("sqlite:a%20b%3f%25.db"), "a b?%.db");
  EXPECT_EQ(path("sqlite:na%C3%AFve#1.db"), "naïve#1.db");
}

TEST(ConnectUrl, ItsParametersReachTheOptions) {
  const ConnectOptions plain = ConnectOptions::from_url("sqlite:a.db");
  EXPECT_EQ(plain.mode, OpenMode::read_write);
  EXPECT_FALSE(plain.shared_cache || plain.immutable);
  EXPECT_EQ(ConnectOptions::from_url("sqlite:a.db?mode=ro").mode, OpenMode::read_only);
  EXPECT_EQ(ConnectOptions::from_url("sqlite:a.db?mode=rw").mode, OpenMode::read_write);
  EXPECT_EQ(ConnectOptions::from_url("sqlite:a.db?mode=rwc").mode, OpenMode::create);
  EXPECT_TRUE(ConnectOptions::from_url("sqlite:a.db?cache=shared").shared_cache);
  EXPECT_FALSE(ConnectOptions::from_url("sqlite:a.db?cache=private").shared_cache);
  EXPECT_FALSE(ConnectOptions::from_url("sqlite:a.db?immutable=false").immutable);
  const ConnectOptions all = ConnectOptions::from_url("sqlite:a.db?immutable=1&vfs=unix%2Dnone&cache=shared");
  EXPECT_TRUE(all.immutable && all.shared_cache);
  EXPECT_EQ(all.mode, OpenMode::read_only);
  EXPECT_EQ(all.vfs, "unix-none");
}

TEST(ConnectUrl, SaysWhatIsAllowed) {
  const auto message = [](std::string_view url) {
    const Error error = error_of([url] { ConnectOptions::from_url(url); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << url;
    return std::string(error.what());
  };
  EXPECT_NE(message("tasks.db").find("sqlite:tasks.db"), std::string::npos);
  EXPECT_NE(message("postgres://host/db").find("'sqlite:'"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?mode=rx").find("ro, rw, rwc or memory"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?cache=big").find("private or shared"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?immutable=maybe").find("true, false"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?journal=wal").find("mode, cache, immutable and vfs"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?mode").find("without a value"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?mode=ro&mode=rw").find("twice"), std::string::npos);
  EXPECT_NE(message("sqlite:a.db?immutable=1&mode=rwc").find("mode=ro only"), std::string::npos);
  for (const char* url : {"sqlite:", "sqlite:?mode=rw", "sqlite:a%2", "sqlite:a%zz", "sqlite:a%+1b",
                          "sqlite:a%00b", "sqlite:a?vfs=", "sqlite:a?&", "sqlite:a?=1"})
    message(url);
}

TEST(ConnectUrl, ComesBackFromWhatItBecame) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::string_view odd = "/:?#%&=+ ~.\\\"'\n\xC3\xA9\xFF-aZ0";
  for (int i = 0; i < 2000; ++i) {
    ConnectOptions options;
    options.path.clear();
    for (auto left = random() % 12 + 1; left > 0; --left) options.path += odd[random() % odd.size()];
    if (i % 10 == 0) options.path = ":memory:";
    options.mode = static_cast<OpenMode>(random() % 3);
    options.shared_cache = random() % 2;
    options.immutable = options.mode == OpenMode::read_only && random() % 2;
    if (random() % 2) options.vfs = odd.substr(random() % odd.size());
    const ConnectOptions back = ConnectOptions::from_url(options.to_url());
    EXPECT_EQ(back.path, options.path) << options.to_url();
    EXPECT_EQ(back.mode, options.mode) << options.to_url();
    EXPECT_EQ(back.shared_cache, options.shared_cache) << options.to_url();
    EXPECT_EQ(back.immutable, options.immutable) << options.to_url();
    EXPECT_EQ(back.vfs, options.vfs) << options.to_url();
  }
}

TEST(ConnectUrl, OpensTheFileItNames) {
  TempDir dir;
  ConnectOptions options{.path = dir.file("an odd?name#100%.db"), .mode = OpenMode::create};
  Connection(ConnectOptions::from_url(options.to_url())).execute("CREATE TABLE t(x)");
  EXPECT_TRUE(std::filesystem::exists(options.path));
}

}  // namespace
}  // namespace cairn::sql
