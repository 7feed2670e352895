// A task list in a file, and a program to start from: migrations compiled in, a pool, queries with types,
// transactions, errors.
//
//   tasks add "water the plants"
//   tasks list
//   tasks done 1
#include <cairn/sql/migrator.hpp>
#include <cairn/sql/pool.hpp>
#include <cairn/sql/time.hpp>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>

#include "migrations.hpp"

namespace tasks {

using cairn::sql::Connection, cairn::sql::Transaction, cairn::sql::named;

struct Task {
  std::int64_t id;
  std::string title;
  bool done;
};

void add(cairn::sql::Pool& pool, const std::string& title) {
  const auto id = pool.write([&](Transaction& tx) {
    return tx.query_one<std::int64_t>("INSERT INTO tasks(title) VALUES (:title) RETURNING id",
                                      named(":title", title));
  });
  std::cout << "added " << id << '\n';
}

void list(cairn::sql::Pool& pool) {
  const auto all = pool.read([](Connection& db) {
    return db.query_all<Task>("SELECT id, title, done FROM tasks ORDER BY done, id");
  });
  for (const Task& task : all) std::cout << task.id << (task.done ? " [x] " : " [ ] ") << task.title << '\n';
}

// The task and its history change together, or not at all.
bool done(cairn::sql::Pool& pool, std::int64_t id) {
  return pool.write([&](Transaction& tx) {
    const auto title = tx.query_optional<std::string>(
        "UPDATE tasks SET done = TRUE WHERE id = :id AND NOT done RETURNING title", named(":id", id));
    if (!title) return false;
    tx.execute("INSERT INTO history(title, done_at) VALUES (:title, :now)", named(":title", *title),
               named(":now", cairn::sql::UnixSeconds::now()));
    return true;
  });
}

int run(std::span<char*> words) {
  const char* file = std::getenv("TASKS_DB");
  cairn::sql::Pool pool(cairn::sql::ConnectOptions::agent(file ? file : "tasks.db"));
  cairn::sql::Migrator(migrations()).run(*pool.writer());

  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "add" && words.size() == 2) {
    add(pool, words[1]);
  } else if (verb == "list" && words.size() == 1) {
    list(pool);
  } else if (verb == "done" && words.size() == 2) {
    if (!done(pool, std::atoll(words[1]))) {
      std::cerr << "there is no open task " << words[1] << '\n';
      return 1;
    }
  } else {
    std::cerr << "usage: tasks add TITLE | list | done ID\n";
    return 2;
  }
  return 0;
}

}  // namespace tasks

int main(int argc, char** argv) {
  try {
    return tasks::run({argv + 1, argv + argc});
  } catch (const cairn::Error& error) {
    if (error.code() == cairn::ErrorCode::unique) {
      std::cerr << "that task is in the list already\n";
    } else {
      std::cerr << error.what() << '\n';
    }
    return 1;
  }
}
