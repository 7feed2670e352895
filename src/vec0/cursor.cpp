#include "vec0/cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cairn/error.hpp"
#include "vec0/counters.hpp"
#include "vec0/key.hpp"
#include "vec0/shadow.hpp"
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

template <class Read>
std::vector<Value> read_list(sqlite3_value* list, Read read) {
  std::vector<Value> values;
  sqlite3_value* member = nullptr;
  for (int code = sqlite3_vtab_in_first(list, &member); code == SQLITE_OK && member;
       code = sqlite3_vtab_in_next(list, &member)) {
    Value value = read(member);
    if (!value.is_null()) values.push_back(std::move(value));
  }
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  return values;
}

std::size_t read_k(sqlite3_value* value) {
  const std::int64_t k = sqlite3_value_int64(value);
  if (k < 0)
    throw Error(ErrorCode::invalid_argument, "k value in knn queries must be greater than or equal to 0.");
  return static_cast<std::size_t>(k);
}

double read_recall(sqlite3_value* value) {
  const double recall = sqlite3_value_double(value);
  if (!(recall > 0 && recall <= 1))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recall must be a number above 0 and at most 1, such as 0.98, and {} is not",
                            sqlite3_value_type(value) == SQLITE_NULL ? "NULL"
                            : Value::of(value).bytes.empty()         ? fmt::to_string(recall)
                                                                     : "'" + Value::of(value).bytes + "'"));
  return recall;
}

}  // namespace

// What is kept for this request, if nothing was written since, or else room for it.
KeptSearch& Cursor::keep(std::string request) {
  const Moment now = Moment::now(storage_);
  const auto is_answer = [&](const std::shared_ptr<KeptSearch>& kept) {
    return kept && kept->moment == now && kept->request == request;
  };
  if (!is_answer(kept_)) kept_ = shared_.lock();
  if (!is_answer(kept_)) {
    kept_ = std::make_shared<KeptSearch>();
    kept_->request = std::move(request);
    kept_->moment = now;
    shared_ = kept_;
    reader_.reset();
  }
  return *kept_;
}

