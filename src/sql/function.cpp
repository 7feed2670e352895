#include "cairn/sql/function.hpp"

#include <fmt/format.h>

#include <new>

#include "sqlite/column_type.hpp"
#include "sqlite/error.hpp"
#include "sqlite/trampoline.hpp"

namespace cairn::sql {

using sqlite::ColumnType;

ColumnType Argument::type() const noexcept {
  return sqlite::type_of(value_);
}

void Argument::throw_wrong_type(const char* wanted) const {
  throw Error(ErrorCode::invalid_argument, fmt::format("{}() takes {} as argument {}, not {}", function_,
                                                       wanted, number_, sqlite::type_name(type())));
}

void Argument::reject(const char* why) const {
  throw Error(ErrorCode::invalid_argument, fmt::format("argument {} of {}() {}", number_, function_, why));
}

std::int64_t Argument::integer() const {
  if (type() != ColumnType::integer) throw_wrong_type("an integer");
  return sqlite3_value_int64(value_);
}

double Argument::real() const {
  if (type() != ColumnType::integer && type() != ColumnType::real) throw_wrong_type("a number");
  return sqlite3_value_double(value_);
}

std::string_view Argument::text() const {
  if (type() != ColumnType::text) throw_wrong_type("text");
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value_));
  if (!text) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value_))};
}

sqlite::Bytes Argument::blob() const {
  if (type() != ColumnType::blob) throw_wrong_type("a blob");
  const void* data = sqlite3_value_blob(value_);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value_))};
}

namespace detail {

void Result::null() const {
  sqlite3_result_null(context);
}
void Result::integer(std::int64_t value) const {
  sqlite3_result_int64(context, value);
}
void Result::real(double value) const {
  sqlite3_result_double(context, value);
}
// Of an empty view the pointer may be null, which SQLite would take for NULL.
void Result::text(std::string_view value, sqlite::Lifetime) const {
  sqlite3_result_text64(context, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}
void Result::blob(sqlite::Bytes value, sqlite::Lifetime) const {
  if (value.empty()) return sqlite3_result_zeroblob(context, 0);
  sqlite3_result_blob64(context, value.data(), value.size(), SQLITE_TRANSIENT);
}
void Result::reject(const char* why) const {
  throw Error(ErrorCode::invalid_argument, fmt::format("the result of the function {}", why));
}

}  // namespace detail

// What SQLite calls; its user data is a Function of the connection's own.
struct FunctionCallbacks {
  static Function& function(sqlite3_context* context) {
    return *static_cast<Function*>(sqlite3_user_data(context));
  }

  static Arguments arguments(sqlite3_context* context, int count, sqlite3_value** values) {
    return {{values, static_cast<std::size_t>(count)}, function(context).name_.c_str()};
  }

  static void call(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
    sqlite::function_trampoline(
        context, [&] { function(context).scalar_(context, arguments(context, count, values)); });
  }

  // The group of this row, made when it is the first.
  static detail::Group& group(sqlite3_context* context) {
    auto** slot = static_cast<detail::Group**>(sqlite3_aggregate_context(context, sizeof(detail::Group*)));
    if (!slot) throw std::bad_alloc();
    if (!*slot) *slot = function(context).new_group_().release();
    return **slot;
  }

  static void step(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
    sqlite::function_trampoline(context, [&] { group(context).step(arguments(context, count, values)); });
  }
  static void inverse(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
    sqlite::function_trampoline(context, [&] { group(context).inverse(arguments(context, count, values)); });
  }
  static void value(sqlite3_context* context) noexcept {
    sqlite::function_trampoline(context, [&] { group(context).finish(context); });
  }
  // Also called to clean up after a step that failed; SQLite then takes no notice of the result.
  static void final(sqlite3_context* context) noexcept {
    sqlite::function_trampoline(context, [&] {
      auto** slot = static_cast<detail::Group**>(sqlite3_aggregate_context(context, 0));
      std::unique_ptr<detail::Group> group(slot ? *slot : nullptr);
      if (slot) *slot = nullptr;
      if (!group) group = function(context).new_group_();
      group->finish(context);
    });
  }
  static void destroy(void* function) noexcept { delete static_cast<Function*>(function); }
};

void Function::add_to(sqlite::ConnectionRef db) const {
  // SQLite's own limit; beyond it, it says no more than "misuse".
  if (name_.empty() || name_.size() > 255)
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("the name of a SQL function has 1 to 255 bytes; '{}' has {}", name_, name_.size()));
  const int flags = SQLITE_UTF8 | (flags_.deterministic ? SQLITE_DETERMINISTIC : 0) |
                    (flags_.direct_only ? SQLITE_DIRECTONLY : 0) | (flags_.innocuous ? SQLITE_INNOCUOUS : 0);
  // SQLite owns the copy from here on, also when it refuses it.
  auto* const own = new Function(*this);
  using C = FunctionCallbacks;
  int code = SQLITE_OK;
  if (scalar_) {
    code = sqlite3_create_function_v2(db.handle(), name_.c_str(), arity_, flags, own, &C::call, nullptr,
                                      nullptr, &C::destroy);
  } else if (window_) {
    code = sqlite3_create_window_function(db.handle(), name_.c_str(), arity_, flags, own, &C::step, &C::final,
                                          &C::value, &C::inverse, &C::destroy);
  } else {
    code = sqlite3_create_function_v2(db.handle(), name_.c_str(), arity_, flags, own, nullptr, &C::step,
                                      &C::final, &C::destroy);
  }
  sqlite::check(db.handle(), code, fmt::format("cannot create the function {}()", name_));
}

struct CollationCallbacks {
  struct Own {
    sqlite3* db;
    std::function<int(std::string_view, std::string_view)> compare;
  };

  static int compare(void* user_data, int a_size, const void* a, int b_size, const void* b) noexcept {
    auto& own = *static_cast<Own*>(user_data);
    const std::string_view left(static_cast<const char*>(a), static_cast<std::size_t>(a_size));
    const std::string_view right(static_cast<const char*>(b), static_cast<std::size_t>(b_size));
    int order = 0;
    const int code =
        sqlite::trampoline([&] { order = own.compare(left, right); }, [](const char*, int) noexcept {});
    // An order made up here could end up in an index, so the statement must not go on.
    if (code != SQLITE_OK) sqlite3_interrupt(own.db);
    return order;
  }
  static void destroy(void* own) noexcept { delete static_cast<Own*>(own); }
};

void Collation::add_to(sqlite::ConnectionRef db) const {
  auto own = std::make_unique<CollationCallbacks::Own>(CollationCallbacks::Own{db.handle(), compare_});
  const int code = sqlite3_create_collation_v2(db.handle(), name_.c_str(), SQLITE_UTF8, own.get(),
                                               &CollationCallbacks::compare, &CollationCallbacks::destroy);
  sqlite::check(db.handle(), code, fmt::format("cannot create the collation '{}'", name_));
  own.release();  // unlike a function, SQLite leaves one that it refuses to the caller
}

}  // namespace cairn::sql
