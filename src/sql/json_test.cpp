#include "cairn/sql/json.hpp"

#include <gtest/gtest.h>

#include "base/error_of.hpp"
#include "cairn/sql/connection.hpp"

namespace cairn::sql {
namespace {

TEST(Json, IsTextThatSqliteReads) {
  Connection db(ConnectOptions{});
  const nlohmann::json json{{"by", "adä"}, {"tags", {1, 2, nullptr}}};
  EXPECT_EQ(db.query_one<nlohmann::json>("SELECT ?", json), json);
  EXPECT_EQ(db.query_one<int>("SELECT ? ->> '$.tags[1]'", json), 2);
  EXPECT_EQ(db.query_one<std::optional<nlohmann::json>>("SELECT NULL"), std::nullopt);
}

TEST(Json, WhatIsNotJsonIsAnError) {
  Connection db(ConnectOptions{});
  EXPECT_EQ(error_of([&] { db.query_one<nlohmann::json>("SELECT '{'"); }).code(), ErrorCode::decode);
  EXPECT_EQ(error_of([&] { db.execute("SELECT ?", nlohmann::json("\xFF")); }).code(),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace cairn::sql
