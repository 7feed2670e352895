#include "sqlite/blob_tree.hpp"

#include <algorithm>
#include <numeric>

#include "sqlite/big_endian.hpp"

namespace cairn::sqlite {
namespace {

// SQLite's own limit for a cursor.
constexpr int max_depth = 20;

// The pointer to the next page that every overflow page begins with. A call of the VFS costs more than
// copying a few pages, so as long as a chain goes straight on, the pages ahead are read with it.
class ChainReader {
 public:
  explicit ChainReader(const PageReader& reader) : reader_(reader), buffer_(read_ahead_bytes) {}

  // REQUIRES: 0 < page <= page_count().
  std::optional<std::uint32_t> next_page(std::uint32_t page) {
    const PageReader::Place place = reader_.locate(page);
    const bool buffered = place.file == file_ && place.offset >= begin_ && place.offset + 4 <= end_;
    if (!buffered && !read(place, page == last_page_ + 1)) return std::nullopt;
    last_page_ = page;
    return big_endian_32(&buffer_[static_cast<std::size_t>(place.offset - begin_)]);
  }

 private:
  // Whole pages, and the pointer of one more.
  static constexpr std::size_t read_ahead_bytes = (std::size_t{16} << 10) + 4;

  bool read(const PageReader::Place& place, bool straight_on) {
    file_ = nullptr;
    const std::span<std::byte> all(buffer_);
    std::span<std::byte> got = all;
    // The reading ahead may fail at the end of the file.
    if (!straight_on || !place.file->read(got, place.offset)) {
      got = all.first(4);
      if (!place.file->read(got, place.offset)) return false;
    }
    file_ = place.file;
    begin_ = place.offset;
    end_ = place.offset + got.size();
    return true;
  }

  const PageReader& reader_;
  std::vector<std::byte> buffer_;
  const RawFile* file_ = nullptr;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::uint32_t last_page_ = 0;
};

class Walk {
 public:
  Walk(const PageReader& reader, std::uint32_t usable_bytes, const BlobTree* known,
       const std::vector<bool>& stale)
      : reader_(reader), chains_(reader), usable_bytes_(usable_bytes), known_(known), stale_(stale) {}

  std::optional<BlobTree> run(std::uint32_t root) {
    if (!visit(root, 0) || !index()) return std::nullopt;
    return std::move(tree_);
  }

 private:
  // A page counts once for each place that names it, so a cycle runs out of pages.
  bool take(std::uint64_t pages) {
    if (pages > reader_.page_count() - taken_) return false;
    taken_ += pages;
    return true;
  }

  bool visit(std::uint32_t page, int depth) {
    if (depth == max_depth || page <= 1 || !take(1)) return false;
    std::vector<std::byte> bytes(reader_.page_bytes());
    if (!reader_.read(page, 0, bytes)) return false;
    const std::optional<TablePage> parsed = parse_table_page(bytes, usable_bytes_);
    if (!parsed) return false;
    tree_.structure.push_back(page);
    for (const TableCell& cell : parsed->cells)
      if (!add_row(cell, page)) return false;
    for (const std::uint32_t child : parsed->children)
      if (!visit(child, depth + 1)) return false;
    return true;
  }

  bool add_row(const TableCell& cell, std::uint32_t leaf) {
    if (!tree_.rows.empty() && tree_.rows.back().cell.rowid >= cell.rowid) return false;
    const std::size_t first_run = tree_.runs.size();
    const std::uint64_t per_page = usable_bytes_ - 4;
    const std::uint64_t overflow_bytes = cell.payload_bytes - cell.local_bytes;
    const std::uint64_t pages = overflow_bytes / per_page + (overflow_bytes % per_page != 0);
    if (!take(pages) || !(take_over(cell) || follow(cell.overflow_page, pages))) return false;
    tree_.rows.push_back({cell, leaf, static_cast<std::uint32_t>(first_run),
                          static_cast<std::uint32_t>(tree_.runs.size() - first_run)});
    return true;
  }

