// The commits in a write-ahead log: https://sqlite.org/fileformat2.html, section 4.
//
//   const std::optional<WalHeader> header = read_wal_header(wal);
//   const std::optional<WalScan> scan = scan_wal(wal, *header, {}, {});
//
// A frame counts only if its salts are the header's and its checksum continues that of the frame before; so
// frames of earlier generations, of transactions rolled back and half-written ones end the scan.
//
// Published frames can be among those that do not count: SQLite (3.40, for one) leaves a frame without salts
// and checksum behind, and commits more behind it, when a transaction wrote a page into the log twice and was
// then rolled back to a savepoint. So a scan is complete only if what follows its end was not written in this
// generation at all: it is the end of the file, or has the salts of another generation.
//
// SQLite publishes a commit (in the -shm file, which is not read here) after it has written the last frame of
// it. So the newest commit in the file may not be visible to anyone yet, and never become so when its writer
// dies: the next writer then overwrites it. But every commit before the newest one has been published: a
// writer begins where the published log ends, so what the newest one continues was its end. Frames of
// published commits do not change until the log is begun anew, with other salts.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sqlite/raw_file.hpp"

namespace cairn::sqlite {

struct WalChecksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool operator==(const WalChecksum&) const = default;
};

// Two equal headers are of one generation: SQLite draws the salts anew whenever it begins at frame 1 again,
// and writes the header before the frame.
struct WalHeader {
  std::uint32_t page_bytes = 0;
  std::uint32_t sequence = 0;
  std::uint32_t salts[2] = {};
  bool big_endian_checksums = false;
  WalChecksum checksum;
  bool operator==(const WalHeader&) const = default;
};

// The end of a commit. Frames count from 1; frame 0 is the beginning of the log, a published state.
struct WalCommit {
  std::uint32_t frame = 0;
  WalChecksum checksum;  // up to and with the frame
  std::uint32_t database_pages = 0;
  WalChecksum alone;  // of the frame without those before
  bool operator==(const WalCommit&) const = default;
};

struct WalScan {
  WalCommit settled;                 // the newest commit that has certainly been published
  WalCommit head;                    // the newest commit
  std::vector<std::uint32_t> pages;  // of the frames behind the start, up to `head`
  bool complete = true;              // false: commits may follow that the scan did not reach
};

// How much one scan reads: above it, whatever the caller would do with the pages costs less.
inline constexpr std::uint64_t max_scan_bytes = std::uint64_t{256} << 20;

std::uint64_t wal_frame_offset(const WalHeader& header, std::uint32_t frame) noexcept;

// Nothing if the file is no WAL with a whole header.
std::optional<WalHeader> read_wal_header(const RawFile& wal) noexcept;

// The commits behind `head` (the beginning: {}), up to `last_frame`. `settled` is the commit before `head`.
// Nothing at a read error.
std::optional<WalScan> scan_wal(const RawFile& wal, const WalHeader& header, const WalCommit& settled,
                                const WalCommit& head,
                                std::uint32_t last_frame = std::numeric_limits<std::uint32_t>::max());

}  // namespace cairn::sqlite
