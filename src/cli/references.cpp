#include "cli/references.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "cairn/error.hpp"
#include "cli/exit_codes.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

// Takes ":123" off the end of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::optional<std::int64_t> number = parse_id(text.substr(colon + 1));
  if (number) text = text.substr(0, colon);
  return number;
}

}  // namespace

std::optional<std::int64_t> parse_id(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failed != std::errc() || end != text.data() + text.size() || id < 0) return std::nullopt;
  return id;
}

std::optional<std::int64_t> parse_document_id(std::string_view text) {
  if (!text.starts_with("doc:")) return std::nullopt;
  return parse_id(text.substr(4));
}

std::optional<LineReference> parse_line_reference(std::string_view text) {
  const std::optional<std::int64_t> last = take_number(text);
  if (!last) return std::nullopt;
  const std::optional<std::int64_t> before = take_number(text);
  LineReference reference{std::string(text), before.value_or(*last), before ? *last : 0};
  if (reference.first == 0 || (before && *last == 0)) throw UsageError("lines and their count start at 1");
  return reference;
}

std::string stored_path(const std::string& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  if (failed) return path;
  const fs::path resolved = fs::weakly_canonical(absolute, failed);
  std::string normal = (failed ? absolute.lexically_normal() : resolved).string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

std::optional<Document> find_document(const Store& store, const std::string& path,
                                      const std::string& name_space) {
  if (std::optional<Document> found = store.find_document(path, name_space)) return found;
  return store.find_document(stored_path(path), name_space);
}

Node find_node(const Store& store, const std::string& name, const std::string& name_space) {
  if (const auto id = parse_id(name)) return Node(*id);
  if (const auto id = parse_document_id(name)) return Node(*id, NodeKind::document);
  if (const auto document = find_document(store, name, name_space))
    return Node(document->id, NodeKind::document);
  throw Error(ErrorCode::not_found,
              fmt::format("there is no document {} in the namespace {} of {}; cairn ls lists what is there",
                          name, name_space, store.path()));
}

SearchOptions search_options(const Selection& selection) {
  SearchOptions options{
      .doc_type = selection.type, .namespace_ = selection.namespace_, .path = selection.path};
  // A pattern that begins with a star says itself where it starts.
  if (!options.path.empty() && options.path.front() != '*') options.path = stored_path(options.path);
  try {
    options.filter = Filter::parse(selection.where);
  } catch (const Error& error) {
    throw UsageError(fmt::format("--where: {}", error.what()));
  }
  return options;
}

}  // namespace cairn::cli
