// An open Cairn file: what every part of the store works with.
#pragma once

#include <memory>
#include <string>

#include "cairn/embedder.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/store.hpp"

namespace cairn::store {

struct Database {
  std::string path;
  std::unique_ptr<sql::Pool> pool;
  std::shared_ptr<Embedder> embedder;
  EmbedderInfo embedder_info;  // as the file has it
};

// Store::open: finds out what the file is, then creates, adopts or upgrades it, or refuses it.
Database open_database(const std::string& path, const OpenOptions& options);

}  // namespace cairn::store
