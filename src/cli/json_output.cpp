#include "cli/json_output.hpp"

namespace cairn::cli {
namespace {

// Metadata as JSON; as a string if another program stored what is not JSON, or nested it so deeply that
// printing it could exhaust the stack.
Json metadata_json(const std::string& metadata) {
  constexpr int kDeepest = 200;
  if (metadata.empty()) return nullptr;
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > kDeepest;
    return !too_deep;
  };
  Json parsed = Json::parse(metadata, watch_depth, false);
  if (parsed.is_discarded() || too_deep) return metadata;
  return parsed;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// The fields that Cairn's JSON puts first, in this order, in every row.
void add_content(Json& row, const Content& content) {
  row["path"] = content.path;
  row["line_start"] = content.line_start;
  row["line_end"] = content.line_end;
  row["heading"] = content.heading;
  row["text"] = content.text;
}

void add_rest(Json& row, const Content& content) {
  row["title"] = content.title;
  row["doc_type"] = content.doc_type;
  row["namespace"] = content.namespace_;
  row["metadata"] = metadata_json(content.metadata);
  row["created_at"] = content.created_at;
  row["updated_at"] = or_null(content.updated_at);
  row["document_id"] = or_null(content.document_id);
  row["byte_start"] = content.byte_start;
  row["byte_end"] = content.byte_end;
}

Json arm_json(const std::optional<ArmScore>& arm, const char* value_name) {
  if (!arm) return nullptr;
  return {{"rank", arm->rank}, {value_name, arm->value}};
}

}  // namespace

Json to_json(const Content& content) {
  Json row{{"id", content.id}};
  add_content(row, content);
  add_rest(row, content);
  return row;
}

Json to_json(const Hit& hit) {
  Json row{{"id", hit.id}, {"score", hit.score}};
  add_content(row, hit);
  row["snippet"] = hit.snippet;
  add_rest(row, hit);
  row["vector"] = arm_json(hit.vector, "distance");
  row["keyword"] = arm_json(hit.keyword, "score");
  return row;
}

Json to_json(const Document& document) {
  return {{"id", document.id},
          {"path", document.path},
          {"title", document.title},
          {"doc_type", document.doc_type},
          {"namespace", document.namespace_},
          {"bytes", document.bytes},
          {"chunks", document.chunks},
          {"modified_at", document.modified_at},
          {"ingested_at", document.ingested_at}};
}

Json to_json(const Node& node) {
  return {{"kind", node.kind == NodeKind::document ? "document" : "content"}, {"id", node.id}};
}

Json to_json(const Edge& edge) {
  return {{"source", to_json(edge.source)},
          {"target", to_json(edge.target)},
          {"type", edge.type},
          {"strength", edge.strength}};
}

Json to_json(const IngestReport& report) {
  Json problems = Json::array();
  for (const IngestProblem& problem : report.problems)
    problems.push_back({{"path", problem.path}, {"message", problem.message}});
  return {{"files_added", report.files_added},
          {"files_updated", report.files_updated},
          {"files_unchanged", report.files_unchanged},
          {"files_removed", report.files_removed},
          {"files_skipped", Json(report.files_skipped)},
          {"chunks_added", report.chunks_added},
          {"chunks_kept", report.chunks_kept},
          {"chunks_removed", report.chunks_removed},
          {"bytes_read", report.bytes_read},
          {"seconds", report.seconds},
          {"stopped", report.stopped},
          {"problems", std::move(problems)}};
}

void print_json(Session& session, const Json& document) {
  const int indent = session.terminal().out ? 2 : -1;
  session.out += document.dump(indent, ' ', false, Json::error_handler_t::replace);
  session.out += '\n';
}

}  // namespace cairn::cli
