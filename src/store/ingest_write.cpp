#include "store/ingest_write.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/hash.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "store/content.hpp"
#include "store/embedded_text.hpp"
#include "store/file_time.hpp"

namespace cairn::store {

namespace {

using Outcome = PreparedFile::Outcome;

bool stamps_differ(const PreparedFile& file) {
  const KnownDocument& known = *file.task->known;
  if (known.bytes != file.bytes || known.modified_ns != file.modified_ns) return true;
  // Read again only because it was modified right before it was read: once that is long ago, say so.
  return is_racily_clean(known.modified_ns, known.ingested_ns) &&
         !is_racily_clean(file.modified_ns, file.read_ns);
}

bool type_differs(const PreparedFile& file, const IngestOptions& options) {
  return !options.doc_type.empty() && options.doc_type != file.task->known->doc_type;
}

}  // namespace

// A row of content as it is before the file is written.
struct DocumentWriter::OldRow {
  std::int64_t id;
  std::string hash_of_text;
  std::string heading;
  std::int64_t line_start, line_end, byte_start, byte_end;
  std::optional<std::string> text_hash;
  std::string doc_type;
  bool kept = false;
};

DocumentWriter::DocumentWriter(sql::Connection& db, Embedder* embedder, const IngestOptions& options,
                               IngestReport& report)
    : embedder_(embedder),
      options_(options),
      report_(report),
      now_(now_ns() / kNanosecondsPerSecond),
      db_(db),
      new_rows_(db) {}

bool DocumentWriter::has_work(const PreparedFile& file, const IngestOptions& options) noexcept {
  switch (file.outcome) {
    case Outcome::chunks:
      return true;
    case Outcome::same:
      return stamps_differ(file) || type_differs(file, options);
    case Outcome::binary:
      return options.prune && file.task->known;
    default:
      return false;
  }
}

void DocumentWriter::write(std::shared_ptr<const PreparedFile> file) {
  if (file->outcome == Outcome::chunks) {
    write_chunks(file);
  } else if (file->outcome == Outcome::same) {
    update_stamps(*file);
  } else if (const auto known = find_document(file->task->file.path)) {
    remove(*known);
  }
}

void DocumentWriter::remove(std::int64_t document_id) {
  report_.chunks_removed += static_cast<std::size_t>(
      CAIRN_SQL("DELETE FROM content WHERE document_id = :id").execute(db_, {.id = document_id}));
  report_.files_removed += static_cast<std::size_t>(
      CAIRN_SQL("DELETE FROM documents WHERE id = :id").execute(db_, {.id = document_id}));
}

std::optional<std::int64_t> DocumentWriter::find_document(const std::string& path) {
  const auto found = CAIRN_SQL("SELECT id FROM documents WHERE namespace = :namespace AND path = :path")
                         .optional(db_, {.namespace_ = options_.namespace_, .path = path});
  return found ? std::optional(found->id) : std::nullopt;
}

void DocumentWriter::update_stamps(const PreparedFile& file) {
  const KnownDocument& known = *file.task->known;
  CAIRN_SQL(
      "UPDATE documents SET bytes = :bytes, modified_ns = :modified, ingested_ns = :ingested "
      "WHERE id = :id AND content_hash = :hash")
      .execute(db_, {.bytes = file.bytes,
                     .modified = file.modified_ns,
                     .ingested = file.read_ns,
                     .id = known.id,
                     .hash = file.content_hash});
  if (!type_differs(file, options_)) {
    ++report_.files_unchanged;
    return;
  }
  CAIRN_SQL("UPDATE documents SET doc_type = :doc_type WHERE id = :id")
      .execute(db_, {.doc_type = options_.doc_type, .id = known.id});
  CAIRN_SQL("UPDATE content SET doc_type = :doc_type WHERE document_id = :document")
      .execute(db_, {.doc_type = options_.doc_type, .document = known.id});
  ++report_.files_updated;
}

std::int64_t DocumentWriter::upsert_document(const PreparedFile& file, std::optional<std::int64_t> known) {
  if (known) {
    CAIRN_SQL(
        "UPDATE documents SET title = :title, doc_type = :doc_type, bytes = :bytes, modified_ns = :modified, "
        "ingested_ns = :ingested, content_hash = :hash WHERE id = :id")
        .execute(db_, {.title = file.title,
                       .doc_type = file.doc_type,
                       .bytes = file.bytes,
                       .modified = file.modified_ns,
                       .ingested = file.read_ns,
                       .hash = file.content_hash,
                       .id = *known});
    return *known;
  }
  // Without RETURNING, whose savepoint would have FTS5 write out what it has gathered.
  CAIRN_SQL(
      "INSERT INTO documents(namespace, path, title, doc_type, "
      "bytes, modified_ns, ingested_ns, content_hash) "
      "VALUES (:namespace, :path, :title, :doc_type, :bytes, :modified, :ingested, :hash)")
      .execute(db_, {.namespace_ = options_.namespace_,
                     .path = file.task->file.path,
                     .title = file.title,
                     .doc_type = file.doc_type,
                     .bytes = file.bytes,
                     .modified = file.modified_ns,
                     .ingested = file.read_ns,
                     .hash = file.content_hash});
  return db_.last_insert_rowid();
}

std::vector<DocumentWriter::OldRow> DocumentWriter::rows_of(std::int64_t document_id) {
  std::vector<OldRow> rows;
  for (auto row :
       CAIRN_SQL("SELECT id, text, heading, line_start, line_end, byte_start, byte_end, text_hash, doc_type "
                 "FROM content WHERE document_id = :document ORDER BY byte_start, id")
           .each(db_, {.document = document_id}))
    rows.push_back({.id = row.id,
                    .hash_of_text = content_hash(row.text),
                    .heading = std::move(row.heading),
                    .line_start = row.line_start,
                    .line_end = row.line_end,
                    .byte_start = row.byte_start,
                    .byte_end = row.byte_end,
                    .text_hash = std::move(row.text_hash),
                    .doc_type = std::move(row.doc_type)});
  return rows;
}

// A chunk takes the id of the first row with its text that no earlier chunk took, wherever in the file
// that stood: a moved paragraph stays itself, and equal ones keep their order.
void DocumentWriter::write_chunks(const std::shared_ptr<const PreparedFile>& shared) {
  const PreparedFile& file = *shared;
  const auto known = find_document(file.task->file.path);
  std::vector<OldRow> rows = known ? rows_of(*known) : std::vector<OldRow>{};
  const std::int64_t document_id = upsert_document(file, known);
  ++(known ? report_.files_updated : report_.files_added);

  std::unordered_map<std::string_view, std::vector<OldRow*>> by_text;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) by_text[row->hash_of_text].push_back(&*row);
  std::vector<const OldRow*> kept(file.chunks.size(), nullptr);
  for (std::size_t i = 0; i < file.chunks.size() && !by_text.empty(); ++i) {
    const auto found = by_text.find(content_hash(file.chunks[i].text));
    if (found == by_text.end() || found->second.empty()) continue;
    found->second.back()->kept = true;
    kept[i] = found->second.back();
    found->second.pop_back();
  }

