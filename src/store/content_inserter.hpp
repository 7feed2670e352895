// Inserts rows of content many at a time.
//
// For a statement that fires triggers SQLite opens a savepoint, and at each savepoint FTS5 writes out what it
// has gathered (fts5SavepointMethod in its source): row by row, the index would begin as one segment per row,
// all to be merged.
//
// Lifetime: make one per transaction, after its BEGIN, and flush() before its COMMIT. Views in a row must
// live until flush(), by themselves or through `owner`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/sql/connection.hpp"

namespace cairn::store {

struct NewContent {
  std::string_view text;
  std::string_view doc_type;
  std::string_view namespace_;
  std::int64_t created_at = 0;
  std::string_view metadata = {};  // empty: NULL
  std::string_view heading = {};
  std::optional<std::int64_t> document_id = {};
  std::int64_t line_start = 0, line_end = 0, byte_start = 0, byte_end = 0;
  std::optional<std::string> text_hash = {};
  std::shared_ptr<const void> owner = {};
};

class ContentInserter {
 public:
  explicit ContentInserter(sql::Connection& db);

  // Returns the row's id; the row itself is there after flush() at the latest.
  std::int64_t add(NewContent row);
  void flush();

 private:
  sql::Connection& db_;
  std::int64_t last_id_;  // nobody else gives ids away during the transaction
  std::vector<NewContent> rows_;
};

}  // namespace cairn::store
