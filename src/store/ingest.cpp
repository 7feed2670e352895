#include "store/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "base/utf8.hpp"
#include "cairn/error.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/transaction.hpp"
#include "store/bounded_queue.hpp"
#include "store/file_time.hpp"
#include "store/ingest_write.hpp"
#include "store/walk.hpp"

namespace cairn::store {

namespace {

using Clock = std::chrono::steady_clock;
using Outcome = PreparedFile::Outcome;

// One write transaction and what is needed in it.
struct Batch {
  Batch(sql::Pool& pool, Embedder* embedder, const IngestOptions& options, IngestReport& report)
      : connection(pool.writer()), transaction(*connection), writer(*connection, embedder, options, report) {}

  sql::PooledConnection connection;
  sql::Transaction transaction;
  DocumentWriter writer;
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  Clock::time_point begin = Clock::now();
};

class Ingest {
 public:
  Ingest(sql::Pool& pool, Embedder* embedder, const IngestOptions& options, const IngestLimits& limits)
      : pool_(pool), embedder_(embedder), options_(options), limits_(limits) {}

  IngestReport run(std::span<const std::string> paths) {
    const auto start = Clock::now();
    started_ns_ = now_ns();
    WalkResult found = walk(paths, options_);
    files_found_ = found.files.size();
    report_.files_skipped = std::move(found.skipped);
    report_.problems = std::move(found.problems);
    const IngestPlan plan = make_plan(found);
    pass_unchanged(plan);
    if (!report_.stopped) write_changed(plan);
    if (!report_.stopped && options_.prune) prune(found);
    report_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(report_);
  }

 private:
  IngestPlan make_plan(const WalkResult& found) {
    const auto reader = pool_.reader();
    const sql::Transaction snapshot(*reader, sql::TransactionMode::deferred);
    return plan_ingest(*reader, found, options_);
  }

  void pass_unchanged(const IngestPlan& plan) {
    for (const FoundFile* file : plan.unchanged) {
      ++report_.files_unchanged;
      if (!file_done(*file)) return;
    }
  }

  // False when the caller wants to stop.
  bool file_done(const FoundFile& file) {
    ++files_done_;
    bytes_done_ += file.bytes;
    if (options_.progress)
      report_.stopped = !options_.progress({files_done_, files_found_, bytes_done_, file.path});
    return !report_.stopped;
  }

  void write_changed(const IngestPlan& plan) {
    if (plan.tasks.empty()) return;
    BoundedQueue<PreparedFile> queue(limits_.queue_bytes);
    const std::jthread worker([&] { prepare_all(plan, queue); });
    // Before the worker is joined, also when this thread throws: it may be waiting for room.
    const struct Closer {
      BoundedQueue<PreparedFile>& closing;
      ~Closer() { closing.close(); }
    } closer{queue};

    saying_what_is_written([&] {
      while (std::optional<PreparedFile> file = next(queue)) {
        const FoundFile& found = file->task->file;
        write(std::move(*file));
        if (!file_done(found)) break;
      }
      commit();
    });
  }

  void prepare_all(const IngestPlan& plan, BoundedQueue<PreparedFile>& queue) noexcept {
    try {
      for (const FileTask& task : plan.tasks) {
        PreparedFile file = prepare_file(task, embedder_, options_);
        const std::size_t bytes = file.memory();
        if (!queue.push(std::move(file), bytes)) break;
      }
      queue.finish();
    } catch (...) {
      queue.finish(std::current_exception());
    }
  }

  // Does not hold the write lock while a slow embedder is waited for.
  std::optional<PreparedFile> next(BoundedQueue<PreparedFile>& queue) {
    if (batch_) {
      std::optional<PreparedFile> file = queue.pop_until(batch_->begin + limits_.transaction_time);
      if (file || queue.finished()) return file;
      commit();
    }
    return queue.pop();
  }

  Batch& batch() {
    if (!batch_) batch_.emplace(pool_, embedder_, options_, report_);
    return *batch_;
  }

