// sqlite-vec's scalar functions: same names, results, subtypes and error sentences.
#include "vec0/functions.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "cairn/error.hpp"
#include "simd/kernels.hpp"
#include "sqlite/error.hpp"
#include "sqlite/trampoline.hpp"
#include "vec0/names.hpp"
#include "vec0/value.hpp"
#include "vec0/vector_value.hpp"
#include "vector/distance.hpp"

namespace cairn::vec0 {
namespace {

using vector::ElementType;
using vector::Metric;
using vector::Vector;

// Of SQLite 3.45; older ones ignore it, but their headers do not have it.
constexpr int kResultSubtype = 0x1000000;

// The surface of sqlite-vec that this follows, then who it is.
constexpr const char* kVersion = "v0.1.10-cairn." CAIRN_VERSION;

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::invalid_argument, std::move(message));
}

void result_text(sqlite3_context* context, const std::string& text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void result(sqlite3_context* context, const Vector& v) {
  result_vector(context, v.type, v.bytes);
}

struct Pair {
  Vector a, b;
};

Pair read_pair(sqlite3_value** argv) {
  const auto read = [](sqlite3_value* value, const char* which) {
    try {
      return vector_of(value);
    } catch (const Error& e) {
      refuse(fmt::format("Error reading {} vector: {}", which, e.what()));
    }
  };
  Pair pair{read(argv[0], "1st"), read(argv[1], "2nd")};
  if (pair.a.type != pair.b.type)
    refuse(fmt::format("Vector type mistmatch. First vector has type {}, while the second has type {}.",
                       to_string(pair.a.type), to_string(pair.b.type)));
  if (pair.a.dims != pair.b.dims)
    refuse(fmt::format(
        "Vector dimension mistmatch. First vector has {} dimensions, while the second has {} dimensions.",
        pair.a.dims, pair.b.dims));
  return pair;
}

void version(sqlite3_context* context, sqlite3_value**) {
  result_text(context, kVersion);
}

void debug(sqlite3_context* context, sqlite3_value**) {
  result_text(context,
              fmt::format("Version: {}\nDate: \nCommit: \nBuild flags: {}", kVersion, simd::kernels().name));
}

void as_float32(sqlite3_context* context, sqlite3_value** argv) {
  result(context, float32_of(argv[0]));
}
void as_int8(sqlite3_context* context, sqlite3_value** argv) {
  result(context, int8_of(argv[0]));
}
void as_bit(sqlite3_context* context, sqlite3_value** argv) {
  result(context, bit_of(argv[0]));
}

void length(sqlite3_context* context, sqlite3_value** argv) {
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(vector_of(argv[0]).dims));
}

void type(sqlite3_context* context, sqlite3_value** argv) {
  result_text(context, std::string(to_string(vector_of(argv[0]).type)));
}

template <Metric metric>
void distance(sqlite3_context* context, sqlite3_value** argv) {
  constexpr const char* name = metric == Metric::l2 ? "L2" : metric == Metric::cosine ? "cosine" : "L1";
  const Pair pair = read_pair(argv);
  if (pair.a.type == ElementType::bit)
    refuse(fmt::format("Cannot calculate {} distance between two bitvectors.", name));
  const double value = vector::distance(metric, pair.a, pair.b);
  if (metric == Metric::l1 && pair.a.type == ElementType::int8)
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(value));
  else
    sqlite3_result_double(context, value);  // NaN becomes NULL
}

void hamming(sqlite3_context* context, sqlite3_value** argv) {
  const Pair pair = read_pair(argv);
  if (pair.a.type != ElementType::bit)
    refuse(fmt::format("Cannot calculate hamming distance between two {} vectors.", to_string(pair.a.type)));
  sqlite3_result_double(context, vector::distance(Metric::hamming, pair.a, pair.b));
}

// Element by element; int8 wraps around.
template <class Operation>
Vector combine(const Pair& pair, Operation operation) {
  if (pair.a.type == ElementType::float32) {
    std::vector<float> sum(pair.a.dims);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = operation(pair.a.floats()[i], pair.b.floats()[i]);
    return vector::from_floats(sum);
  }
  std::vector<std::int8_t> sum(pair.a.dims);
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] = static_cast<std::int8_t>(operation(int{pair.a.int8s()[i]}, int{pair.b.int8s()[i]}));
  return vector::from_int8s(sum);
}

