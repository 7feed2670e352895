#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/json_output.hpp"
#include "cli/text_output.hpp"
#include "cli/verbs.hpp"

namespace cairn::cli {
namespace {

Json status_json(const Status& status, const DatabaseFile& file) {
  return {{"path", status.path},
          {"chosen_by", file.origin},
          {"format_version", status.format_version},
          {"embedder", status.embedder},
          {"dimension", status.dimension},
          {"documents", status.documents},
          {"content", status.content},
          {"vectors", status.vectors},
          {"relationships", status.relationships},
          {"file_bytes", status.file_bytes},
          {"namespaces", Json(status.namespaces)},
          {"doc_types", Json(status.doc_types)},
          {"sqlite_version", status.sqlite_version},
          {"simd", status.simd}};
}

std::string counts_of(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one_line(name), count);
  return text.empty() ? "none" : text;
}

}  // namespace

int run_status(Session& session) {
  const Store store = session.open_to_read();
  const Status status = store.status();
  if (session.json()) {
    print_json(session, status_json(status, session.file()));
    return kOk;
  }
  const auto row = [&](const char* name, const std::string& value) {
    session.out += session.style().dim(fmt::format("{:<15}", std::string(name) + ":")) + value + "\n";
  };
  row("file", fmt::format("{} ({})", one_line(status.path), session.file().origin));
  row("size", human_bytes(status.file_bytes));
  row("format", fmt::format("{}", status.format_version));
  row("embedder", fmt::format("{}, {} dimensions", one_line(status.embedder), status.dimension));
  row("documents", fmt::format("{}", status.documents));
  row("content", fmt::format("{} rows, {} with a vector", status.content, status.vectors));
  row("relationships", fmt::format("{}", status.relationships));
  row("namespaces", counts_of(status.namespaces));
  row("types", counts_of(status.doc_types));
  row("sqlite", status.sqlite_version);
  row("simd", status.simd);
  return kOk;
}

}  // namespace cairn::cli
