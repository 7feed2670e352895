// xBestIndex. SQLite asks several times per table with different sets of usable constraints, once for every
// place that the table could take in a join, and compares the costs; so the costs are estimates of real
// work, and a set of constraints that would give wrong rows is refused with SQLITE_CONSTRAINT.
#include <algorithm>
#include <optional>

#include "cairn/error.hpp"
#include "vec0/plan.hpp"

namespace cairn::vec0 {
namespace {

// Costs are in SQLite's units, where looking up a row in a b-tree costs some 10. Reading and scoring a
// megabyte of vectors takes about as long as 2 or 3 such look-ups, that is 25 units.
constexpr double kBytesPerUnit = 4e4;
constexpr double kFixedCost = 10;
constexpr double kPointCost = 5;

bool is_binary(const char* collation) {
  return sqlite3_stricmp(collation, "BINARY") == 0;
}

std::optional<Operator> operator_of(int constraint) {
  switch (constraint) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return Operator::eq;
    case SQLITE_INDEX_CONSTRAINT_NE:
      return Operator::ne;
    case SQLITE_INDEX_CONSTRAINT_LT:
      return Operator::lt;
    case SQLITE_INDEX_CONSTRAINT_LE:
      return Operator::le;
    case SQLITE_INDEX_CONSTRAINT_GT:
      return Operator::gt;
    case SQLITE_INDEX_CONSTRAINT_GE:
      return Operator::ge;
    case SQLITE_INDEX_CONSTRAINT_IS:
      return Operator::is;
    case SQLITE_INDEX_CONSTRAINT_ISNOT:
      return Operator::is_not;
    case SQLITE_INDEX_CONSTRAINT_ISNULL:
      return Operator::is_null;
    case SQLITE_INDEX_CONSTRAINT_ISNOTNULL:
      return Operator::not_null;
    case SQLITE_INDEX_CONSTRAINT_LIKE:
      return Operator::like;
    case SQLITE_INDEX_CONSTRAINT_GLOB:
      return Operator::glob;
    case SQLITE_INDEX_CONSTRAINT_REGEXP:
      return Operator::regexp;
    default:
      return std::nullopt;
  }
}

class Chooser {
 public:
  Chooser(Storage& storage, sqlite3_index_info* info)
      : storage_(storage), table_(storage.table()), info_(info) {}

  int choose() {
    if (!find_roles()) return SQLITE_CONSTRAINT;
    choose_mode();
    assign_arguments();
    estimate();
    const std::string text = plan_.to_text(table_);
    info_->idxStr = sqlite3_mprintf("%s", text.c_str());
    if (!info_->idxStr) throw std::bad_alloc();
    info_->needToFreeIdxStr = 1;
    return SQLITE_OK;
  }

 private:
  const auto& constraint(int i) const { return info_->aConstraint[i]; }

  std::optional<ColumnRef> column_of(int i) const {
    // The real rowid (oid, _rowid_) of a table without a primary key is column -1.
    const int column = constraint(i).iColumn;
    if (column < 0) return ColumnRef{ColumnKind::primary_key, 0};
    return table_.columns[static_cast<std::size_t>(column)];
  }

