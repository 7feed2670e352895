#include "vec0/row_filter.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "vec0/key.hpp"
#include "vec0/metadata.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {

namespace {

std::vector<std::int64_t> rowids_of(Storage& storage, const Condition& condition) {
  std::vector<std::int64_t> rowids;
  const auto add = [&](const Value& key) {
    if (const auto rowid = rowid_of(storage, key)) rowids.push_back(*rowid);
  };
  if (condition.op == Operator::in)
    std::for_each(condition.set.begin(), condition.set.end(), add);
  else
    add(condition.value);
  std::sort(rowids.begin(), rowids.end());
  return rowids;
}

// One in which no value can be converted: SQLite then finds the chunks.
bool is_plain_equality(KeyType column, const Condition& condition) {
  return condition.op == Operator::eq &&
         condition.value.type == (column == KeyType::text ? Value::Type::text : Value::Type::integer);
}

// std::erase_if of what does not hold, without a branch that half of the rows would mispredict.
template <class Holds>
void keep_if(std::vector<std::uint16_t>& slots, Holds holds) {
  std::size_t kept = 0;
  for (const std::uint16_t slot : slots) {
    slots[kept] = slot;
    kept += static_cast<std::size_t>(holds(slot));
  }
  slots.resize(kept);
}

// Comparisons with a number, or with a short text, need no value made of each cell. False if it is not one.
bool keep_by_comparing(const Condition& condition, const MetadataCells& column,
                       std::vector<std::uint16_t>& slots) {
  const Value& wanted = condition.value;
  const MetadataType type = column.type;
  const std::vector<std::byte>& cells = column.cells;
  if (type == MetadataType::text && wanted.type == Value::Type::text && wanted.bytes.size() <= kInlineText &&
      condition.op == Operator::eq) {
    const auto length = static_cast<std::int32_t>(wanted.bytes.size());
    std::erase_if(slots, [&](std::uint16_t slot) {
      if (column.is_null(slot)) return true;
      const std::byte* const cell = cells.data() + metadata_cell(type, slot).offset;
      return std::memcmp(cell, &length, sizeof length) != 0 ||
             std::memcmp(cell + sizeof length, wanted.bytes.data(), wanted.bytes.size()) != 0;
    });
    return true;
  }
  if (type != MetadataType::integer || wanted.type != Value::Type::integer) return false;
  const auto keep = [&](auto holds) {
    keep_if(slots, [&](std::uint16_t slot) {
      std::int64_t value;
      std::memcpy(&value, cells.data() + slot * sizeof value, sizeof value);
      return (unsigned{!column.is_null(slot)} & unsigned{holds(value, wanted.integer)}) != 0;
    });
    return true;
  };
  switch (condition.op) {
    case Operator::eq:
      return keep(std::equal_to<>());
    case Operator::ne:
      return keep(std::not_equal_to<>());
    case Operator::lt:
      return keep(std::less<>());
    case Operator::le:
      return keep(std::less_equal<>());
    case Operator::gt:
      return keep(std::greater<>());
    case Operator::ge:
      return keep(std::greater_equal<>());
    default:
      return false;
  }
}

}  // namespace

RowFilter::RowFilter(Storage& storage, const std::vector<Condition>& conditions, MixedTypes mixed,
                     std::shared_ptr<const ResidentColumn> memory)
    : storage_(storage), memory_(std::move(memory)), writes_(storage.writes()) {
  wanted_.equal.resize(storage.table().partitions.size());
  for (const Condition& condition : conditions) {
    switch (condition.column.kind) {
      case ColumnKind::partition:
        sees_every_chunk_ = false;
        if (!wanted_.equal[condition.column.index] &&
            is_plain_equality(storage.table().partitions[condition.column.index].type, condition))
          wanted_.equal[condition.column.index] = condition.value;
        else
          by_partition_.emplace_back(storage.db(), condition, mixed);
        break;
      case ColumnKind::metadata:
        by_metadata_.push_back(
            {Predicate(storage.db(), condition, mixed), storage.metadata(condition.column.index)});
        break;
      case ColumnKind::primary_key:
      case ColumnKind::auxiliary:
        if (names_keys(condition.column, condition.op))
          rowid_sets_.push_back(rowids_of(storage, condition));
        else
          by_row_.emplace_back(storage.db(), condition, mixed);
        break;
      default:
        break;
    }
  }
  if (by_partition_.empty()) return;
  wanted_.test = [this](const std::vector<Value>& partitions) {
    return std::all_of(by_partition_.begin(), by_partition_.end(), [&](Predicate& predicate) {
      return predicate(partitions[predicate.condition().column.index]);
    });
  };
}

