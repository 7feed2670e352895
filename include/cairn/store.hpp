// Memory and retrieval in one SQLite file.
//
//   cairn::Store store = cairn::Store::open("agent.db");
//   store.add({.text = "The deploy key rotates every 90 days.", .doc_type = "note"});
//   store.ingest({"/home/ada/notes"});
//   for (const cairn::Hit& hit : store.search("when does the key change?", {.limit = 5}))
//     std::cout << hit.score << "  " << hit.path << ':' << hit.line_start << "  " << hit.snippet << '\n';
//
// The unit of search is a row of `content`: a remembered note, or a chunk of a document. Documents are
// the files that chunks come from. Every row lives in a namespace.
//
// Thread-safety: every member may be called from several threads at once; reads run beside each other
// and beside one write. Several processes may have the same file open.
// Errors: cairn::Error; an operation that throws has changed nothing, unless it says otherwise.
// Text must be valid UTF-8 (invalid_argument names the first bad byte); files are repaired when read in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/embedder.hpp"
#include "cairn/filter.hpp"

namespace cairn {

// ---- What goes in -------------------------------------------------------------------------------

// A note to remember.
struct Record {
  std::string text;  // not empty
  std::string doc_type = "note";
  std::string namespace_ = "default";
  std::string metadata = {};                    // a JSON object, or empty
  std::optional<std::int64_t> created_at = {};  // Unix seconds; now when unset
  std::vector<float> embedding = {};  // of the store's dimension; empty: the store's embedder makes it
};

// Which fields of a row to change; an unset one stays. A new text is embedded again.
struct Update {
  std::optional<std::string> text = {};
  std::optional<std::string> doc_type = {};
  std::optional<std::string> namespace_ = {};
  std::optional<std::string> metadata = {};  // replaces the whole JSON; "" removes it
  std::vector<float> embedding = {};
};

// ---- What comes out -----------------------------------------------------------------------------

struct Content {
  std::int64_t id = 0;
  std::string text;
  std::string doc_type;
  std::string namespace_;
  std::string metadata;                    // JSON, or empty
  std::int64_t created_at = 0;             // Unix seconds
  std::optional<std::int64_t> updated_at;  // when the text last changed
  // Where it comes from; a note has no document, an empty path and lines of 0.
  std::optional<std::int64_t> document_id;
  std::string path;
  std::string title;            // of the document
  std::string heading;          // "Chapter > Section" above the chunk
  std::int64_t line_start = 0;  // 1-based, inclusive
  std::int64_t line_end = 0;
  std::int64_t byte_start = 0;  // half-open range in the file
  std::int64_t byte_end = 0;
};

// How one arm of a search saw a row.
struct ArmScore {
  std::size_t rank = 0;  // from 1
  double value = 0;      // vector: distance, smaller is nearer; keyword: bm25, larger is better
};

struct Hit : Content {
  double score = 0;                // larger is better; comparable within one search only
  std::optional<ArmScore> vector;  // unset where the arm did not find the row
  std::optional<ArmScore> keyword;
  std::string snippet;  // the best passage of the text, one line
};

enum class SearchMode { hybrid, vector, keyword };

struct SearchOptions {
  std::size_t limit = 10;
  std::size_t offset = 0;
  SearchMode mode = SearchMode::hybrid;
  Filter filter = {};
  // Shorthands, all of which must hold together with `filter`; empty ones do not count.
  std::string doc_type = {};
  std::string namespace_ = {};
  std::string path = {};              // a glob over the path, or a file or folder that it must be in
  std::vector<float> embedding = {};  // the query's vector, when the caller has it already
};

// The same search with an account of how it was answered.
struct SearchReport {
  std::vector<Hit> hits;
  std::string keyword_query;          // the FTS5 expression that the text became; empty when it has no word
  std::size_t vector_candidates = 0;  // rows each arm contributed before fusion
  std::size_t keyword_candidates = 0;
  std::vector<std::string> query_plans;  // EXPLAIN QUERY PLAN of each arm's statement
  double embed_ms = 0;
  double vector_ms = 0;
  double keyword_ms = 0;
  double total_ms = 0;
  std::string note;  // why an arm was left out, if one was
};

// ---- The graph ----------------------------------------------------------------------------------

enum class NodeKind { content, document };

// A row of content or a document. An integer converts to a row of content.
struct Node {
  std::int64_t id = 0;
  NodeKind kind = NodeKind::content;
  Node(std::int64_t content_id) : id(content_id) {}  // implicit on purpose
  Node(std::int64_t node_id, NodeKind node_kind) : id(node_id), kind(node_kind) {}
  friend bool operator==(const Node&, const Node&) = default;
};

struct Edge {
  Node source;
  Node target;
  std::string type;
  double strength = 1.0;  // 0 to 1
};

enum class Direction { out, in, both };

struct RelatedOptions {
  std::size_t depth = 1;  // how many edges away, at least 1
  Direction direction = Direction::out;
  std::string type = {};    // follow edges of this type only; empty: any
  double min_strength = 0;  // of every edge on the way
  std::size_t limit = 100;
};

struct Related {
  Content content;  // for a document only document_id, path, title and doc_type are filled
  Node node;
  std::size_t depth = 0;   // length of the shortest way
  double strength = 0;     // product of the strengths along `path`
  std::vector<Edge> path;  // the edges from the start to here, as they are stored
};

// ---- Documents ----------------------------------------------------------------------------------

struct Document {
  std::int64_t id = 0;
  std::string namespace_;
  std::string path;
  std::string title;
  std::string doc_type;
  std::int64_t bytes = 0;
  std::int64_t chunks = 0;
  std::int64_t modified_at = 0;  // Unix seconds, of the file
  std::int64_t ingested_at = 0;
};

struct IngestProgress {
  std::size_t files_done = 0;
  std::size_t files_found = 0;
  std::uint64_t bytes_done = 0;
  std::string_view path;  // dies with the call
};

struct IngestOptions {
  std::string namespace_ = "default";
  std::string doc_type = {};                // empty: "doc" for prose, "code" for source code
  std::uint64_t max_file_bytes = 64 << 20;  // larger files are skipped and counted
  bool gitignore = true;                    // honour .gitignore files
  bool prune = true;                        // forget files below the given folders that are gone
  // Called on the calling thread after each file; returning false stops after what is already written. It
  // runs inside the open transaction, so it must not write to the same store.
  std::function<bool(const IngestProgress&)> progress = {};
};

struct IngestProblem {
  std::string path;
  std::string message;
};

struct IngestReport {
  std::size_t files_added = 0;
  std::size_t files_updated = 0;
  std::size_t files_unchanged = 0;
  std::size_t files_removed = 0;
  std::map<std::string, std::size_t>
      files_skipped;  // by reason: "binary", "ignored", "hidden", "too large" …
  std::size_t chunks_added = 0;
  std::size_t chunks_kept = 0;
  std::size_t chunks_removed = 0;
  std::uint64_t bytes_read = 0;
  double seconds = 0;
  bool stopped = false;
  std::vector<IngestProblem> problems;  // files that could not be read
};

// ---- The file -----------------------------------------------------------------------------------

enum class OpenMode {
  create,    // make the file when it is missing (the default)
  existing,  // not_found when it is missing
  // And never written, not even to upgrade it. Where the folder cannot be written either and nobody is
  // writing now, SQLite's locks are not to be had: the file is then read as if it never changed, so open it
  // anew to see what its owner writes later.
  read_only,
};

struct OpenOptions {
  OpenMode mode = OpenMode::create;
  // What makes vectors. Unset: the one that the file remembers, the built-in one for a new file.
  std::shared_ptr<Embedder> embedder = {};
  std::size_t readers = 4;                         // connections for reads that run at once
  std::chrono::milliseconds busy_timeout{5000};    // how long to wait for another process's lock
  bool allow_foreign = false;                      // add Cairn's tables to a database of another program
  std::function<void(std::string_view)> log = {};  // what happened on opening: created, adopted, upgraded
};

struct Status {
  std::string path;
  std::int64_t format_version = 0;
  std::string embedder;
  std::size_t dimension = 0;
  std::int64_t documents = 0;
  std::int64_t content = 0;  // rows
  std::int64_t vectors = 0;
  std::int64_t relationships = 0;
  std::uint64_t file_bytes = 0;                    // with the write-ahead log
  std::map<std::string, std::int64_t> namespaces;  // rows in each
  std::map<std::string, std::int64_t> doc_types;
  std::string sqlite_version;
  std::string simd;
};

struct Finding {
  std::string what;  // a sentence
  bool repaired = false;
};

class Store {
 public:
  // Opens, creates, adopts or upgrades the file by itself. An upgrade first writes a copy beside the file
  // ("agent.db.v1.bak"). Throws not_a_database, foreign_database, newer_database, older_database (read-only
  // and in need of an upgrade), embedder_mismatch, read_only, busy …, each with the remedy.
  static Store open(const std::string& path, const OpenOptions& options = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // -- content
  std::int64_t add(const Record& record);
  // All or none, in one transaction; embedded in batches. Returns the ids in order.
  std::vector<std::int64_t> add_many(std::span<const Record> records);
  Content get(std::int64_t id) const;  // throws not_found
  std::optional<Content> find(std::int64_t id) const;
  void update(std::int64_t id, const Update& changes);  // throws not_found
  bool remove(std::int64_t id);                         // false when there is no such row
  std::vector<float> embedding(std::int64_t id) const;  // throws not_found

  // -- search. Never fails or comes back empty because of what characters the text holds.
  std::vector<Hit> search(std::string_view text, const SearchOptions& options = {}) const;
  SearchReport explain(std::string_view text, const SearchOptions& options = {}) const;

  // -- the graph
  // Adds the edge, or changes its strength. Throws not_found for an unknown node.
  void relate(Node source, Node target, std::string_view type, double strength = 1.0);
  bool unrelate(Node source, Node target, std::string_view type);
  // What can be reached, nearest first, then by strength. Cycles are walked once; the start is never in it.
  std::vector<Related> related(Node start, const RelatedOptions& options = {}) const;

  // -- documents
  // Reads files and folders in (recursively). Unchanged files are left alone, and unchanged chunks of
  // changed files keep their ids. Work is committed as it goes: after an error or a kill, what is there
  // is whole files, and the next call does the rest.
  IngestReport ingest(std::span<const std::string> paths, const IngestOptions& options = {});
  IngestReport ingest(std::initializer_list<std::string> paths, const IngestOptions& options = {}) {
    return ingest(std::span<const std::string>(paths.begin(), paths.size()), options);
  }
  std::vector<Document> documents(const SearchOptions& options = {}) const;  // by path; limit 0 means all
  std::optional<Document> find_document(std::string_view path, std::string_view name_space = "default") const;
  // The document's chunks that touch lines [first, last], in order. A last of 0 means to the end.
  std::vector<Content> lines(std::int64_t document_id, std::int64_t first = 1, std::int64_t last = 0) const;
  bool remove_document(std::int64_t id);

  // -- small facts about the application, the guide's app_metadata. Keys that start with "cairn." are
  // Cairn's.
  std::optional<std::string> metadata(std::string_view key) const;
  void set_metadata(std::string_view key, std::string_view value);

  // -- upkeep
  Status status() const;
  // Checks the file (SQLite's own check, full text, vectors, graph); repairs what can be when asked.
  std::vector<Finding> doctor(bool repair = false);
  // Embeds rows that other programs wrote without a vector, or whose text they changed. Returns how many.
  std::size_t embed_missing();

  const std::string& path() const noexcept;
  EmbedderInfo embedder() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn
