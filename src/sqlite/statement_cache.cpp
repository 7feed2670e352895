#include "cairn/sqlite/statement_cache.hpp"

#include <algorithm>

#include "sqlite/api.hpp"
#include "sqlite/blank.hpp"

namespace cairn::sqlite {

namespace {

bool is_pragma(std::string_view sql) {
  constexpr std::string_view word = "PRAGMA";
  sql = skip_blank(sql);
  return sql.size() >= word.size() && sqlite3_strnicmp(sql.data(), word.data(), word.size()) == 0;
}

}  // namespace

CachedStatement::~CachedStatement() {
  if (!in_use_) return;  // moved from, or its own statement, which dies with it
  statement_->reset();
  statement_->clear_bindings();
  *in_use_ = false;
}

CachedStatement StatementCache::lend(sqlite3* db, std::string_view sql) {
  // A loop asks for the same statement again and again: no hash for that.
  if (!entries_.empty() && !entries_.front().in_use && entries_.front().sql == sql)
    return CachedStatement(&entries_.front().statement, &entries_.front().in_use);
  const auto found = by_sql_.find(sql);
  if (found != by_sql_.end() && !found->second->in_use) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return CachedStatement(&found->second->statement, &found->second->in_use);
  }
  auto own = std::make_unique<Statement>(db, sql);
  if (found != by_sql_.end() || is_pragma(sql) || !make_room()) return CachedStatement(std::move(own));
  entries_.push_front({std::string(sql), std::move(*own)});
  Entry& entry = entries_.front();
  by_sql_.emplace(entry.sql, entries_.begin());
  return CachedStatement(&entry.statement, &entry.in_use);
}

bool StatementCache::make_room() noexcept {
  if (entries_.size() < capacity_) return true;
  const auto idle =
      std::find_if(entries_.rbegin(), entries_.rend(), [](const Entry& entry) { return !entry.in_use; });
  if (idle == entries_.rend()) return false;
  by_sql_.erase(idle->sql);
  entries_.erase(std::next(idle).base());
  return true;
}

void StatementCache::clear() noexcept {
  std::erase_if(by_sql_, [](const auto& pair) { return !pair.second->in_use; });
  entries_.remove_if([](const Entry& entry) { return !entry.in_use; });
}

}  // namespace cairn::sqlite
