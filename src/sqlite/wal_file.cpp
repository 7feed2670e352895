#include "sqlite/wal_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "sqlite/big_endian.hpp"

namespace cairn::sqlite {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;

// Reads start small, for a commit is a handful of pages, and grow while frames keep coming.
constexpr std::size_t first_read_bytes = std::size_t{32} << 10;
constexpr std::size_t last_read_bytes = std::size_t{1} << 20;

template <bool swapped>
std::uint32_t word(const std::byte* p) noexcept {
  std::uint32_t value;
  std::memcpy(&value, p, sizeof value);
  if constexpr (swapped) value = __builtin_bswap32(value);
  return value;
}

template <bool swapped>
WalChecksum continued(WalChecksum sum, std::span<const std::byte> bytes) noexcept {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    sum.first += word<swapped>(&bytes[i]) + sum.second;
    sum.second += word<swapped>(&bytes[i + 4]) + sum.first;
  }
  return sum;
}

WalChecksum continued(WalChecksum sum, bool big_endian, std::span<const std::byte> bytes) noexcept {
  const bool swapped = big_endian != (std::endian::native == std::endian::big);
  return swapped ? continued<true>(sum, bytes) : continued<false>(sum, bytes);
}

WalChecksum stored_checksum(const std::byte* p) noexcept {
  return {big_endian_32(p), big_endian_32(p + 4)};
}

// What a frame's checksum covers: not the salts, nor itself.
WalChecksum with_frame(WalChecksum before, const WalHeader& header,
                       std::span<const std::byte> frame) noexcept {
  const WalChecksum sum = continued(before, header.big_endian_checksums, frame.first(8));
  return continued(sum, header.big_endian_checksums, frame.subspan(frame_header_bytes));
}

// Whether SQLite wrote the frame in this generation. While it means to sum a transaction again it leaves the
// salts and the checksum out.
bool is_of_this_generation(const WalHeader& header, std::span<const std::byte> frame) noexcept {
  const std::uint32_t salts[] = {big_endian_32(&frame[8]), big_endian_32(&frame[12])};
  return (salts[0] == header.salts[0] && salts[1] == header.salts[1]) || (salts[0] == 0 && salts[1] == 0);
}

// The checksum up to this frame, if it belongs here.
std::optional<WalChecksum> verified(const WalHeader& header, WalChecksum before,
                                    std::span<const std::byte> frame) noexcept {
  if (big_endian_32(&frame[0]) == 0) return std::nullopt;  // there is no page 0
  if (big_endian_32(&frame[8]) != header.salts[0] || big_endian_32(&frame[12]) != header.salts[1])
    return std::nullopt;
  const WalChecksum sum = with_frame(before, header, frame);
  if (sum != stored_checksum(&frame[16])) return std::nullopt;
  return sum;
}

}  // namespace

std::uint64_t wal_frame_offset(const WalHeader& header, std::uint32_t frame) noexcept {
  return header_bytes + (std::uint64_t{frame} - 1) * (frame_header_bytes + header.page_bytes);
}

std::optional<WalHeader> read_wal_header(const RawFile& wal) noexcept {
  std::array<std::byte, header_bytes> bytes;
  if (!wal.read(bytes, 0)) return std::nullopt;
  const std::uint32_t magic = big_endian_32(&bytes[0]);
  if ((magic & ~std::uint32_t{1}) != 0x377f0682 || big_endian_32(&bytes[4]) != 3007000) return std::nullopt;
  const WalHeader header{.page_bytes = big_endian_32(&bytes[8]),
                         .sequence = big_endian_32(&bytes[12]),
                         .salts = {big_endian_32(&bytes[16]), big_endian_32(&bytes[20])},
                         .big_endian_checksums = (magic & 1) != 0,
                         .checksum = stored_checksum(&bytes[24])};
  if (!std::has_single_bit(header.page_bytes) || header.page_bytes < 512 || header.page_bytes > 65536)
    return std::nullopt;
  const auto summed = std::span(bytes).first(24);
  if (continued({}, header.big_endian_checksums, summed) != header.checksum) return std::nullopt;
  return header;
}

std::optional<WalScan> scan_wal(const RawFile& wal, const WalHeader& header, const WalCommit& settled,
                                const WalCommit& head, std::uint32_t last_frame) {
  const std::optional<std::uint64_t> file_bytes = wal.size();
  if (!file_bytes) return std::nullopt;
  WalScan scan{.settled = settled, .head = head};
  const std::size_t frame_bytes = frame_header_bytes + header.page_bytes;
  const std::uint64_t in_file = *file_bytes < header_bytes ? 0 : (*file_bytes - header_bytes) / frame_bytes;
  const std::uint64_t end = std::min<std::uint64_t>(in_file, last_frame);
  WalChecksum sum = head.frame == 0 ? header.checksum : head.checksum;
  std::vector<std::byte> buffer;
  std::uint64_t frame = head.frame;
  std::uint64_t scanned_bytes = 0;
  std::size_t pages_of_commits = 0;
  bool valid = true;
  for (std::size_t read_bytes = first_read_bytes; valid && frame < end;
       read_bytes = std::min(read_bytes * 2, last_read_bytes)) {
    if (scanned_bytes >= max_scan_bytes) {
      scan.complete = false;
      break;
    }
    const std::uint64_t wanted = std::max<std::uint64_t>(read_bytes / frame_bytes, 1);
    buffer.resize(static_cast<std::size_t>(std::min(wanted, end - frame)) * frame_bytes);
    if (!wal.read(buffer, wal_frame_offset(header, static_cast<std::uint32_t>(frame + 1))))
      return std::nullopt;
    scanned_bytes += buffer.size();
    for (std::size_t at = 0; at < buffer.size(); at += frame_bytes) {
      const std::span<const std::byte> bytes = std::span(buffer).subspan(at, frame_bytes);
      const std::optional<WalChecksum> next = verified(header, sum, bytes);
      valid = next.has_value();
      if (!valid) {
        scan.complete = !is_of_this_generation(header, bytes);
        break;
      }
      sum = *next;
      ++frame;
      scan.pages.push_back(big_endian_32(&bytes[0]));
      const std::uint32_t database_pages = big_endian_32(&bytes[4]);
      if (database_pages == 0) continue;
      // On disks that may tear what lies beside a write SQLite pads a commit by repeating its last frame.
      // Such a frame says nothing about whether the one before is published.
      const WalCommit commit{static_cast<std::uint32_t>(frame), sum, database_pages,
                             with_frame({}, header, bytes)};
      const bool padding = scan.head.frame + 1 == frame && scan.head.alone == commit.alone;
      if (!padding) scan.settled = scan.head;
      scan.head = commit;
      pages_of_commits = scan.pages.size();
    }
  }
  scan.pages.resize(pages_of_commits);
  return scan;
}

}  // namespace cairn::sqlite
