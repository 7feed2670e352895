// The pages of a database as they were at one commit of its WAL: from the newest frame up to that commit, or,
// for pages without one, from the database file, which no checkpoint changes there before the next
// generation.
//
//   if (const auto reader = changes.pages()) reader->read(page, 0, out);
//
// Lifetime: until the transaction ends or its WalChanges advances.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "sqlite/raw_file.hpp"

namespace cairn::sqlite {

class PageReader {
 public:
  struct Place {
    const RawFile* file;
    std::uint64_t offset;
  };
  // For each page that has one, where its content lies in the WAL.
  using WalOffsets = std::unordered_map<std::uint32_t, std::uint64_t>;

  PageReader(RawFile database, RawFile wal, const WalOffsets& in_wal, std::uint32_t page_bytes,
             std::uint32_t page_count) noexcept
      : database_(database), wal_(wal), in_wal_(in_wal), page_bytes_(page_bytes), page_count_(page_count) {}

  std::uint32_t page_bytes() const noexcept { return page_bytes_; }
  std::uint32_t page_count() const noexcept { return page_count_; }
  // REQUIRES: page > 0.
  Place locate(std::uint32_t page) const noexcept {
    const auto found = in_wal_.find(page);
    if (found != in_wal_.end()) return {&wal_, found->second};
    return {&database_, (std::uint64_t{page} - 1) * page_bytes_};
  }
  // False at a read error, and for a page that the database does not have. REQUIRES: the bytes lie in the
  // page.
  bool read(std::uint32_t page, std::size_t offset, std::span<std::byte> out) const noexcept {
    if (page == 0 || page > page_count_) return false;
    const Place place = locate(page);
    return place.file->read(out, place.offset + offset);
  }

 private:
  RawFile database_;
  RawFile wal_;
  const WalOffsets& in_wal_;
  std::uint32_t page_bytes_;
  std::uint32_t page_count_;
};

}  // namespace cairn::sqlite
