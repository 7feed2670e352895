#include "vec0/resident_lists.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cairn::vec0 {

std::shared_ptr<const ResidentLists::List> ResidentLists::take_in(const StoredList& stored,
                                                                  std::size_t stride) {
  const std::size_t blocks = (stored.size + vector::kBlockRows - 1) / vector::kBlockRows;
  const std::size_t places = vector::kBlockRows * sizeof(std::uint64_t), codes = stride - places;
  auto list = std::make_shared<List>();
  list->id = stored.id;
  list->stamp = stored.stamp;
  list->centroid = stored.centroid;
  list->blocks = LargeBuffer(blocks * codes);
  list->rows.resize(blocks * vector::kBlockRows);
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::byte* const block = stored.entries.data() + b * stride;
    std::memcpy(list->blocks.data() + b * codes, block, codes);
    std::memcpy(list->rows.data() + b * vector::kBlockRows, block + codes, places);
  }
  list->bytes = sizeof(List) + LargeBuffer::allocated(blocks * codes) + blocks * places +
                list->centroid.size() * sizeof(float);
  const double mean = stored.size == 0 ? 0 : stored.square / static_cast<double>(stored.size);
  list->view = {list->centroid.data(), list->blocks.data(), list->rows.data(), stored.size,
                static_cast<float>(std::sqrt(mean))};
  return list;
}

std::shared_ptr<const ResidentLists> ResidentLists::read(Lists& lists, std::size_t dims,
                                                         std::shared_ptr<const ResidentLists> kept) {
  std::optional<ListSpace> space = lists.space();
  if (!space) return nullptr;
  if (kept && kept->space_.stamp == space->stamp) return kept;
  const bool is_alike = kept && kept->space_.seed == space->seed && kept->space_.origin == space->origin;
  std::shared_ptr<ResidentLists> made(new ResidentLists(*std::move(space), dims));
  auto before = is_alike ? kept->lists_.begin() : decltype(kept->lists_.begin()){};
  const auto end = is_alike ? kept->lists_.end() : before;
  for (const auto& [id, stamp] : lists.stamps()) {  // both ascend by id
    while (before != end && (*before)->id < id) ++before;
    if (before != end && (*before)->id == id && (*before)->stamp == stamp)
      made->lists_.push_back(*before);
    else
      made->lists_.push_back(take_in(lists.load(id), lists.stride()));
    made->views_.push_back(made->lists_.back()->view);
    made->centroids_.add(made->views_.back().centroid);
    made->entries_ += made->views_.back().count;
    made->bytes_ += made->lists_.back()->bytes;
  }
  made->bytes_ += made->centroids_.byte_size();
  return made;
}

}  // namespace cairn::vec0
