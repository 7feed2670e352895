// Compares what the checker finds out about each statement of corpus/ with what a person wrote above it.
//
// A claim that is wrong is a failure: a column that cannot be NULL and yet can, or of a type that it has not.
// A claim that is too careful is counted, and the counts have bounds.
#include "checked_sql/corpus.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "check/checker.hpp"
#include "sqlite/api.hpp"

namespace cairn::check::corpus {
namespace {

struct Tally {
  std::size_t all = 0;
  std::vector<std::string> undecided;         // the labels know a type, the checker does not
  std::vector<std::string> falsely_nullable;  // it cannot be NULL, but the checker did not see it
  std::size_t share(std::size_t count) const { return all == 0 ? 0 : 100 * count / all; }
};

void print(const char* what, const Tally& tally) {
  std::cout << fmt::format("{}: {} in all, {} undecided, {} needlessly nullable\n", what, tally.all,
                           tally.undecided.size(), tally.falsely_nullable.size());
  for (const std::string& line : tally.undecided) std::cout << "  undecided: " << line << '\n';
  for (const std::string& line : tally.falsely_nullable) std::cout << "  nullable: " << line << '\n';
}

bool is_only(const Claim& label, const char* kind) {
  return label.kinds == std::vector<std::string>{kind};
}

bool shares_a_kind(const Claim& claim, const Claim& label) {
  return std::ranges::find_first_of(claim.kinds, label.kinds) != claim.kinds.end();
}

std::string disagreement(const Statement& statement, const Claim& claim, const Claim& label) {
  return fmt::format("statements.sql:{}: the label is '{}', the checker says '{}'\n{}", statement.line,
                     to_string(label), to_string(claim), statement.sql);
}

// A parameter for text takes a day or a point in time too, as what is kept as text (cairn/sql/param.hpp). A
// column is of one type.
bool is_kept_as_text(const Claim& claim, const Claim& label) {
  return claim.kinds == std::vector<std::string>{"text"} &&
         (is_only(label, "date") || is_only(label, "datetime"));
}

// A parameter of which the checker knows nothing takes any value: no wrong claim, but none that helps.
void compare(const Statement& statement, const Claim& claim, const Claim& label, Tally& tally) {
  EXPECT_EQ(claim.name, label.name) << disagreement(statement, claim, label);
  if (claim.kinds.front() == "any" && !shares_a_kind(claim, label))
    tally.undecided.push_back(fmt::format("{}: {}", statement.line, to_string(label)));
  else
    EXPECT_TRUE(shares_a_kind(claim, label) || is_kept_as_text(claim, label))
        << disagreement(statement, claim, label);
  EXPECT_FALSE(label.nullable && !claim.nullable) << disagreement(statement, claim, label);
  if (claim.nullable && !label.nullable)
    tally.falsely_nullable.push_back(fmt::format("{}: {}", statement.line, to_string(label)));
}

template <class Described>
void compare_all(const Statement& statement, const std::vector<Described>& described,
                 const std::vector<Claim>& labels, Tally& tally) {
  ASSERT_EQ(described.size(), labels.size()) << "statements.sql:" << statement.line << '\n' << statement.sql;
  for (std::size_t i = 0; i < labels.size(); ++i)
    compare(statement, claim_of(described[i]), labels[i], tally);
}

// A statement with such columns has no description, but a mistake for each of them, which asks for an
// override.
std::size_t columns_that_need_an_override(const Statement& statement, const Verdict& verdict) {
  std::size_t count = 0;
  for (const Mistake& mistake : verdict.mistakes) {
    const bool undecided = mistake.message.find("cannot be told") != std::string::npos;
    EXPECT_TRUE(undecided) << "statements.sql:" << statement.line << ": " << mistake.message << '\n'
                           << statement.sql;
    count += undecided;
  }
  return count;
}

// The labels are in SQLite's order and have its names.
TEST(Corpus, TheLabelsBelongToTheStatements) {
  const sql::Connection database = make_database();
  for (const Statement& statement : read_statements()) {
    const sqlite::Statement prepared = database.prepare(statement.sql);
    std::vector<std::string> labels, names;
    for (const Claim& column : statement.columns) labels.push_back(column.name);
    for (int i = 0; i < prepared.column_count(); ++i) {
      const std::string name(prepared.column_name(i));
      names.push_back(name.substr(0, name.find_first_of("!?:")));  // without an override
    }
    for (const Claim& parameter : statement.parameters) labels.push_back(parameter.name);
    for (int i = 1; i <= prepared.parameter_count(); ++i) {
      const char* name = sqlite3_bind_parameter_name(prepared.handle(), i);
      names.push_back(name && name[0] != '?' ? name + 1 : fmt::format("p{}", i));
    }
    EXPECT_EQ(labels, names) << "statements.sql:" << statement.line << '\n' << statement.sql;
  }
}

TEST(Corpus, HasAtLeastThreeHundredStatements) {
  EXPECT_GE(read_statements().size(), 300u);
}

TEST(Corpus, TheCheckerAgreesWithTheLabels) {
  const sql::Connection database = make_database();
  const Checker checker(database, {});
  Tally columns, parameters;
  for (const Statement& statement : read_statements()) {
    const Verdict verdict = checker.check(statement.sql);
    columns.all += statement.columns.size();
    const auto unknowable = static_cast<std::size_t>(std::ranges::count_if(
        statement.columns, [](const Claim& label) { return is_only(label, "unknown"); }));
    if (!verdict.description) {
      const std::size_t undecided = columns_that_need_an_override(statement, verdict);
      EXPECT_GE(undecided, std::max<std::size_t>(unknowable, 1)) << statement.line << '\n' << statement.sql;
      columns.undecided.insert(columns.undecided.end(), undecided,
                               fmt::format("{}: {}", statement.line, statement.sql));
      continue;
    }
    EXPECT_EQ(unknowable, 0u) << "statements.sql:" << statement.line
                              << ": the checker claims to know what cannot be told\n"
                              << statement.sql;
    parameters.all += statement.parameters.size();
    compare_all(statement, verdict.description->columns, statement.columns, columns);
    compare_all(statement, verdict.description->parameters, statement.parameters, parameters);
  }
  print("columns", columns);
  print("parameters", parameters);
  EXPECT_LE(columns.share(columns.undecided.size()), 10u);
  EXPECT_LE(columns.share(columns.falsely_nullable.size()), 10u);
  EXPECT_LE(parameters.share(parameters.undecided.size()), 10u);
}

}  // namespace
}  // namespace cairn::check::corpus
