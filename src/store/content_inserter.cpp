#include "store/content_inserter.hpp"

#include "cairn/sql/checked.hpp"

namespace cairn::store {

namespace {

constexpr std::size_t kRowsPerInsert = 256;
constexpr int kColumns = 13;  // times 256 is 3,328 parameters; SQLite's limit is 32,766

std::string insert_statement(std::size_t rows) {
  std::string sql =
      "INSERT INTO content(id, text, doc_type, namespace, created_at, metadata, heading, document_id, "
      "line_start, line_end, byte_start, byte_end, text_hash) VALUES ";
  for (std::size_t i = 0; i < rows; ++i) sql.append(i == 0 ? "" : ",").append("(?,?,?,?,?,?,?,?,?,?,?,?,?)");
  return sql;
}

void bind_row(sqlite::Statement& st, int at, std::int64_t id, const NewContent& row) {
  st.bind(at, id)
      .bind_view(at + 1, row.text)
      .bind_view(at + 2, row.doc_type)
      .bind_view(at + 3, row.namespace_);
  st.bind(at + 4, row.created_at);
  row.metadata.empty() ? st.bind(at + 5, nullptr) : st.bind_view(at + 5, row.metadata);
  st.bind_view(at + 6, row.heading).bind(at + 7, row.document_id);
  st.bind(at + 8, row.line_start).bind(at + 9, row.line_end);
  st.bind(at + 10, row.byte_start).bind(at + 11, row.byte_end).bind(at + 12, row.text_hash);
}

}  // namespace

ContentInserter::ContentInserter(sql::Connection& db)
    : db_(db),
      // Above every id that was ever given away, as AUTOINCREMENT would choose.
      last_id_(
          CAIRN_SQL("SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'content'), 0), "
                    "coalesce((SELECT max(id) FROM content), 0)) AS \"id: std::int64_t\"")
              .scalar(db)) {}

std::int64_t ContentInserter::add(NewContent row) {
  rows_.push_back(std::move(row));
  const std::int64_t id = ++last_id_;
  if (rows_.size() == kRowsPerInsert) flush();
  return id;
}

void ContentInserter::flush() {
  if (rows_.empty()) return;
  const auto run = [this](sqlite::Statement& st) {
    std::int64_t id = last_id_ - static_cast<std::int64_t>(rows_.size());
    int at = 1;
    for (const NewContent& row : rows_) {
      bind_row(st, at, ++id, row);
      at += kColumns;
    }
    st.run();
  };
  // One row and a full batch come again and again; other numbers do not.
  const std::string sql = insert_statement(rows_.size());
  if (rows_.size() == kRowsPerInsert || rows_.size() == 1) {
    run(*db_.cached(sql));
  } else {
    sqlite::Statement remainder = db_.prepare(sql);
    run(remainder);
  }
  rows_.clear();
}

}  // namespace cairn::store
