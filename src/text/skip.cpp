#include "text/skip.hpp"

#include <algorithm>
#include <array>

#include "text/lines.hpp"

namespace cairn::text {

namespace {

// Only names that no one gives to a folder of his own texts. Not here, though often generated: "build",
// "dist", "target", "vendor", "out", "bin", "lib"; .gitignore speaks for those.
constexpr std::array<std::string_view, 9> kDependencyFolders = {
    "node_modules",   "bower_components", "__pycache__", "site-packages", "jspm_packages",
    "__pypackages__", "cmakefiles",       "deriveddata", "venv"};

constexpr std::array<std::string_view, 14> kSecretNames = {
    "id_rsa",        "id_dsa",           "id_ecdsa",           "id_ed25519",          "id_ecdsa_sk",
    "id_ed25519_sk", "credentials.json", "client_secret.json", "secrets.yml",         "secrets.yaml",
    "secrets.json",  "credentials",      "htpasswd",           "service-account.json"};
constexpr std::array<std::string_view, 10> kSecretExtensions = {
    ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".p8", ".pkcs12"};
constexpr std::array<std::string_view, 13> kLockFiles = {
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb",    "cargo.lock",
    "poetry.lock",       "pipfile.lock",        "uv.lock",   "composer.lock",  "gemfile.lock", "go.sum",
    "flake.lock"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string_view to_string(SkipReason reason) noexcept {
  switch (reason) {
    case SkipReason::none:
      return "none";
    case SkipReason::hidden:
      return "hidden";
    case SkipReason::dependency:
      return "dependency";
    case SkipReason::secret:
      return "secret";
    case SkipReason::lock_file:
      return "lock_file";
  }
  return "none";
}

SkipReason skip_reason(std::string_view name, bool is_directory) noexcept {
  // The names that matter are short; the end of a longer one holds its extension.
  std::array<char, 40> buffer;
  const std::size_t size = std::min(name.size(), buffer.size());
  std::transform(name.end() - static_cast<std::ptrdiff_t>(size), name.end(), buffer.begin(), lower);
  const std::string_view small(buffer.data(), size);
  const bool whole = size == name.size();

  if (!is_directory && whole &&
      (small == ".env" || small.starts_with(".env.") || small == ".netrc" || small == ".pgpass" ||
       small == ".npmrc" || small == ".pypirc" || small == ".htpasswd")) {
    return SkipReason::secret;
  }
  if (name.starts_with('.') && name != "." && name != "..") return SkipReason::hidden;
  if (is_directory)
    return whole && contains(kDependencyFolders, small) ? SkipReason::dependency : SkipReason::none;
  if (whole && contains(kSecretNames, small)) return SkipReason::secret;
  for (const std::string_view extension : kSecretExtensions) {
    if (small.ends_with(extension)) return SkipReason::secret;
  }
  return whole && contains(kLockFiles, small) ? SkipReason::lock_file : SkipReason::none;
}

bool looks_binary(std::string_view head) noexcept {
  using namespace std::string_view_literals;
  // Formats whose first bytes need not hold a NUL.
  for (const std::string_view magic :
       {"%PDF-"sv, "\x89PNG"sv, "GIF8"sv, "\xFF\xD8\xFF"sv, "PK\x03\x04"sv, "\x1F\x8B"sv,
        "\x7F"
        "ELF"sv,
        "BZh"sv,
        "\xFD"
        "7zXZ"sv,
        "\x28\xB5\x2F\xFD"sv, "7z\xBC\xAF"sv, "SQLite format 3"sv, "OggS"sv, "ID3"sv, "RIFF"sv, "\xFF\xFE"sv,
        "\xFE\xFF"sv}) {
    if (head.starts_with(magic)) return true;
  }
  std::size_t control = 0;
  for (const char c : head) {
    if (c == '\0') return true;
    const auto byte = static_cast<unsigned char>(c);
    // Escape (coloured logs), form feed and backspace (typeset manual pages) do occur in text.
    if ((byte < 0x20 && !is_space(c) && byte != 0x1B && byte != 0x08) || byte == 0x7F) ++control;
  }
  return control * 10 > head.size();
}

}  // namespace cairn::text
