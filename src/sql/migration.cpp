#include "cairn/sql/migration.hpp"

namespace cairn::sql {

std::string_view to_string(MigrationProblem problem) noexcept {
  switch (problem) {
    case MigrationProblem::bad_source:
      return "bad_source";
    case MigrationProblem::missing:
      return "missing";
    case MigrationProblem::changed:
      return "changed";
    case MigrationProblem::dirty:
      return "dirty";
    case MigrationProblem::out_of_order:
      return "out_of_order";
    case MigrationProblem::gap:
      return "gap";
    case MigrationProblem::failed:
      return "failed";
    case MigrationProblem::irreversible:
      return "irreversible";
    case MigrationProblem::bad_target:
      return "bad_target";
    case MigrationProblem::locked:
      return "locked";
  }
  return "unknown";
}

}  // namespace cairn::sql
