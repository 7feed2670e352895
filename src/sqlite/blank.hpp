// What stands between statements.
#pragma once

#include <algorithm>
#include <string_view>

namespace cairn::sqlite {

// Without the white space, semicolons and comments at its beginning
// (https://www.sqlite.org/lang_comment.html).
inline std::string_view skip_blank(std::string_view sql) {
  while (true) {
    sql.remove_prefix(std::min(sql.find_first_not_of(" \t\r\n\f;"), sql.size()));
    if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.starts_with("/*")) {
      const std::size_t end = sql.find("*/", 2);
      sql.remove_prefix(end == sql.npos ? sql.size() : end + 2);
    } else {
      return sql;
    }
  }
}

}  // namespace cairn::sqlite
