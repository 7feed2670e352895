#include <fmt/format.h>

#include <chrono>

#include "cairn/vec0.hpp"
#include "cli/database_target.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

// What the database's content takes. The file is larger by the pages that are free, until VACUUM.
std::uint64_t used_bytes(const sql::Connection& db) {
  return db.query_one<std::uint64_t>(
      "SELECT (page_count - freelist_count) * page_size "
      "FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
}

}  // namespace

int run_vec_convert(Session& session, const ConvertArguments& arguments) {
  const sql::ConnectOptions options = find_database(session, arguments.database);
  const sql::Connection db = open_database(options, true);
  const std::uint64_t before = used_bytes(db);
  const auto start = std::chrono::steady_clock::now();
  const std::optional<std::int64_t> rows = vec0::convert(db.handle(), arguments.table, arguments.to);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::uint64_t after = used_bytes(db);

  const char* const storage = arguments.to == vec0::Index::cairn ? "cairn" : "flat";
  if (session.json()) {
    print_json(session, {{"database", options.path},
                         {"table", arguments.table},
                         {"storage", storage},
                         {"converted", rows.has_value()},
                         {"rows", rows ? Json(*rows) : Json()},
                         {"seconds", seconds},
                         {"bytes_before", before},
                         {"bytes_after", after}});
  } else if (!rows) {
    session.out += fmt::format("{} is {}() already\n", one_line(arguments.table), storage);
  } else {
    session.out +=
        fmt::format("{} is {}() now: {} in {:.1f} s; the database takes {} instead of {}\n",
                    one_line(arguments.table), storage, counted(static_cast<std::uint64_t>(*rows), "row"),
                    seconds, human_bytes(after), human_bytes(before));
  }
  return kOk;
}

}  // namespace cairn::cli
