// Which rows of a table may have changed, told from the pages that changed. For rowid tables of few rows with
// one large blob each, in its last column, such as vec0's chunks of vectors.
//
//   WalChanges changes(db, "main");
//   std::optional<BlobPages> map;
//   …in a read transaction, before one uses the blobs that one holds:
//   const auto pages = changes.advance();
//   const auto rows = pages && map ? map->update(changes, *pages) : std::nullopt;
//   if (rows) {
//     …forget rows->vanished, read rows->read_again…
//   } else {
//     …read all rows…
//     map = BlobPages::map(changes, "t_vector_chunks00");
//     if (map && !map->matches(changes, rowid, blob)) map.reset();  // the file is not what SQL reads
//   }
//
// Every advance() must be followed by an update() in the same transaction; a map that missed one answers
// "unknown". The table needs real rowids and no column named _rowid_.
// Thread-safety: as for the WalChanges.
//
// Why nothing is missed. Let I be the states of the database from S(n-1), the snapshot of the rows held, up
// to H(n), the newest commit in the log (names as in wal_changes.hpp). Pages that are not in advance()'s
// answer C were not written during I, and both S(n) and H(n-1), at which the map was read, lie in I.
//
// - No page of the tree's structure is in C: then the root was the same page with the same content all
// through I,
//   so were its children, and so on down to the cells. A row whose chain has no page in C has, by the same
//   argument page by page, the same bytes all through I. In the others a pointer may have moved (incremental
//   vacuum does that), so the pointers on their changed pages are compared.
// - Otherwise the tree is walked anew at H(n). A row found there, with its leaf and its chain not in C, has
// the
//   same bytes all through I provided that the leaf belonged to the tree all the time: SQLite makes no page
//   part of a tree without writing it, so a leaf that is in at the end, and was not written, was always in.
//   The rows that exist are those which SQL shows in S(n); what of them is not found so is to be read again.
// - The root page stays the table's as long as the schema cookie does: DROP, VACUUM and renaming move it. It
// is
//   compared whenever page 1 is in C.
// - H(n-1) or H(n) may be a commit that proves void: then advance() and undisturbed(), respectively, tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sqlite/blob_tree.hpp"
#include "sqlite/wal_changes.hpp"

namespace cairn::sqlite {

class BlobPages {
 public:
  // Reads where the rows lie, after an advance() in the same transaction. Nothing if that cannot be known: no
  // WAL, no such table, a damaged or encrypted file, a schema that changes at this moment.
  static std::optional<BlobPages> map(const WalChanges& changes, std::string table);

  struct Changed {
    std::vector<std::int64_t> read_again;  // changed or new, perhaps; ascending
    std::vector<std::int64_t> vanished;    // ascending
  };
  // What of the rows differs between the snapshot of the advance() before and that of the last one, which
  // answered `pages`. Nothing means unknown: the map is of no more use.
  std::optional<Changed> update(const WalChanges& changes, std::span<const std::uint32_t> pages);

  // Whether the row's content, read through the map, ends with these bytes. False also if the row changed
  // just now.
  bool matches(const WalChanges& changes, std::int64_t rowid, std::span<const std::byte> blob) const;

  // For tests and measurements.
  const BlobTree& tree() const noexcept { return tree_; }

 private:
  BlobPages() = default;

  std::optional<std::vector<std::int64_t>> rowids(const WalChanges& changes) const;
  std::optional<Changed> compare_anew(const WalChanges& changes, const PageReader& reader,
                                      std::span<const std::uint32_t> pages, const std::vector<bool>& stale);

  std::string table_;
  std::uint32_t root_ = 0;
  std::uint32_t usable_bytes_ = 0;
  std::uint32_t schema_cookie_ = 0;
  std::uint64_t turn_ = 0;  // of the last advance() that the map followed
  BlobTree tree_;
  std::vector<std::int64_t> rowids_;  // in the snapshot of that turn, ascending
};

}  // namespace cairn::sqlite
