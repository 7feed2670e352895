#include "check/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "cairn/error.hpp"
#include "cairn/sqlite/statement.hpp"
#include "check/analyser.hpp"
#include "check/catalog.hpp"
#include "check/cpp_identifier.hpp"
#include "check/nearest.hpp"
#include "check/overrides.hpp"
#include "check/scope.hpp"
#include "check/sql_lexer.hpp"
#include "check/sql_parser.hpp"
#include "sqlite/api.hpp"

namespace cairn::check {
namespace {

const char* cpp_type(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return "std::int64_t";
    case Kind::boolean:
      return "bool";
    case Kind::real:
      return "double";
    case Kind::text:
      return "std::string";
    case Kind::blob:
      return "std::vector<std::byte>";
    case Kind::any:
    case Kind::vector:
    case Kind::list:
      break;
  }
  return "";
}

// SQLite's messages that name what it did not find.
enum class Missing { table, column, function, other };

struct Complaint {
  Missing what = Missing::other;
  std::string name;  // without a schema or table before it
};

Complaint parse_complaint(std::string_view message) {
  constexpr auto kBeginnings = std::to_array<std::pair<std::string_view, Missing>>({
      {"no such table: ", Missing::table},
      {"no such view: ", Missing::table},
      {"no such column: ", Missing::column},
      {"no such function: ", Missing::function},
      {"ambiguous column name: ", Missing::other},
      {"unknown function: ", Missing::function},
  });
  for (const auto& [beginning, what] : kBeginnings)
    if (message.starts_with(beginning)) {
      std::string_view name = message.substr(beginning.size());
      if (name.ends_with("()")) name.remove_suffix(2);
      return {what, std::string(name.substr(name.rfind('.') + 1))};
    }
  // table tasks has no column named titel
  constexpr std::string_view kNoColumn = " has no column named ";
  if (const std::size_t at = message.find(kNoColumn); at != message.npos)
    return {Missing::column, std::string(message.substr(at + kNoColumn.size()))};
  return {};
}

std::optional<std::size_t> find_name(std::string_view sql, std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const Token& token : sql_tokens(sql))
    if ((token.kind == TokenKind::word || token.kind == TokenKind::name) &&
        same_name(unquoted(token.text), name))
      return token.offset;
  return std::nullopt;
}

std::vector<std::string> candidates(const Complaint& complaint, std::string_view sql, const Catalog& catalog,
                                    sqlite::ConnectionRef db) {
  std::set<std::string> names;
  if (complaint.what == Missing::table) {
    for (std::string& name : catalog.names()) names.insert(std::move(name));
  } else if (complaint.what == Missing::function) {
    for (std::string& name : db.query_all<std::string>("SELECT DISTINCT name FROM pragma_function_list"))
      names.insert(std::move(name));
  } else if (complaint.what == Missing::column) {  // those of the tables that the statement names
    for (const Token& token : sql_tokens(sql)) {
      if (token.kind != TokenKind::word && token.kind != TokenKind::name) continue;
      const Table* table = catalog.find("", unquoted(token.text));
      if (!table) continue;
      for (const TableColumn& column : table->columns)
        if (!column.hidden) names.insert(column.name);
    }
  }
  return {names.begin(), names.end()};
}

Mistake not_one_statement(std::string_view sql) {
  const std::vector<Token> tokens = sql_tokens(sql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i].text == ";" && tokens[i + 1].text != ";" && tokens[i + 1].kind != TokenKind::end)
      return {"a second statement begins here; a query is a single one", tokens[i + 1].offset, ""};
  return {"there is no statement here", std::nullopt, ""};
}

