// A statement as a message shows it.
#pragma once

#include <string>
#include <string_view>

namespace cairn::sqlite {

// On one line's worth of it: long statements are shortened, at a code point boundary.
inline std::string excerpt(std::string_view sql) {
  constexpr std::size_t limit = 200;
  const std::size_t begin = sql.find_first_not_of(" \t\r\n");
  if (begin != sql.npos) sql.remove_prefix(begin);
  if (sql.size() <= limit) return std::string(sql);
  std::size_t cut = limit;
  while (cut > 0 && (static_cast<unsigned char>(sql[cut]) & 0xC0) == 0x80) --cut;
  return std::string(sql.substr(0, cut)) + "…";
}

}  // namespace cairn::sqlite
