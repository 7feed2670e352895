// Runs every statement of corpus/ over random rows and with random arguments, and reads the results as the
// claims say: those of the labels, and those of the checker. A value that a claim does not allow shows that
// it is wrong.
#include "checked_sql/random_rows.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "cairn/error.hpp"
#include "cairn/sql/time.hpp"
#include "check/checker.hpp"
#include "checked_sql/corpus.hpp"

namespace cairn::check::corpus {
namespace {

constexpr unsigned kSeed = 20261124;
constexpr int kSizes[] = {0, 1, 2, 4, 10, 25};  // rows per table
constexpr unsigned kDatabases = 36;
constexpr int kRounds = 4;

template <class T>
void read_as(const sqlite::Statement& row, int column, bool nullable) {
  if (nullable)
    (void)row.get<std::optional<T>>(column);
  else
    (void)row.get<T>(column);
}

// Reads a column as the code for that kind would. Throws `decode`.
void read(const sqlite::Statement& row, int column, const std::string& kind, bool nullable) {
  if (kind == "integer" || kind == "boolean") return read_as<std::int64_t>(row, column, nullable);
  if (kind == "real") return read_as<double>(row, column, nullable);
  if (kind == "text") return read_as<std::string>(row, column, nullable);
  if (kind == "blob") return read_as<std::vector<std::byte>>(row, column, nullable);
  if (kind == "date") return read_as<std::chrono::year_month_day>(row, column, nullable);
  if (kind == "datetime") return read_as<sql::Rfc3339>(row, column, nullable);
  if (kind == "vector") return read_as<std::vector<float>>(row, column, nullable);
  if (!nullable && row.is_null(column))  // of unknown type, so that every other value is right
    throw Error(ErrorCode::decode, fmt::format("column '{}' is NULL", row.column_name(column)));
}

// Whether the value is one of the kind, seen without decode().
bool is_of_kind(const sqlite::Statement& row, int column, const std::string& kind) {
  using sqlite::ColumnType;
  const ColumnType type = row.column_type(column);
  if (type == ColumnType::null) return true;
  if (kind == "integer") return type == ColumnType::integer;
  if (kind == "boolean") return type == ColumnType::integer && row.get<std::int64_t>(column) >> 1 == 0;
  if (kind == "real") return type == ColumnType::integer || type == ColumnType::real;
  if (kind == "text" || kind == "date" || kind == "datetime") return type == ColumnType::text;
  if (kind == "blob" || kind == "vector") return type == ColumnType::blob;
  return true;
}

// What is wrong with a claim about this value; empty: nothing.
std::string fault(const sqlite::Statement& row, int column, const Claim& claim) {
  // "n!" in the statement is the programmer's claim, and not the checker's.
  const bool overridden = row.column_name(column).find_first_of("!:") != std::string_view::npos;
  const bool nullable = claim.nullable || overridden;
  std::string why;
  for (const std::string& kind : claim.kinds) {
    try {
      read(row, column, kind, nullable);
      if (is_of_kind(row, column, kind)) return "";
      why = "the value is not of the kind";
    } catch (const Error& error) {
      if (error.code() != ErrorCode::decode) throw;
      why = error.what();
    }
  }
  return why;
}

// What is claimed of a statement; nothing, where the checker asks for an override.
struct Claims {
  std::vector<Claim> columns;
  std::vector<Claim> parameters;
};
using Claimant = std::function<std::optional<Claims>(const Statement&)>;

class Trial {
 public:
  explicit Trial(const Claimant& claimant) : statements_(read_statements()) {
    for (const Statement& statement : statements_) claims_.push_back(claimant(statement));
  }

  void run() {
    for (unsigned i = 0; i < kDatabases; ++i) {
      const unsigned seed = kSeed + i;
      Random random(seed);
      const sql::Connection db = make_database();
      fill(db, random, kSizes[i % std::size(kSizes)]);
      for (std::size_t s = 0; s < statements_.size(); ++s)
        if (claims_[s])
          for (int round = 0; round < kRounds; ++round) run(db, random, seed, statements_[s], *claims_[s]);
    }
  }

  // Reads that never gave a row, and writes that were always refused: such a trial tells nothing.
  std::vector<std::string> untried() const {
    std::vector<std::string> untried;
    for (const Statement& statement : statements_)
      if (!tried_.contains(statement.line)) {
        const auto refusal = refusals_.find(statement.line);
        untried.push_back(fmt::format("statements.sql:{}: {}", statement.line,
                                      refusal == refusals_.end() ? "no rows" : refusal->second));
      }
    return untried;
  }