  bool take_over(const TableCell& cell) {
    const BlobTree::Row* row = known_ ? known_->find(cell.rowid) : nullptr;
    if (!row || stale_[static_cast<std::size_t>(row - known_->rows.data())]) return false;
    if (row->cell.payload_bytes != cell.payload_bytes || row->cell.overflow_page != cell.overflow_page)
      return false;
    for (const BlobTree::Run& run : known_->chain(*row)) add_run(run.first, run.count);
    return true;
  }

  bool follow(std::uint32_t page, std::uint64_t pages) {
    BlobTree::Run run;
    for (; pages > 0; --pages) {
      if (page <= 1 || page > reader_.page_count()) return false;
      if (run.count > 0 && page == run.first + run.count) {
        ++run.count;
      } else {
        if (run.count > 0) add_run(run.first, run.count);
        run = {.first = page, .count = 1};
      }
      const std::optional<std::uint32_t> next = chains_.next_page(page);
      if (!next) return false;
      page = *next;
    }
    if (run.count > 0) add_run(run.first, run.count);
    return page == 0;  // a chain ends where its payload does
  }

  void add_run(std::uint32_t first, std::uint32_t count) {
    tree_.runs.push_back({first, count, static_cast<std::uint32_t>(tree_.rows.size())});
  }

  // False if a page has two places.
  bool index() {
    std::sort(tree_.structure.begin(), tree_.structure.end());
    if (std::adjacent_find(tree_.structure.begin(), tree_.structure.end()) != tree_.structure.end())
      return false;
    const std::vector<BlobTree::Run>& runs = tree_.runs;
    tree_.by_page.resize(runs.size());
    std::iota(tree_.by_page.begin(), tree_.by_page.end(), 0u);
    std::sort(tree_.by_page.begin(), tree_.by_page.end(),
              [&](std::uint32_t a, std::uint32_t b) { return runs[a].first < runs[b].first; });
    for (std::size_t i = 1; i < tree_.by_page.size(); ++i) {
      const BlobTree::Run& before = runs[tree_.by_page[i - 1]];
      if (runs[tree_.by_page[i]].first - before.first < before.count) return false;
    }
    return std::none_of(tree_.structure.begin(), tree_.structure.end(),
                        [&](std::uint32_t page) { return tree_.run_of(page) != nullptr; });
  }

  const PageReader& reader_;
  ChainReader chains_;
  std::uint32_t usable_bytes_;
  const BlobTree* known_;
  const std::vector<bool>& stale_;
  std::uint64_t taken_ = 0;
  BlobTree tree_;
};

}  // namespace

std::optional<BlobTree> BlobTree::walk(const PageReader& reader, std::uint32_t root,
                                       std::uint32_t usable_bytes, const BlobTree* known,
                                       const std::vector<bool>& stale) {
  return Walk(reader, usable_bytes, known, stale).run(root);
}

const BlobTree::Row* BlobTree::find(std::int64_t rowid) const {
  const auto found = std::lower_bound(rows.begin(), rows.end(), rowid,
                                      [](const Row& row, std::int64_t id) { return row.cell.rowid < id; });
  return found != rows.end() && found->cell.rowid == rowid ? &*found : nullptr;
}

bool BlobTree::is_structure(std::uint32_t page) const {
  return std::binary_search(structure.begin(), structure.end(), page);
}

const BlobTree::Run* BlobTree::run_of(std::uint32_t page) const {
  const auto behind =
      std::upper_bound(by_page.begin(), by_page.end(), page,
                       [this](std::uint32_t p, std::uint32_t run) { return p < runs[run].first; });
  if (behind == by_page.begin()) return nullptr;
  const Run& run = runs[*(behind - 1)];
  return page - run.first < run.count ? &run : nullptr;
}

std::uint32_t BlobTree::next_page(const Run& run, std::uint32_t page) const {
  if (page - run.first + 1 < run.count) return page + 1;
  const std::size_t next = static_cast<std::size_t>(&run - runs.data()) + 1;
  return next < runs.size() && runs[next].row == run.row ? runs[next].first : 0;
}

}  // namespace cairn::sqlite
