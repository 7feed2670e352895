#include "check/checker.hpp"

#include "cairn/error.hpp"
#include "cairn/sqlite/statement.hpp"
#include "sqlite/api.hpp"

namespace cairn::check {

class Catalog {};

Checker::Checker(sqlite::ConnectionRef schema, TypeMap types) : schema_(schema), types_(std::move(types)) {}
Checker::~Checker() = default;

Verdict Checker::check(std::string_view sql) const {
  Verdict verdict;
  try {
    const sqlite::Statement statement(schema_.handle(), sql);
    Description description;
    description.read_only = statement.read_only();
    for (int i = 0; i < statement.column_count(); ++i) {
      const char* declared = sqlite3_column_decltype(statement.handle(), i);
      const bool integer = declared && std::string_view(declared).starts_with("INT");
      description.columns.push_back({std::string(statement.column_name(i)),
                                     integer ? Kind::integer : Kind::text,
                                     integer ? "std::int64_t" : "std::string", true});
    }
    for (int i = 1; i <= statement.parameter_count(); ++i) {
      const char* name = sqlite3_bind_parameter_name(statement.handle(), i);
      description.parameters.push_back({name ? name + 1 : "p" + std::to_string(i), Kind::any, "", true});
    }
    verdict.description = std::move(description);
  } catch (const Error& error) {
    std::optional<std::size_t> offset;
    if (error.context() && error.context()->offset >= 0) offset = error.context()->offset;
    verdict.mistakes.push_back({error.what(), offset, ""});
  }
  return verdict;
}

}  // namespace cairn::check
