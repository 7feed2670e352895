#include "sqlite/blob_pages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "cairn/error.hpp"
#include "cairn/sqlite/connection_ref.hpp"
#include "sqlite/big_endian.hpp"

namespace cairn::sqlite {
namespace {

// The format is SQLite's: %w stands in double quotes.
std::string sql(const char* format, const std::string& schema, const std::string& table = {}) {
  struct Free {
    void operator()(char* text) const { sqlite3_free(text); }
  };
  const std::unique_ptr<char, Free> text(sqlite3_mprintf(format, schema.c_str(), table.c_str()));
  if (!text) throw std::bad_alloc();
  return text.get();
}

struct DatabaseHeader {
  std::uint32_t usable_bytes;
  std::uint32_t schema_cookie;
};

std::optional<DatabaseHeader> read_header(const PageReader& reader) {
  std::array<std::byte, 100> bytes;
  if (!reader.read(1, 0, bytes)) return std::nullopt;
  constexpr std::string_view magic("SQLite format 3\0", 16);
  const std::uint32_t stored = big_endian_16(&bytes[16]);
  const std::uint32_t page_bytes = stored == 1 ? 65536 : stored;
  const std::uint32_t usable_bytes = page_bytes - std::to_integer<std::uint32_t>(bytes[20]);
  if (std::memcmp(bytes.data(), magic.data(), magic.size()) != 0 || page_bytes != reader.page_bytes() ||
      usable_bytes < 480)
    return std::nullopt;
  return DatabaseHeader{usable_bytes, big_endian_32(&bytes[40])};
}

}  // namespace

std::optional<std::vector<std::int64_t>> BlobPages::rowids(const WalChanges& changes) const try {
  // Not from an index: the tree is to be compared with itself.
  Statement rows = ConnectionRef(changes.db())
                       .prepare(sql("SELECT _rowid_ FROM \"%w\".\"%w\" NOT INDEXED ORDER BY _rowid_",
                                    changes.schema(), table_));
  std::vector<std::int64_t> ids;
  while (rows.step()) ids.push_back(rows.get<std::int64_t>(0));
  return ids;
} catch (const Error&) {
  return std::nullopt;
}

std::optional<BlobPages> BlobPages::map(const WalChanges& changes, std::string table) try {
  const std::optional<PageReader> reader = changes.pages();
  if (!reader) return std::nullopt;
  const std::optional<DatabaseHeader> header = read_header(*reader);
  if (!header) return std::nullopt;
  const ConnectionRef db(changes.db());
  // The same cookie in the snapshot and in the newest commit: the root is the table's in both.
  const auto cookie = db.query_one<std::int64_t>(sql("PRAGMA \"%w\".schema_version", changes.schema()));
  if (static_cast<std::uint32_t>(cookie) != header->schema_cookie) return std::nullopt;
  const auto root = db.query_optional<std::uint32_t>(
      sql("SELECT rootpage FROM \"%w\".sqlite_schema WHERE type = 'table' AND name = ?", changes.schema()),
      table);
  if (!root) return std::nullopt;

  BlobPages map;
  map.table_ = std::move(table);
  map.root_ = *root;
  map.usable_bytes_ = header->usable_bytes;
  map.schema_cookie_ = header->schema_cookie;
  map.turn_ = changes.turn();
  std::optional<BlobTree> tree = BlobTree::walk(*reader, map.root_, map.usable_bytes_);
  std::optional<std::vector<std::int64_t>> ids = map.rowids(changes);
  if (!tree || !ids) return std::nullopt;
  map.tree_ = std::move(*tree);
  map.rowids_ = std::move(*ids);
  return map;
} catch (const Error&) {
  return std::nullopt;
}

std::optional<BlobPages::Changed> BlobPages::update(const WalChanges& changes,
                                                    std::span<const std::uint32_t> pages) {
  if (changes.turn() == turn_) return Changed{};
  const std::optional<PageReader> reader = changes.pages();
  if (!reader || changes.turn() != turn_ + 1) return std::nullopt;

  std::vector<bool> stale(tree_.rows.size());
  bool same_structure = true;
  for (const std::uint32_t page : pages) {
    if (page == 1) {
      const std::optional<DatabaseHeader> header = read_header(*reader);
      if (!header || header->schema_cookie != schema_cookie_ || header->usable_bytes != usable_bytes_)
        return std::nullopt;
    } else if (tree_.is_structure(page)) {
      same_structure = false;
    } else if (const BlobTree::Run* run = tree_.run_of(page)) {
      stale[run->row] = true;
      std::array<std::byte, 4> next;
      // A page that is gone has left its chain.
      if (!reader->read(page, 0, next) || big_endian_32(next.data()) != tree_.next_page(*run, page))
        same_structure = false;
    }
  }
  if (!same_structure) return compare_anew(changes, *reader, pages, stale);
  Changed changed;
  for (std::size_t row = 0; row < stale.size(); ++row)
    if (stale[row]) changed.read_again.push_back(tree_.rows[row].cell.rowid);
  turn_ = changes.turn();
  return changed;
}

std::optional<BlobPages::Changed> BlobPages::compare_anew(const WalChanges& changes, const PageReader& reader,
                                                          std::span<const std::uint32_t> pages,
                                                          const std::vector<bool>& stale) {
  std::optional<BlobTree> tree = BlobTree::walk(reader, root_, usable_bytes_, &tree_, stale);
  if (!tree || !changes.undisturbed()) return std::nullopt;
  std::optional<std::vector<std::int64_t>> ids = rowids(changes);
  if (!ids) return std::nullopt;

  std::vector<bool> written(tree->rows.size());
  for (const std::uint32_t page : pages)
    if (const BlobTree::Run* run = tree->run_of(page)) written[run->row] = true;
  const auto unchanged = [&](std::int64_t rowid) {
    const BlobTree::Row* row = tree->find(rowid);
    return row && !written[static_cast<std::size_t>(row - tree->rows.data())] &&
           !std::binary_search(pages.begin(), pages.end(), row->leaf);
  };
  Changed changed;
  std::remove_copy_if(ids->begin(), ids->end(), std::back_inserter(changed.read_again), unchanged);
  std::set_difference(rowids_.begin(), rowids_.end(), ids->begin(), ids->end(),
                      std::back_inserter(changed.vanished));
  tree_ = std::move(*tree);
  rowids_ = std::move(*ids);
  turn_ = changes.turn();
  return changed;
}

bool BlobPages::matches(const WalChanges& changes, std::int64_t rowid,
                        std::span<const std::byte> blob) const {
  const std::optional<PageReader> reader = changes.pages();
  const BlobTree::Row* row = tree_.find(rowid);
  if (!reader || !row || changes.turn() != turn_ || blob.size() > row->cell.payload_bytes) return false;
  std::uint64_t skip = row->cell.payload_bytes - blob.size();
  std::vector<std::byte> piece(usable_bytes_);
  const auto next_matches = [&](std::uint32_t page, std::size_t offset, std::size_t bytes) {
    const std::uint64_t skipped = std::min<std::uint64_t>(skip, bytes);
    skip -= skipped;
    const auto got = std::span(piece).first(std::min(bytes - static_cast<std::size_t>(skipped), blob.size()));
    if (!reader->read(page, offset + static_cast<std::size_t>(skipped), got)) return false;
    const bool same = std::equal(got.begin(), got.end(), blob.begin());
    blob = blob.subspan(got.size());
    return same;
  };
  if (!next_matches(row->leaf, row->cell.local_offset, row->cell.local_bytes)) return false;
  for (const BlobTree::Run& run : tree_.chain(*row))
    for (std::uint32_t page = run.first; page - run.first < run.count; ++page)
      if (!next_matches(page, 4, usable_bytes_ - 4)) return false;
  return true;
}

}  // namespace cairn::sqlite