  for (const OldRow& row : rows) {
    if (row.kept) continue;
    CAIRN_SQL("DELETE FROM content WHERE id = :id").execute(db_, {.id = row.id});
    ++report_.chunks_removed;
  }
  for (std::size_t i = 0; i < file.chunks.size(); ++i) {
    if (kept[i]) {
      keep(*kept[i], file, i);
    } else {
      insert(document_id, shared, i);
      ++report_.chunks_added;
    }
  }
}

void DocumentWriter::insert(std::int64_t document_id, const std::shared_ptr<const PreparedFile>& file,
                            std::size_t i) {
  const text::Chunk& chunk = file->chunks[i];
  const auto as_stored = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  const std::int64_t id =
      new_rows_.add({.text = chunk.text,
                     .doc_type = file->doc_type,
                     .namespace_ = options_.namespace_,
                     .created_at = now_,
                     .heading = chunk.heading,
                     .document_id = document_id,
                     .line_start = as_stored(chunk.line_begin),
                     .line_end = as_stored(chunk.line_end),
                     .byte_start = as_stored(chunk.byte_begin),
                     .byte_end = as_stored(chunk.byte_end),
                     .text_hash = embedder_ ? std::optional(file->text_hashes[i]) : std::nullopt,
                     .owner = file});
  if (embedder_) set_vector(id, *file, i, false);
}

void DocumentWriter::flush() {
  new_rows_.flush();
}

void DocumentWriter::keep(const OldRow& row, const PreparedFile& file, std::size_t i) {
  const text::Chunk& chunk = file.chunks[i];
  ++report_.chunks_kept;
  const bool heading_changed = row.heading != chunk.heading;
  std::optional<std::string> text_hash = row.text_hash;
  if (embedder_) {
    text_hash = file.text_hashes[i];
  } else if (heading_changed && row.text_hash) {
    text_hash = "";  // the row has a vector, but no longer one of what it says
  }
  const auto as_stored = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  const bool moved =
      row.line_start != as_stored(chunk.line_begin) || row.line_end != as_stored(chunk.line_end) ||
      row.byte_start != as_stored(chunk.byte_begin) || row.byte_end != as_stored(chunk.byte_end);
  if (!heading_changed && !moved && text_hash == row.text_hash && row.doc_type == file.doc_type) return;

  CAIRN_SQL(
      "UPDATE content SET doc_type = :doc_type, line_start = :line_start, line_end = :line_end, "
      "byte_start = :byte_start, byte_end = :byte_end, text_hash = :text_hash WHERE id = :id")
      .execute(db_, {.doc_type = file.doc_type,
                     .line_start = chunk.line_begin,
                     .line_end = chunk.line_end,
                     .byte_start = chunk.byte_begin,
                     .byte_end = chunk.byte_end,
                     .text_hash = text_hash,
                     .id = row.id});
  // By itself, since naming `heading` has the row indexed again.
  if (heading_changed)
    CAIRN_SQL("UPDATE content SET heading = :heading, updated_at = :now WHERE id = :id")
        .execute(db_, {.heading = chunk.heading, .now = now_, .id = row.id});
  if (embedder_ && text_hash != row.text_hash) set_vector(row.id, file, i, true);
}

void DocumentWriter::set_vector(std::int64_t id, const PreparedFile& file, std::size_t i, bool replaces) {
  std::span<const float> vector;
  std::vector<float> late;
  if (const std::size_t vector_row = file.vector_rows[i]; vector_row != PreparedFile::kNoVector) {
    const std::size_t dimension = embedder_->info().dimension;
    vector = std::span(file.vectors).subspan(vector_row * dimension, dimension);
  } else {
    // The reader thought that a row with this text would be kept: one of several equal ones was not enough,
    // or another process wrote meanwhile.
    late = embedder_->embed(embedded_text(file.chunks[i].heading, file.chunks[i].text), TextRole::document);
    vector = late;
  }
  replaces ? put_vector(db_, id, vector) : insert_vector(db_, id, vector);
}

}  // namespace cairn::store
