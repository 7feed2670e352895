/* A C program that registers vec0 itself, for one connection and for all. */
#include <cairn/vec0.h>
#include <sqlite3.h>
#include <stdio.h>

static int print_row(void* unused, int count, char** values, char** names) {
  (void)unused;
  (void)names;
  printf("%s|%s\n", values[0], count > 1 ? values[1] : "");
  return 0;
}

static int run(sqlite3* db) {
  char* message = NULL;
  const int code =
      sqlite3_exec(db,
                   "CREATE VIRTUAL TABLE v USING vec0(embedding float[2]);"
                   "INSERT INTO v(rowid, embedding) VALUES (1, '[0, 3]'), (2, '[4, 0]'), (3, '[0, 1]');"
                   "SELECT rowid, distance FROM v WHERE embedding MATCH '[0, 0]' ORDER BY distance LIMIT 2",
                   print_row, NULL, &message);
  if (code != SQLITE_OK) fprintf(stderr, "%s\n", message);
  sqlite3_free(message);
  return code;
}

int main(void) {
  sqlite3* db = NULL;
  char* message = NULL;
  int failed = sqlite3_open(":memory:", &db) != SQLITE_OK ||
               sqlite3_vec_init(db, &message, NULL) != SQLITE_OK || run(db) != SQLITE_OK;
  sqlite3_close(db);
  sqlite3_auto_extension((void (*)(void))sqlite3_vec_init);
  failed = failed || sqlite3_open(":memory:", &db) != SQLITE_OK || run(db) != SQLITE_OK;
  sqlite3_close(db);
  return failed;
}
