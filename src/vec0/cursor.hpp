// One scan of the table: what xOpen to xClose see.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sqlite/api.hpp"
#include "vec0/kept_search.hpp"
#include "vec0/open_scan.hpp"
#include "vec0/plan.hpp"
#include "vec0/row_filter.hpp"
#include "vec0/row_reader.hpp"

namespace cairn::vec0 {

class Cursor {
 public:
  // `shared` is the table's: the search that its cursors made last. It is held from the start, because SQLite
  // closes the cursor that this one replaces before filter() is called.
  Cursor(Storage& storage, std::weak_ptr<KeptSearch>& shared)
      : storage_(storage), reader_(storage), shared_(shared), kept_(shared.lock()) {
    ++storage_.open_cursors;
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { --storage_.open_cursors; }

  void filter(const char* plan, sqlite3_value** argv);
  void next();
  bool at_end() const noexcept { return !row_; }
  void column(sqlite3_context* context, int index);
  std::int64_t rowid() const noexcept { return row_->rowid; }

 private:
  void advance();
  bool is_gone(Row& row);
  void start_scan(const std::vector<Condition>& conditions);
  std::optional<Row> next_in_chunks();
  std::optional<Row> next_missed();
  void start_point(sqlite3_value* query, sqlite3_value* key);
  void start_search(sqlite3_value** argv);
  std::optional<std::int64_t> rowid_of_argument(sqlite3_value* key);
  bool is_parameter(sqlite3_value* key);
  std::vector<Condition> read_conditions(sqlite3_value** argv) const;
  float distance_of_one(const Row& row);
  KeptSearch& keep(std::string request);
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
  std::optional<OpenScan> open_scan_;
  std::shared_ptr<const Chunk> chunk_;
  std::vector<std::uint16_t> slots_;
  std::size_t next_slot_ = 0;

  // Searches and point look-ups
  std::weak_ptr<KeptSearch>& shared_;
  std::shared_ptr<KeptSearch> kept_;
  std::size_t position_ = 0;  // in the search's order: the next row
  bool probes_ = false;       // the search is only asked for one row
  // Of a plan with a probe: the first key, and whether it was bound by the program.
  std::optional<Value> first_key_;
  bool first_key_is_parameter_ = false;
};

}  // namespace cairn::vec0
