#include "vector/parse.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "cairn/error.hpp"

namespace cairn::vector {
namespace {

std::vector<float> floats(std::string_view text) {
  const Vector v = parse_float32(text);
  return {v.floats().begin(), v.floats().end()};
}

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(ParseFloat32, IsAsLaxAsTheReference) {
  const std::vector<float> one_two{1, 2};
  for (const char* text : {"[1,2]", " [ 1 , 2 ] ", "[1 2]", "[1,,2]", "[1,2", "[1,2,", "[1,2] x", "[0x1 0X2]",
                           "[+1,2.0e0]", "\n[1\t2]"})
    EXPECT_EQ(floats(text), one_two) << text;
  EXPECT_EQ(floats("[1-2]"), (std::vector<float>{1, -2}));
  EXPECT_EQ(floats("[1e-310, -1e-50]"), (std::vector<float>{0, -0.0f}));
  EXPECT_EQ(floats("[.5,5.]"), (std::vector<float>{0.5, 5}));
}

TEST(ParseFloat32, RefusesInTheReferencesWords) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "zero-length vectors are not supported."},
      {"[]", "zero-length vectors are not supported."},
      {"[", "zero-length vectors are not supported."},
      {"x", "JSON array parsing error: Input does not start with '['"},
      {"  ", "JSON array parsing error: Input does not start with '['"},
      {"[a]", "JSON parsing error"},
      {"[1x]", "JSON parsing error"},
      {"[,1]", "JSON parsing error"},
      {"[--1]", "JSON parsing error"},
      {"[-]", "JSON parsing error"},
      {"[1,+]", "JSON parsing error"},
      {"[0x]", "JSON parsing error"},
      {"[0x1p+-5]", "JSON parsing error"},
      {"[1,1e40]", "invalid float32 vector: element 1 is Inf"},
      {"[1e999]", "JSON parsing error"},
      {"[1e-400]", "JSON parsing error"},
      {"[ ]", "JSON parsing error"},
      {"[1\v]", "JSON parsing error"},
      {"[1" + std::string(400, '0') + "e-10]", "JSON parsing error"},
      {"[0xep+2000]", "JSON parsing error"},
      {"[1,2,nan]", "invalid float32 vector: element 2 is NaN"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_EQ(error_of([&, text = text] { parse_float32(text); }), message) << text;
}

TEST(ParseInt8, TakesIntegersInRange) {
  const Vector v = parse_int8("[-128 127,,0");
  EXPECT_EQ(std::vector<int>(v.int8s().begin(), v.int8s().end()), (std::vector<int>{-128, 127, 0}));
  EXPECT_EQ(error_of([] { parse_int8("[128]"); }), "JSON parsing error: value out of range for int8");
  EXPECT_EQ(error_of([] { parse_int8("[99999999999]"); }), "JSON parsing error: value out of range for int8");
  EXPECT_EQ(error_of([] { parse_int8("[99999999999999999999]"); }), "JSON parsing error");
  EXPECT_EQ(error_of([] { parse_int8("[1.5]"); }), "JSON parsing error");
  EXPECT_EQ(error_of([] { parse_int8("[0x10]"); }), "JSON parsing error");
}

TEST(ParseFloat32, SkipsBeforeANumberWhatStrtodSkips) {
  EXPECT_EQ(floats("[\v1,\f2 \n 3]"), (std::vector<float>{1, 2, 3}));
}

TEST(FromBlob, ChecksLengthAndValues) {
  const std::string bytes(8, '\0');
  const auto span = std::as_bytes(std::span(bytes));
  EXPECT_EQ(from_blob(ElementType::float32, span).dims, 2u);
  EXPECT_EQ(from_blob(ElementType::int8, span).dims, 8u);
  EXPECT_EQ(from_blob(ElementType::bit, span).dims, 64u);
  EXPECT_EQ(error_of([&] { from_blob(ElementType::float32, span.first(7)); }),
            "invalid float32 vector BLOB length. Must be divisible by 4, found 7");
  EXPECT_EQ(error_of([&] { from_blob(ElementType::bit, span.first(0)); }),
            "zero-length vectors are not supported.");
  const std::uint32_t nan = 0x7FC00000;
  EXPECT_EQ(error_of([&] { from_blob(ElementType::float32, std::as_bytes(std::span(&nan, 1))); }),
            "invalid float32 vector: element 0 is NaN");
}

}  // namespace
}  // namespace cairn::vector
