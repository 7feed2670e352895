// What is kept of a flat() column. The write-ahead log tells which pages changed (sqlite/wal_changes.hpp),
// and so which chunks are to be read again; where it cannot tell, all are, and compared.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sqlite/blob_pages.hpp"
#include "sqlite/wal_changes.hpp"
#include "vec0/resident.hpp"

namespace cairn::vec0 {

class FlatResidency final : public Residency {
 public:
  using Residency::Residency;
  void forget() noexcept override;

 private:
  std::shared_ptr<const ResidentColumn> bring_up(std::shared_ptr<const ResidentColumn> kept,
                                                 unsigned version) override;
  std::optional<std::set<std::int64_t>> changed_chunks();
  void map_pages(const std::vector<ResidentChunk>& chunks);
  ResidentColumn read_rows();
  std::shared_ptr<const ResidentColumn> read(const ResidentColumn* kept,
                                             const std::optional<std::set<std::int64_t>>& changed);
  std::shared_ptr<const ResidentVectors> read_vectors(const ResidentChunk& chunk, VectorReader& reader,
                                                      ResidentColumn& made,
                                                      std::shared_ptr<const ResidentVectors> kept);

  std::vector<std::byte> read_;  // one chunk's, within bring_up()
  bool can_follow_ = false;      // the log told what changed when it was last asked
  std::optional<sqlite::WalChanges> wal_;
  std::optional<sqlite::BlobPages> pages_;
};

}  // namespace cairn::vec0
