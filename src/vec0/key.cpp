#include "vec0/key.hpp"

#include <cmath>
#include <memory>
#include <new>

namespace cairn::vec0 {

Value key_value(sqlite3_value* value, KeyType type) {
  const int given = sqlite3_value_type(value);
  const bool to_text = type == KeyType::text;
  const bool differs = to_text ? given == SQLITE_INTEGER || given == SQLITE_FLOAT : given == SQLITE_TEXT;
  if (!differs) return Value::of(value);
  // Of a copy, since the conversion happens in place and this is the statement's own register.
  const std::unique_ptr<sqlite3_value, void (*)(sqlite3_value*)> copy(
      sqlite3_value_dup(value), [](sqlite3_value* v) { sqlite3_value_free(v); });
  if (!copy) throw std::bad_alloc();
  if (!to_text) {
    sqlite3_value_numeric_type(copy.get());
    return Value::of(copy.get());
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(copy.get()));
  if (!text) throw std::bad_alloc();
  return Value::of_text({text, static_cast<std::size_t>(sqlite3_value_bytes(copy.get()))});
}

std::optional<std::int64_t> rowid_of(Storage& storage, const Value& key) {
  if (storage.table().has_text_key())
    return key.type == Value::Type::text ? storage.rowid_of_key(key.bytes) : std::nullopt;
  if (key.type == Value::Type::integer) return key.integer;
  if (key.type == Value::Type::real && key.real == std::floor(key.real) && key.real >= -0x1p63 &&
      key.real < 0x1p63)
    return static_cast<std::int64_t>(key.real);
  return std::nullopt;
}

}  // namespace cairn::vec0
