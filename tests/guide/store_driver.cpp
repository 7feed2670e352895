// Does with a Store what the Python tests beside it ask for: one JSON request per line on standard input,
// one JSON answer per line on standard output.
//
//   store_driver PATH '{"dimension": 768}'     {"ok": ["created 'PATH'"]}            what opening said
//   {"op": "add", "records": [{"text": …}]}    {"ok": [1]}
//   {"op": "get", "id": 9}                     {"error": {"code": "not_found", "message": …}}
//
// Options: "dimension" (vectors supplied by the caller, of this length; without it the file's own embedder,
// or the built-in one), "mode" ("create", "existing", "read_only"), and "die_at_write": the process kills
// itself instead of making that write to a file, counted from 1.
#include <unistd.h>

#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "cairn/cairn.hpp"
#include "sqlite/api.hpp"

namespace {

using nlohmann::json;

// ---- Dying in the middle ------------------------------------------------------------------------

long writes_left = 0;

template <class... Args>
ssize_t dying_write(Args... args) {
  if (--writes_left == 0) std::raise(SIGKILL);
  if constexpr (sizeof...(Args) == 3) {
    return ::write(args...);
  } else {
    return ::pwrite(args...);
  }
}

// SQLite's unix VFS lets its system calls be replaced by name.
void die_at_write(long count) {
  writes_left = count;
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  const auto replace = [vfs](const char* name, auto* call) {
    vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(call));
  };
  replace("write", dying_write<int, const void*, size_t>);
  replace("pwrite", dying_write<int, const void*, size_t, off_t>);
  replace("pwrite64", dying_write<int, const void*, size_t, off_t>);
}

// ---- JSON in and out ----------------------------------------------------------------------------

cairn::Record record_from(const json& j) {
  cairn::Record record{.text = j.at("text")};
  record.doc_type = j.value("doc_type", record.doc_type);
  record.namespace_ = j.value("namespace", record.namespace_);
  record.metadata = j.value("metadata", record.metadata);
  if (j.contains("created_at")) record.created_at = j["created_at"].get<std::int64_t>();
  record.embedding = j.value("embedding", record.embedding);
  return record;
}

cairn::SearchOptions search_options_from(const json& j) {
  static const std::map<std::string, cairn::SearchMode> modes{{"hybrid", cairn::SearchMode::hybrid},
                                                              {"vector", cairn::SearchMode::vector},
                                                              {"keyword", cairn::SearchMode::keyword}};
  cairn::SearchOptions options;
  options.limit = j.value("limit", options.limit);
  options.mode = modes.at(j.value("mode", "hybrid"));
  options.doc_type = j.value("doc_type", options.doc_type);
  options.embedding = j.value("embedding", options.embedding);
  return options;
}

cairn::RelatedOptions related_options_from(const json& j) {
  static const std::map<std::string, cairn::Direction> directions{
      {"out", cairn::Direction::out}, {"in", cairn::Direction::in}, {"both", cairn::Direction::both}};
  cairn::RelatedOptions options;
  options.depth = j.value("depth", options.depth);
  options.direction = directions.at(j.value("direction", "out"));
  options.type = j.value("type", options.type);
  options.min_strength = j.value("min_strength", options.min_strength);
  options.limit = j.value("limit", options.limit);
  return options;
}

json to_json(const cairn::Content& content) {
  return {{"id", content.id},
          {"text", content.text},
          {"doc_type", content.doc_type},
          {"namespace", content.namespace_},
          {"metadata", content.metadata},
          {"created_at", content.created_at}};
}

json to_json(const std::optional<cairn::ArmScore>& arm) {
  return arm ? json{{"rank", arm->rank}, {"value", arm->value}} : json(nullptr);
}

json to_json(const cairn::Hit& hit) {
  json j = to_json(static_cast<const cairn::Content&>(hit));
  j["score"] = hit.score;
  j["vector"] = to_json(hit.vector);
  j["keyword"] = to_json(hit.keyword);
  return j;
}

json to_json(const cairn::Related& related) {
  json path = json::array();
  for (const cairn::Edge& edge : related.path)
    path.push_back({edge.source.id, edge.target.id, edge.type, edge.strength});
  return {{"id", related.node.id},
          {"text", related.content.text},
          {"depth", related.depth},
          {"strength", related.strength},
          {"path", path}};
}

