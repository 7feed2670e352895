#include "vec0/declared.hpp"

#include "vec0/generated_table.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

// Every kind of column, in any order, of either storage.
TableDefinition generated_definition(std::mt19937& random) {
  TableDefinition table{.schema = "main", .name = "a \"t\" of (some, sort)"};
  table.columns.push_back({ColumnKind::primary_key, 0});
  const auto key_type = [&] { return random() % 2 ? KeyType::text : KeyType::integer; };
  if (random() % 2) table.primary_key = KeyColumn{"id", key_type()};
  const Index index = random() % 2 ? Index::cairn : Index::flat;
  static const double kRecalls[] = {1, 0.98, 0.9, 1e-7, 0.123456789012345678};
  static const std::size_t kChunkSizes[] = {8, 1024, 4096};
  table.chunk_size = kChunkSizes[random() % 3];
  for (std::size_t i = 0, n = 1 + random() % 8; i < n; ++i) {
    const std::string name = "c" + std::to_string(i);
    const unsigned kind = i == 0 ? 0 : random() % 4;
    if (kind == 0) {
      VectorColumn column{.name = name, .dims = 8 * (1 + random() % 4), .index = index};
      column.type = static_cast<vector::ElementType>(random() % 3);
      column.metric =
          column.type == vector::ElementType::bit
              ? vector::Metric::hamming
              : std::array{vector::Metric::l2, vector::Metric::l1, vector::Metric::cosine}[random() % 3];
      if (index == Index::cairn) {
        column.recall = kRecalls[random() % 5];
        column.is_half = column.type == vector::ElementType::float32 && random() % 2;
      }
      table.columns.push_back({ColumnKind::vector, table.vectors.size()});
      table.vectors.push_back(column);
    } else if (kind == 1 && table.partitions.size() < 4) {
      table.columns.push_back({ColumnKind::partition, table.partitions.size()});
      table.partitions.push_back({name, key_type()});
    } else if (kind == 2) {
      table.columns.push_back({ColumnKind::auxiliary, table.auxiliaries.size()});
      table.auxiliaries.push_back({name, static_cast<AuxiliaryType>(random() % 4)});
    } else {
      table.columns.push_back({ColumnKind::metadata, table.metadata.size()});
      table.metadata.push_back({name, static_cast<MetadataType>(random() % 4)});
    }
  }
  return table;
}

TEST(Declared, AStatementGivesItsDefinitionAgain) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const TableDefinition table = generated_definition(random);
    const std::string sql = create_statement(table);
    const Database db;
    db.execute(sql);
    ASSERT_EQ(declared_table(db.handle(), table.schema, table.name), table) << sql;
  }
}

TEST(Declared, WhatTheUserWroteIsUnderstoodAsSqliteDoes) {
  const Database db;
  db.execute_script(
      "ATTACH ':memory:' AS \"the other\";"
      "create virtual table \"the other\".T using Vec0 ( v float[2] /* two, ) of them */ , -- and\n x "
      "te,+note text);"
      "CREATE VIRTUAL TABLE words USING fts5(text);"
      "CREATE TABLE plain(a)");
  const TableDefinition table = declared_table(db.handle(), "the other", "t");
  EXPECT_EQ(table.schema, "the other");
  EXPECT_EQ(table.name, "T");
  EXPECT_EQ(create_statement(table),
            "CREATE VIRTUAL TABLE \"the other\".\"T\" USING vec0(v float[2], x text, +note text)");
  const auto code = [&](const char* name) {
    try {
      declared_table(db.handle(), "main", name);
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode{};
  };
  EXPECT_EQ(code("t"), ErrorCode::not_found);
  EXPECT_EQ(code("plain"), ErrorCode::not_found);
  EXPECT_EQ(code("words"), ErrorCode::invalid_argument);
}

// Somebody else's file may say anything in sqlite_schema.
TEST(Declared, OnlyTheFirstStatementOfAStoredTextIsRun) {
  const Database db;
  db.execute_script(
      "CREATE VIRTUAL TABLE t USING vec0(v float[2]); PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE t USING vec0(v float[3]); nonsense' WHERE name = "
      "'t'");
  try {
    EXPECT_EQ(declared_table(db.handle(), "main", "t").vectors[0].dims, 3u);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument) << e.what();
  }
}

}  // namespace
}  // namespace cairn::vec0
