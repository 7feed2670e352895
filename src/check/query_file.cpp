// Files of named queries. A query is what stands between its line and the next one; where strings and
// comments are decides which lines those are, so the text is walked in pieces, as SQLite's tokenizer would
// (https://www.sqlite.org/lang_comment.html).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "check/cpp_identifier.hpp"
#include "check/nearest.hpp"
#include "check/scanner.hpp"
#include "check/source_lines.hpp"
#include "sqlite/excerpt.hpp"

namespace cairn::check {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f";
constexpr const char* kHowToName = "write: -- name: open_tasks :all";

struct Piece {
  enum class Kind { blank, comment, code };  // blank: white space, and the semicolons between statements
  Kind kind;
  std::size_t end;
  bool closed = true;
};

Piece piece_up_to(Piece::Kind kind, std::string_view source, std::string_view close, std::size_t from) {
  const std::size_t end = source.find(close, from);
  return end == source.npos ? Piece{kind, source.size(), false} : Piece{kind, end + close.size()};
}

// One character, but for comments and what is in quotation marks. A doubled quotation mark, as in 'it''s',
// makes two pieces of one string, which is all the same here.
Piece piece_at(std::string_view source, std::size_t at) {
  const std::string_view rest = source.substr(at);
  if (rest.starts_with("--")) return {Piece::Kind::comment, std::min(source.find('\n', at), source.size())};
  if (rest.starts_with("/*")) return piece_up_to(Piece::Kind::comment, source, "*/", at + 2);
  if (rest[0] == '[') return piece_up_to(Piece::Kind::code, source, "]", at + 1);
  if (std::string_view("'\"`").find(rest[0]) != std::string_view::npos)
    return piece_up_to(Piece::Kind::code, source, rest.substr(0, 1), at + 1);
  const bool blank = rest[0] == ';' || kBlank.find(rest[0]) != kBlank.npos;
  return {blank ? Piece::Kind::blank : Piece::Kind::code, at + 1};
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

struct NamedForm {
  std::string_view name;
  Form form;
};
constexpr NamedForm kForms[] = {{":one", Form::one},       {":optional", Form::optional},
                                {":all", Form::all},       {":each", Form::each},
                                {":scalar", Form::scalar}, {":execute", Form::execute}};

// For a form that is none: the one that was meant, as far as one can tell.
std::string advice(std::string_view form) {
  std::vector<std::string> names;
  for (const NamedForm& known : kForms) names.emplace_back(known.name);
  std::vector<std::string> meant = nearest(form, names);
  // Those of sqlc (https://docs.sqlc.dev/en/stable/reference/query-annotations.html).
  if (form == ":many") meant = {":all"};
  if (form.starts_with(":exec")) meant = {":execute"};
  return meant.empty() ? fmt::format("the forms are {}", fmt::join(names, ", "))
                       : fmt::format("did you mean '{}'?", meant[0]);
}

class QueryFile {
 public:
  QueryFile(std::string_view source, const std::string& file)
      : source_(source), file_(file), lines_(source) {}

  Scan run() {
    bool first_on_line = true;
    std::size_t at = source_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (at < source_.size()) {
      const Piece piece = piece_at(source_, at);
      const std::string_view text = source_.substr(at, piece.end - at);
      if (piece.kind == Piece::Kind::blank) {
        first_on_line |= text == "\n";
      } else if (!std::exchange(first_on_line, false) || !read_name(text)) {
        read_piece(piece, text);
      }
      at = piece.end;
    }
    finish_query();
    return std::move(scan_);
  }

 private:
  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - source_.data());
  }
  Place place_of(std::string_view part) const { return lines_.place_of(offset_of(part)); }
  void complain(const Place& place, std::string message, std::string help = "") {
    scan_.diagnostics.push_back({file_, place, std::move(message), std::move(help)});
  }

  // Whether it is a line "-- name: …", be it a sound one or not.
  bool read_name(std::string_view comment) {
    if (!comment.starts_with("--")) return false;
    std::string_view line = comment.substr(2);
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (!line.starts_with("name:")) return false;
    finish_query();
    begin_query(comment, line.substr(5));
    named_ = true;
    return true;
  }

  void begin_query(std::string_view comment, std::string_view line) {
    const std::string_view name = take_word(line);
    const std::string_view form = take_word(line);
    const std::string_view more = take_word(line);
    if (name.empty()) return complain(place_of(comment), "'-- name:' without a name", kHowToName);
    if (!is_identifier(name))
      return complain(place_of(name), fmt::format("'{}' is no C++ identifier", sqlite::excerpt(name)),
                      "a name is made of letters, digits and underscores");
    if (is_keyword(name)) return complain(place_of(name), fmt::format("'{}' is a keyword of C++", name));
    const auto [first, is_new] = names_.try_emplace(name, place_of(name));
    if (!is_new)
      return complain(
          place_of(name), fmt::format("another query has the name '{}'", name),
          fmt::format("the first one is at {}:{}:{}", file_, first->second.line, first->second.column));
    if (form.empty()) return complain(place_of(name), fmt::format("'{}' has no form", name), kHowToName);
    const auto known = std::ranges::find(kForms, form, &NamedForm::name);
    if (known == std::end(kForms))
      return complain(place_of(form), fmt::format("'{}' is no form of a query", sqlite::excerpt(form)),
                      advice(form));
    if (!more.empty())
      return complain(place_of(more), fmt::format("'{}' behind the form", sqlite::excerpt(more)), kHowToName);
    query_.emplace();
    query_->file = file_;
    query_->macro = place_of(comment);
    query_->name = name;
    query_->form = known->form;
  }

  void read_piece(const Piece& piece, std::string_view text) {
    if (!piece.closed) {
      query_.reset();
      return complain(place_of(text), piece.kind == Piece::Kind::comment
                                          ? "the comment that begins here does not end"
                                          : "the quotation that begins here does not end");
    }
    if (piece.kind == Piece::Kind::code && !named_) {
      named_ = true;  // once is enough
      return complain(place_of(text), "SQL before the first '-- name:'", kHowToName);
    }
    if (!begin_) begin_ = offset_of(text);
    if (piece.kind == Piece::Kind::code) end_ = piece.end;
  }

  void finish_query() {
    if (query_ && !end_) complain(query_->macro, fmt::format("'{}' has no SQL", query_->name));
    if (query_ && end_) add_query(*begin_, *end_);
    query_.reset();
    begin_.reset();
    end_.reset();
  }

  void add_query(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      if (source_[at] == '\0')
        return complain(lines_.place_of(at), "a NUL in the SQL, at which SQLite would stop");
      // The text is the same one wherever it was checked out.
      if (source_.substr(at, 2) == "\r\n") continue;
      query_->sql += source_[at];
      query_->places.push_back(lines_.place_of(at));
    }
    query_->places.push_back(lines_.place_of(end));
    scan_.queries.push_back(std::move(*query_));
  }

  std::string_view source_;
  std::string file_;
  SourceLines lines_;
  Scan scan_;
  std::map<std::string_view, Place> names_;
  bool named_ = false;                // a "-- name:" has been read
  std::optional<SourceQuery> query_;  // of the last "-- name:", if that was sound
  std::optional<std::size_t> begin_;  // of its first comment or code
  std::optional<std::size_t> end_;  // of its last code: the comments and semicolons behind that do not count
};

}  // namespace

Scan scan_sql(std::string_view source, const std::string& file) {
  return QueryFile(source, file).run();
}

}  // namespace cairn::check