  // Finds MATCH, k and the key among the constraints; false if what the query needs is not usable here.
  bool find_roles() {
    bool k_is_unusable = false, recall_is_unusable = false, matches_other_column = false;
    for (int i = 0; i < info_->nConstraint; ++i) {
      const int op = constraint(i).op;
      if (op == SQLITE_INDEX_CONSTRAINT_LIMIT || op == SQLITE_INDEX_CONSTRAINT_OFFSET) continue;
      const ColumnRef column = *column_of(i);
      const bool usable = constraint(i).usable != 0;
      if (op == SQLITE_INDEX_CONSTRAINT_MATCH && column.kind == ColumnKind::vector) {
        if (match_) throw Error(ErrorCode::sql, "only 1 MATCH operator is allowed in a single vec0 query");
        if (!usable) return false;
        match_ = i;
        plan_.vector_column = column.index;
      } else if (op == SQLITE_INDEX_CONSTRAINT_MATCH) {
        matches_other_column = true;  // SQLite will say that this cannot be
      } else if (op == SQLITE_INDEX_CONSTRAINT_EQ && column.kind == ColumnKind::k) {
        if (sqlite3_vtab_in(info_, i, -1))  // one search per member would give its rows twice
          throw Error(ErrorCode::sql, "k must be one number, not a list, in a vec0 query");
        if (usable) k_ = i;
        k_is_unusable |= !usable;
      } else if (op == SQLITE_INDEX_CONSTRAINT_EQ && column.kind == ColumnKind::recall) {
        if (usable) recall_ = i;
        recall_is_unusable |= !usable;
      } else if (op == SQLITE_INDEX_CONSTRAINT_EQ && column.kind == ColumnKind::primary_key && usable &&
                 !key_ && (!table_.has_text_key() || is_binary(sqlite3_vtab_collation(info_, i)))) {
        key_ = i;
      }
    }
    // Without MATCH the column is NULL, and `k = 5` would quietly leave no row. SQLite does not even mention
    // a MATCH whose vector comes from a table that it must read later.
    if (!match_) return (!k_ && !recall_) || matches_other_column;
    return (k_ || !k_is_unusable) && !recall_is_unusable;
  }

  void choose_mode() {
    plan_.has_match = match_.has_value();
    plan_.has_recall = match_ && recall_;
    const bool key_is_list = key_ && sqlite3_vtab_in(info_, *key_, -1);
    if (match_ && k_) {
      plan_.mode = Mode::k;
      // A key that is written out is a condition like any other: it holds before the k nearest are taken.
      // Otherwise it may be a join's, which must not change which rows are the k nearest; the cursor will
      // see whether it is a parameter.
      sqlite3_value* literal = nullptr;
      if (key_ && (key_is_list || sqlite3_vtab_rhs_value(info_, *key_, &literal) == SQLITE_OK)) key_.reset();
      plan_.has_probe = key_.has_value();
    } else if (key_ && !(match_ && key_is_list)) {
      plan_.mode = Mode::point;
    } else {
      key_.reset();
      plan_.mode = match_ ? Mode::stream : Mode::scan;
    }
  }

  bool is_condition(int i) const {
    if (!constraint(i).usable || i == match_ || i == k_ || i == key_ || i == recall_) return false;
    const int code = constraint(i).op;
    if (code == SQLITE_INDEX_CONSTRAINT_LIMIT || code == SQLITE_INDEX_CONSTRAINT_OFFSET) return false;
    if (!operator_of(code)) return false;
    const ColumnRef column = *column_of(i);
    // Without k, SQLite is better placed to ask this of the rows that it comes to.
    if (plan_.mode != Mode::k && is_asked_row_by_row(column, *operator_of(code))) return false;
    switch (column.kind) {
      case ColumnKind::vector:
      case ColumnKind::command:
      case ColumnKind::k:
      case ColumnKind::recall:
        return false;
      case ColumnKind::distance:
        // Outside of a search the column is NULL, which SQLite finds out by itself.
        if (plan_.mode != Mode::stream && plan_.mode != Mode::k) return false;
        break;
      default:
        break;
    }
    return is_binary(sqlite3_vtab_collation(info_, i));
  }

  // Whether the answer takes a statement for each row.
  bool is_asked_row_by_row(ColumnRef column, Operator op) const {
    const bool is_looked_up =
        column.kind == ColumnKind::auxiliary ||
        (column.kind == ColumnKind::primary_key && table_.has_text_key() && !names_keys(column, op));
    return is_looked_up || is_pattern(op);
  }

