// The entry point of cairn.so: what vec0.so has, and Cairn's own functions.
//
//   cairn_version(), cairn_simd()
//   cairn_stats(table[, schema])     what the vec0 table holds, as JSON (vec0/report.hpp)
//   cairn_explain(table[, schema])   what its last search on this connection did, as JSON
#include <fmt/format.h>

#include "cairn/sqlite/connection_ref.hpp"
#include "simd/kernels.hpp"
#include "sqlite/error.hpp"
#include "vec0/extension.hpp"
#include "vec0/functions.hpp"
#include "vec0/module.hpp"
#include "vec0/names.hpp"

namespace {

using cairn::vec0::Storage;
using cairn::vec0::Tables;

void cairn_version(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, CAIRN_VERSION, -1, SQLITE_STATIC);
}

void cairn_simd(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, cairn::simd::kernels().name, -1, SQLITE_STATIC);
}

std::string text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text ? text : "";
}

std::shared_ptr<Storage> table_named(sqlite3_context* context, int argc, sqlite3_value** argv) {
  const auto& tables = *static_cast<std::shared_ptr<Tables>*>(sqlite3_user_data(context));
  const std::string name = text_of(argv[0]), schema = argc > 1 ? text_of(argv[1]) : "main";
  if (auto found = tables->find(schema, name)) return found;
  // SQLite opens a table when a statement names it.
  const std::string sql = "SELECT 1 FROM " + cairn::vec0::quoted(schema) + "." + cairn::vec0::quoted(name);
  cairn::sqlite::ConnectionRef(sqlite3_context_db_handle(context)).prepare(sql);
  if (auto found = tables->find(schema, name)) return found;
  throw cairn::Error(cairn::ErrorCode::invalid_argument,
                     fmt::format("'{}' is no vec0 table of '{}'", name, schema));
}

template <std::string (*describe)(Storage&)>
void describe_table(sqlite3_context* context, int argc, sqlite3_value** argv) {
  cairn::sqlite::function_trampoline(context, [&] {
    const std::string json = describe(*table_named(context, argc, argv));
    sqlite3_result_text64(context, json.data(), json.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  });
}

std::string explain(Storage& storage) {
  return cairn::vec0::to_json(storage.last_search);
}

void register_descriptions(sqlite3* db, const std::shared_ptr<Tables>& tables) {
  const auto add = [&](const char* name, void (*call)(sqlite3_context*, int, sqlite3_value**)) {
    for (const int arguments : {1, 2})
      cairn::sqlite::check(
          db,
          sqlite3_create_function_v2(
              db, name, arguments, SQLITE_UTF8, new std::shared_ptr<Tables>(tables), call, nullptr, nullptr,
              [](void* shared) { delete static_cast<std::shared_ptr<Tables>*>(shared); }),
          "cannot register a cairn_ function");
  };
  add("cairn_stats", describe_table<cairn::vec0::statistics>);
  add("cairn_explain", describe_table<explain>);
}

void register_cairn(sqlite3* db) {
  cairn::vec0::register_functions(db);
  cairn::vec0::register_vec_each(db);
  register_descriptions(db, cairn::vec0::register_module(db));
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const auto add = [&](const char* name, void (*call)(sqlite3_context*, int, sqlite3_value**)) {
    cairn::sqlite::check(
        db, sqlite3_create_function_v2(db, name, 0, flags, nullptr, call, nullptr, nullptr, nullptr),
        "cannot register a cairn_ function");
  };
  add("cairn_version", cairn_version);
  add("cairn_simd", cairn_simd);
}

}  // namespace

extern "C" CAIRN_EXPORT int sqlite3_cairn_init(sqlite3* db, char** message, const sqlite3_api_routines* api) {
  return cairn::vec0::start_extension(db, message, api, register_cairn);
}
