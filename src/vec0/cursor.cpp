#include "vec0/cursor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cairn/error.hpp"
#include "vec0/counters.hpp"
#include "vec0/vector_value.hpp"

namespace cairn::vec0 {
namespace {

// Type, subtype and bytes of a value, so that equal keys mean equal requests.
void append_key(std::string& key, const Value& value) {
  key += static_cast<char>('0' + static_cast<int>(value.type));
  switch (value.type) {
    case Value::Type::null:
      break;
    case Value::Type::integer:
      key.append(reinterpret_cast<const char*>(&value.integer), sizeof value.integer);
      break;
    case Value::Type::real:
      key.append(reinterpret_cast<const char*>(&value.real), sizeof value.real);
      break;
    case Value::Type::text:
    case Value::Type::blob: {
      const std::size_t size = value.bytes.size();
      key.append(reinterpret_cast<const char*>(&size), sizeof size);
      key += value.bytes;
    }
  }
}

void append_key(std::string& key, sqlite3_value* vector) {
  key += static_cast<char>(sqlite3_value_subtype(vector));
  append_key(key, Value::of(vector));
}

std::vector<Value> read_list(sqlite3_value* list) {
  std::vector<Value> values;
  sqlite3_value* member = nullptr;
  for (int code = sqlite3_vtab_in_first(list, &member); code == SQLITE_OK && member;
       code = sqlite3_vtab_in_next(list, &member)) {
    Value value = Value::of(member);
    if (!value.is_null()) values.push_back(std::move(value));
  }
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  return values;
}

// The value as a column of type TEXT or INTEGER would compare it. SQLite has not converted it, since the
// columns are declared without a type.
Value converted(sqlite3_value* value, bool to_text) {
  const int type = sqlite3_value_type(value);
  const bool differs = to_text ? type == SQLITE_INTEGER || type == SQLITE_FLOAT : type == SQLITE_TEXT;
  if (!differs) return Value::of(value);
  // Of a copy, since the conversion happens in place and this is the statement's own register.
  const std::unique_ptr<sqlite3_value, void (*)(sqlite3_value*)> copy(
      sqlite3_value_dup(value), [](sqlite3_value* v) { sqlite3_value_free(v); });
  if (!copy) throw std::bad_alloc();
  if (!to_text) {
    sqlite3_value_numeric_type(copy.get());
    return Value::of(copy.get());
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(copy.get()));
  if (!text) throw std::bad_alloc();
  return Value::of_text({text, static_cast<std::size_t>(sqlite3_value_bytes(copy.get()))});
}

std::size_t read_k(sqlite3_value* value) {
  const std::int64_t k = sqlite3_value_int64(value);
  if (k < 0)
    throw Error(ErrorCode::invalid_argument, "k value in knn queries must be greater than or equal to 0.");
  return static_cast<std::size_t>(k);
}

}  // namespace

Cursor::Stamp Cursor::stamp() const noexcept {
  return {storage_.writes(), sqlite3_total_changes64(storage_.db())};
}

bool Cursor::is_current(const std::string& key) const {
  return key == key_ && search_stamp_ == stamp();
}

void Cursor::filter(const char* plan, sqlite3_value** argv) {
  row_.reset();
  writes_at_start_ = storage_.writes();
  reader_.forget_values();
  if (plan_text_ != plan) {
    plan_ = Plan::from_text(storage_.table(), plan);
    plan_text_ = plan;
  }
  switch (plan_.mode) {
    case Mode::scan:
      start_scan(read_conditions(argv));
      break;
    case Mode::point:
      start_point(plan_.has_match ? argv[0] : nullptr, argv[plan_.has_match ? 1 : 0]);
      break;
    case Mode::stream:
    case Mode::k:
      start_search(argv);
      break;
  }
}

void Cursor::next() {
  do {
    advance();
  } while (row_ && is_gone(*row_));
}

// As of an ordinary table, a row that was deleted since the cursor was opened is not met any more.
bool Cursor::is_gone(const Row& row) {
  if (storage_.writes() == writes_at_start_) return false;
  const auto at = storage_.find(row.rowid);
  return !at || at->chunk != row.at.chunk || at->slot != row.at.slot;
}

void Cursor::advance() {
  switch (plan_.mode) {
    case Mode::scan:
      next_in_scan();
      break;
    case Mode::point:
      row_.reset();
      break;
    case Mode::stream:
      row_ = search_->next();
      break;
    case Mode::k:
      if (plan_.has_probe)
        row_.reset();
      else
        row_ = search_->next();
  }
}

std::vector<Condition> Cursor::read_conditions(sqlite3_value** argv) const {
  std::vector<Condition> conditions;
  for (const PlannedCondition& planned : plan_.conditions) {
    sqlite3_value* argument = *argv++;
    Condition condition{planned.column, planned.op, {}, {}};
    if (planned.op == Operator::in)
      condition.set = read_list(argument);
    else
      condition.value = Value::of(argument);
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

void Cursor::start_scan(const std::vector<Condition>& conditions) {
  conditions_ = conditions;
  row_filter_.emplace(storage_, conditions_, MixedTypes::keep);
  chunk_.id = std::numeric_limits<std::int64_t>::min();
  slots_.clear();
  next_slot_ = 0;
  reader_.reset();
  next_in_scan();
}

void Cursor::next_in_scan() {
  while (next_slot_ == slots_.size()) {
    next_slot_ = 0;
    if (!storage_.next_chunk(chunk_.id, chunk_)) {
      row_.reset();
      return;
    }
    row_filter_->select(chunk_, slots_);
  }
  const std::size_t slot = slots_[next_slot_++];
  row_ = Row{chunk_.rowids[slot], {chunk_.id, slot}, std::nullopt};
}

std::optional<std::int64_t> Cursor::rowid_of(sqlite3_value* key) {
  const Value value = converted(key, storage_.table().has_text_key());
  if (storage_.table().has_text_key())
    return value.type == Value::Type::text ? storage_.rowid_of_key(value.bytes) : std::nullopt;
  if (value.type == Value::Type::integer) return value.integer;
  // 5.0 is the key 5.
  if (value.type == Value::Type::real && value.real == std::floor(value.real) && value.real >= -0x1p63 &&
      value.real < 0x1p63)
    return static_cast<std::int64_t>(value.real);
  return std::nullopt;
}

// A look-up walks half a chunk to its vector, so after twice as many look-ups as there are chunks a pass over
// the whole column would have been no dearer. From then on it is made, once, and serves the rest.
std::size_t Cursor::point_limit() {
  const double chunks = storage_.estimated_rows() / static_cast<double>(storage_.table().chunk_size);
  return 16 + static_cast<std::size_t>(2 * chunks);
}

void Cursor::start_point(sqlite3_value* query, sqlite3_value* key) {
  const auto rowid = rowid_of(key);
  if (!query) {
    if (!rowid) return;
    if (const auto at = storage_.find(*rowid)) row_ = Row{*rowid, *at, std::nullopt};
    return;
  }
  std::string request = "point ";
  append_key(request, query);
  const VectorColumn& column = storage_.table().vectors[plan_.vector_column];
  if (!is_current(request)) {
    distance_.emplace(column.metric, query_vector(column, query));
    search_.reset();
    point_calls_ = 0;
    point_limit_ = point_limit();
    key_ = std::move(request);
    search_stamp_ = stamp();
  }
  if (!rowid) return;
  if (!search_ && ++point_calls_ > point_limit_)
    search_ =
        std::make_unique<Search>(storage_, SearchRequest{plan_.vector_column, distance_->query(), {}, {}});
  if (search_) {
    row_ = search_->find(*rowid);
  } else if (const auto at = storage_.find(*rowid)) {
    row_ = Row{*rowid, *at, std::nullopt};
    row_->distance = distance_of_one(*row_);
  }
}

float Cursor::distance_of_one(const Row& row) {
  counters().point_reads += 1;
  std::vector<std::byte> bytes;
  reader_.vector(plan_.vector_column, row, bytes);
  float distance = 0;
  (*distance_)(bytes.data(), 1, &distance);
  return distance;
}

void Cursor::start_search(sqlite3_value** argv) {
  sqlite3_value** const conditions = argv + 1 + (plan_.mode == Mode::k ? 1 : 0) + (plan_.has_probe ? 1 : 0);
  std::string request = plan_text_;
  append_key(request, argv[0]);
  if (plan_.mode == Mode::k) append_key(request, Value::of_integer(sqlite3_value_int64(argv[1])));
  std::vector<Condition> read = read_conditions(conditions);
  for (const Condition& condition : read) {
    append_key(request, condition.value);
    append_key(request, Value::of_integer(static_cast<std::int64_t>(condition.set.size())));
    for (const Value& member : condition.set) append_key(request, member);
  }
  if (search_ && is_current(request)) {
    search_->rewind();
  } else {
    search_.reset();
    const VectorColumn& column = storage_.table().vectors[plan_.vector_column];
    SearchRequest wanted{plan_.vector_column, query_vector(column, argv[0]), std::move(read), std::nullopt};
    if (plan_.mode == Mode::k) wanted.k = read_k(argv[1]);
    search_ = std::make_unique<Search>(storage_, std::move(wanted));
    key_ = std::move(request);
    search_stamp_ = stamp();
    reader_.reset();
  }
  if (!plan_.has_probe) {
    row_ = search_->next();
  } else if (const auto rowid = rowid_of(argv[2])) {
    row_ = search_->find(*rowid);
  }
}

void Cursor::column(sqlite3_context* context, int index) {
  const TableDefinition& table = storage_.table();
  const ColumnRef column = table.columns[static_cast<std::size_t>(index)];
  // In an UPDATE that does not set this column nobody looks at its value (update.cpp).
  if (column.kind != ColumnKind::primary_key && sqlite3_vtab_nochange(context)) return;
  switch (column.kind) {
    case ColumnKind::primary_key:
      reader_.key(*row_).result(context);
      break;
    case ColumnKind::vector: {
      std::vector<std::byte> bytes;
      reader_.vector(column.index, *row_, bytes);
      result_vector(context, table.vectors[column.index].type, bytes);
      break;
    }
    case ColumnKind::partition:
      reader_.partition(column.index, *row_).result(context);
      break;
    case ColumnKind::auxiliary:
      reader_.auxiliary(column.index, *row_).result(context);
      break;
    case ColumnKind::metadata:
      reader_.metadata(column.index, *row_).result(context);
      break;
    case ColumnKind::distance:
      if (row_->distance) sqlite3_result_double(context, static_cast<double>(*row_->distance));
      break;
    case ColumnKind::command:
    case ColumnKind::k:
      break;  // always NULL
  }
}

}  // namespace cairn::vec0
