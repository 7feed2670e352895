#include <gtest/gtest.h>

#include "cairn/error.hpp"
#include "vec0/definition.hpp"

namespace cairn::vec0 {
namespace {

TableDefinition parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"vec0", "main", "t"});
  return parse_constructor(static_cast<int>(arguments.size()), arguments.data());
}

std::string error_of(std::vector<const char*> arguments) {
  try {
    parse(std::move(arguments));
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Constructor, EveryKindOfColumn) {
  TableDefinition t = parse({"id text primary key", "a float[4] distance_metric=cosine", "b int8[3]",
                             "c bit[16]", "user text partition key", "year integer", "score float",
                             "open boolean", "tag text", "+note text", "+size int", "chunk_size=64"});
  EXPECT_TRUE(t.has_text_key());
  ASSERT_EQ(t.vectors.size(), 3u);
  EXPECT_EQ(t.vectors[0].metric, vector::Metric::cosine);
  EXPECT_EQ(t.vectors[1].byte_size(), 3u);
  EXPECT_EQ(t.vectors[2].metric, vector::Metric::hamming);
  EXPECT_EQ(t.partitions.size(), 1u);
  EXPECT_EQ(t.metadata.size(), 4u);
  EXPECT_EQ(t.auxiliaries[1].type, AuxiliaryType::integer);
  EXPECT_EQ(t.chunk_size, 64u);
  t.add_hidden_columns(true);
  EXPECT_EQ(t.declaration(),
            "CREATE TABLE x(\"id\" primary key, \"a\", \"b\", \"c\", \"user\", \"year\", \"score\", "
            "\"open\", \"tag\", "
            "\"note\", \"size\", \"t\" hidden, \"distance\" hidden, \"k\" hidden) without rowid");
}

TEST(Constructor, WithoutAKeyTheTableHasARowid) {
  TableDefinition t = parse({"a float[4]"});
  t.add_hidden_columns(false);
  EXPECT_EQ(t.declaration(), "CREATE TABLE x(rowid, \"a\", \"distance\" hidden, \"k\" hidden)");
}

// sqlite-vec compares keywords only as far as they are spelled.
TEST(Constructor, AbbreviatedKeywords) {
  const TableDefinition t = parse({"a FLOAT16 [ 2 ] dist = COS", "x te", "i i primary key", "chunk=16"});
  EXPECT_EQ(t.vectors[0].type, vector::ElementType::float32);
  EXPECT_EQ(t.vectors[0].metric, vector::Metric::cosine);
  EXPECT_EQ(t.metadata[0].type, MetadataType::text);
  EXPECT_EQ(t.primary_key->name, "i");
  EXPECT_EQ(t.chunk_size, 16u);
}

// Files with these declarations exist, and must open with the columns and metrics that they were made with.
TEST(Constructor, WhatSqliteVecTakesWithoutComplaint) {
  EXPECT_EQ(parse({"a float[2] distance_metric cosine"}).vectors[0].metric, vector::Metric::cosine);
  EXPECT_EQ(parse({"a float[2] distance_metric x l1"}).vectors[0].metric, vector::Metric::l1);
  EXPECT_EQ(parse({"a float[2]", "chunk_size 16"}).chunk_size, 16u);
  EXPECT_EQ(parse({"a float[2]", "id integer primary"}).metadata[0].name, "id");
  EXPECT_EQ(parse({"a float[2]", "p text partition"}).metadata[0].name, "p");
  EXPECT_EQ(parse({"a float[2]", "+5 text"}).auxiliaries[0].name, "5");
  EXPECT_EQ(error_of({"a float[2] index b fla()"}), "no error");
}

TEST(Constructor, OtherIndexKindsAreRefusedByName) {
  EXPECT_EQ(error_of({"a float[4] indexed by flat()"}), "no error");
  for (const std::string kind : {"rescore", "ivf", "diskann", "cair"})
    EXPECT_EQ(error_of({("a float[4] INDEXED BY " + kind + "(x=1)").c_str()}),
              "vec0 constructor error: the index kind '" + kind +
                  "' of vector column 'a' is not supported; use flat() or cairn(), or leave INDEXED BY out");
}

TEST(Constructor, CairnIndex) {
  EXPECT_EQ(parse({"a float[4]"}).index(), Index::flat);
  const TableDefinition table = parse({"a float[4] distance_metric=cosine INDEXED BY Cairn( )",
                                       "b f16[8] indexed by cairn(recall=0.98) distance_metric=l1"});
  EXPECT_EQ(table.index(), Index::cairn);
  EXPECT_EQ(table.vectors[0].metric, vector::Metric::cosine);
  EXPECT_EQ(table.vectors[0].recall, 1);
  EXPECT_FALSE(table.vectors[0].is_half);
  EXPECT_EQ(table.vectors[1].recall, 0.98);
  EXPECT_EQ(table.vectors[1].metric, vector::Metric::l1);
  EXPECT_EQ(table.vectors[1].type, vector::ElementType::float32);
  EXPECT_TRUE(table.vectors[1].is_half);
  EXPECT_EQ(parse({"a float[4] indexed by cairn(recall=1)"}).vectors[0].recall, 1);
  EXPECT_EQ(
      error_of({"a float[4] indexed by cairn(nprobe=3)"}),
      "vec0 constructor error: cairn() of vector column 'a' knows no option 'nprobe'; it takes recall=…");
  for (const char* recall : {"0", "1.01", "x", "", "0.", "-1", "1e-3", "0.9.8"})
    EXPECT_NE(error_of({("a float[4] indexed by cairn(recall=" + std::string(recall) + ")").c_str()}),
              "no error")
        << recall;
  EXPECT_EQ(error_of({"a float[4] indexed by cairn()", "b float[4]"}),
            "vec0 constructor error: the vector columns 'a' and 'b' are indexed by different kinds; a table "
            "has one");
  EXPECT_EQ(error_of({"a f16[4]"}),
            "vec0 constructor error: vector column 'a': f16 is of cairn() tables; add INDEXED BY cairn(), or "
            "use float");
}

TEST(Constructor, RefusesInTheReferencesWords) {
  EXPECT_EQ(error_of({}), "vec0 constructor error: At least one vector column is required");
  EXPECT_EQ(error_of({"a float[0]"}), "vec0 constructor error: could not parse vector column 'a float[0]'");
  EXPECT_EQ(error_of({"a float[8193]"}),
            "vec0 constructor error: Dimension on vector column too large, provided 8193, maximum 8192");
  EXPECT_EQ(error_of({"a float[4]", "4"}), "vec0 constructor error: Could not parse '4'");
  EXPECT_EQ(error_of({"a float[4]", "k=4"}), "vec0 constructor error: Unknown table option: k");
  EXPECT_EQ(error_of({"a float[4]", "a.b text"}), "vec0 constructor error: Could not parse 'a.b text'");
  EXPECT_EQ(error_of({"a float[4]", "p blob partition key"}),
            "vec0 constructor error: could not parse table option 'p blob partition key'");
  EXPECT_EQ(error_of({"a float[4]", "chunk_size=12"}),
            "vec0 constructor error: chunk_size must be divisible by 8");
  EXPECT_NE(error_of({"a bit[7]"}).find("divisible by 8"), std::string::npos);
}

}  // namespace
}  // namespace cairn::vec0
