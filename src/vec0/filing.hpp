// What is done to the lists of a table when a transaction ends: the rows of full chunks become entries, and
// the lists stay in shape whatever is inserted and deleted. All of it takes time for about as many rows as
// have changed.
//
//   Filing(storage, work).run();
//
// Lists that have grown too long are divided, the shortest are given up when there are too many, and when
// many entries are of rows that are gone, lists are looked through in turn and rid of those.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "vec0/lists.hpp"
#include "vector/clusters.hpp"

namespace cairn::vec0 {

struct FilingWork {
  std::vector<std::int64_t> chunks;  // full ones that are to be filed
  std::size_t rows = 0;              // of the whole table,
  std::size_t filed = 0;             // and of them in chunks that are filed already
  std::size_t deleted = 0;           // out of such chunks, lately
};

class Filing {
 public:
  Filing(CairnStorage& storage, FilingWork work);

  // Throws corrupt when lists are damaged. All can then be cleared: nothing is lost.
  void run();

 private:
  struct Open {  // a list
    StoredList list;
    bool has_entries = false;
    bool has_changed = false;
    std::unique_ptr<vector::ListEncoder> encoder;  // when first needed
  };
  struct Rows {  // of a chunk
    bool are_filed = false;
    std::vector<std::byte> validity;
  };

  void create();
  void file(std::int64_t chunk, vector::NearestCentroid& nearest);
  void drop_gone();
  void drop_gone(Open& open);
  void give_up_the_shortest();
  void divide_the_longest();
  void divide(std::size_t number, std::size_t parts);
  void take_out(Open& open);
  void file_taken_out();
  void load_entries(Open& open);
  void append(Open& open, const float* rotated, std::uint64_t place);
  void write_all();
  bool is_filed_row(std::uint64_t place);
  void read_point(std::uint64_t place, float* point);
  vector::NearestCentroid nearest_list() const;

  CairnStorage& storage_;
  const FilingWork work_;
  const std::size_t dims_;
  const std::size_t rows_at_once_;  // a pack's
  const std::unique_ptr<VectorReader> vectors_;
  Lists lists_;
  ListSpace space_;
  std::optional<vector::Rotation> rotation_;
  std::vector<Open> open_;                         // every list, at first by id
  std::size_t loaded_bytes_ = 0;                   // of their entries
  std::size_t filed_ = 0;                          // rows, just now
  std::size_t rows_to_move_ = 0;                   // at most, from list to list
  std::vector<std::uint64_t> taken_out_;           // rows that have no list at the moment
  std::unordered_map<std::int64_t, Rows> chunks_;  // that were met
};

}  // namespace cairn::vec0
