// Edges between two rows are in the guide's content_relationships; those with a document at either end,
// which the guide does not have, are in document_relationships.
//
// The walk is breadth first, level by level, so every node is met at its shortest distance and cycles end
// by themselves. Of several ways of the same length the strongest (by the product of its strengths) counts.
#include "store/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "store/content.hpp"
#include "store/documents.hpp"

namespace cairn::store {

namespace {

bool is_content(const Node& node) {
  return node.kind == NodeKind::content;
}

void require_node(sql::Connection& db, const Node& node) {
  const bool exists =
      is_content(node)
          ? CAIRN_SQL("SELECT EXISTS (SELECT 1 FROM content WHERE id = :id)").scalar(db, {.id = node.id})
          : CAIRN_SQL("SELECT EXISTS (SELECT 1 FROM documents WHERE id = :id)").scalar(db, {.id = node.id});
  if (!exists)
    throw Error(ErrorCode::not_found, fmt::format("there is no {} with the id {}",
                                                  is_content(node) ? "content" : "document", node.id));
}

void require_valid(const Edge& edge) {
  if (edge.type.empty())
    throw Error(ErrorCode::invalid_argument, "a relationship needs a type, such as 'cites'");
  require_valid_utf8(edge.type, "the type of the relationship");
  if (!(edge.strength >= 0 && edge.strength <= 1))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("the strength of a relationship is between 0 and 1, not {}", edge.strength));
}

std::optional<std::int64_t> content_id(const Node& node) {
  return is_content(node) ? std::optional(node.id) : std::nullopt;
}
std::optional<std::int64_t> document_id(const Node& node) {
  return is_content(node) ? std::nullopt : std::optional(node.id);
}

// document_relationships keeps content ids as they are and document ids negated in its indexes.
std::int64_t signed_id(const Node& node) {
  return is_content(node) ? node.id : -node.id;
}

}  // namespace

void relate(sql::Connection& db, const Edge& edge, std::int64_t now) {
  require_valid(edge);
  require_node(db, edge.source);
  require_node(db, edge.target);
  if (is_content(edge.source) && is_content(edge.target)) {
    CAIRN_SQL(
        "INSERT INTO content_relationships(source_id, target_id, relationship_type, strength, created_at) "
        "VALUES (:source, :target, :type, :strength, :now) "
        "ON CONFLICT DO UPDATE SET strength = excluded.strength")
        .execute(db, {.source = edge.source.id,
                      .target = edge.target.id,
                      .type = edge.type,
                      .strength = edge.strength,
                      .now = now});
    return;
  }
  CAIRN_SQL(
      "INSERT INTO document_relationships(source_id, source_document_id, target_id, target_document_id, "
      "relationship_type, strength, created_at) "
      "VALUES (:source, :source_document, :target, :target_document, :type, :strength, :now) "
      "ON CONFLICT DO UPDATE SET strength = excluded.strength")
      .execute(db, {.source = content_id(edge.source),
                    .source_document = document_id(edge.source),
                    .target = content_id(edge.target),
                    .target_document = document_id(edge.target),
                    .type = edge.type,
                    .strength = edge.strength,
                    .now = now});
}

bool unrelate(sql::Connection& db, const Edge& edge) {
  if (is_content(edge.source) && is_content(edge.target))
    return CAIRN_SQL(
               "DELETE FROM content_relationships "
               "WHERE source_id = :source AND target_id = :target AND relationship_type = :type")
               .execute(db, {.source = edge.source.id, .target = edge.target.id, .type = edge.type}) > 0;
  return CAIRN_SQL(
             "DELETE FROM document_relationships WHERE coalesce(source_id, -source_document_id) = :source "
             "AND coalesce(target_id, -target_document_id) = :target AND relationship_type = :type")
             .execute(
                 db,
                 {.source = signed_id(edge.source), .target = signed_id(edge.target), .type = edge.type}) > 0;
}