void Cursor::filter(const char* plan, sqlite3_value** argv) {
  row_.reset();
  writes_at_start_ = storage_.writes();
  reader_.forget_values();
  if (plan_text_ != plan) {
    plan_ = Plan::from_text(storage_.table(), plan);
    plan_text_ = plan;
    first_key_.reset();
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

// As of an ordinary table, a row of a search that was deleted since is not met any more, and one that moved
// is. And a row whose slot names another's rowid must not pass for it: that is looked up for as many rows as
// a search mostly gives.
bool Cursor::is_gone(Row& row) {
  constexpr std::size_t kLookedUp = 4096;
  if (plan_.mode == Mode::scan) return false;
  const bool was_written = storage_.writes() != writes_at_start_;
  // In a cairn() table a slot is written with its rowid, once; the command 'integrity' compares them.
  if (!was_written && (position_ > kLookedUp || storage_.writes_vectors_once())) return false;
  const auto at = storage_.find(row.rowid);
  if (at == row.at) return false;
  if (!was_written)
    storage_.throw_corrupt(kChunks, row.at.chunk,
                           fmt::format("slot {} holds row {}, which '{}_rowids' places elsewhere",
                                       row.at.slot, row.rowid, storage_.table().name));
  if (!at) return true;
  row.at = *at;
  return false;
}

void Cursor::advance() {
  switch (plan_.mode) {
    case Mode::scan:
      row_ = next_in_chunks();
      if (!row_) row_ = next_missed();
      break;
    case Mode::point:
      row_.reset();
      break;
    case Mode::stream:
    case Mode::k:
      if (probes_)
        row_.reset();
      else
        row_ = kept_->search->row(position_++);
  }
}

std::vector<Condition> Cursor::read_conditions(sqlite3_value** argv) const {
  std::vector<Condition> conditions;
  for (const PlannedCondition& planned : plan_.conditions) {
    sqlite3_value* argument = *argv++;
    const auto read = [&](sqlite3_value* value) {
      return names_keys(planned.column, planned.op) ? key_value(value, storage_.table().key_type())
                                                    : Value::of(value);
    };
    Condition condition{planned.column, planned.op, {}, {}};
    if (planned.op == Operator::in)
      condition.set = read_list(argument, read);
    else
      condition.value = read(argument);
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

void Cursor::start_scan(const std::vector<Condition>& conditions) {
  conditions_ = conditions;
  row_filter_.emplace(storage_, conditions_, MixedTypes::keep);
  open_scan_.emplace(storage_);
  chunk_.reset();
  slots_.clear();
  next_slot_ = 0;
  reader_.reset();
  next();
}

std::optional<Row> Cursor::next_in_chunks() {
  while (row_filter_) {
    while (next_slot_ < slots_.size()) {
      const std::size_t slot = slots_[next_slot_++];
      const Row row{chunk_->rowids[slot], {chunk_->id, slot}, std::nullopt};
      open_scan_->pass(row.at);
      const bool was_written = storage_.writes() != writes_at_start_;
      if (was_written && storage_.find(row.rowid) != row.at) continue;  // the chunk was read before
      if (open_scan_->meets(row.rowid, row.at)) return row;
    }
    next_slot_ = 0;
    chunk_ = row_filter_->next(slots_);
    if (chunk_) continue;
    row_filter_.reset();
    open_scan_->pass_all();
  }
  return std::nullopt;
}

// Conditions are not put to these rows here: SQLite puts them to every row of a scan again.
std::optional<Row> Cursor::next_missed() {
  while (const auto rowid = open_scan_->next_missed())
    if (const auto at = storage_.find(*rowid)) return Row{*rowid, *at, std::nullopt};
  return std::nullopt;
}

std::optional<std::int64_t> Cursor::rowid_of_argument(sqlite3_value* key) {
  return rowid_of(storage_, key_value(key, storage_.table().key_type()));
}

// Whether the key beside k was bound by the program and is not a join's. What a join reads from a subquery
// can carry the mark of a bound value as well, so the value must stay the same.
bool Cursor::is_parameter(sqlite3_value* key) {
  Value value = Value::of(key);
  if (!first_key_) {
    first_key_is_parameter_ = sqlite3_value_frombind(key) != 0;
    first_key_ = std::move(value);
  } else if (first_key_is_parameter_ && compare(value, *first_key_) != 0) {
    throw Error(ErrorCode::invalid_argument,
                "vec0: a search with k cannot be joined by key with a list of parameters; write the list as "
                "`… IN (…)`");
  }
  return first_key_is_parameter_;
}

// A look-up walks half a chunk to its vector, so after twice as many look-ups as there are chunks a pass over
// the whole column would have been no dearer. From then on it is made, once, and serves the rest.
std::size_t Cursor::point_limit() {
  const double chunks = storage_.estimated_rows() / static_cast<double>(storage_.table().chunk_size);
  return 16 + static_cast<std::size_t>(2 * chunks);
}

void Cursor::start_point(sqlite3_value* query, sqlite3_value* key) {
  const auto rowid = rowid_of_argument(key);
  if (!query) {
    if (!rowid) return;
    if (const auto at = storage_.find(*rowid)) row_ = Row{*rowid, *at, std::nullopt};
    return;
  }
  std::string request = plan_text_;
  append_key(request, query);
  KeptSearch& kept = keep(std::move(request));
  if (!kept.distance) {
    const VectorColumn& column = storage_.table().vectors[plan_.vector_column];
    kept.distance.emplace(column.metric, query_vector(column, query));
    kept.point_limit = point_limit();
  }
  if (!rowid) return;
  if (!kept.search && ++kept.point_calls > kept.point_limit)
    kept.search = std::make_unique<Search>(
        storage_, SearchRequest{plan_.vector_column, kept.distance->query(), {}, {}, 1});
  if (kept.search) {
    row_ = kept.search->find(*rowid);
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
  (*kept_->distance)(bytes.data(), 1, &distance);
  return distance;
}

void Cursor::start_search(sqlite3_value** argv) {
  sqlite3_value* const query = *argv++;
  sqlite3_value* const k = plan_.mode == Mode::k ? *argv++ : nullptr;
  sqlite3_value* const key = plan_.has_probe ? *argv++ : nullptr;
  const VectorColumn& column = storage_.table().vectors[plan_.vector_column];
  const double recall = plan_.has_recall ? read_recall(*argv++) : column.recall;
  std::vector<Condition> conditions = read_conditions(argv);
  probes_ = key && !is_parameter(key);
  if (key && !probes_)
    conditions.push_back(
        {{ColumnKind::primary_key, 0}, Operator::eq, key_value(key, storage_.table().key_type()), {}});

  std::string request = plan_text_;
  append_key(request, query);
  if (k) append_key(request, Value::of_integer(sqlite3_value_int64(k)));
  append_key(request, Value::of_real(recall));
  for (const Condition& condition : conditions) {
    append_key(request, condition.value);
    append_key(request, Value::of_integer(static_cast<std::int64_t>(condition.set.size())));
    for (const Value& member : condition.set) append_key(request, member);
  }
  KeptSearch& kept = keep(std::move(request));
  if (!kept.search) {
    SearchRequest wanted{plan_.vector_column, query_vector(column, query), std::move(conditions), {}, recall};
    if (k) wanted.k = read_k(k);
    kept.search = std::make_unique<Search>(storage_, std::move(wanted));
  }
  position_ = 0;
  if (!probes_) {
    next();
    return;
  }
  if (const auto rowid = rowid_of_argument(key)) row_ = kept.search->find(*rowid);
  if (row_ && is_gone(*row_)) row_.reset();
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
      // In a flat() table it is NULL, as sqlite-vec has it.
      if (table.index() == Index::cairn && kept_ && kept_->search && plan_.mode != Mode::scan) {
        const std::string report = to_json(kept_->search->report());
        sqlite3_result_text64(context, report.data(), report.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      }
      break;
    case ColumnKind::k:
    case ColumnKind::recall:
      break;  // always NULL
  }
}

}  // namespace cairn::vec0
