/*
 * The vec0 virtual table and the vec_ functions for C programs that link libvec0.a instead of loading
 * vec0.so.
 *
 *   #include <sqlite3.h>
 *   #include <cairn/vec0.h>
 *
 *   sqlite3_auto_extension((void (*)(void))sqlite3_vec_init);    for every connection opened from now on, or
 *   char* message = NULL;
 *   int code = sqlite3_vec_init(db, &message, NULL);             for one connection
 *   if (code != SQLITE_OK) { fprintf(stderr, "%s\n", message); sqlite3_free(message); }
 *
 * Link: pkg-config --libs cairn-vec0, or the CMake target cairn::vec0. The library is C++ inside, so
 * libstdc++ is linked too. The program brings SQLite 3.38 or newer, as a library or as sqlite3.c.
 */
#ifndef CAIRN_VEC0_H
#define CAIRN_VEC0_H

struct sqlite3;
struct sqlite3_api_routines;

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Registers the functions and modules on `db`; may be repeated. Gives a SQLite result code, and on failure a
 * sentence in *message (NULL when memory ran out), to be freed with sqlite3_free. `message` must not be NULL.
 * `api` is not used, since SQLite is linked; it is there so that sqlite3_auto_extension takes the function.
 */
int sqlite3_vec_init(struct sqlite3* db, char** message, const struct sqlite3_api_routines* api);

#ifdef __cplusplus
}
#endif

#endif
