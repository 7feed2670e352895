#include "vec0/packs.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "cairn/error.hpp"
#include "sqlite/error.hpp"
#include "vec0/shadow.hpp"
#include "vector/codes.hpp"

namespace cairn::vec0 {
namespace {

using Mode = sqlite::Blob::Mode;

constexpr std::size_t kPackBytes = 64 << 10;
constexpr unsigned kIndexBits = 12;  // a chunk has at most 4,096 packs, of one row each
constexpr const char* kRecords = "records";

PackTable packs_of(std::string suffix, std::size_t record, std::size_t chunk_size) {
  const std::size_t most = std::min(kPackBytes / record, chunk_size);
  return {std::move(suffix), record, std::bit_floor(std::max<std::size_t>(most, 1))};
}

sqlite::Statement statement(Storage& storage, const PackTable& table, const char* sql) {
  return {storage.db(), fmt::format(fmt::runtime(sql), shadow_sql(storage.table(), table.suffix)),
          sqlite::Statement::Reach::no_virtual_tables};
}

bool any_live(const Chunk& chunk, std::size_t first, std::size_t end) {
  for (std::size_t slot = first; slot < end; ++slot)
    if (chunk.is_live(slot)) return true;
  return false;
}

}  // namespace

std::int64_t pack_key(std::int64_t chunk, std::size_t index) noexcept {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(chunk) << kIndexBits) | index);
}

PackTable vector_packs(const TableDefinition& table, std::size_t column) {
  return packs_of(vector_records(column), table.vectors[column].stored_size(), table.chunk_size);
}

PackTable code_packs(const TableDefinition& table, std::size_t column) {
  return packs_of(code_records(column), vector::CodedRows::byte_size(1, table.vectors[column].dims),
                  table.chunk_size);
}

bool has_code_packs(const VectorColumn& column) noexcept {
  return column.type == vector::ElementType::float32 &&
         vector::has_codes(column.type, column.metric, column.dims);
}

const sqlite::Blob& PackReader::at(std::int64_t chunk, std::size_t index) {
  const std::int64_t key = pack_key(chunk, index);
  if (blob_ && writes_ == storage_->writes() && key == key_) return *blob_;
  if (blob_ && writes_ == storage_->writes()) {
    try {
      blob_->reopen(key);
      key_ = key;
      return *blob_;
    } catch (const Error&) {
      blob_.reset();  // opening anew says best what is wrong
    }
  }
  blob_.reset();
  blob_.emplace(storage_->open(table_.suffix, kRecords, key, Mode::read));
  writes_ = storage_->writes();
  key_ = key;
  return *blob_;
}

void PackReader::read(std::int64_t chunk, std::size_t first, std::size_t count, std::byte* out) {
  while (count > 0) {
    const std::size_t index = table_.index_of(first), in_pack = first % table_.rows;
    const std::size_t rows = std::min(count, table_.rows - in_pack);
    const sqlite::Blob& blob = at(chunk, index);
    if (blob.size() < (in_pack + rows) * table_.record) {
      const std::size_t size = blob.size();
      blob_.reset();
      storage_->throw_corrupt(
          table_.suffix, chunk,
          fmt::format("pack {} holds {} bytes, too few for slot {}", index, size, first + rows - 1));
    }
    blob.read({out, rows * table_.record}, in_pack * table_.record);
    storage_->bytes_read += rows * table_.record;
    out += rows * table_.record;
    first += rows;
    count -= rows;
  }
}

void PackReader::read_live(const Chunk& chunk, std::size_t first, std::size_t count, std::byte* out) {
  while (count > 0) {
    const std::size_t index = table_.index_of(first);
    const std::size_t rows = std::min(count, (index + 1) * table_.rows - first);
    if (any_live(chunk, index * table_.rows, std::min((index + 1) * table_.rows, chunk.slots())))
      read(chunk.id, first, rows, out);
    else
      std::memset(out, 0, rows * table_.record);
    out += rows * table_.record;
    first += rows;
    count -= rows;
  }
}

PackWriter::PackWriter(Storage& storage, PackTable table)
    : storage_(storage),
      table_(std::move(table)),
      insert_(statement(storage, table_, "INSERT INTO {}(pack, records) VALUES (?1, ?2)")),
      update_(statement(storage, table_, "UPDATE {} SET records = ?2 WHERE pack = ?1")),
      delete_(statement(storage, table_, "DELETE FROM {} WHERE pack BETWEEN ?1 AND ?2")) {}

std::size_t PackWriter::packs_of(std::size_t slots) const noexcept {
  return (slots + table_.rows - 1) / table_.rows;
}

void PackWriter::write(std::int64_t chunk, const SlotValues& values, std::size_t stored_used,
                       std::size_t slots) {
  std::size_t packs = packs_of(stored_used);
  values.for_each_run([&](std::size_t first, std::span<const std::byte> bytes) {
    write_run(chunk, first, bytes, slots, packs);
  });
}

void PackWriter::append(std::int64_t chunk, std::span<const std::byte> records, std::size_t stored_used,
                        std::size_t slots) {
  std::size_t packs = packs_of(stored_used);
  write_run(chunk, stored_used, records, slots, packs);
}

// `packs`: how many there are.
void PackWriter::write_run(std::int64_t chunk, std::size_t first, std::span<const std::byte> bytes,
                           std::size_t slots, std::size_t& packs) {
  while (!bytes.empty()) {
    const std::size_t index = table_.index_of(first), in_pack = first % table_.rows;
    const std::size_t rows = std::min(bytes.size() / table_.record, table_.rows - in_pack);
    const auto records = bytes.first(rows * table_.record);
    const std::size_t size = table_.rows_of(index, slots) * table_.record;
    if (index < packs)
      update(pack_key(chunk, index), in_pack, records, size);
    else
      create(pack_key(chunk, index), in_pack, records, size);
    packs = std::max(packs, index + 1);
    bytes = bytes.subspan(records.size());
    first += rows;
  }
}

void PackWriter::create(std::int64_t key, std::size_t first, std::span<const std::byte> records,
                        std::size_t size) {
  if (records.size() != size) {
    scratch_.assign(size, std::byte{0});
    std::memcpy(scratch_.data() + first * table_.record, records.data(), records.size());
    records = scratch_;
  }
  insert_.reset();
  insert_.bind(1, key).bind_view(2, records).run();
}

void PackWriter::update(std::int64_t key, std::size_t first, std::span<const std::byte> records,
                        std::size_t size) {
  {
    sqlite::Blob blob = storage_.open(table_.suffix, kRecords, key, Mode::read_write);
    if (blob.size() >= size) return blob.write(records, first * table_.record);
    // The chunk grew.
    scratch_.assign(size, std::byte{0});
    blob.read(std::span(scratch_).first(blob.size()), 0);
  }
  std::memcpy(scratch_.data() + first * table_.record, records.data(), records.size());
  update_.reset();
  update_.bind(1, key).bind_view(2, std::span<const std::byte>(scratch_)).run();
}

void PackWriter::remove(std::int64_t chunk) {
  delete_.reset();
  delete_.bind(1, pack_key(chunk, 0)).bind(2, pack_key(chunk, (std::size_t{1} << kIndexBits) - 1)).run();
}

}  // namespace cairn::vec0