namespace {

// Out of a node and into it, over either table.
constexpr auto kRowsOut = CAIRN_SQL(
    "SELECT source_id, target_id, relationship_type, coalesce(strength, 1.0) AS strength "
    "FROM content_relationships WHERE source_id = :node AND (:type IS NULL OR relationship_type = :type) "
    "AND coalesce(strength, 1.0) >= :min_strength");
constexpr auto kRowsIn = CAIRN_SQL(
    "SELECT source_id, target_id, relationship_type, coalesce(strength, 1.0) AS strength "
    "FROM content_relationships WHERE target_id = :node AND (:type IS NULL OR relationship_type = :type) "
    "AND coalesce(strength, 1.0) >= :min_strength");
constexpr auto kDocumentsOut = CAIRN_SQL(
    "SELECT coalesce(source_id, -source_document_id) AS \"source_id!\", "
    "coalesce(target_id, -target_document_id) AS \"target_id!\", relationship_type, strength "
    "FROM document_relationships WHERE coalesce(source_id, -source_document_id) = :node "
    "AND (:type IS NULL OR relationship_type = :type) AND strength >= :min_strength");
constexpr auto kDocumentsIn = CAIRN_SQL(
    "SELECT coalesce(source_id, -source_document_id) AS \"source_id!\", "
    "coalesce(target_id, -target_document_id) AS \"target_id!\", relationship_type, strength "
    "FROM document_relationships WHERE coalesce(target_id, -target_document_id) = :node "
    "AND (:type IS NULL OR relationship_type = :type) AND strength >= :min_strength");

Node node_of(std::int64_t id, bool documents_are_negative) {
  return documents_are_negative && id < 0 ? Node(-id, NodeKind::document) : Node(id);
}

std::vector<Edge> edges_at(sql::Connection& db, const Node& node, const RelatedOptions& options) {
  std::vector<Edge> edges;
  const auto type = options.type.empty() ? std::nullopt : std::optional(options.type);
  const auto collect = [&](const auto& query, bool documents) {
    for (auto& edge :
         query.all(db, {.node = signed_id(node), .type = type, .min_strength = options.min_strength}))
      edges.push_back({node_of(edge.source_id, documents), node_of(edge.target_id, documents),
                       std::move(edge.relationship_type), edge.strength});
  };
  if (options.direction != Direction::in) {
    if (is_content(node)) collect(kRowsOut, false);
    collect(kDocumentsOut, true);
  }
  if (options.direction != Direction::out) {
    if (is_content(node)) collect(kRowsIn, false);
    collect(kDocumentsIn, true);
  }
  return edges;
}

struct Step {
  Node node;
  std::size_t parent;  // index of the step before, kStart for the first
  Edge edge;           // from the step before to here
  std::size_t depth;
  double strength;  // product along the way
};
constexpr std::size_t kStart = static_cast<std::size_t>(-1);

using NodeKey = std::pair<NodeKind, std::int64_t>;
NodeKey key_of(const Node& node) {
  return {node.kind, node.id};
}

// The nodes one edge beyond steps[first, last), each by its strongest way, strongest first.
std::vector<Step> next_level(sql::Connection& db, const std::vector<Step>& steps, std::size_t first,
                             std::size_t last, const std::set<NodeKey>& visited,
                             const RelatedOptions& options) {
  std::map<NodeKey, Step> best;
  for (std::size_t at = first; at < last; ++at) {
    for (Edge& edge : edges_at(db, steps[at].node, options)) {
      const Node& other = edge.source == steps[at].node ? edge.target : edge.source;
      if (visited.contains(key_of(other))) continue;
      Step step{other, at, edge, steps[at].depth + 1, steps[at].strength * edge.strength};
      const auto [place, is_new] = best.try_emplace(key_of(other), step);
      if (!is_new && step.strength > place->second.strength) place->second = std::move(step);
    }
  }
  std::vector<Step> level;
  for (auto& [key, step] : best) level.push_back(std::move(step));
  std::stable_sort(level.begin(), level.end(),
                   [](const Step& a, const Step& b) { return a.strength > b.strength; });
  return level;
}

Related to_related(sql::Connection& db, const std::vector<Step>& steps, std::size_t at) {
  Related related{.content = {},
                  .node = steps[at].node,
                  .depth = steps[at].depth,
                  .strength = steps[at].strength,
                  .path = {}};
  if (is_content(related.node)) {
    related.content = find_content(db, related.node.id).value_or(Content{});
  } else if (const std::optional<Document> document = find_document(db, related.node.id)) {
    related.content.document_id = document->id;
    related.content.path = document->path;
    related.content.title = document->title;
    related.content.doc_type = document->doc_type;
    related.content.namespace_ = document->namespace_;
  }
  for (; steps[at].parent != kStart; at = steps[at].parent) related.path.push_back(steps[at].edge);
  std::reverse(related.path.begin(), related.path.end());
  return related;
}

}  // namespace

std::vector<Related> related(sql::Connection& db, Node start, const RelatedOptions& options) {
  if (options.depth == 0) throw Error(ErrorCode::invalid_argument, "the depth of a walk is at least 1");
  require_node(db, start);
  std::vector<Step> steps{{start, kStart, {start, start, {}, 1}, 0, 1}};
  std::set<NodeKey> visited{key_of(start)};
  std::size_t level_begin = 0;
  while (steps[level_begin].depth < options.depth && steps.size() - 1 < options.limit) {
    const std::size_t level_end = steps.size();
    for (Step& step : next_level(db, steps, level_begin, level_end, visited, options)) {
      visited.insert(key_of(step.node));
      steps.push_back(std::move(step));
    }
    if (steps.size() == level_end) break;
    level_begin = level_end;
  }
  std::vector<Related> found;
  for (std::size_t at = 1; at < steps.size() && found.size() < options.limit; ++at)
    found.push_back(to_related(db, steps, at));
  return found;
}

}  // namespace cairn::store
