// What a search did, and what a table is made of: for people who want to know why a query is fast or slow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::vec0 {

class Storage;

struct SearchReport {
  // "lists": a part of the rows, as the recall asked for needs; "codes": bounds of all rows, exact;
  // "vectors": all distances, exact.
  std::string_view plan = "vectors";
  bool from_memory = false;
  std::size_t rows = 0;        // that satisfy the conditions; by lists: of the table
  std::size_t lists = 0;       // that were looked into
  std::size_t scanned = 0;     // rows whose code or vector was looked at
  std::size_t candidates = 0;  // rows whose distance was computed
  std::size_t left_out = 0;    // of a stream: found too late to come in order
  std::uint64_t bytes_read = 0;
  double recall = 1;  // asked for
  double expected_recall = 1;
};

// As a JSON object.
std::string to_json(const SearchReport& report);

// What the table holds, as a JSON object: rows, chunks, lists, memory. Reads
// every chunk's row. Flushes what is pending.
std::string statistics(Storage& storage);

}  // namespace cairn::vec0
