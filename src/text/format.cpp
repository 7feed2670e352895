#include "text/format.hpp"

#include <algorithm>
#include <array>

#include "text/lines.hpp"

namespace cairn::text {

namespace {

// Sorted, lower case.
constexpr std::array<std::string_view, 107> kCodeExtensions = {
    "ada",  "adb",    "ads",  "asm",    "awk",     "bash",   "bat",  "bazel", "bzl", "c",      "c++",   "cc",
    "cl",   "clj",    "cljs", "cmake",  "cmd",     "cpp",    "cs",   "css",   "cu",  "cuh",    "cxx",   "d",
    "dart", "dts",    "dtsi", "el",     "erl",     "ex",     "exs",  "f",     "f90", "f95",    "fish",  "fs",
    "fsx",  "go",     "gql",  "gradle", "graphql", "groovy", "h",    "h++",   "hcl", "hh",     "hpp",   "hrl",
    "hs",   "hxx",    "inc",  "inl",    "ino",     "ipp",    "java", "jl",    "js",  "jsx",    "kt",    "kts",
    "ld",   "less",   "lisp", "lua",    "m",       "m4",     "mjs",  "mk",    "ml",  "mli",    "mm",    "nim",
    "nix",  "pas",    "php",  "pl",     "pm",      "proto",  "ps1",  "py",    "pyi", "pyx",    "r",     "rb",
    "rs",   "s",      "sass", "scala",  "scm",     "scss",   "sh",   "sql",   "sv",  "svelte", "swift", "tcl",
    "tf",   "thrift", "ts",   "tsx",    "v",       "vb",     "vhd",  "vhdl",  "vue", "zig",    "zsh"};

constexpr std::array<std::string_view, 12> kCodeNames = {
    "build",       "buck",        "cmakelists.txt", "containerfile", "dockerfile", "gemfile",
    "gnumakefile", "jenkinsfile", "justfile",       "makefile",      "rakefile",   "vagrantfile"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Format format_of(std::string_view file_name) noexcept {
  const std::size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  // Names that matter are short; the end of a longer one holds its extension.
  std::array<char, 64> buffer;
  const std::size_t size = std::min(file_name.size(), buffer.size());
  std::transform(file_name.end() - static_cast<std::ptrdiff_t>(size), file_name.end(), buffer.begin(), lower);
  const std::string_view name(buffer.data(), size);

  if (size == file_name.size() && contains(kCodeNames, name)) return Format::code;
  if (name.ends_with(".rst.txt")) return Format::restructured_text;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return Format::plain;
  const std::string_view extension = name.substr(dot + 1);
  if (extension == "md" || extension == "markdown" || extension == "mdown" || extension == "mkd" ||
      extension == "mdx" || extension == "qmd" || extension == "rmd") {
    return Format::markdown;
  }
  if (extension == "rst" || extension == "rest") return Format::restructured_text;
  if (extension == "html" || extension == "htm" || extension == "xhtml") return Format::html;
  if (contains(kCodeExtensions, extension)) return Format::code;
  return Format::plain;
}

std::string_view to_string(Format format) noexcept {
  switch (format) {
    case Format::plain:
      return "plain";
    case Format::markdown:
      return "markdown";
    case Format::restructured_text:
      return "rst";
    case Format::html:
      return "html";
    case Format::code:
      return "code";
  }
  return "plain";
}

std::string_view doc_type_of(Format format) noexcept {
  return format == Format::code ? "code" : "doc";
}

}  // namespace cairn::text
