// The grammar of the constructor's arguments. Each is tried as a vector column, partition key, primary key,
// auxiliary column, metadata column and option, in this order. sqlite-vec compares a keyword only as far as
// the argument spells it ("te" is text, "COS" is cosine), and ignores what follows a complete definition of
// any column but a vector; between a keyword and its value it takes any token for the "=", or none. All of
// this is kept, since tables that were created so must open again.
#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "cairn/error.hpp"
#include "vec0/definition.hpp"
#include "vec0/names.hpp"

namespace cairn::vec0 {
namespace {

constexpr std::size_t kMaxVectors = 16;
constexpr std::size_t kMaxPartitions = 4;
constexpr std::size_t kMaxAuxiliaries = 16;
constexpr std::size_t kMaxMetadata = 16;
constexpr std::size_t kMaxChunkSize = 4096;

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::invalid_argument,
              "vec0 constructor error: " + fmt::format(format, std::forward<Args>(args)...));
}

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
// "te" abbreviates "text".
bool abbreviates(std::string_view token, std::string_view keyword) {
  return !token.empty() && starts_with_nocase(keyword, token);
}

// Splits an argument into identifiers, numbers and single characters. An empty token is the end, or a
// character that has no place in the grammar.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) { advance(); }

  std::string_view peek() const { return token_; }
  bool at_end() const { return token_.empty() && rest_.empty(); }
  std::string_view take() { return std::exchange(token_, scan()); }
  // The value after a keyword: behind the "=", or in its place.
  std::string_view take_value() {
    const std::string_view sign = take();
    return sign.empty() || at_end() ? sign : take();
  }
  bool take_if(std::string_view token) {
    if (token_ != token) return false;
    advance();
    return true;
  }
  // A number with or without a fraction.
  std::string take_decimal() {
    std::string number(at_number() ? take() : std::string_view());
    if (number.empty() || !token_.empty() || !rest_.starts_with('.')) return number;
    do {
      number += rest_.front();
      rest_.remove_prefix(1);
    } while (!rest_.empty() && is_digit(rest_.front()));
    advance();
    return number;
  }
  bool at_identifier() const { return !token_.empty() && is_alpha(token_.front()); }
  bool at_number() const { return !token_.empty() && is_digit(token_.front()); }
  bool at_word() const { return at_identifier() || at_number(); }

 private:
  void advance() { token_ = scan(); }
  std::string_view scan() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    std::size_t length = 1;
    if (is_alpha(rest_.front())) {
      while (length < rest_.size() &&
             (is_alpha(rest_[length]) || is_digit(rest_[length]) || rest_[length] == '_'))
        ++length;
    } else if (is_digit(rest_.front())) {
      while (length < rest_.size() && is_digit(rest_[length])) ++length;
    } else if (std::string_view("+=[](),").find(rest_.front()) == std::string_view::npos) {
      return {};
    }
    const std::string_view token = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return token;
  }

  std::string_view rest_;
  std::string_view token_;
};

std::optional<vector::ElementType> element_type(std::string_view token) {
  if (starts_with_nocase(token, "float") || starts_with_nocase(token, "f32"))
    return vector::ElementType::float32;
  if (equal_nocase(token, "f16")) return vector::ElementType::float32;
  if (starts_with_nocase(token, "int8") || starts_with_nocase(token, "i8")) return vector::ElementType::int8;
  if (starts_with_nocase(token, "bit")) return vector::ElementType::bit;
  return std::nullopt;
}

std::optional<vector::Metric> metric_named(std::string_view token) {
  if (abbreviates(token, "l2")) return vector::Metric::l2;
  if (abbreviates(token, "l1")) return vector::Metric::l1;
  if (abbreviates(token, "cosine")) return vector::Metric::cosine;
  return std::nullopt;
}

// "recall=0.98", of cairn(…).
double take_recall(Tokens& tokens, const VectorColumn& column) {
  const std::string_view option = tokens.take();
  if (!abbreviates(option, "recall"))
    refuse("cairn() of vector column '{}' knows no option '{}'; it takes recall=…", column.name, option);
  tokens.take_if("=");
  const std::string number = tokens.take_decimal();
  double recall = 0;
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), recall);
  if (number.empty() || code != std::errc() || end != number.data() + number.size() || !(recall > 0) ||
      recall > 1)
    refuse("recall of vector column '{}' must be a number above 0 and at most 1, such as 0.98", column.name);
  return recall;
}

