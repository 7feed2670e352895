// Of a partition's chunks the fullest stay, since that moves the fewest rows; the others' rows fill the free
// slots of those. Oldest first on both sides, so that what remains free is mostly in the newest chunk, where
// every engine looks for a slot. One target is completed after the other, and all blobs of a target and its
// sources are opened once for each target.
#include "vec0/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/integrity.hpp"
#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

using Mode = sqlite::Blob::Mode;

struct Fill {
  std::int64_t chunk;
  std::size_t rows;
};

// The chunks of one partition, oldest first.
using Partition = std::vector<Fill>;

std::size_t needed_chunks(const Partition& partition, std::size_t chunk_size) {
  std::size_t rows = 0;
  for (const Fill& fill : partition) rows += fill.rows;
  return (rows + chunk_size - 1) / chunk_size;
}

// Values of another type are another partition, even if they compare equal (5 and 5.0).
bool is_same(const std::vector<Value>& a, const std::vector<Value>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Value& x, const Value& y) { return x.type == y.type && compare(x, y) == 0; });
}

// The partitions that have more chunks than they need.
std::vector<Partition> wasteful_partitions(const Storage& storage) {
  const TableDefinition& table = storage.table();
  std::string columns, order;
  for (std::size_t i = 0; i < table.partitions.size(); ++i) {
    columns += ", " + partition_column(i);
    order += partition_column(i) + ", ";
  }
  sqlite::Statement st = sqlite::ConnectionRef(storage.db())
                             .prepare(fmt::format("SELECT chunk_id, validity{} FROM {} ORDER BY {}chunk_id",
                                                  columns, shadow_sql(table, kChunks), order));
  std::vector<Partition> wasteful;
  std::vector<Value> values;
  Partition partition;
  const auto finish = [&] {
    if (partition.size() > needed_chunks(partition, table.chunk_size))
      wasteful.push_back(std::move(partition));
    partition.clear();
  };
  while (st.step()) {
    std::vector<Value> own;
    for (std::size_t i = 0; i < table.partitions.size(); ++i)
      own.push_back(Value::of_column(st.handle(), 2 + static_cast<int>(i)));
    if (!is_same(own, values)) finish();
    values = std::move(own);
    std::size_t rows = 0;
    for (const char byte : Value::of_column(st.handle(), 1).bytes)
      rows += static_cast<std::size_t>(std::popcount(static_cast<unsigned char>(byte)));
    partition.push_back({st.get<std::int64_t>(0), rows});
  }
  finish();
  return wasteful;
}

struct Move {
  std::size_t from, to;
  std::int64_t rowid;
};

// Rows that one chunk gives to the target.
struct Gift {
  std::int64_t source;
  std::vector<Move> moves;
};

class Compaction {
 public:
  explicit Compaction(Storage& storage)
      : storage_(storage),
        table_(storage.table()),
        blobs_(chunk_columns(table_)),
        load_(prepare("SELECT validity, rowids FROM {} WHERE chunk_id = ?", kChunks)),
        store_(prepare("UPDATE {} SET validity = ?2, rowids = ?3 WHERE chunk_id = ?1", kChunks)),
        point_(prepare("UPDATE {} SET chunk_id = ?2, chunk_offset = ?3 WHERE rowid = ?1", kRowids)) {}

  void run(Partition partition) {
    const auto kept =
        partition.begin() + static_cast<std::ptrdiff_t>(needed_chunks(partition, table_.chunk_size));
    std::stable_sort(partition.begin(), partition.end(),
                     [](const Fill& a, const Fill& b) { return a.rows > b.rows; });
    const auto older = [](const Fill& a, const Fill& b) { return a.chunk < b.chunk; };
    std::sort(partition.begin(), kept, older);
    std::sort(kept, partition.end(), older);
    next_source_ = kept;
    end_ = partition.end();
    for (auto target = partition.begin(); target != kept; ++target)
      if (target->rows < table_.chunk_size) fill(target->chunk);
    next_slot();  // none is left, but sources without rows may be
    delete_emptied();
  }

 private:
  sqlite::Statement prepare(const char* sql, const char* suffix) const {
    return sqlite::Statement(storage_.db(), fmt::format(fmt::runtime(sql), shadow_sql(table_, suffix)));
  }