void add(sqlite3_context* context, sqlite3_value** argv) {
  const Pair pair = read_pair(argv);
  if (pair.a.type == ElementType::bit) refuse("Cannot add two bitvectors together.");
  result(context, combine(pair, [](auto x, auto y) { return x + y; }));
}

void subtract(sqlite3_context* context, sqlite3_value** argv) {
  const Pair pair = read_pair(argv);
  if (pair.a.type == ElementType::bit) refuse("Cannot subtract two bitvectors together.");
  result(context, combine(pair, [](auto x, auto y) { return x - y; }));
}

void slice(sqlite3_context* context, sqlite3_value** argv) {
  const Vector v = vector_of(argv[0]);
  const int first = sqlite3_value_int(argv[1]), last = sqlite3_value_int(argv[2]);
  if (first < 0) refuse("slice 'start' index must be a postive number.");
  if (last < 0) refuse("slice 'end' index must be a postive number.");
  const auto start = static_cast<std::size_t>(first), end = static_cast<std::size_t>(last);
  if (start > v.dims) refuse("slice 'start' index is greater than the number of dimensions");
  if (end > v.dims) refuse("slice 'end' index is greater than the number of dimensions");
  if (start > end) refuse("slice 'start' index is greater than 'end' index");
  if (start == end)
    refuse("slice 'start' index is equal to the 'end' index, vectors must have non-zero length");
  if (v.type == ElementType::bit && start % 8 != 0) refuse("start index must be divisible by 8.");
  if (v.type == ElementType::bit && end % 8 != 0) refuse("end index must be divisible by 8.");
  const std::size_t offset = byte_size(v.type, start);
  result_vector(context, v.type, std::span(v.bytes).subspan(offset, byte_size(v.type, end) - offset));
}

void normalize(sqlite3_context* context, sqlite3_value** argv) {
  const Vector v = vector_of(argv[0]);
  if (v.type != ElementType::float32) refuse("only float32 vectors are supported when normalizing");
  float sum = 0;
  for (const float x : v.floats()) sum += x * x;
  const float norm = std::sqrt(sum);
  std::vector<float> scaled(v.floats().begin(), v.floats().end());
  for (float& x : scaled) x /= norm;
  result(context, vector::from_floats(scaled));
}

void to_json(sqlite3_context* context, sqlite3_value** argv) {
  const Vector v = vector_of(argv[0]);
  std::string json = "[";
  for (std::size_t i = 0; i < v.dims; ++i) {
    if (i != 0) json += ',';
    if (v.type == ElementType::float32) {
      char number[64];  // -3.4e38 with six decimals has 47 characters
      json += sqlite3_snprintf(sizeof number, number, "%f", static_cast<double>(v.floats()[i]));
    } else if (v.type == ElementType::int8) {
      json += std::to_string(v.int8s()[i]);
    } else {
      json += (v.packed_bits()[i / 8] >> (i % 8)) & 1 ? '1' : '0';
    }
  }
  result_text(context, json + "]");
  sqlite3_result_subtype(context, kJsonSubtype);
}

void quantize_binary(sqlite3_context* context, sqlite3_value** argv) {
  const Vector v = vector_of(argv[0]);
  if (v.type == ElementType::bit) refuse("Can only binary quantize float or int8 vectors");
  if (v.dims % 8 != 0) refuse("Binary quantization requires vectors with a length divisible by 8");
  std::vector<std::byte> bits(v.dims / 8);
  for (std::size_t i = 0; i < v.dims; ++i) {
    const bool positive = v.type == ElementType::float32 ? v.floats()[i] > 0 : v.int8s()[i] > 0;
    if (positive) bits[i / 8] |= static_cast<std::byte>(1u << (i % 8));
  }
  result_vector(context, ElementType::bit, bits);
}

