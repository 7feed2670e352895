// DATABASE_URL out of an .env file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::cli {

// The value of the first `name` in the text of an .env file: NAME=value, with or without `export`, in single
// quotes as it is, in double quotes with \n, \r, \t, \\, \" and \$, without quotes up to the line's end or a
// " #". Nothing is expanded: a $ that other programs would expand is a UsageError, and so is a quote that
// does not end.
std::optional<std::string> find_in_dotenv(std::string_view text, std::string_view name);

struct DotenvFile {
  std::string path;
  std::string text;
};
// The .env of the working folder, or else of the nearest folder above it.
std::optional<DotenvFile> find_dotenv_file();

}  // namespace cairn::cli