Mistake explain(const Error& error, std::string_view sql, const Catalog& catalog, sqlite::ConnectionRef db,
                const std::string& sqlite_message) {
  if (error.code() == ErrorCode::invalid_argument) return not_one_statement(sql);
  Mistake mistake;
  mistake.message = sqlite_message;
  const Complaint complaint = parse_complaint(mistake.message);
  if (error.context()->offset >= 0) mistake.offset = static_cast<std::size_t>(error.context()->offset);
  if (!mistake.offset) mistake.offset = find_name(sql, complaint.name);
  if (mistake.message == "incomplete input") mistake.offset = sql.size();
  const std::vector<std::string> names = candidates(complaint, sql, catalog, db);
  for (const std::string& name : nearest(complaint.name, names))
    mistake.help += fmt::format("{}'{}'", mistake.help.empty() ? "did you mean " : " or ", name);
  if (!mistake.help.empty()) mistake.help += "?";
  return mistake;
}

}  // namespace

Checker::Checker(sqlite::ConnectionRef schema, TypeMap types)
    : schema_(schema), types_(std::move(types)), catalog_(std::make_unique<const Catalog>(schema, types_)) {}
Checker::~Checker() = default;

namespace {

// Puts together what SQLite says of a statement and what the analyser has found out.
class Describer {
 public:
  Describer(const sqlite::Statement& statement, const TypeMap& types)
      : statement_(statement), types_(types) {}

  Verdict describe(std::string_view sql, const Catalog& catalog) {
    Analysis analysis;
    std::string why;
    try {
      analysis = analyse(parse_statement(sql), catalog);
      if (!agrees(analysis)) why = "its columns are not those that SQLite finds";
    } catch (const NotUnderstood& error) {
      why = error.what();
    }
    if (!why.empty()) {
      analysis = {};
      for (int i = 0; i < statement_.column_count(); ++i) analysis.columns.push_back({});
    }
    mistakes_ = analysis.mistakes;
    description_.read_only = statement_.read_only();
    description_.star = analysis.star;
    columns(analysis, why);
    parameters(analysis.parameters, sql);
    Verdict verdict;
    verdict.mistakes = std::move(mistakes_);
    if (verdict.mistakes.empty()) verdict.description = std::move(description_);
    return verdict;
  }

 private:
  bool agrees(const Analysis& analysis) const {
    if (analysis.columns.size() != static_cast<std::size_t>(statement_.column_count())) return false;
    for (std::size_t i = 0; i < analysis.columns.size(); ++i)
      // SQLite tells columns of one name in a subquery apart by "id:1", and may call a rowid by its column's
      // name.
      if (!is_rowid(analysis.columns[i].name) && !small_letters(statement_.column_name(static_cast<int>(i)))
                                                      .starts_with(small_letters(analysis.columns[i].name)))
        return false;
    return true;
  }