// [-1, 1] onto [-128, 127], truncated; what lies outside is clamped. The step is a float and the rest double,
// which decides the last unit: 1.0 becomes 126.
std::int8_t quantized(float x) {
  constexpr float step = 2.0f / 255.0f;
  const double value = (static_cast<double>(x) + 1.0) / static_cast<double>(step) - 128.0;
  if (value <= -128) return -128;
  if (value >= 127) return 127;
  return static_cast<std::int8_t>(value);
}

void quantize_int8(sqlite3_context* context, sqlite3_value** argv) {
  const Vector v = float32_of(argv[0]);
  if (!equal_nocase(Value::of(argv[1]).bytes, "unit"))
    refuse("2nd argument to vec_quantize_int8() must be 'unit'.");
  std::vector<std::int8_t> values(v.dims);
  for (std::size_t i = 0; i < v.dims; ++i) values[i] = quantized(v.floats()[i]);
  result(context, vector::from_int8s(values));
}

// What runs MATCH where no index does: nothing can, and the words are SQLite's own. Unlike SQLite's own
// function of this name it is marked innocuous, so that views and triggers may use MATCH under
// PRAGMA trusted_schema = OFF.
void match(sqlite3_context*, sqlite3_value**) {
  throw Error(ErrorCode::sql, "unable to use function MATCH in the requested context");
}

using Body = void (*)(sqlite3_context*, sqlite3_value**);

template <Body body>
void entry(sqlite3_context* context, int, sqlite3_value** argv) {
  sqlite::function_trampoline(context, [&] { body(context, argv); });
}

struct Function {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, int, sqlite3_value**);
  int flags;  // besides those that all have
};

constexpr int kReads = SQLITE_SUBTYPE;
constexpr int kReadsAndReturns = SQLITE_SUBTYPE | kResultSubtype;

constexpr Function kFunctions[] = {
    {"vec_version", 0, entry<version>, 0},
    {"vec_debug", 0, entry<debug>, 0},
    {"vec_f32", 1, entry<as_float32>, kReadsAndReturns},
    {"vec_int8", 1, entry<as_int8>, kReadsAndReturns},
    {"vec_bit", 1, entry<as_bit>, kReadsAndReturns},
    {"vec_length", 1, entry<length>, kReads},
    {"vec_type", 1, entry<type>, kReads},
    {"vec_distance_l2", 2, entry<distance<Metric::l2>>, kReads},
    {"vec_distance_cosine", 2, entry<distance<Metric::cosine>>, kReads},
    {"vec_distance_l1", 2, entry<distance<Metric::l1>>, kReads},
    {"vec_distance_hamming", 2, entry<hamming>, kReads},
    {"vec_add", 2, entry<add>, kReadsAndReturns},
    {"vec_sub", 2, entry<subtract>, kReadsAndReturns},
    {"vec_slice", 3, entry<slice>, kReadsAndReturns},
    {"vec_normalize", 1, entry<normalize>, kReadsAndReturns},
    {"vec_to_json", 1, entry<to_json>, kReadsAndReturns},
    {"vec_quantize_binary", 1, entry<quantize_binary>, kReadsAndReturns},
    {"vec_quantize_int8", 2, entry<quantize_int8>, kReadsAndReturns},
};

}  // namespace

// SQLite does not replace a function while a statement runs, which is so under SELECT load_extension(…).
void register_functions(sqlite3* db) {
  for (const Function& f : kFunctions) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS | f.flags;
    const int code = sqlite3_create_function_v2(db, f.name, f.arguments, flags, nullptr, f.call, nullptr,
                                                nullptr, nullptr);
    if (code == SQLITE_BUSY)
      throw Error(ErrorCode::sql,
                  "this connection already has vec0 or sqlite-vec, and SQLite replaces nothing while a "
                  "statement runs (SELECT load_extension(…) is one); load it once");
    sqlite::check(db, code, "cannot register a vec_ function");
  }
  // Then SQLite's own stays.
  const int code = sqlite3_create_function_v2(db, "match", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS, nullptr,
                                              entry<match>, nullptr, nullptr, nullptr);
  if (code != SQLITE_BUSY) sqlite::check(db, code, "cannot register the match function");
}

}  // namespace cairn::vec0