template <class T>
json to_json_array(const std::vector<T>& items) {
  json array = json::array();
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

// ---- Operations ---------------------------------------------------------------------------------

using Operation = std::function<json(cairn::Store&, const json&)>;

json add(cairn::Store& store, const json& request) {
  std::vector<cairn::Record> records;
  for (const json& record : request.at("records")) records.push_back(record_from(record));
  return store.add_many(records);
}

json update(cairn::Store& store, const json& request) {
  cairn::Update changes;
  if (request.contains("text")) changes.text = request["text"].get<std::string>();
  changes.embedding = request.value("embedding", changes.embedding);
  store.update(request.at("id"), changes);
  return nullptr;
}

json relate(cairn::Store& store, const json& request) {
  for (const json& edge : request.at("edges"))
    store.relate(edge.at(0).get<std::int64_t>(), edge.at(1).get<std::int64_t>(),
                 edge.at(2).get<std::string>(), edge.at(3).get<double>());
  return nullptr;
}

json status(cairn::Store& store, const json&) {
  const cairn::Status status = store.status();
  return {{"content", status.content},
          {"vectors", status.vectors},
          {"relationships", status.relationships},
          {"dimension", status.dimension},
          {"embedder", status.embedder}};
}

json doctor(cairn::Store& store, const json&) {
  json findings = json::array();
  for (const cairn::Finding& finding : store.doctor()) findings.push_back(finding.what);
  return findings;
}

const std::map<std::string, Operation> kOperations{
    {"add", add},
    {"get", [](cairn::Store& store, const json& r) { return to_json(store.get(r.at("id"))); }},
    {"update", update},
    {"remove", [](cairn::Store& store, const json& r) { return json(store.remove(r.at("id"))); }},
    {"embedding", [](cairn::Store& store, const json& r) { return json(store.embedding(r.at("id"))); }},
    {"search",
     [](cairn::Store& store, const json& r) {
       return to_json_array(store.search(r.value("text", ""), search_options_from(r)));
     }},
    {"relate", relate},
    {"related",
     [](cairn::Store& store, const json& r) {
       return to_json_array(store.related(r.at("id").get<std::int64_t>(), related_options_from(r)));
     }},
    {"metadata",
     [](cairn::Store& store, const json& r) {
       const std::optional<std::string> value = store.metadata(r.at("key").get<std::string>());
       return value ? json(*value) : json(nullptr);
     }},
    {"set_metadata",
     [](cairn::Store& store, const json& r) {
       store.set_metadata(r.at("key").get<std::string>(), r.at("value").get<std::string>());
       return json(nullptr);
     }},
    {"status", status},
    {"doctor", doctor},
};

// False where the operation failed.
bool answer(const std::function<json()>& operation) {
  json reply;
  try {
    reply["ok"] = operation();
  } catch (const cairn::Error& e) {
    reply["error"] = {{"code", cairn::to_string(e.code())}, {"message", e.what()}};
  }
  std::cout << reply.dump() << std::endl;
  return reply.contains("ok");
}

std::optional<cairn::Store> open(const std::string& path, const json& requested) {
  static const std::map<std::string, cairn::OpenMode> modes{{"create", cairn::OpenMode::create},
                                                            {"existing", cairn::OpenMode::existing},
                                                            {"read_only", cairn::OpenMode::read_only}};
  std::optional<cairn::Store> store;
  answer([&] {
    json log = json::array();
    cairn::OpenOptions options;
    options.mode = modes.at(requested.value("mode", "create"));
    options.log = [&log](std::string_view line) { log.push_back(line); };
    if (requested.contains("dimension"))
      options.embedder = cairn::external_embedder(requested["dimension"].get<std::size_t>());
    if (requested.contains("die_at_write")) die_at_write(requested["die_at_write"].get<long>());
    store = cairn::Store::open(path, options);
    return log;
  });
  return store;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: store_driver PATH OPTIONS_AS_JSON\n";
    return 2;
  }
  std::optional<cairn::Store> store = open(argv[1], json::parse(argv[2]));
  if (!store) return 1;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    answer([&] { return kOperations.at(request.at("op"))(*store, request); });
  }
  return 0;
}
