# What Cairn links, all of it from Debian; docs/dependencies.md gives the reasons.
find_package(Threads REQUIRED)
find_package(SQLite3 3.38 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
pkg_check_modules(libmd REQUIRED IMPORTED_TARGET libmd)