  Chunk load(std::int64_t id) {
    Chunk chunk;
    chunk.id = id;
    load_.reset();
    load_.bind(1, id);
    if (!load_.step()) storage_.throw_corrupt(kChunks, id, "the chunk is missing");
    const Value validity = Value::of_column(load_.handle(), 0), rowids = Value::of_column(load_.handle(), 1);
    load_.reset();
    chunk.validity.resize(table_.chunk_size / 8);
    chunk.rowids.resize(table_.chunk_size);
    if (validity.bytes.size() != chunk.validity.size() || rowids.bytes.size() != chunk.rowids.size() * 8)
      storage_.throw_corrupt(kChunks, id, "the validity or the rowids have the wrong size");
    std::memcpy(chunk.validity.data(), validity.bytes.data(), validity.bytes.size());
    std::memcpy(chunk.rowids.data(), rowids.bytes.data(), rowids.bytes.size());
    return chunk;
  }

  // The next row to move: its slot in source_, or nothing when no source has more rows.
  std::optional<std::size_t> next_slot() {
    for (;;) {
      if (source_)
        for (; slot_ < table_.chunk_size; ++slot_)
          if (source_->is_live(slot_)) return slot_;
      if (source_) emptied_.push_back(source_->id);
      source_.reset();
      slot_ = 0;
      if (next_source_ == end_) return std::nullopt;
      source_ = load(next_source_++->chunk);
    }
  }

  void fill(std::int64_t id) {
    Chunk target = load(id);
    std::vector<Gift> gifts;
    for (std::size_t to = 0; to < table_.chunk_size; ++to) {
      if (target.is_live(to)) continue;
      const auto from = next_slot();
      if (!from) break;
      const std::int64_t rowid = source_->rowids[*from];
      if (gifts.empty() || gifts.back().source != source_->id) gifts.push_back({source_->id, {}});
      gifts.back().moves.push_back({*from, to, rowid});
      set_bit(target.validity, to, true);
      target.rowids[to] = rowid;
      ++slot_;
    }
    for (const ChunkColumn& blob : blobs_) copy_cells(blob, id, gifts);
    for (const Gift& gift : gifts)
      for (const Move& move : gift.moves) point_.bind(1, move.rowid).bind(2, id).bind(3, move.to).run();
    store_.bind(1, id)
        .bind_view(2, sqlite::Bytes(target.validity))
        .bind_view(3, std::as_bytes(std::span(target.rowids)))
        .run();
    delete_emptied();
  }

  void delete_emptied() {
    for (const std::int64_t chunk : emptied_) storage_.delete_chunk(chunk);
    emptied_.clear();
  }

  void copy_cells(const ChunkColumn& blob, std::int64_t target, const std::vector<Gift>& gifts) {
    sqlite::Blob to = open(blob, target, Mode::read_write);
    for (const Gift& gift : gifts) {
      const sqlite::Blob from = open(blob, gift.source, Mode::read);
      if (blob.is_bits)
        copy_bits(from, to, gift.moves);
      else
        copy_bytes(from, to, blob.slot_size, gift.moves);
    }
  }

  sqlite::Blob open(const ChunkColumn& blob, std::int64_t chunk, Mode mode) const {
    sqlite::Blob opened = storage_.open(blob.suffix, blob.column, chunk, mode);
    if (opened.size() != blob.size) storage_.throw_corrupt(blob.suffix, chunk, "the blob has the wrong size");
    return opened;
  }

  // First all reads, then all writes: a write makes SQLite forget how far it had walked in the other blob.
  void copy_bytes(const sqlite::Blob& from, sqlite::Blob& to, std::size_t size,
                  const std::vector<Move>& moves) {
    bytes_.resize(moves.size() * size);
    for (std::size_t i = 0; i < moves.size(); ++i)
      from.read(std::span(bytes_).subspan(i * size, size), moves[i].from * size);
    for (std::size_t i = 0; i < moves.size(); ++i)
      to.write(std::span(bytes_).subspan(i * size, size), moves[i].to * size);
  }

  static void copy_bits(const sqlite::Blob& from, sqlite::Blob& to, const std::vector<Move>& moves) {
    std::vector<std::byte> source(from.size()), target(to.size());
    from.read(source, 0);
    to.read(target, 0);
    for (const Move& move : moves) set_bit(target, move.to, get_bit(source, move.from));
    to.write(target, 0);
  }

  Storage& storage_;
  const TableDefinition& table_;
  const std::vector<ChunkColumn> blobs_;
  sqlite::Statement load_, store_, point_;
  std::vector<std::byte> bytes_;

  Partition::const_iterator next_source_, end_;
  std::optional<Chunk> source_;
  std::size_t slot_ = 0;               // of source_; those before have moved
  std::vector<std::int64_t> emptied_;  // not yet deleted
};

}  // namespace

void optimize_flat(Storage& storage) {
  check_integrity(storage);
  storage.note_write();
  std::vector<Partition> partitions = wasteful_partitions(storage);
  Compaction compaction(storage);
  for (Partition& partition : partitions) compaction.run(std::move(partition));
}

}  // namespace cairn::vec0
