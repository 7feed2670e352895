// The JSON forms of what Cairn returns. Names here are a promise: scripts read them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cairn/store.hpp"
#include "cli/session.hpp"

namespace cairn::cli {

using Json = nlohmann::ordered_json;

Json to_json(const Content& content);
Json to_json(const Hit& hit);
Json to_json(const Document& document);
Json to_json(const Node& node);  // {"kind": "content", "id": 1}
Json to_json(const Edge& edge);
Json to_json(const IngestReport& report);

// Bytes that are not UTF-8 become U+FFFD; indented on a terminal, one line otherwise.
void print_json(Session& session, const Json& document);

}  // namespace cairn::cli
