// What must not compile: each line that says so must be an error whose message, notes and all, has each of
// the parts between the '|', and no other line may be one. wrong_test.py shows this to the compilers.
#include <list>

#include "app.hpp"
#include "cairn/sql/async.hpp"
#include "cairn/sql/checked.hpp"
#include "cairn/sql/time.hpp"
#include "tasks.sql.hpp"

using namespace cairn::sql;

#define TASKS "SELECT id, title, due FROM tasks WHERE owner = :owner AND done = :done ORDER BY id"
#define INSERT "INSERT INTO tasks(title, owner, due) VALUES (:title, :owner, :due)"
#define INSERT_RETURNING "INSERT INTO tasks(title, owner) VALUES (?, ?) RETURNING id, title"
#define UPDATE "UPDATE tasks SET weight = :weight, note = :note WHERE id = :id"
#define BY_IDS \
  "SELECT id, weight, note FROM tasks WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
#define TYPES "SELECT typeof(:any) AS any, typeof(:real) AS real, typeof(:vector) AS vector"
#define BY_STATE "SELECT id, state FROM tasks WHERE state = :state"
#define DUE "SELECT due FROM tasks WHERE id = ?"

enum class Number { one };
struct Opaque {};

void arguments(Connection& db, std::optional<std::string> maybe, std::optional<std::int64_t> due) {
  // clang-format off
  CAIRN_SQL(TASKS).all(db, {.owner = 7, .done = true});                       // error: argument_does_not_fit|Text|int
  CAIRN_SQL(TASKS).all(db, {.owner = 'a', .done = true});                     // error: argument_does_not_fit|Text|char
  CAIRN_SQL(TASKS).all(db, {.owner = maybe, .done = true});                   // error: argument_does_not_fit|Text|optional
  CAIRN_SQL(TASKS).all(db, {.owner = nullptr, .done = true});                 // error: argument_does_not_fit|Text|nullptr_t
  CAIRN_SQL(TASKS).all(db, {.owner = std::nullopt, .done = true});            // error: argument_does_not_fit|Text|nullopt
  CAIRN_SQL(TASKS).all(db, {.owner = Number::one, .done = true});             // error: argument_does_not_fit|Text|Number
  CAIRN_SQL(TASKS).all(db, {.owner = "ada", .done = 1});                      // error: argument_does_not_fit|Boolean|int
  CAIRN_SQL(TASKS).all(db, {.owner = "ada", .done = "yes"});                  // error: argument_does_not_fit|Boolean|char
  CAIRN_SQL(DUE).one(db, {"7"});                                              // error: argument_does_not_fit|Integer|char
  CAIRN_SQL(DUE).one(db, {std::string("7")});                                 // error: argument_does_not_fit|Integer|string
  CAIRN_SQL(DUE).one(db, {7.0});                                              // error: argument_does_not_fit|Integer|double
  CAIRN_SQL(DUE).one(db, {due});                                              // error: argument_does_not_fit|Integer|optional
  CAIRN_SQL(DUE).one(db, {app::State::open});                                 // error: argument_does_not_fit|Integer|State
  CAIRN_SQL(DUE).one(db, {std::chrono::system_clock::now()});                 // error: argument_does_not_fit|Integer|time_point
  CAIRN_SQL(DUE).one(db, {Opaque()});                                         // error: argument_does_not_fit|Integer|Opaque
  CAIRN_SQL(INSERT).execute(db, {.title = "a", .owner = "b", .due = maybe});  // error: argument_does_not_fit|Integer|optional
  CAIRN_SQL(INSERT).execute(db, {.title = "a", .owner = "b", .due = 1.5});    // error: argument_does_not_fit|Integer|double
  CAIRN_SQL(UPDATE).execute(db, {.weight = "1", .note = {}, .id = 1});        // error: argument_does_not_fit|Real|char
  CAIRN_SQL(UPDATE).execute(db, {.weight = true, .note = nullptr, .id = 1});  // error: argument_does_not_fit|Real|bool
  CAIRN_SQL(UPDATE).execute(db, {.weight = 1, .note = "text", .id = 1});      // error: argument_does_not_fit|Blob|char
  CAIRN_SQL(BY_IDS).all(db, {.ids = 7});                                      // error: argument_does_not_fit|List|int
  CAIRN_SQL(BY_IDS).all(db, {.ids = std::list<Opaque>()});                    // error: argument_does_not_fit|List|Opaque
  CAIRN_SQL(TYPES).one(db, {.any = Opaque(), .real = 1, .vector = ""});       // error: argument_does_not_fit|Any|Opaque
  CAIRN_SQL(TYPES).one(db, {.any = 1, .real = 1, .vector = 1.5});             // error: argument_does_not_fit|Vector|double
  CAIRN_SQL(BY_STATE).all(db, {.state = "open"});                             // error: argument_does_not_fit|Exactly|State
  CAIRN_SQL(BY_STATE).all(db, {.state = 0});                                  // error: argument_does_not_fit|Exactly|State
  CAIRN_SQL(INSERT_RETURNING).one(db, {"a", 7});                              // error: argument_does_not_fit|Text|int
  tasks::tasks_of(db, {.owner = 7, .done = true});                            // error: argument_does_not_fit|Text|int

  CAIRN_SQL(TASKS).all(db);                                                   // error: no match|Connection
  CAIRN_SQL(TASKS).all(db, {});                                               // error: argument_is_missing|Text
  CAIRN_SQL(TASKS).all(db, {.owner = "ada"});                                 // error: argument_is_missing|Boolean
  CAIRN_SQL(TASKS).all(db, {.done = true});                                   // error: argument_is_missing|Text
  CAIRN_SQL(INSERT).execute(db, {.title = "a", .owner = "b"});                // error: argument_is_missing|Integer
  CAIRN_SQL(INSERT_RETURNING).one(db, {"a"});                                 // error: argument_is_missing|Text
  tasks::delete_(db);                                                         // error: no match|Connection

  CAIRN_SQL(TASKS).all(db, {.owner = "ada", .done = true, .id = 1});          // error: no match
  CAIRN_SQL(TASKS).all(db, {.ownr = "ada", .done = true});                    // error: no match
  CAIRN_SQL(TASKS).all(db, {"ada", true, 1});                                 // error: no match
  CAIRN_SQL(TASKS).all(db, "ada", true);                                      // error: no match
  CAIRN_SQL("DELETE FROM tasks").execute(db, {.id = 1});                      // error: no match
  CAIRN_SQL("DELETE FROM tasks").execute(db, 1);                              // error: no match
  CAIRN_SQL(TASKS).all();                                                     // error: no match
  CAIRN_SQL("DELETE FROM tasks").execute(3);                                  // error: a connection, a transaction, a sql::Pool
  // clang-format on
}

