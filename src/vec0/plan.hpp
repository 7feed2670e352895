// How one scan of the table is done: chosen in xBestIndex, carried to xFilter as text that
// EXPLAIN QUERY PLAN shows, for example `stream vector` or `k vector where doc_type =, rowid in`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/condition.hpp"
#include "vec0/definition.hpp"
#include "vec0/storage.hpp"

namespace cairn::vec0 {

enum class Mode {
  scan,    // every row, in chunk order
  point,   // the row with one key; with MATCH also its distance
  stream,  // MATCH: every row, in ascending distance
  k,       // MATCH and k: the k nearest rows
};

struct PlannedCondition {
  ColumnRef column;
  Operator op = Operator::eq;
};

// The arguments of xFilter come in this order: query vector (if has_match), k (Mode::k), key (Mode::point,
// or has_probe), recall (if has_recall), then one per condition.
struct Plan {
  Mode mode = Mode::scan;
  bool has_match = false;
  std::size_t vector_column = 0;  // if has_match
  // Mode::k only: of the k nearest, which are found without this key, the one that has it. This is how the
  // inner side of a join is asked again and again about one search.
  bool has_probe = false;
  bool has_recall = false;  // `recall = …`: the answer may leave rows out, within what that promises
  std::vector<PlannedCondition> conditions;

  std::string to_text(const TableDefinition& table) const;
  // Throws if `text` was not made by to_text for this table.
  static Plan from_text(const TableDefinition& table, std::string_view text);
};

// sqlite3_module::xBestIndex. Returns SQLITE_OK, or SQLITE_CONSTRAINT where this combination of usable
// constraints cannot give the right rows; throws Error for a query that no plan can serve.
int choose_plan(Storage& storage, sqlite3_index_info* info);

}  // namespace cairn::vec0
