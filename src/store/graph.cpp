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
#include "store/content.hpp"
#include "store/documents.hpp"

namespace cairn::store {

namespace {

bool is_content(const Node& node) {
  return node.kind == NodeKind::content;
}

void require_node(sql::Connection& db, const Node& node) {
  const sql::CachedStatement st = db.cached(is_content(node) ? "SELECT 1 FROM content WHERE id = ?"
                                                             : "SELECT 1 FROM documents WHERE id = ?");
  st->bind(1, node.id);
  if (!st->step())
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

// Binds a node as (content id or NULL, document id or NULL).
void bind_node(sqlite::Statement& st, int parameter, const Node& node) {
  st.bind(is_content(node) ? parameter : parameter + 1, node.id);
  st.bind(is_content(node) ? parameter + 1 : parameter, nullptr);
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
    const sql::CachedStatement st = db.cached(
        "INSERT INTO content_relationships(source_id, target_id, relationship_type, strength, created_at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET strength = excluded.strength");
    st->bind_all(edge.source.id, edge.target.id, edge.type, edge.strength, now).run();
    return;
  }
  const sql::CachedStatement st = db.cached(
      "INSERT INTO document_relationships(source_id, source_document_id, target_id, target_document_id, "
      "relationship_type, strength, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET strength = excluded.strength");
  bind_node(*st, 1, edge.source);
  bind_node(*st, 3, edge.target);
  st->bind(5, edge.type).bind(6, edge.strength).bind(7, now).run();
}

bool unrelate(sql::Connection& db, const Edge& edge) {
  const bool rows_only = is_content(edge.source) && is_content(edge.target);
  const sql::CachedStatement st = db.cached(
      rows_only ? "DELETE FROM content_relationships WHERE source_id = ? AND target_id = ? AND "
                  "relationship_type = ?"
                : "DELETE FROM document_relationships WHERE coalesce(source_id, -source_document_id) = ? "
                  "AND coalesce(target_id, -target_document_id) = ? AND relationship_type = ?");
  st->bind_all(signed_id(edge.source), signed_id(edge.target), edge.type).run();
  return db.changes() > 0;
}

namespace {

// Four statements: out of a node and into it, over either table. Each yields source, target (negative
// for documents), type and strength.
constexpr const char* kRowEdges[] = {
    "SELECT source_id, target_id, relationship_type, coalesce(strength, 1.0) FROM content_relationships "
    "WHERE source_id = ?1 AND (?2 IS NULL OR relationship_type = ?2) AND coalesce(strength, 1.0) >= ?3",
    "SELECT source_id, target_id, relationship_type, coalesce(strength, 1.0) FROM content_relationships "
    "WHERE target_id = ?1 AND (?2 IS NULL OR relationship_type = ?2) AND coalesce(strength, 1.0) >= ?3",
};
constexpr const char* kDocumentEdges[] = {
    "SELECT coalesce(source_id, -source_document_id), coalesce(target_id, -target_document_id), "
    "relationship_type, "
    "strength FROM document_relationships "
    "WHERE coalesce(source_id, -source_document_id) = ?1 AND (?2 IS NULL OR relationship_type = ?2) AND "
    "strength >= ?3",
    "SELECT coalesce(source_id, -source_document_id), coalesce(target_id, -target_document_id), "
    "relationship_type, "
    "strength FROM document_relationships "
    "WHERE coalesce(target_id, -target_document_id) = ?1 AND (?2 IS NULL OR relationship_type = ?2) AND "
    "strength >= ?3",
};

Node node_of(std::int64_t id, bool documents_are_negative) {
  return documents_are_negative && id < 0 ? Node(-id, NodeKind::document) : Node(id);
}

void collect(sql::Connection& db, const char* sql, bool documents, const Node& node,
             const RelatedOptions& options, std::vector<Edge>& edges) {
  const sql::CachedStatement st = db.cached(sql);
  st->bind(1, documents ? signed_id(node) : node.id);
  if (options.type.empty()) {
    st->bind(2, nullptr);
  } else {
    st->bind(2, options.type);
  }
  st->bind(3, options.min_strength);
  while (st->step())
    edges.push_back({node_of(st->get<std::int64_t>(0), documents),
                     node_of(st->get<std::int64_t>(1), documents), st->get<std::string>(2),
                     st->get<double>(3)});
}

std::vector<Edge> edges_at(sql::Connection& db, const Node& node, const RelatedOptions& options) {
  std::vector<Edge> edges;
  for (const int incoming : {0, 1}) {
    if (options.direction == (incoming ? Direction::out : Direction::in)) continue;
    if (is_content(node)) collect(db, kRowEdges[incoming], false, node, options, edges);
    collect(db, kDocumentEdges[incoming], true, node, options, edges);
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