  void columns(const Analysis& analysis, const std::string& why) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < analysis.columns.size(); ++i) {
      const ResultType& found = analysis.columns[i];
      const std::string sqlite_name(statement_.column_name(static_cast<int>(i)));
      Override said = parse_override(sqlite_name);
      // Without an alias the name is the expression itself: its ":id" is no type, its "?" no override.
      if (!is_identifier(said.name) && analysis.columns.size() == 1) said = {.name = "value"};
      const std::optional<std::size_t> offset = why.empty() ? std::optional(found.offset) : std::nullopt;
      if (!is_identifier(said.name)) {
        mistakes_.push_back(
            {fmt::format("column {} is called '{}', which is no name in C++: give it one with AS", i + 1,
                         sqlite_name),
             offset, ""});
        continue;
      }
      if (!names.insert(said.name).second) {
        mistakes_.push_back(
            {fmt::format("two columns are called '{}': give one of them another name with AS", said.name),
             offset, ""});
        continue;
      }
      Column column = {said.name, kind_of(found.type), found.type.type,
                       said.nullable.value_or(found.type.nullable()), sqlite_name};
      if (!said.type.empty()) column.type = said.type;
      include(column.type, found.type);
      if (column.type.empty()) column.type = cpp_type(column.kind);
      if (column.type.empty()) {
        mistakes_.push_back(
            {fmt::format("the type of column '{}' cannot be told{}", said.name,
                         why.empty() ? "" : ", since the checker does not follow this statement: " + why),
             offset, fmt::format("say it in the name: AS \"{}: std::string\"", said.name)});
        continue;
      }
      description_.columns.push_back(std::move(column));
    }
  }

  void parameters(const ParameterUses& uses, std::string_view sql) {
    std::set<std::string> names;
    for (int i = 1; i <= statement_.parameter_count(); ++i) {
      const char* sqlite_name = sqlite3_bind_parameter_name(statement_.handle(), i);
      const std::string name = sqlite_name && sqlite_name[0] != '?' ? sqlite_name + 1 : fmt::format("p{}", i);
      const std::optional<std::size_t> offset = parameter_offset(sql, sqlite_name ? sqlite_name : "");
      if (!is_identifier(name))
        mistakes_.push_back(
            {fmt::format("parameter '{}' has a name that C++ cannot have", sqlite_name), offset, ""});
      if (!names.insert(name).second)
        mistakes_.push_back(
            {fmt::format("two parameters are called '{}', but for the sign before it", name), offset, ""});
      if (!sqlite_name && !has_bare_parameter(sql)) {
        mistakes_.push_back({fmt::format("parameter ?{} is used nowhere", i), std::nullopt, ""});
        continue;
      }
      const Expected expected = uses.of(i);
      description_.parameters.push_back({name, expected.kind, expected.type, expected.null});
      include(expected.type, {kAnything, expected.type, expected.include});
    }
  }

  // The header for `type`, which `mapped` may bring.
  void include(const std::string& type, const ValueType& mapped) {
    std::string header;
    if (type == mapped.type) header = mapped.include;
    if (const auto listed = types_.includes.find(type); header.empty() && listed != types_.includes.end())
      header = listed->second;
    if (header.empty()) header = known_include(type);
    if (!header.empty()) description_.includes.insert(header);
  }

  // ?3 without ?1 and ?2 makes three parameters.
  static bool has_bare_parameter(std::string_view sql) {
    return std::ranges::any_of(sql_tokens(sql), [](const Token& token) {
      return token.kind == TokenKind::parameter && token.text == "?";
    });
  }

  static std::optional<std::size_t> parameter_offset(std::string_view sql, std::string_view name) {
    for (const Token& token : sql_tokens(sql))
      if (token.kind == TokenKind::parameter && token.text == name) return token.offset;
    return std::nullopt;
  }

  const sqlite::Statement& statement_;
  const TypeMap& types_;
  Description description_;
  std::vector<Mistake> mistakes_;
};

// Where a PRAGMA begins: it would change what the next query is checked with, behind EXPLAIN, too.
std::optional<std::size_t> pragma_offset(std::string_view sql) {
  for (const Token& token : sql_tokens(sql)) {
    if (same_name(token.text, "PRAGMA")) return token.offset;
    const bool before = token.text == ";" || same_name(token.text, "EXPLAIN") ||
                        same_name(token.text, "QUERY") || same_name(token.text, "PLAN");
    if (!before) break;
  }
  return std::nullopt;
}

}  // namespace

Verdict Checker::check(std::string_view sql) const {
  if (const std::optional<std::size_t> offset = pragma_offset(sql))
    return {std::nullopt,
            {{"a PRAGMA cannot be checked: some act while they are prepared", offset,
              "ask pragma_table_info('t') and its kind, set the others in ConnectOptions, or run it with "
              "execute()"}}};
  try {
    const sqlite::Statement statement(schema_.handle(), sql);
    return Describer(statement, types_).describe(sql, *catalog_);
  } catch (const Error& error) {
    const std::string sqlite_message = sqlite3_errmsg(schema_.handle());
    return {std::nullopt, {explain(error, sql, *catalog_, schema_, sqlite_message)}};
  }
}

}  // namespace cairn::check
