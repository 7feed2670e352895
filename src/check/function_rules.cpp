#include "check/function_rules.hpp"

#include <algorithm>
#include <unordered_map>

namespace cairn::check {

const FunctionRule* find_function(std::string_view name) {
  using enum Nulls;
  static const std::unordered_map<std::string_view, FunctionRule> rules = {
      // Text.
      {"char", {kText, never, "i"}},
      {"concat", {kText, never, "a"}},
      {"concat_ws", {kText, possible, "ta"}},
      {"format", {kText, possible, "ta"}},
      {"glob", {kInteger, possible, "t"}},
      {"hex", {kText, never, "a"}},
      {"instr", {kInteger, argument, "a"}},
      {"length", {kInteger, argument, "a"}},
      {"octet_length", {kInteger, argument, "a"}},
      {"like", {kInteger, possible, "t"}},
      {"lower", {kText, argument, "t"}},
      {"ltrim", {kText, argument, "t"}},
      {"printf", {kText, possible, "ta"}},
      {"quote", {kText, never, "a"}},
      {"rtrim", {kText, argument, "t"}},
      {"soundex", {kText, never, "t"}},
      {"trim", {kText, argument, "t"}},
      {"typeof", {kText, never, "a"}},
      {"unhex", {kBlob, possible, "t"}},
      {"unicode", {kInteger, possible, "t"}},  // NULL for ''
      {"upper", {kText, argument, "t"}},
      // Numbers.
      {"acos", {kReal, possible, "r"}},
      {"acosh", {kReal, possible, "r"}},
      {"asin", {kReal, possible, "r"}},
      {"asinh", {kReal, possible, "r"}},
      {"atan", {kReal, possible, "r"}},
      {"atan2", {kReal, possible, "r"}},
      {"atanh", {kReal, possible, "r"}},
      {"cos", {kReal, possible, "r"}},
      {"cosh", {kReal, possible, "r"}},
      {"degrees", {kReal, possible, "r"}},
      {"exp", {kReal, possible, "r"}},
      {"ln", {kReal, possible, "r"}},
      {"log", {kReal, possible, "r"}},
      {"log10", {kReal, possible, "r"}},
      {"log2", {kReal, possible, "r"}},
      {"mod", {kReal, possible, "r"}},
      {"pi", {kReal, never, "a"}},
      {"pow", {kReal, possible, "r"}},
      {"power", {kReal, possible, "r"}},
      {"radians", {kReal, possible, "r"}},
      {"random", {kInteger, never, "a"}},
      {"randomblob", {kBlob, never, "i"}},
      {"round", {kReal, argument, "ri"}},
      {"sign", {kInteger, possible, "r"}},  // NULL for what is no number
      {"sin", {kReal, possible, "r"}},
      {"sinh", {kReal, possible, "r"}},
      {"sqrt", {kReal, possible, "r"}},
      {"tan", {kReal, possible, "r"}},
      {"tanh", {kReal, possible, "r"}},
      {"zeroblob", {kBlob, never, "i"}},
      // Dates: NULL for what is none.
      {"date", {kText, possible, "at"}},
      {"datetime", {kText, possible, "at"}},
      {"julianday", {kReal, possible, "at"}},
      {"strftime", {kText, possible, "tat"}},
      {"time", {kText, possible, "at"}},
      {"timediff", {kText, possible, "a"}},
      {"unixepoch", {kInteger, possible, "at"}},
      // JSON. What is extracted may be anything.
      {"json", {kText, argument, "t"}},
      {"json_array", {kText, never, "a"}},
      {"json_array_length", {kInteger, possible, "t"}},
      {"json_error_position", {kInteger, possible, "t"}},
      {"json_extract", {kAnything, possible, "t"}},
      {"json_group_array", {kText, never, "a"}},
      {"json_group_object", {kText, never, "ta"}},
      {"json_insert", {kText, possible, "tta"}},
      {"json_object", {kText, never, "a"}},
      {"json_patch", {kText, argument, "t"}},
      {"json_pretty", {kText, argument, "t"}},
      {"json_quote", {kText, never, "a"}},
      {"json_remove", {kText, possible, "t"}},
      {"json_replace", {kText, possible, "tta"}},
      {"json_set", {kText, possible, "tta"}},
      {"json_type", {kText, possible, "t"}},
      {"json_valid", {kInteger, possible, "t"}},
      // The connection and the library.
      {"changes", {kInteger, never, "a"}},
      {"last_insert_rowid", {kInteger, never, "a"}},
      {"sqlite_source_id", {kText, never, "a"}},
      {"sqlite_version", {kText, never, "a"}},
      {"total_changes", {kInteger, never, "a"}},
      // Windows.
      {"cume_dist", {kReal, never, "a"}},
      {"dense_rank", {kInteger, never, "a"}},
      {"ntile", {kInteger, never, "i"}},
      {"percent_rank", {kReal, never, "a"}},
      {"rank", {kInteger, never, "a"}},
      {"row_number", {kInteger, never, "a"}},
      // FTS5.
      {"bm25", {kReal, never, "ar"}},
      {"highlight", {kText, possible, "aitt"}},
      {"snippet", {kText, possible, "aittti"}},
      // vec0: a NULL among the arguments is an error.
      {"vec_add", {kBlob, never, "v"}},
      {"vec_bit", {kBlob, never, "v"}},
      {"vec_distance_cosine", {kReal, possible, "v"}},  // NULL for a vector of zeros
      {"vec_distance_hamming", {kReal, never, "v"}},
      {"vec_distance_l1", {kNumber, never, "v"}},
      {"vec_distance_l2", {kReal, never, "v"}},
      {"vec_f32", {kBlob, never, "v"}},
      {"vec_int8", {kBlob, never, "v"}},
      {"vec_length", {kInteger, never, "v"}},
      {"vec_normalize", {kBlob, never, "v"}},
      {"vec_quantize_binary", {kBlob, never, "v"}},
      {"vec_quantize_int8", {kBlob, never, "vt"}},
      {"vec_slice", {kBlob, never, "vi"}},
      {"vec_sub", {kBlob, never, "v"}},
      {"vec_to_json", {kText, never, "v"}},
      {"vec_type", {kText, never, "v"}},
      {"vec_version", {kText, never, "a"}},
  };
  const auto found = rules.find(name);
  return found == rules.end() ? nullptr : &found->second;
}

Kind argument_kind(const FunctionRule& rule, std::size_t index) {
  switch (rule.arguments[std::min(index, rule.arguments.size() - 1)]) {
    case 't':
      return Kind::text;
    case 'i':
      return Kind::integer;
    case 'r':
      return Kind::real;
    case 'v':
      return Kind::vector;
    default:
      return Kind::any;
  }
}

bool is_date_function(std::string_view name) {
  return name == "date" || name == "time" || name == "datetime" || name == "julianday" ||
         name == "unixepoch" || name == "strftime";
}

}  // namespace cairn::check
