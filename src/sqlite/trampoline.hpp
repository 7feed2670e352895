// Where C++ exceptions stop: every function pointer that SQLite is given goes through one of these.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "cairn/error.hpp"
#include "sqlite/api.hpp"

namespace cairn::sqlite {

// Runs `body`; an exception becomes a SQLite result code, and its text goes to `report(text, code)`.
// REQUIRES: report does not throw.
template <class Body, class Report>
int trampoline(Body&& body, Report&& report) noexcept {
  try {
    body();
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (const Error& e) {
    const int code = e.sqlite_code() != 0 ? e.sqlite_code() : SQLITE_ERROR;
    report(e.what(), code);
    return code;
  } catch (const std::exception& e) {
    report(e.what(), SQLITE_ERROR);
    return SQLITE_ERROR;
  } catch (...) {
    report("unknown C++ exception", SQLITE_ERROR);
    return SQLITE_ERROR;
  }
}

// For scalar and aggregate functions, and for xColumn.
template <class Body>
void function_trampoline(sqlite3_context* context, Body&& body) noexcept {
  const int code = trampoline(body, [context](const char* text, int error_code) noexcept {
    sqlite3_result_error(context, text, -1);
    if (error_code != SQLITE_ERROR) sqlite3_result_error_code(context, error_code);
  });
  if (code == SQLITE_NOMEM) sqlite3_result_error_nomem(context);
}

// For xCreate and xConnect, which report through a char**.
template <class Body>
int message_trampoline(char** message, Body&& body) noexcept {
  return trampoline(body,
                    [message](const char* text, int) noexcept { *message = sqlite3_mprintf("%s", text); });
}

// For the other methods of a virtual table, which report through the table.
template <class Body>
int vtab_trampoline(sqlite3_vtab* table, Body&& body) noexcept {
  return trampoline(body, [table](const char* text, int) noexcept {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", text);
  });
}

}  // namespace cairn::sqlite
