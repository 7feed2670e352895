// A database as a file: is it there, make it, remove it.
//
//   const cairn::sql::ConnectOptions options{.path = "tasks.db"};
//   if (!cairn::sql::database_exists(options)) cairn::sql::create_database(options);
//   cairn::sql::drop_database(options);
//
// Of the options, these use what says where the file is and how to read it (path, vfs, pragmas,
// busy_timeout), and create_database also what a new file gets (page_size, auto_vacuum, journal_mode); `mode`
// means nothing here. A memory database is no file: it never exists, and can be neither made nor dropped
// (invalid_argument). Thread-safety: any thread.
#pragma once

#include "cairn/sql/connect_options.hpp"

namespace cairn::sql {

// Whether a file has that name. What is in it is not looked at. Throws io where the system does not tell.
bool database_exists(const ConnectOptions& options);

// Makes an empty database. One that exists is left as it is. Throws not_a_database when the file is
// something else, io when its folder does not exist, read_only when it cannot be written to.
void create_database(const ConnectOptions& options);

// Removes the file and what SQLite keeps beside it (-wal, -shm, -journal); false when there was none.
// Throws not_a_database and removes nothing when the file is something else, and busy when it is in use
// after busy_timeout. In use is: open in WAL mode, where every connection that has read anything can be told;
// in the other journal modes only one that is inside a transaction can.
bool drop_database(const ConnectOptions& options);

}  // namespace cairn::sql
