# What Cairn links, all of it from Debian; docs/dependencies.md gives the reasons.
find_package(Threads REQUIRED)
find_package(SQLite3 3.38 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
# Shared libraries that libcairn.a links; cairnConfig.cmake and cairn.pc name them to its users.
find_package(PkgConfig REQUIRED)
set(CAIRN_PKG_CONFIG_MODULES libmd)
foreach(module IN LISTS CAIRN_PKG_CONFIG_MODULES)
  pkg_check_modules(${module} REQUIRED IMPORTED_TARGET ${module})
endforeach()
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
