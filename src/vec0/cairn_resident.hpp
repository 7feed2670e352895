// What is kept of a cairn() column. A chunk whose stamp is the same is as it was; one with the same birth has
// got rows behind those that were read, or lost some, and only the new ones are read.
#pragma once

#include "vec0/cairn_storage.hpp"
#include "vec0/resident.hpp"

namespace cairn::vec0 {

class CairnResidency final : public Residency {
 public:
  CairnResidency(CairnStorage& storage, std::size_t column) : Residency(storage, column), table_(storage) {}

 private:
  std::shared_ptr<const ResidentColumn> bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                 unsigned version) override;
  std::shared_ptr<ResidentColumn> read_rows(const ResidentColumn* kept);
  std::shared_ptr<const ResidentLists> read_lists(std::size_t filed,
                                                  std::shared_ptr<const ResidentLists> kept);
  std::shared_ptr<const ResidentVectors> read_vectors(const ResidentChunk& chunk, Kept kept,
                                                      const ResidentChunk* before);

  bool has_codes(const Chunk& rows) const;
  void read_new(const Chunk& rows, std::size_t first, std::size_t count, std::byte* out);
  void make_records(const Chunk& rows, std::size_t first, std::size_t count, const std::byte* vectors);

  CairnStorage& table_;
  std::unique_ptr<VectorReader> vectors_;
  std::optional<PackReader> codes_;
  std::vector<std::byte> records_;
};

}  // namespace cairn::vec0
