// One scan of the table: what xOpen to xClose see.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/plan.hpp"
#include "vec0/row_filter.hpp"
#include "vec0/row_reader.hpp"
#include "vec0/search.hpp"

namespace cairn::vec0 {

// A join may call filter() once per outer row, mostly with the same query vector. The last search is kept
// and served again as long as nothing was written since: it lives within one execution of one statement,
// where no other connection's commit can become visible.
class Cursor {
 public:
  explicit Cursor(Storage& storage) : storage_(storage), reader_(storage) { ++storage_.open_cursors; }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { --storage_.open_cursors; }

  void filter(const char* plan, sqlite3_value** argv);
  void next();
  bool at_end() const noexcept { return !row_; }
  void column(sqlite3_context* context, int index);
  std::int64_t rowid() const noexcept { return row_->rowid; }

 private:
  // What a search depends on besides its request.
  struct Stamp {
    std::uint64_t writes = 0;  // through this virtual table
    std::int64_t changes = 0;  // by SQL on this connection, shadow tables included
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Stamp stamp() const noexcept;

  void advance();
  bool is_gone(const Row& row);
  void start_scan(const std::vector<Condition>& conditions);
  void next_in_scan();
  void start_point(sqlite3_value* query, sqlite3_value* key);
  void start_search(sqlite3_value** argv);
  std::optional<std::int64_t> rowid_of(sqlite3_value* key);
  std::vector<Condition> read_conditions(sqlite3_value** argv) const;
  float distance_of_one(const Row& row);
  bool is_current(const std::string& key) const;
  std::size_t point_limit();

  Storage& storage_;
  RowReader reader_;
  Plan plan_;
  std::string plan_text_;
  std::optional<Row> row_;
  std::uint64_t writes_at_start_ = 0;  // of the storage, when filter() was called

  // Mode::scan
  std::vector<Condition> conditions_;
  std::optional<RowFilter> row_filter_;
  Chunk chunk_;
  std::vector<std::uint16_t> slots_;
  std::size_t next_slot_ = 0;

  // The last search, and the point look-ups since the query vector changed.
  std::unique_ptr<Search> search_;
  std::string key_;  // request, serialised
  Stamp search_stamp_;
  std::optional<vector::DistanceTo> distance_;
  std::size_t point_calls_ = 0;
  std::size_t point_limit_ = 0;
};

}  // namespace cairn::vec0
