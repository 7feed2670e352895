#include "store/walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <unordered_set>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "store/file_time.hpp"
#include "text/gitignore.hpp"
#include "text/skip.hpp"

namespace cairn::store {

namespace {

constexpr std::size_t kMaxGitignoreBytes = 1 << 20;

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// The rules of one folder's .gitignore, and of those above it.
struct Rules {
  text::IgnoreRules own;
  std::string folder;  // with a slash at the end
  std::shared_ptr<const Rules> above;
};
using RulesPtr = std::shared_ptr<const Rules>;

std::string with_slash(const std::string& folder) {
  return folder.ends_with('/') ? folder : folder + '/';
}

// Empty when there is none, or it is not a regular file: git does not follow a link there either.
std::string read_gitignore(const std::string& folder) {
  const int file =
      open((with_slash(folder) + ".gitignore").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return {};
  std::string text;
  struct stat info {};
  if (fstat(file, &info) == 0 && S_ISREG(info.st_mode)) {
    text.resize(std::min(static_cast<std::size_t>(info.st_size), kMaxGitignoreBytes));
    std::size_t size = 0;
    while (size < text.size()) {
      const ssize_t count = read(file, text.data() + size, text.size() - size);
      if (count <= 0) break;
      size += static_cast<std::size_t>(count);
    }
    text.resize(size);
  }
  close(file);
  return text;
}

bool exists(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0;
}

// The rules that hold inside `folder`. A git repository begins anew: rules above it are not its own.
RulesPtr enter(const std::string& folder, RulesPtr above) {
  if (exists(with_slash(folder) + ".git")) above = nullptr;
  text::IgnoreRules own(read_gitignore(folder));
  if (own.empty()) return above;
  return std::make_shared<const Rules>(Rules{std::move(own), with_slash(folder), std::move(above)});
}

// The rules that hold for a root because of the folders above it, up to the top of its git repository.
RulesPtr rules_above(const std::string& root) {
  if (exists(with_slash(root) + ".git")) return nullptr;
  std::vector<std::string> folders;
  for (std::filesystem::path at = root; at != at.parent_path();) {
    at = at.parent_path();
    folders.push_back(at.string());
    if (!exists(with_slash(at.string()) + ".git")) continue;
    RulesPtr rules;
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) rules = enter(*folder, rules);
    return rules;
  }
  return nullptr;
}

bool is_ignored(const Rules* rules, const std::string& path, bool is_directory) {
  using Decision = text::IgnoreRules::Decision;
  for (; rules; rules = rules->above.get()) {
    const auto decision = rules->own.match(std::string_view(path).substr(rules->folder.size()), is_directory);
    if (decision != Decision::none) return decision == Decision::ignore;
  }
  return false;
}

struct Root {
  std::string path;
  struct stat info;
};

Root resolve(const std::string& given) {
  const std::string shown = utf8::sanitize(given);
  if (given.find('\0') != std::string::npos)
    throw Error(ErrorCode::invalid_argument, fmt::format("the path '{}' holds a NUL byte", shown));
  std::error_code error;
  Root root{std::filesystem::canonical(given, error).string(), {}};
  if (!error && stat(root.path.c_str(), &root.info) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error) {
    const bool missing = error.value() == ENOENT || error.value() == ENOTDIR;
    throw Error(missing ? ErrorCode::not_found : ErrorCode::io,
                fmt::format("cannot read '{}': {}; nothing was read in", shown, error.message()));
  }
  return root;
}

class Walker {
 public:
  explicit Walker(const IngestOptions& options) : options_(options) {}

  void add_root(const Root& root) {
    if (!utf8::is_valid(root.path)) {
      result_.problems.push_back({utf8::sanitize(root.path), "the name is not valid UTF-8; rename it"});
    } else if (S_ISDIR(root.info.st_mode)) {
      result_.folders.push_back(root.path);
      pending_.push_back({root.path, options_.gitignore ? rules_above(root.path) : nullptr});
      while (!pending_.empty()) {
        const Pending next = std::move(pending_.back());
        pending_.pop_back();
        list(next);
      }
    } else if (S_ISREG(root.info.st_mode)) {
      add_file(root.path, root.info);
      if (static_cast<std::uint64_t>(root.info.st_size) >
          options_.max_file_bytes)  // counted, but he asked for it
        result_.problems.push_back(
            {root.path, fmt::format("{} bytes are more than the {} that a file may have; "
                                    "split it",
                                    root.info.st_size, options_.max_file_bytes)});
    } else {
      ++result_.skipped["special"];
      result_.problems.push_back({root.path, "neither a file nor a folder; nothing can be read in"});
    }
  }

