// What a scan of the table has to know of rows that are written while it goes on.
//
// A row that gets another place could be met twice, or never, and a program that changes each row it comes to
// would not come to an end. So a scan meets each row that was there when it began and is there still, once,
// where it is by then. Rows that came since are not met.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "vec0/storage.hpp"

namespace cairn::vec0 {

class OpenScan {
 public:
  explicit OpenScan(Storage& storage) : storage_(storage) { storage_.open_scans.push_back(this); }
  OpenScan(const OpenScan&) = delete;
  OpenScan& operator=(const OpenScan&) = delete;
  ~OpenScan() { std::erase(storage_.open_scans, this); }

  // For the storage, which tells of every row that it puts into a slot and takes out of one.
  void came(std::int64_t rowid, Location at) {
    if (is_ahead(at)) came_.insert_or_assign(at, rowid);
  }
  void left(std::int64_t rowid, Location from) {
    if (is_ahead(from) && !is_new(rowid, from)) missed_.insert(rowid);
  }

  // For the scan, which has come to a slot of the chunks, or to their end.
  void pass(Location at) noexcept { passed_ = at; }
  void pass_all() noexcept { is_at_end_ = true; }
  // Whether the row in that slot is to be met there.
  bool meets(std::int64_t rowid, Location at) {
    if (is_new(rowid, at)) return false;
    missed_.erase(rowid);  // what took it away was rolled back
    return true;
  }
  // After the end: one after the other of the rows that were elsewhere when the scan came to their places.
  // Some are gone.
  std::optional<std::int64_t> next_missed() {
    if (missed_.empty()) return std::nullopt;
    return missed_.extract(missed_.begin()).value();
  }

 private:
  bool is_ahead(Location at) const noexcept { return !is_at_end_ && (!passed_ || *passed_ < at); }
  // Whether the row was not in this slot when the scan began.
  bool is_new(std::int64_t rowid, Location at) const {
    const auto found = came_.find(at);
    return found != came_.end() && found->second == rowid;
  }

  Storage& storage_;
  std::optional<Location> passed_;
  bool is_at_end_ = false;
  std::map<Location, std::int64_t> came_;  // into slots that were ahead
  std::set<std::int64_t> missed_;
};

}  // namespace cairn::vec0