// INDEXED BY kind(...): flat() or cairn(); others are named in the refusal.
void take_index_clause(Tokens& tokens, std::string_view argument, VectorColumn& column) {
  if (!abbreviates(tokens.take(), "by")) refuse("could not parse vector column '{}'", argument);
  const std::string kind(tokens.take());
  if (!tokens.take_if("(")) refuse("could not parse vector column '{}'", argument);
  if (equal_nocase(kind, "cairn"))
    column.index = Index::cairn;
  else if (!abbreviates(kind, "flat"))
    refuse(
        "the index kind '{}' of vector column '{}' is not supported; use flat() or cairn(), or leave INDEXED "
        "BY "
        "out",
        kind, column.name);
  if (column.index == Index::cairn && tokens.peek() != ")") column.recall = take_recall(tokens, column);
  if (!tokens.take_if(")")) refuse("could not parse vector column '{}'", argument);
}

std::size_t take_dimensions(Tokens& tokens, std::string_view argument) {
  if (!tokens.at_number()) refuse("could not parse vector column '{}'", argument);
  const std::string_view digits = tokens.take();
  std::size_t dims = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), dims);
  if (code == std::errc() && dims > vector::kMaxDims)
    refuse("Dimension on vector column too large, provided {}, maximum {}", digits, vector::kMaxDims);
  if (code != std::errc() || dims == 0 || !tokens.take_if("]"))
    refuse("could not parse vector column '{}'", argument);
  return dims;
}

std::optional<VectorColumn> parse_vector(std::string_view argument) {
  Tokens tokens(argument);
  if (!tokens.at_identifier()) return std::nullopt;
  VectorColumn column{.name = std::string(tokens.take())};
  const auto type = element_type(tokens.peek());
  if (!type) return std::nullopt;
  column.is_half = equal_nocase(tokens.take(), "f16");
  if (tokens.at_end()) return std::nullopt;  // "x float" is a metadata column
  if (!tokens.take_if("[")) refuse("could not parse vector column '{}'", argument);
  column.type = *type;
  column.dims = take_dimensions(tokens, argument);
  column.metric = *type == vector::ElementType::bit ? vector::Metric::hamming : vector::Metric::l2;
  if (*type == vector::ElementType::bit && column.dims % 8 != 0)
    refuse("could not parse vector column '{}': the dimension of a bit vector must be divisible by 8",
           argument);
  while (!tokens.at_end()) {
    const std::string_view option = tokens.take();
    if (abbreviates(option, "indexed")) {
      take_index_clause(tokens, argument, column);
      continue;
    }
    if (!abbreviates(option, "distance_metric") || *type == vector::ElementType::bit)
      refuse("could not parse vector column '{}'", argument);
    const auto metric = metric_named(tokens.take_value());
    if (!metric) refuse("could not parse vector column '{}'", argument);
    column.metric = *metric;
  }
  if (column.is_half && column.index == Index::flat)
    refuse("vector column '{}': f16 is of cairn() tables; add INDEXED BY cairn(), or use float", column.name);
  return column;
}

// "name integer|int|text <word> key": partition and primary keys.
std::optional<KeyColumn> parse_key(std::string_view argument, std::string_view word) {
  Tokens tokens(argument);
  if (!tokens.at_identifier()) return std::nullopt;
  KeyColumn column{.name = std::string(tokens.take())};
  const std::string_view type = tokens.take();
  if (abbreviates(type, "text"))
    column.type = KeyType::text;
  else if (abbreviates(type, "integer"))
    column.type = KeyType::integer;
  else
    return std::nullopt;
  if (!tokens.at_identifier() || !abbreviates(tokens.take(), word)) return std::nullopt;
  if (!abbreviates(tokens.take(), "key")) return std::nullopt;
  return column;
}

std::optional<AuxiliaryColumn> parse_auxiliary(std::string_view argument) {
  Tokens tokens(argument);
  if (!tokens.take_if("+") || !tokens.at_word()) return std::nullopt;
  AuxiliaryColumn column{.name = std::string(tokens.take())};
  const std::string_view type = tokens.take();
  if (abbreviates(type, "text"))
    column.type = AuxiliaryType::text;
  else if (abbreviates(type, "integer"))
    column.type = AuxiliaryType::integer;
  else if (abbreviates(type, "float") || abbreviates(type, "double"))
    column.type = AuxiliaryType::real;
  else if (abbreviates(type, "blob"))
    column.type = AuxiliaryType::blob;
  else
    return std::nullopt;
  return column;
}

