// Filters as SQL conditions.
//
//   const FilterSql where = compile(combined_filter(options));
//   auto st = db.prepare("SELECT c.id FROM content c LEFT JOIN documents d ON d.id = c.document_id "
//                        "WHERE c.namespace = ? AND " + where.condition);
//   st.bind(1, "default");
//   const int next = bind(where, st, 2);
//
// Nothing of the filter's text gets into the SQL: field paths and values are bound. Plain equality on a
// column is `c.doc_type = ?`, so that the planner can use an index.
#pragma once

#include <string>
#include <vector>

#include "cairn/filter.hpp"
#include "cairn/sqlite/statement.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

struct FilterSql {
  std::string condition = "1";      // in parentheses where it needs them; "1" when everything matches
  std::vector<FilterValue> values;  // one per '?' in `condition`, in order
  bool uses_documents = false;      // whether `d` occurs; without it the join may be left out
};

enum class FilterRows {
  content,    // aliases: c for content, and d for documents, LEFT JOINed on d.id = c.document_id
  documents,  // alias: d. id, doc_type, namespace, document_id, path and title are the document's; a document
              // lacks the other fields
};

FilterSql compile(const Filter& filter, FilterRows rows = FilterRows::content);

// Binds the values from parameter `first` on; returns the parameter after the last. The values are not
// copied: `sql` must outlive the statement's use of them.
int bind(const FilterSql& sql, sqlite::Statement& statement, int first);

// options.filter and the shorthands doc_type, namespace_ and path as one filter.
//
// A path that begins with '/' is a file, or a folder that the file must be in. Another one is looked for
// anywhere in the path as a run of whole components ("docs", "api/index.md"). One with *, ? or [ may also
// match as a glob over the whole path or, unless it begins with '/', over its last components.
Filter combined_filter(const SearchOptions& options);

}  // namespace cairn::store
