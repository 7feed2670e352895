// Whole files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cairn::check {

// Throws Error (not_found) that names the file.
std::string read_file(const std::filesystem::path& path);

// Leaves a file alone that has these bytes already, so that its time does not change and nothing is compiled
// for it. Others read the old bytes or the new ones, never a part. Makes the folders. Returns whether it
// wrote; throws Error (io).
bool write_if_different(const std::filesystem::path& path, std::string_view bytes);

}  // namespace cairn::check
