#include "cli/database_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cairn/error.hpp"
#include "cairn/sql/database.hpp"
#include "cairn/vec0.hpp"
#include "cli/dotenv.hpp"
#include "cli/exit_codes.hpp"

namespace cairn::cli {
namespace {

constexpr const char* kVariable = "DATABASE_URL";

std::string find_url(const Session& session, const DatabaseArguments& arguments) {
  if (!arguments.url.empty()) return arguments.url;
  if (const char* url = std::getenv(kVariable); url && *url) return url;
  if (!arguments.no_dotenv) {
    if (const std::optional<DotenvFile> file = find_dotenv_file()) {
      session.log(LogLevel::info, fmt::format("reading {}", file->path));
      if (std::optional<std::string> url = find_in_dotenv(file->text, kVariable); url && !url->empty())
        return *url;
    }
  }
  throw UsageError("which database? Give --database-url sqlite:FILE or --db FILE, or set DATABASE_URL");
}

}  // namespace

sql::ConnectOptions find_database(const Session& session, const DatabaseArguments& arguments) {
  if (!arguments.url.empty() && !session.db_option().empty())
    throw UsageError("--database-url and --db both name a database; give one of them");
  sql::ConnectOptions options;
  if (!session.db_option().empty()) {
    options.path = session.db_option();
  } else {
    options = sql::ConnectOptions::from_url(find_url(session, arguments));
  }
  options.busy_timeout = std::chrono::seconds(arguments.connect_timeout);
  session.log(LogLevel::info, "using " + options.path);
  return options;
}

sql::Connection open_database(const sql::ConnectOptions& options, bool write) {
  sql::ConnectOptions wanted = options;
  if (!write) {
    // Not read-only: such a connection to a database in WAL mode would leave its -wal and -shm behind.
    wanted.query_only = true;
    if (wanted.mode == sql::OpenMode::create) wanted.mode = sql::OpenMode::read_write;
  }
  if (wanted.path != ":memory:" && wanted.mode != sql::OpenMode::create && !sql::database_exists(wanted))
    throw Error(
        ErrorCode::not_found,
        fmt::format("there is no database {}; make it with cairn db create, or name another", wanted.path));
  wanted.extensions.push_back(
      [](auto db) { vec0::register_vec0(db.handle()); });  // for migrations that use it
  return sql::Connection(wanted);
}

bool confirm(const Session& session, const std::string& question, bool yes) {
  if (yes) return true;
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
    throw UsageError(question + " Nobody can be asked here; say -y if that is what you want");
  session.say(question + " [y/N]");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace cairn::cli