  WalkResult finish() {
    const auto by_path = [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; };
    const auto same = [](const FoundFile& a, const FoundFile& b) { return a.path == b.path; };
    std::sort(result_.files.begin(), result_.files.end(), by_path);
    result_.files.erase(std::unique(result_.files.begin(), result_.files.end(), same), result_.files.end());
    return std::move(result_);
  }

 private:
  // Folders wait here and not on the C stack, however deep the tree is.
  struct Pending {
    std::string path;
    RulesPtr rules_above;
  };

  void list(const Pending& pending) {
    if (!visited_.insert(pending.path).second) return;
    const Folder folder(opendir(pending.path.c_str()));
    if (!folder) return add_unknown(pending.path, errno);
    const RulesPtr rules = options_.gitignore ? enter(pending.path, pending.rules_above) : nullptr;
    const std::size_t first_new = pending_.size();
    while (true) {
      errno = 0;
      const dirent* entry = readdir(folder.get());
      if (!entry) break;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") look_at(folder.get(), pending.path, entry->d_name, rules);
    }
    if (errno != 0) add_unknown(pending.path, errno);
    // In order of name, whatever order the file system has: the last one is taken first.
    std::sort(pending_.begin() + static_cast<std::ptrdiff_t>(first_new), pending_.end(),
              [](const Pending& a, const Pending& b) { return a.path > b.path; });
  }

  void look_at(DIR* folder, const std::string& parent, const char* name, const RulesPtr& rules) {
    std::string path = with_slash(parent) + name;
    if (!utf8::is_valid(name)) {
      result_.problems.push_back({utf8::sanitize(path), "the name is not valid UTF-8; rename it"});
      return;
    }
    struct stat info {};
    if (fstatat(dirfd(folder), name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) add_unknown(path, errno);
      return;
    }
    const bool is_directory = S_ISDIR(info.st_mode);
    if (const std::string reason = skip_reason(info, name, path, rules); !reason.empty()) {
      ++result_.skipped[reason];
    } else if (is_directory) {
      pending_.push_back({std::move(path), rules});
    } else {
      add_file(std::move(path), info);
    }
  }

  // Empty when the entry is wanted.
  static std::string skip_reason(const struct stat& info, const char* name, const std::string& path,
                                 const RulesPtr& rules) {
    const bool is_directory = S_ISDIR(info.st_mode);
    if (S_ISLNK(info.st_mode)) return "symlink";
    if (!is_directory && !S_ISREG(info.st_mode)) return "special";
    if (const auto reason = text::skip_reason(name, is_directory); reason != text::SkipReason::none) {
      std::string words(text::to_string(reason));
      std::replace(words.begin(), words.end(), '_', ' ');
      return words;
    }
    return is_ignored(rules.get(), path, is_directory) ? "ignored" : "";
  }

  void add_file(std::string path, const struct stat& info) {
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    if (bytes > options_.max_file_bytes) {
      ++result_.skipped["too large"];
      return;
    }
    result_.files.push_back({std::move(path), bytes, modified_ns(info)});
  }

  void add_unknown(const std::string& path, int error) {
    result_.unknown.push_back(path);
    result_.problems.push_back({path, reason_of(error)});
  }

  const IngestOptions& options_;
  WalkResult result_;
  std::vector<Pending> pending_;
  std::unordered_set<std::string> visited_;  // one root may lie below another
};

}  // namespace

WalkResult walk(std::span<const std::string> roots, const IngestOptions& options) {
  std::vector<Root> resolved;
  for (const std::string& root : roots) resolved.push_back(resolve(root));
  Walker walker(options);
  for (const Root& root : resolved) walker.add_root(root);
  return walker.finish();
}

bool is_within(std::string_view path, std::string_view folder) noexcept {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace cairn::store
