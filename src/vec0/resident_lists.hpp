// The lists of a cairn() table in memory, as vector::ListSearch takes them. Immutable; lists that did not
// change are shared with what was kept before.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/large_buffer.hpp"
#include "vec0/lists.hpp"
#include "vector/list_search.hpp"

namespace cairn::vec0 {

class ResidentLists {
 public:
  // As the file has them. Null without lists.
  static std::shared_ptr<const ResidentLists> read(Lists& lists, std::size_t dims,
                                                   std::shared_ptr<const ResidentLists> kept);

  const ListSpace& space() const noexcept { return space_; }
  const vector::Rotation& rotation() const noexcept { return rotation_; }
  const std::vector<vector::ListView>& views() const noexcept { return views_; }
  const vector::CentroidCodes& centroids() const noexcept { return centroids_; }
  std::size_t entries() const noexcept { return entries_; }
  std::size_t byte_size() const noexcept { return bytes_; }

 private:
  struct List {
    std::int64_t id;
    Stamp stamp;
    std::vector<float> centroid;
    LargeBuffer blocks;
    std::vector<std::uint64_t> rows;
    std::size_t bytes;
    vector::ListView view;
  };

  ResidentLists(ListSpace space, std::size_t dims)
      : space_(std::move(space)), rotation_(dims, space_.seed), centroids_(dims) {}
  static std::shared_ptr<const List> take_in(const StoredList& stored, std::size_t stride);

  ListSpace space_;
  vector::Rotation rotation_;
  std::vector<std::shared_ptr<const List>> lists_;
  std::vector<vector::ListView> views_;
  vector::CentroidCodes centroids_;
  std::size_t entries_ = 0, bytes_ = 0;
};

}  // namespace cairn::vec0