 private:
  void run(const sql::Connection& db, Random& random, unsigned seed, const Statement& statement,
           const Claims& claims) {
    db.execute("SAVEPOINT trial");
    try {
      sqlite::Statement prepared = db.prepare(statement.sql);
      std::vector<sqlite::Value> arguments;
      for (const Claim& parameter : claims.parameters) {
        const std::string& kind = parameter.kinds[random() % parameter.kinds.size()];
        sqlite::Value value = random_value(random, kind);
        if (parameter.nullable && one_in(random, 3)) value = sqlite::Value();
        arguments.push_back(std::move(value));
      }
      prepared.bind_all(arguments);
      int rows = 0;
      while (rows < 200 && prepared.step()) {
        ++rows;
        judge(prepared, seed, statement, claims);
      }
      if (rows > 0 || claims.columns.empty()) tried_.insert(statement.line);
    } catch (const Error& error) {
      // A rule of the schema, or an argument that is no vector, JSON or search.
      refusals_[statement.line] = error.what();
    }
    db.execute("ROLLBACK TO trial");
    db.execute("RELEASE trial");
  }

  void judge(const sqlite::Statement& row, unsigned seed, const Statement& statement, const Claims& claims) {
    ASSERT_EQ(row.column_count(), claims.columns.size()) << statement.sql;
    for (int i = 0; i < row.column_count(); ++i) {
      const Claim& claim = claims.columns[static_cast<std::size_t>(i)];
      const std::string why = fault(row, i, claim);
      if (!why.empty() && reported_.emplace(statement.line, i).second)
        ADD_FAILURE() << fmt::format("statements.sql:{}: the claim '{}' is wrong (seed {}): {}\n{}",
                                     statement.line, to_string(claim), seed, why, statement.sql);
    }
  }

  std::vector<Statement> statements_;
  std::vector<std::optional<Claims>> claims_;
  std::set<int> tried_;
  std::map<int, std::string> refusals_;
  std::set<std::pair<int, int>> reported_;
};

Claimant the_checker(const Checker& checker) {
  return [&checker](const Statement& statement) -> std::optional<Claims> {
    const Verdict verdict = checker.check(statement.sql);
    if (!verdict.description) return std::nullopt;
    Claims claims;
    for (const Column& column : verdict.description->columns) {
      claims.columns.push_back(claim_of(column));
      claims.columns.back().kinds.resize(1);
    }
    // What is stored in a column declared DATE conforms to the schema, though a parameter takes any text.
    for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
      Claim claim = claim_of(verdict.description->parameters.at(i));
      if (claim.kinds.front() == "text") claim.kinds = statement.parameters[i].kinds;
      claims.parameters.push_back(std::move(claim));
    }
    return claims;
  };
}

TEST(RandomRows, TheLabelsHold) {
  Trial trial([](const Statement& statement) { return Claims{statement.columns, statement.parameters}; });
  trial.run();
  const std::vector<std::string> untried = trial.untried();
  for (const std::string& statement : untried) std::cout << "untried: " << statement << '\n';
  EXPECT_LE(untried.size(), 5u);
}

TEST(RandomRows, WhatTheCheckerSaysHolds) {
  const sql::Connection schema = make_database();
  const Checker checker(schema, {});
  Trial(the_checker(checker)).run();
}

// A value that does not fit is an error that names its column, and never something else.
TEST(RandomRows, AMisfitIsANamedError) {
  const sql::Connection schema = make_database();
  const Checker checker(schema, {});
  const Claimant claimant = the_checker(checker);
  const sql::Connection db = make_database();
  Random random(kSeed);
  fill(db, random, 10);
  misfill(db);
  int misfits = 0;
  for (const Statement& statement : read_statements()) {
    const std::optional<Claims> claims = claimant(statement);
    sqlite::Statement prepared = db.prepare(statement.sql);
    if (!claims || !prepared.read_only() || !claims->parameters.empty()) continue;
    try {
      while (prepared.step())
        for (int i = 0; i < prepared.column_count(); ++i) {
          const Claim& claim = claims->columns[static_cast<std::size_t>(i)];
          // Every INTEGER is a bool, true unless it is 0.
          const std::string kind = claim.kinds.front() == "boolean" ? "integer" : claim.kinds.front();
          try {
            read(prepared, i, kind, claim.nullable);
            EXPECT_TRUE(is_of_kind(prepared, i, kind)) << statement.sql;
          } catch (const Error& error) {
            ++misfits;
            EXPECT_EQ(error.code(), ErrorCode::decode) << statement.sql;
            EXPECT_NE(std::string(error.what()).find(prepared.column_name(i)), std::string::npos)
                << error.what();
          }
        }
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::decode) << error.what();  // a function that refused the misfit
    }
  }
  EXPECT_GT(misfits, 100);
}

}  // namespace
}  // namespace cairn::check::corpus