void forms(Connection& db, Pool& pool) {
  // clang-format off
  CAIRN_SQL(TASKS).scalar(db, {.owner = "ada", .done = true});                // error: \.scalar\(\) is for a query of one column
  CAIRN_SQL(TASKS).execute(db, {.owner = "ada", .done = true});               // error: returns rows, which \.execute\(\) would drop
  CAIRN_SQL(INSERT).all(db, {.title = "a", .owner = "b", .due = 1});          // error: returns no rows: run it with \.execute\(\)
  CAIRN_SQL(INSERT).one(db, {.title = "a", .owner = "b", .due = 1});          // error: returns no rows: run it with \.execute\(\)
  CAIRN_SQL(INSERT).optional(pool, {.title = "a", .owner = "b", .due = 1});   // error: returns no rows: run it with \.execute\(\)
  CAIRN_SQL("DELETE FROM tasks").scalar(db);                                  // error: returns no rows: run it with \.execute\(\)
  CAIRN_SQL("DELETE FROM tasks").each(pool);                                  // error: returns no rows: run it with \.execute\(\)
  CAIRN_SQL(INSERT_RETURNING).each(db, {"a", "b"});                           // error: this statement writes|use \.all\(\)
  CAIRN_SQL(INSERT_RETURNING).each(pool, {"a", "b"});                         // error: this statement writes|use \.all\(\)
  CAIRN_SQL(INSERT_RETURNING).execute(db, {"a", "b"});                        // error: returns rows, which \.execute\(\) would drop
  CAIRN_SQL(DUE).first(db, {7});                                              // error: first
  // clang-format on
}

void rows(Connection& db) {
  // clang-format off
  const auto task = CAIRN_SQL(TASKS).one(db, {.owner = "ada", .done = true});
  static_cast<void>(task.titel);                                              // error: titel
  std::int64_t due = task.due;                                                // error: optional
  static_cast<void>(due);
  static_cast<void>(task.due + 1);                                            // error: operand
  std::int64_t title = task.title;                                            // error: string
  static_cast<void>(title);
  const auto& [id, name] = task;                                              // error: 3 elements
  std::int64_t when = CAIRN_SQL(DUE).scalar(db, {1});                         // error: optional
  static_cast<void>(when);
  // clang-format on
}

struct Missing {
  std::int64_t id;
  std::string title;
  std::optional<std::int64_t> due;
  std::string owner;
};
struct Misspelt {
  std::int64_t id;
  std::string titel;
  std::optional<std::int64_t> due;
};
struct TooFew {
  std::int64_t id;
  std::string title;
};
struct Fewer {
  std::int64_t id;
};
struct TextForInteger {
  std::string id;
  std::string title;
  std::optional<std::int64_t> due;
};
struct IntegerForText {
  std::int64_t id;
  int title;
  std::optional<std::int64_t> due;
};
struct TimeAsText {
  std::int64_t id;
  std::string title;
  std::optional<Rfc3339> due;
};
struct NeverNull {
  std::int64_t id;
  std::string title;
  UnixSeconds due;
};

void structs() {
  // clang-format off
  CAIRN_SQL(TASKS).as<Missing>();                                             // error: no column of its name|owner
  CAIRN_SQL(TASKS).as<Misspelt>();                                            // error: no column of its name|titel
  CAIRN_SQL(TASKS).as<TooFew>();                                              // error: no member of its name|due
  CAIRN_SQL(TASKS).as<TextForInteger>();                                      // error: cannot hold its column|TextForInteger|id
  CAIRN_SQL(TASKS).as<IntegerForText>();                                      // error: cannot hold its column|IntegerForText|title
  CAIRN_SQL(TASKS).as<TimeAsText>();                                          // error: cannot hold its column|TimeAsText|due
  CAIRN_SQL(TASKS).as<NeverNull>();                                           // error: its column may be NULL|NeverNull|due
  CAIRN_SQL(TASKS).as<std::int64_t>();                                        // error: takes a struct
  tasks::tasks_of.as<Fewer>();                                                // error: no member of its name|due
  // clang-format on
}

void texts(Connection& db, const char* variable) {
  // clang-format off
  CAIRN_SQL("SELECT id FROM taks").all(db);                                   // error: this SQL was not checked: the build has not seen
  CAIRN_SQL("SELECT id " "FROM tasks").all(db, {.id = 1});                    // error: this SQL was not checked: the build has not seen
  CAIRN_SQL(variable).all(db);                                                // error: expected
  // clang-format on
}
