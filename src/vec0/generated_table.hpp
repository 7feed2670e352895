// A vec0 table "t" with generated columns and rows, and a plain table "m" as the model of what it must hold.
#pragma once

#include <iterator>

#include "vec0/test_support.hpp"

namespace cairn::vec0::testing {

class GeneratedTable {
 public:
  GeneratedTable(const Database& db, unsigned seed) : db_(db), random_(seed) {
    static const char* const kKeys[] = {"", "id integer primary key", "id text primary key"};
    static const char* const kVectors[] = {"float[5]", "int8[6]", "bit[16]"};
    static const char* const kMetadata[] = {"boolean", "integer", "float", "text"};
    static const std::size_t kChunkSizes[] = {8, 16, 64};
    const std::size_t key = random_() % 3;
    key_ = key == 0 ? "rowid" : "id";
    text_key_ = key == 2;
    chunk_size = kChunkSizes[random_() % 3];
    partitions = random_() % 3;
    std::string declaration = kKeys[key];
    const auto add = [&](std::string name, const std::string& type) {
      declaration += (declaration.empty() ? "" : ", ") + name + " " + type;
      if (name[0] == '+') name.erase(0, 1);
      columns_.push_back({name, type});
    };
    for (std::size_t i = 0, n = 1 + random_() % 2; i < n; ++i)
      add("v" + std::to_string(i), kVectors[random_() % 3]);
    for (std::size_t i = 0; i < partitions; ++i)
      add("p" + std::to_string(i), i == 0 ? "text partition key" : "integer partition key");
    for (std::size_t i = 0, n = random_() % 6; i < n; ++i)
      add("m" + std::to_string(i), kMetadata[random_() % 4]);
    if (random_() % 2) add("+a", "text");
    db_.execute("CREATE VIRTUAL TABLE t USING vec0(" + declaration +
                ", chunk_size=" + std::to_string(chunk_size) + ")");
    std::string names = "key PRIMARY KEY";
    for (const Column& column : columns_) names += ", " + column.name;
    db_.execute("CREATE TABLE m(" + names + ")");
  }

  void insert(int n) {
    for (int i = 0; i < n; ++i) insert_one(next_key_++);
  }
  // Each row with the given probability in percent.
  void remove(unsigned percent) {
    for (int key = 0; key < next_key_; ++key) {
      if (random_() % 100 >= percent) continue;
      const std::string literal = key_literal(key);
      db_.execute("DELETE FROM t WHERE " + key_ + " = " + literal);
      db_.execute("DELETE FROM m WHERE key = " + literal);
    }
  }
  void update_some() {
    for (const Column& column : columns_) {
      if (column.type.find("partition") != std::string::npos) continue;
      const std::string where = " % 3 = " + std::to_string(random_() % 3), value = literal(column);
      db_.execute("UPDATE t SET " + column.name + " = " + value + " WHERE ltrim(" + key_ + ", 'key-')" +
                  where);
      db_.execute("UPDATE m SET " + column.name + " = " + value + " WHERE ltrim(key, 'key-')" + where);
    }
  }

  // Rows, in the order of their keys, every column.
  std::vector<std::string> contents() const { return db_.rows(select(key_, "t")); }
  std::vector<std::string> expected() const { return db_.rows(select("key", "m")); }
  std::int64_t rows() const { return db_.query_one<std::int64_t>("SELECT count(*) FROM m"); }
  std::int64_t chunks() const { return db_.query_one<std::int64_t>("SELECT count(*) FROM t_chunks"); }
  // The fewest chunks that can hold the model's rows.
  std::int64_t needed_chunks() const {
    std::string group;
    for (std::size_t i = 0; i < partitions; ++i) group += (i ? ", p" : " GROUP BY p") + std::to_string(i);
    return db_.query_one<std::int64_t>(
        "SELECT coalesce(sum((n + ?1 - 1) / ?1), 0) FROM (SELECT count(*) AS n FROM m" + group + ")",
        chunk_size);
  }

  std::size_t chunk_size = 0;
  std::size_t partitions = 0;

 private:
  struct Column {
    std::string name, type;
  };

  std::string select(const std::string& key, const char* table) const {
    std::string sql = "SELECT " + key;
    for (const Column& column : columns_) sql += ", quote(" + column.name + ")";
    return sql + " FROM " + table + " ORDER BY " + key;
  }
  std::string key_literal(int key) const {
    return text_key_ ? "'key-" + std::to_string(key) + "'" : std::to_string(key);
  }
  std::string blob(std::size_t bytes) {
    static const char* const kDigits = "0123456789ABCDEF";
    std::string hex = "x'";
    // Small exponents: every float is finite.
    for (std::size_t i = 0; i < bytes * 2; ++i) hex += kDigits[i % 2 == 0 ? random_() % 3 : random_() % 16];
    return hex + "'";
  }
  std::string literal(const Column& column) {
    static const char* const kTexts[] = {"''", "'a'", "'exactly12byt'", "'more than twelve bytes'",
                                         "'more than twelve bytes in another text'"};
    const char kind = column.name[0];
    if (kind == 'p') {
      if (random_() % 4 == 0) return "NULL";
      return column.type.starts_with("text") ? kTexts[random_() % 2] : std::to_string(random_() % 2);
    }
    if (kind == 'a') return random_() % 3 ? kTexts[random_() % std::size(kTexts)] : "NULL";
    if (column.type == "boolean") return std::to_string(random_() % 2);
    if (column.type == "integer") return std::to_string(random_() % 100);
    if (column.type == "float") return std::to_string(random_() % 100) + ".5";
    if (column.type == "text") return kTexts[random_() % std::size(kTexts)];
    if (column.type.starts_with("int8")) return "vec_int8(" + blob(6) + ")";
    if (column.type.starts_with("bit")) return "vec_bit(" + blob(2) + ")";
    return blob(20);
  }
  void insert_one(int key) {
    std::string names = key_, model_names = "key", values = key_literal(key);
    for (const Column& column : columns_) {
      names += ", " + column.name;
      model_names += ", " + column.name;
      values += ", " + literal(column);
    }
    db_.execute("INSERT INTO t(" + names + ") VALUES (" + values + ")");
    db_.execute("INSERT INTO m(" + model_names + ") VALUES (" + values + ")");
  }

  const Database& db_;
  std::mt19937 random_;
  std::string key_;
  bool text_key_ = false;
  std::vector<Column> columns_;
  int next_key_ = 0;
};

}  // namespace cairn::vec0::testing
