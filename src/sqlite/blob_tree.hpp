// Where the rows of a rowid table lie: the pages of its b-tree, and the overflow chain of each row. Meant for
// tables of few large rows, whose chains mostly are runs of consecutive pages.
//
//   const std::optional<BlobTree> tree = BlobTree::walk(reader, root_page, usable_bytes);
//   if (const BlobTree::Run* run = tree->run_of(page)) …tree->rows[run->row] has content on this page…
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sqlite/page_reader.hpp"
#include "sqlite/table_page.hpp"

namespace cairn::sqlite {

struct BlobTree {
  struct Row {
    TableCell cell;
    std::uint32_t leaf = 0;  // the page of the cell
    std::uint32_t first_run = 0;
    std::uint32_t run_count = 0;
  };
  // Consecutive pages that follow each other in a row's chain.
  struct Run {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t row = 0;
  };

  std::vector<Row> rows;                 // by ascending rowid
  std::vector<Run> runs;                 // those of a row together, in the order of its chain
  std::vector<std::uint32_t> by_page;    // the runs, by ascending page
  std::vector<std::uint32_t> structure;  // the interior and leaf pages, ascending

  // Reads the tree. Of rows that `known` holds with the same cell, and that are not `stale` there, the chain
  // is taken over unread. Nothing for a damaged tree (no page may belong to two places) and at a read error;
  // reads no more pages than the database has.
  static std::optional<BlobTree> walk(const PageReader& reader, std::uint32_t root,
                                      std::uint32_t usable_bytes, const BlobTree* known = nullptr,
                                      const std::vector<bool>& stale = {});

  const Row* find(std::int64_t rowid) const;
  bool is_structure(std::uint32_t page) const;
  // The run that a page belongs to, or null.
  const Run* run_of(std::uint32_t page) const;
  // What follows `page` of `run` in the chain; 0 at its end.
  std::uint32_t next_page(const Run& run, std::uint32_t page) const;
  std::span<const Run> chain(const Row& row) const {
    return std::span(runs).subspan(row.first_run, row.run_count);
  }
};

}  // namespace cairn::sqlite
