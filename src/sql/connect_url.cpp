// The URL form of ConnectOptions.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "cairn/error.hpp"
#include "cairn/sql/connect_options.hpp"

namespace cairn::sql {

namespace {

constexpr std::string_view scheme = "sqlite:";

[[noreturn]] void refuse(std::string_view url, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, fmt::format("the database URL '{}' {}", url, why));
}

std::string decode(std::string_view text, std::string_view url) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte == '%') {
      const char* const digits = text.data() + i + 1;
      if (text.size() - i < 3 || std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2)
        refuse(url,
               "has a '%' that is not followed by two hexadecimal digits; write %25 for the sign itself");
      i += 2;
    }
    if (byte == 0) refuse(url, "has a NUL in it, which no file name can have");
    decoded += static_cast<char>(byte);
  }
  return decoded;
}

std::string encode(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

void set(ConnectOptions& options, std::string_view key, const std::string& value, std::string_view url) {
  const auto refuse_value = [&](std::string_view allowed) {
    refuse(url, fmt::format("has {}={}; it can be {}", key, value, allowed));
  };
  if (key == "mode") {
    if (value == "ro") {
      options.mode = OpenMode::read_only;
    } else if (value == "rw") {
      options.mode = OpenMode::read_write;
    } else if (value == "rwc") {
      options.mode = OpenMode::create;
    } else if (value == "memory") {
      options.path = ":memory:";
    } else {
      refuse_value("ro, rw, rwc or memory");
    }
  } else if (key == "cache") {
    if (value != "private" && value != "shared") refuse_value("private or shared");
    options.shared_cache = value == "shared";
  } else if (key == "immutable") {
    if (value != "true" && value != "1" && value != "false" && value != "0")
      refuse_value("true, false, 1 or 0");
    options.immutable = value == "true" || value == "1";
  } else if (key == "vfs") {
    if (value.empty()) refuse_value("the name of a VFS");
    options.vfs = value;
  } else {
    refuse(url, fmt::format("has the parameter '{}'; known are mode, cache, immutable and vfs", key));
  }
}

}  // namespace

ConnectOptions ConnectOptions::from_url(std::string_view url) {
  if (!url.starts_with(scheme))
    refuse(url,
           "does not begin with 'sqlite:'; write sqlite:tasks.db, sqlite:///srv/tasks.db or sqlite::memory:");
  std::string_view rest = url.substr(scheme.size());
  if (rest.starts_with("//")) rest.remove_prefix(2);
  const std::size_t question = rest.find('?');

  ConnectOptions options;
  options.path = decode(rest.substr(0, question), url);
  std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
  std::set<std::string_view> seen;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view key = pair.substr(0, pair.find('='));
    if (key.size() == pair.size()) refuse(url, fmt::format("has '{}' without a value", pair));
    if (!seen.insert(key).second) refuse(url, fmt::format("has '{}' twice", key));
    set(options, key, decode(pair.substr(key.size() + 1), url), url);
  }
  if (options.path.empty()) refuse(url, "names no file; write sqlite::memory: for a database in memory");
  if (options.immutable) {
    if (seen.contains("mode") && options.mode != OpenMode::read_only)
      refuse(url, "has immutable=true, which goes with mode=ro only");
    options.mode = OpenMode::read_only;
  }
  return options;
}

std::string ConnectOptions::to_url() const {
  const char* modes[] = {"ro", "rw", "rwc"};
  // Two slashes, since a path may begin with two of its own.
  std::string url = path == ":memory:" ? "sqlite::memory:" : "sqlite://" + encode(path);
  url += fmt::format("?mode={}", modes[static_cast<int>(mode)]);
  if (shared_cache) url += "&cache=shared";
  if (immutable) url += "&immutable=true";
  if (!vfs.empty()) url += "&vfs=" + encode(vfs);
  return url;
}

}  // namespace cairn::sql
