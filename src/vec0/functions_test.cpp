// Results and sentences as sqlite-vec 0.1.9 gives them (tests/python compares with it directly, over more).
#include "vec0/test_support.hpp"

namespace cairn::vec0 {
namespace {

using testing::Database;

TEST(Functions, Results) {
  const Database db;
  const std::pair<const char*, const char*> cases[] = {
      {"vec_to_json(vec_f32('[1 2]'))", "[1.000000,2.000000]"},
      {"hex(vec_f32('[1]'))", "0000803F"},
      {"vec_to_json(vec_int8('[-128, 127]'))", "[-128,127]"},
      {"vec_to_json(vec_bit(x'05'))", "[1,0,1,0,0,0,0,0]"},
      {"vec_to_json(vec_normalize('[3,4]'))", "[0.600000,0.800000]"},
      {"vec_length(vec_bit(x'0000'))", "16"},
      {"vec_type(vec_slice(vec_int8('[1,2]'), 0, 1))", "int8"},
      {"vec_distance_cosine('[1.1, 1.0]', '[1.2, 1.2]') = 0.001131898257881403", "1"},
      {"vec_distance_cosine('[0,0]', '[1,1]') IS NULL", "1"},
      {"vec_distance_l2('[1,2]', '[4,6]')", "5.0"},
      {"vec_distance_l1('[1,2]', '[4,6]')", "7.0"},
      {"vec_distance_l1(vec_int8('[1]'), vec_int8('[-9]'))", "10"},
      {"vec_distance_hamming(vec_bit(x'FF00'), vec_bit(x'0F01'))", "5.0"},
      {"vec_to_json(vec_add('[1,2]', '[3,4]'))", "[4.000000,6.000000]"},
      {"vec_to_json(vec_sub(vec_int8('[-100]'), vec_int8('[100]')))", "[56]"},
      {"vec_to_json(vec_slice('[1,2,3]', 'a', 2.7))", "[1.000000,2.000000]"},
      {"hex(vec_slice(vec_bit(x'0102'), 8, 16))", "02"},
      {"hex(vec_quantize_binary('[1,1,0,0,0,0,0,-1]'))", "03"},
      {"vec_to_json(vec_quantize_int8('[1,-1,0,2,-3]', 'UNIT'))", "[126,-128,0,127,-128]"},
      {"vec_version() GLOB 'v*'", "1"},
      {"(SELECT group_concat(rowid || ':' || value) FROM vec_each(vec_bit(x'03')))",
       "0:0,1:0,2:0,3:0,4:0,5:0,6:1,7:1"},
      {"(SELECT group_concat(value) FROM vec_each('[1.5,2]'))", "1.5,2.0"},
  };
  for (const auto& [expression, expected] : cases)
    EXPECT_EQ(db.row(std::string("SELECT ") + expression), expected) << expression;
}

TEST(Functions, Errors) {
  const Database db;
  const std::pair<const char*, const char*> cases[] = {
      {"vec_f32(5)", "Input must have type BLOB (compact format) or TEXT (JSON), found INTEGER"},
      {"vec_length(NULL)", "Input must have type BLOB (compact format) or TEXT (JSON), found NULL"},
      {"vec_int8(1)", "Unknown type for int8 vector."},
      {"vec_bit('[1]')", "Unknown type for bitvector."},
      {"vec_distance_l2(5, '[1]')",
       "Error reading 1st vector: Input must have type BLOB (compact format) or TEXT (JSON), found INTEGER"},
      {"vec_distance_l2('[1]', vec_int8('[1]'))",
       "Vector type mistmatch. First vector has type float32, while the second has type int8."},
      {"vec_distance_l2('[1]', '[1,2]')",
       "Vector dimension mistmatch. First vector has 1 dimensions, while the second has 2 dimensions."},
      {"vec_distance_cosine(vec_bit(x'01'), vec_bit(x'02'))",
       "Cannot calculate cosine distance between two bitvectors."},
      {"vec_distance_hamming('[1]', '[1]')",
       "Cannot calculate hamming distance between two float32 vectors."},
      {"vec_add(vec_bit(x'01'), vec_bit(x'02'))", "Cannot add two bitvectors together."},
      {"vec_slice('[1,2]', 2, 1)", "slice 'start' index is greater than 'end' index"},
      {"vec_slice(vec_bit(x'0102'), 4, 16)", "start index must be divisible by 8."},
      {"vec_normalize(vec_int8('[1]'))", "only float32 vectors are supported when normalizing"},
      {"vec_quantize_int8('[1]', 'x')", "2nd argument to vec_quantize_int8() must be 'unit'."},
      {"vec_quantize_binary('[1]')", "Binary quantization requires vectors with a length divisible by 8"},
      {"(SELECT count(*) FROM vec_each)", "no query solution"},
  };
  for (const auto& [expression, expected] : cases)
    EXPECT_EQ(db.error(std::string("SELECT ") + expression), expected) << expression;
}

}  // namespace
}  // namespace cairn::vec0