  void commit() {
    if (!batch_) return;
    batch_->writer.flush();
    batch_->transaction.commit();
    files_written_ += batch_->files;
    batch_.reset();
  }

  void commit_if_full() {
    const bool is_full = batch_->bytes >= limits_.transaction_bytes ||
                         Clock::now() >= batch_->begin + limits_.transaction_time;
    if (is_full) commit();
  }

  void write(PreparedFile file) {
    report_.bytes_read += file.bytes;
    if (file.outcome == Outcome::problem) report_.problems.push_back({file.task->file.path, file.problem});
    if (file.outcome == Outcome::binary) ++report_.files_skipped["binary"];
    if (file.outcome == Outcome::too_large) ++report_.files_skipped["too large"];
    if (!DocumentWriter::has_work(file, options_)) {
      if (file.outcome == Outcome::same) ++report_.files_unchanged;
      return;
    }
    Batch& open = batch();
    open.bytes += file.bytes;
    open.writer.write(std::make_shared<const PreparedFile>(std::move(file)));
    ++open.files;
    commit_if_full();
  }

  // Forgets documents below the folders whose file is gone, or is left alone by now.
  void prune(const WalkResult& found) {
    std::vector<std::int64_t> gone;
    {
      const auto reader = pool_.reader();
      for (const std::string& folder : found.folders) find_gone(*reader, found, folder, gone);
    }
    saying_what_is_written([&] {
      for (const std::int64_t id : gone) {
        batch().writer.remove(id);
        commit_if_full();
      }
      commit();
    });
  }

  void find_gone(const sql::Connection& db, const WalkResult& found, const std::string& folder,
                 std::vector<std::int64_t>& gone) const {
    // '0' follows '/' in ASCII: the range is everything that begins with "folder/". What another process
    // read in since this walk began is no concern of this walk.
    const std::string stem = folder == "/" ? "" : folder;
    for (const auto& row :
         CAIRN_SQL(
             "SELECT id, path FROM documents WHERE namespace = :namespace AND path > :begin AND path < :end "
             "AND ingested_ns < :started")
             .each(db, {.namespace_ = options_.namespace_,
                       .begin = stem + '/',
                       .end = stem + '0',
                       .started = started_ns_})) {
      const auto at =
          std::lower_bound(found.files.begin(), found.files.end(), row.path,
                           [](const FoundFile& file, std::string_view p) { return file.path < p; });
      const bool is_found = at != found.files.end() && at->path == row.path;
      const bool is_unknown =
          std::any_of(found.unknown.begin(), found.unknown.end(),
                      [&row](const std::string& top) { return is_within(row.path, top); });
      if (!is_found && !is_unknown) gone.push_back(row.id);
    }
  }

  // Runs `work`; an error undoes the open transaction and tells what is safe.
  template <class Work>
  void saying_what_is_written(Work work) {
    try {
      work();
    } catch (const Error& e) {
      batch_.reset();
      throw Error(e.code(),
                  fmt::format("{}; {} of {} changed or new files are written, reading in again does the rest",
                              e.what(), files_written_, files_found_ - report_.files_unchanged),
                  e.sqlite_code());
    }
  }

  sql::Pool& pool_;
  Embedder* embedder_;
  const IngestOptions& options_;
  const IngestLimits& limits_;
  IngestReport report_;
  std::int64_t started_ns_ = 0;
  std::size_t files_found_ = 0, files_done_ = 0, files_written_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::optional<Batch> batch_;
};

}  // namespace

IngestReport ingest(sql::Pool& pool, Embedder* embedder, std::span<const std::string> paths,
                    const IngestOptions& options, const IngestLimits& limits) {
  if (options.namespace_.empty() || !utf8::is_valid(options.namespace_) || !utf8::is_valid(options.doc_type))
    throw Error(ErrorCode::invalid_argument,
                "the namespace must not be empty, and namespace and document type must be valid UTF-8");
  return Ingest(pool, embedder, options, limits).run(paths);
}

}  // namespace cairn::store