std::optional<MetadataColumn> parse_metadata(std::string_view argument) {
  Tokens tokens(argument);
  if (!tokens.at_identifier()) return std::nullopt;
  MetadataColumn column{.name = std::string(tokens.take())};
  const std::string_view type = tokens.take();
  if (abbreviates(type, "boolean"))
    column.type = MetadataType::boolean;
  else if (abbreviates(type, "integer") || abbreviates(type, "integer64") || abbreviates(type, "int64"))
    column.type = MetadataType::integer;
  else if (abbreviates(type, "float64") || abbreviates(type, "f64") || abbreviates(type, "double"))
    column.type = MetadataType::real;
  else if (abbreviates(type, "text"))
    column.type = MetadataType::text;
  else
    return std::nullopt;
  return column;
}

void parse_option(std::string_view argument, TableDefinition& table) {
  Tokens tokens(argument);
  if (!tokens.at_word()) refuse("Could not parse '{}'", argument);
  const std::string_view key = tokens.take();
  if (tokens.peek().empty()) refuse("Could not parse '{}'", argument);
  const std::string_view value = tokens.take_value();
  if (value.empty() || !tokens.at_end() || !(is_alpha(value.front()) || is_digit(value.front())))
    refuse("could not parse table option '{}'", argument);
  if (!abbreviates(key, "chunk_size")) refuse("Unknown table option: {}", key);
  std::size_t size = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), size);
  if (code == std::errc::result_out_of_range) refuse("chunk_size too large");
  if (code != std::errc() || size == 0) refuse("chunk_size must be a non-zero positive integer");
  if (size % 8 != 0) refuse("chunk_size must be divisible by 8");
  if (size > kMaxChunkSize) refuse("chunk_size too large");
  table.chunk_size = size;
}

void add_primary_key(TableDefinition& table, KeyColumn key) {
  if (table.primary_key)
    refuse(
        "More than one primary key definition was provided, vec0 only suports a single primary key column");
  table.primary_key = std::move(key);
}

template <class Column>
void add_column(TableDefinition& table, std::vector<Column>& columns, Column column, ColumnKind kind) {
  table.columns.push_back({kind, columns.size()});
  columns.push_back(std::move(column));
}

void parse_argument(std::string_view argument, TableDefinition& table) {
  if (auto column = parse_vector(argument)) {
    if (table.vectors.size() == kMaxVectors)
      refuse("Too many provided vector columns, maximum {}", kMaxVectors);
    add_column(table, table.vectors, *std::move(column), ColumnKind::vector);
  } else if (auto partition = parse_key(argument, "partition")) {
    if (table.partitions.size() == kMaxPartitions)
      refuse("More than {} partition key columns were provided", kMaxPartitions);
    add_column(table, table.partitions, *std::move(partition), ColumnKind::partition);
  } else if (auto key = parse_key(argument, "primary")) {
    add_primary_key(table, *std::move(key));
  } else if (auto auxiliary = parse_auxiliary(argument)) {
    if (table.auxiliaries.size() == kMaxAuxiliaries)
      refuse("More than {} auxiliary columns were provided", kMaxAuxiliaries);
    add_column(table, table.auxiliaries, *std::move(auxiliary), ColumnKind::auxiliary);
  } else if (auto metadata = parse_metadata(argument)) {
    if (table.metadata.size() == kMaxMetadata)
      refuse("More than {} metadata columns were provided", kMaxMetadata);
    add_column(table, table.metadata, *std::move(metadata), ColumnKind::metadata);
  } else {
    parse_option(argument, table);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

TableDefinition parse_constructor(int argc, const char* const* argv) {
  TableDefinition table;
  table.schema = argv[1];
  table.name = argv[2];
  table.columns.push_back({ColumnKind::primary_key, 0});
  for (int i = 3; i < argc; ++i)
    if (const std::string_view argument = trimmed(argv[i]); !argument.empty())
      parse_argument(argument, table);
  if (table.vectors.empty()) refuse("At least one vector column is required");
  for (const VectorColumn& column : table.vectors)
    if (column.index != table.index())
      refuse("the vector columns '{}' and '{}' are indexed by different kinds; a table has one",
             table.vectors.front().name, column.name);
  return table;
}

}  // namespace cairn::vec0