bool RowFilter::wants(const Chunk& chunk) const {
  for (std::size_t i = 0; i < wanted_.equal.size(); ++i)
    if (wanted_.equal[i] && compare(*wanted_.equal[i], chunk.partitions[i]) != 0) return false;
  return !wanted_.test || wanted_.test(chunk.partitions);
}

std::shared_ptr<const Chunk> RowFilter::next_chunk() {
  if (memory_) {
    while (next_in_memory_ < memory_->chunks.size())
      if (const auto& chunk = memory_->chunks[next_in_memory_++].rows; wants(*chunk)) return chunk;
    return nullptr;
  }
  auto chunk = std::make_shared<Chunk>();
  if (storage_.next_chunk(last_chunk_, *chunk, wanted_)) return chunk;
  if (sees_every_chunk_ && storage_.writes() == writes_) storage_.check_row_count(live_slots_);
  return nullptr;
}

std::shared_ptr<const Chunk> RowFilter::next(std::vector<std::uint16_t>& slots) {
  auto chunk = next_chunk();
  if (!chunk) return nullptr;
  last_chunk_ = chunk->id;
  if (!memory_) live_slots_ += chunk->live_slots();
  select(*chunk, slots);
  return chunk;
}

Value RowFilter::cell(ColumnRef column, std::int64_t rowid) {
  if (column.kind == ColumnKind::auxiliary) return storage_.auxiliaries_of(rowid)[column.index];
  return storage_.table().has_text_key() ? Value::of_text(storage_.key_of(rowid)) : Value::of_integer(rowid);
}

void RowFilter::keep_matching_metadata(MetadataTest& test, const Chunk& chunk,
                                       std::vector<std::uint16_t>& slots) {
  const std::size_t column = test.predicate.condition().column.index;
  test.reader->read(chunk.id, cells_);
  if (!cells_.nulls.empty() && cells_.nulls.size() * 8 < chunk.slots())
    storage_.throw_corrupt(metadata_chunks(column), chunk.id, "the cells are fewer than the slots");
  if (keep_by_comparing(test.predicate.condition(), cells_, slots)) return;
  std::erase_if(slots, [&](std::uint16_t slot) {
    MetadataCell decoded = cells_.at(slot);
    // A long text costs a look-up.
    if (decoded.is_long && !test.predicate.is_decided_by(decoded.value.bytes))
      decoded.value.bytes = storage_.long_text(column, chunk.rowids[slot]);
    return !test.predicate(decoded.value);
  });
}

void RowFilter::select(const Chunk& chunk, std::vector<std::uint16_t>& slots) {
  if (memory_)
    slots = *memory_->chunks[position()].live;
  else
    live_slots(chunk, slots);
  for (const auto& rowids : rowid_sets_)
    std::erase_if(slots, [&](std::uint16_t slot) {
      return !std::binary_search(rowids.begin(), rowids.end(), chunk.rowids[slot]);
    });
  for (MetadataTest& test : by_metadata_)
    if (!slots.empty()) keep_matching_metadata(test, chunk, slots);
  for (Predicate& predicate : by_row_)
    std::erase_if(slots, [&](std::uint16_t slot) {
      return !predicate(cell(predicate.condition().column, chunk.rowids[slot]));
    });
}

}  // namespace cairn::vec0
