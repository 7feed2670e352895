// Everything of Cairn's that a program usually needs. Start reading at cairn/store.hpp.
#pragma once

#include "cairn/embedder.hpp"
#include "cairn/error.hpp"
#include "cairn/filter.hpp"
#include "cairn/sql/connect_options.hpp"
#include "cairn/sql/connection.hpp"
#include "cairn/sql/migration_set.hpp"
#include "cairn/sql/migrator.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/sql/transaction.hpp"
#include "cairn/store.hpp"
#include "cairn/version.hpp"
