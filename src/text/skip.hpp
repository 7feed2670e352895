// What an ingest of a folder leaves alone without being told: what is surely not the user's text, and
// what must not end up in a search index.
#pragma once

#include <string_view>

namespace cairn::text {

enum class SkipReason {
  none,
  hidden,      // a dotfile or dot folder
  dependency,  // a folder of installed packages or tool caches: node_modules, __pycache__ …
  secret,      // private keys, credentials, .env
  lock_file,   // package-lock.json and the like: generated, huge, full of hashes
};

// "none", "hidden", "dependency", "secret", "lock_file".
std::string_view to_string(SkipReason reason) noexcept;

// `name` is the last component of the path. For a folder the answer holds for all that is in it.
// A file that the user names himself on the command line should not be asked about.
SkipReason skip_reason(std::string_view name, bool is_directory) noexcept;

// Whether a file that begins with these bytes is not text (give the first 8 KB or so): a NUL byte, the
// signature of a known binary format, or mostly control characters. UTF-16 counts as binary.
bool looks_binary(std::string_view head) noexcept;

}  // namespace cairn::text
