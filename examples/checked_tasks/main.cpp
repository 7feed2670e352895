// A task list whose SQL is checked when it is compiled.
//
//   checked_tasks add TITLE [OWNER]
//   checked_tasks list
//   checked_tasks done ID
//   checked_tasks report
#include <cairn/sql/checked.hpp>
#include <cairn/sql/migrator.hpp>
#include <cairn/sql/pool.hpp>
#include <cairn/sql/time.hpp>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>

#include "migrations.hpp"
#include "reports.sql.hpp"

namespace tasks {

using cairn::sql::Pool, cairn::sql::Transaction, cairn::sql::UnixSeconds;

void add(Pool& pool, const std::string& title, const std::optional<std::string>& owner) {
  const std::int64_t id = pool.write([&](Transaction& tx) {
    if (owner)
      CAIRN_SQL("INSERT INTO people(name) VALUES (:name) ON CONFLICT DO NOTHING")
          .execute(tx, {.name = *owner});
    return CAIRN_SQL(
               "INSERT INTO tasks(title, owner) "
               "VALUES (:title, (SELECT id FROM people WHERE name IS :owner)) RETURNING id")
        .scalar(tx, {.title = title, .owner = owner});
  });
  std::cout << "added " << id << '\n';
}

void list(Pool& pool) {
  // A LEFT JOIN may find nobody, so `name` is a std::optional; `title` is not.
  for (const auto& task : CAIRN_SQL(R"(
         SELECT tasks.id, title, done, people.name
           FROM tasks LEFT JOIN people ON people.id = tasks.owner
          ORDER BY done, tasks.id)")
                              .all(pool))
    std::cout << task.id << (task.done ? " [x] " : " [ ] ") << task.title
              << (task.name ? " (" + *task.name + ")" : "") << '\n';
}

bool done(Pool& pool, std::int64_t id) {
  return CAIRN_SQL("UPDATE tasks SET done = 1 WHERE id = :id AND NOT done").execute(pool, {.id = id}) > 0;
}

void report(Pool& pool) {
  for (const reports::workload_row& person : reports::workload(pool))
    std::cout << person.name << ": " << person.open << " open\n";
  std::cout << "overdue: " << reports::overdue(pool, {.now = UnixSeconds::now()}) << '\n';
}

int run(std::span<char*> words) {
  const char* file = std::getenv("TASKS_DB");
  Pool pool(cairn::sql::ConnectOptions::agent(file ? file : "tasks.db"));
  cairn::sql::Migrator(migrations()).run(*pool.writer());

  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "add" && (words.size() == 2 || words.size() == 3)) {
    add(pool, words[1], words.size() == 3 ? std::optional<std::string>(words[2]) : std::nullopt);
  } else if (verb == "list" && words.size() == 1) {
    list(pool);
  } else if (verb == "done" && words.size() == 2) {
    if (!done(pool, std::atoll(words[1]))) {
      std::cerr << "there is no open task " << words[1] << '\n';
      return 1;
    }
  } else if (verb == "report" && words.size() == 1) {
    report(pool);
  } else {
    std::cerr << "usage: checked_tasks add TITLE [OWNER] | list | done ID | report\n";
    return 2;
  }
  return 0;
}

}  // namespace tasks

int main(int argc, char** argv) {
  try {
    return tasks::run({argv + 1, argv + argc});
  } catch (const cairn::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
