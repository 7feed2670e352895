#include "vec0/report.hpp"

#include <fmt/format.h>

#include <limits>

#include "cairn/sqlite/connection_ref.hpp"
#include "vec0/memory_budget.hpp"
#include "vec0/shadow.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

std::string to_json(const SearchReport& report) {
  return fmt::format(
      R"({{"plan":"{}","from_memory":{},"rows":{},"lists":{},"scanned":{},"candidates":{},"left_out":{},)"
      R"("bytes_read":{},"recall":{},"expected_recall":{:.4f}}})",
      report.plan, report.from_memory, report.rows, report.lists, report.scanned, report.candidates,
      report.left_out, report.bytes_read, report.recall, report.expected_recall);
}

std::string statistics(Storage& storage) {
  const TableDefinition& table = storage.table();
  storage.flush();
  std::size_t chunks = 0, slots = 0, filed = 0;
  std::int64_t rows = 0;
  Storage::WantedChunks every_chunk;
  every_chunk.equal.resize(table.partitions.size());
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (Chunk chunk; storage.next_chunk(last, chunk, every_chunk); last = chunk.id) {
    ++chunks;
    slots += chunk.slots();
    rows += chunk.live_slots();
    filed += chunk.is_filed;
  }
  std::int64_t lists = 0, entries = 0;
  const sqlite::ConnectionRef db(storage.db());
  if (table.index() == Index::cairn) {
    lists = db.query_one<std::int64_t>("SELECT count(*) FROM " + shadow_sql(table, kLists));
    entries = db.query_one<std::int64_t>("SELECT coalesce(sum(size), 0) FROM " + shadow_sql(table, kLists));
  }
  const auto budget = MemoryBudget::of_process();
  return fmt::format(
      R"({{"index":"{}","rows":{},"chunks":{},"slots":{},"filed_chunks":{},"lists":{},"list_entries":{},)"
      R"("memory_of_process":{},"memory_limit":{}}})",
      table.index() == Index::cairn ? "cairn" : "flat", rows, chunks, slots, filed, lists, entries,
      budget->used(), budget->limit());
}

}  // namespace cairn::vec0
