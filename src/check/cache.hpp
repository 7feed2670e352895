// The cache: a folder per target, checked in, from which a build gets its headers where cairn-check cannot
// run.
//
//   .cairn/tasks/q_0123456789abcdef_fedcba9876543210.hpp   one for each query (generator.hpp, query_header)
//   .cairn/tasks/queries.sql.hpp                           one for each file of named queries
//   .cairn/tasks/inputs.sha384                             what they were made from
//
// The last has the form of sha384sum(1), with paths relative to the folder: migrations, stubs, cairn.toml and
// files of named queries. cmake/checked_sql.cmake compares it before it uses the rest.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "check/manifest.hpp"

namespace cairn::check {

inline constexpr std::string_view kInputsFile = "inputs.sha384";

// The bytes of that file. Throws Error when one of the files cannot be read.
std::string inputs_of(const Manifest& manifest);

// The scripts in the folder that go forward, by version.
std::vector<std::filesystem::path> migrations_of(const std::filesystem::path& folder);

// What a cache lacks or has too much.
struct CacheChange {
  enum class Kind { missing, changed, unused };
  Kind kind;
  std::filesystem::path file;
};

using CacheFiles = std::map<std::string, std::string>;  // name → bytes

std::vector<CacheChange> compare_cache(const std::filesystem::path& folder, const CacheFiles& wanted);

// Makes the folder hold what is wanted. Removes only files that a cache has: headers.
void write_cache(const std::filesystem::path& folder, const CacheFiles& wanted);

}  // namespace cairn::check