  void assign_arguments() {
    int next = 0;
    const auto take = [&](std::optional<int> i, bool omit) {
      if (!i) return;
      info_->aConstraintUsage[*i].argvIndex = ++next;
      info_->aConstraintUsage[*i].omit = omit;
    };
    // SQLite honours `omit` for the first sixteen constraints only, and cannot check these itself.
    if (std::max({match_.value_or(0), k_.value_or(0), recall_.value_or(0)}) >= 16)
      throw Error(ErrorCode::sql,
                  "SQLite lets MATCH stand beside at most 15 conditions on columns of a vec0 table, of which "
                  "BETWEEN is two, LIKE and GLOB up to three; write `+column` for the column in the others");
    take(match_, true);
    if (plan_.mode == Mode::k) take(k_, true);
    take(key_, true);
    if (plan_.has_recall) take(recall_, true);
    if (plan_.mode == Mode::point) return;  // SQLite checks the rest on one row
    for (int i = 0; i < info_->nConstraint; ++i) {
      if (!is_condition(i)) continue;
      Operator op = *operator_of(constraint(i).op);
      if (op == Operator::eq && sqlite3_vtab_in(info_, i, -1) && sqlite3_vtab_in(info_, i, 1))
        op = Operator::in;
      // A key is found as one of an ordinary table would be, which SQLite's check would deny where the types
      // differ: the columns are declared without one.
      take(i, names_keys(*column_of(i), op));
      plan_.conditions.push_back({*column_of(i), op});
    }
  }

  bool is_ordered_by_distance() const {
    const auto ascends_by = [&](int i, ColumnKind kind) {
      const auto& term = info_->aOrderBy[i];
      if (term.iColumn < 0) return !term.desc && kind == ColumnKind::primary_key;  // the rowid
      const ColumnKind column = table_.columns[static_cast<std::size_t>(term.iColumn)].kind;
      return !term.desc && column == kind && !(kind == ColumnKind::primary_key && table_.has_text_key());
    };
    if (info_->nOrderBy == 2)
      return table_.index() == Index::cairn && ascends_by(0, ColumnKind::distance) &&
             ascends_by(1, ColumnKind::primary_key);
    return info_->nOrderBy == 1 && ascends_by(0, ColumnKind::distance);
  }

  // Rows that the conditions leave, by rules of thumb.
  double selected(double rows) const {
    for (const PlannedCondition& condition : plan_.conditions)
      rows *= condition.op == Operator::eq || condition.op == Operator::in ? 0.1 : 0.5;
    return std::max(rows, 1.0);
  }

  double expected_k() const {
    sqlite3_value* literal = nullptr;
    if (sqlite3_vtab_rhs_value(info_, *k_, &literal) != SQLITE_OK || !literal) return 10;
    return std::max(1.0, sqlite3_value_double(literal));
  }

  void estimate() {
    // Counting rows takes a look at every chunk, which one row's look-up must not cost.
    const double rows = plan_.mode == Mode::point ? 1 : std::max(1.0, storage_.estimated_rows());
    const double row_bytes =
        plan_.has_match ? static_cast<double>(table_.vectors[plan_.vector_column].byte_size()) : 0;
    const double search_cost = kFixedCost + rows * (row_bytes + 8) / kBytesPerUnit;
    switch (plan_.mode) {
      case Mode::point:
        // SQLite walks to a vector inside its chunk: half a chunk on average.
        info_->estimatedCost =
            kPointCost + static_cast<double>(table_.chunk_size) * row_bytes / 2 / kBytesPerUnit;
        info_->estimatedRows = 1;
        info_->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
        return;
      case Mode::scan:
        info_->estimatedCost = kFixedCost + 2 * rows;
        info_->estimatedRows = static_cast<sqlite3_int64>(selected(rows));
        return;
      case Mode::stream:
        info_->estimatedCost = search_cost;
        info_->orderByConsumed = is_ordered_by_distance();
        // Whoever reads in order usually stops early.
        info_->estimatedRows = static_cast<sqlite3_int64>(
            info_->orderByConsumed ? std::min(selected(rows), 200.0) : selected(rows));
        return;
      case Mode::k:
        info_->estimatedCost = search_cost;
        info_->orderByConsumed = is_ordered_by_distance();
        info_->estimatedRows = plan_.has_probe ? 1 : static_cast<sqlite3_int64>(std::min(rows, expected_k()));
        return;
    }
  }

  Storage& storage_;
  const TableDefinition& table_;
  sqlite3_index_info* info_;
  Plan plan_;
  std::optional<int> match_, k_, key_, recall_;
};

}  // namespace

int choose_plan(Storage& storage, sqlite3_index_info* info) {
  return Chooser(storage, info).choose();
}

}  // namespace cairn::vec0
