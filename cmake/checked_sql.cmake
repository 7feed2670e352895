# Checks the SQL of a target while it is built: CAIRN_SQL("…") in its sources and headers, and files of named
# queries.
#
#   cairn_checked_sql(app MIGRATIONS migrations [STUBS tables.sql …] [QUERIES queries/tasks.sql …]
#                     [CONFIG cairn.toml] [CACHE .cairn])
#
# STUBS are scripts for tables that code creates, run after the migrations, or in their place. CONFIG is the
# cairn.toml beside the CMakeLists.txt where there is one. CACHE is a folder to check in, in which each target has
# one of its own. The target's sources are read at the end of the CMakeLists.txt, so target_sources() may follow.
#
# The function notes what is asked for; a deferred one writes the target's manifest (docs/sql/checked-sql.md says
# what is in it) and the rules. cairn-check does the work: once when CMake configures, so that editors find the
# headers, then in the build. Where it cannot run, checked_sql_from_cache.cmake takes the headers from the cache:
# when cross-compiling without a cairn-check of the host in CAIRN_CHECK_EXECUTABLE, and when that is OFF.

function(cairn_checked_sql target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MIGRATIONS;CONFIG;CACHE" "STUBS;QUERIES")
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "cairn_checked_sql(TARGET [MIGRATIONS dir] [STUBS file...] [QUERIES file...] "
                        "[CONFIG file] [CACHE dir]), not: ${ARGN}")
  endif()
  foreach(file IN LISTS arg_QUERIES)
    if(NOT file MATCHES "\\.sql$")
      message(FATAL_ERROR "cairn_checked_sql: the name of a file of queries ends in .sql, unlike ${file}")
    endif()
  endforeach()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "cairn_checked_sql: there is no target ${target} yet")
  endif()
  get_target_property(folder ${target} SOURCE_DIR)
  get_target_property(type ${target} TYPE)
  if(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR OR type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "cairn_checked_sql: ${target} must be a target of this CMakeLists.txt that compiles sources")
  endif()
  get_target_property(checked ${target} CAIRN_SQL_OUTPUT)
  if(checked)
    message(FATAL_ERROR "cairn_checked_sql: ${target} is checked already")
  endif()

  set(migrations "")
  if(arg_MIGRATIONS)
    get_filename_component(migrations "${arg_MIGRATIONS}" ABSOLUTE)
    if(NOT IS_DIRECTORY "${migrations}")
      message(FATAL_ERROR "cairn_checked_sql: there is no folder ${migrations}")
    endif()
  endif()
  if(arg_CONFIG)
    get_filename_component(config "${arg_CONFIG}" ABSOLUTE)
  else()
    file(GLOB config CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cairn.toml")
  endif()
  set(cache .cairn)
  if(arg_CACHE)
    set(cache "${arg_CACHE}")
  endif()
  get_filename_component(cache "${cache}" ABSOLUTE)
  foreach(file IN LISTS arg_QUERIES)
    if(NOT file MATCHES "\\.sql$")
      message(FATAL_ERROR "cairn_checked_sql: a file of QUERIES is called NAME.sql, not ${file}")
    endif()
  endforeach()
  foreach(list arg_STUBS arg_QUERIES)
    list(TRANSFORM ${list} REPLACE "^([^/].*)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
  endforeach()

  set(output "${CMAKE_CURRENT_BINARY_DIR}/cairn_sql/${target}")
  set_target_properties(${target} PROPERTIES
    CAIRN_SQL_OUTPUT "${output}" CAIRN_SQL_MIGRATIONS "${migrations}" CAIRN_SQL_CONFIG "${config}"
    CAIRN_SQL_CACHE "${cache}/${target}" CAIRN_SQL_STUBS "${arg_STUBS}" CAIRN_SQL_QUERIES "${arg_QUERIES}")
  target_include_directories(${target} PRIVATE "${output}")
  cmake_language(EVAL CODE "cmake_language(DEFER CALL cairn_check_target [[${target}]])")

  get_property(manifests GLOBAL PROPERTY CAIRN_SQL_MANIFESTS)
  if(NOT manifests)
    cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL cairn_forget_manifests)
  endif()
  set_property(GLOBAL APPEND PROPERTY CAIRN_SQL_MANIFESTS "${CMAKE_BINARY_DIR}/cairn_sql/${target}.json")
endfunction()

# The manifests of targets that are no more: `cairn prepare` would check them.
function(cairn_forget_manifests)
  get_property(manifests GLOBAL PROPERTY CAIRN_SQL_MANIFESTS)
  file(GLOB forgotten "${CMAKE_BINARY_DIR}/cairn_sql/*.json")
  list(REMOVE_ITEM forgotten ${manifests})
  if(forgotten)
    file(REMOVE ${forgotten})
  endif()
endfunction()

# At the end of the CMakeLists.txt: the manifest, the headers for now, and the rules.
function(cairn_check_target target)
  get_target_property(output ${target} CAIRN_SQL_OUTPUT)
  cairn_sql_sources(${target} sources headers)
  get_target_property(queries ${target} CAIRN_SQL_QUERIES)
  set(generated "")
  foreach(source IN LISTS sources)
    cairn_sql_header_name("${source}" name)
    cairn_include_sql_header("${source}" "${name}")
    list(APPEND generated "${output}/${name}")
  endforeach()
  foreach(file IN LISTS queries)
    get_filename_component(name "${file}" NAME_WE)
    list(APPEND generated "${output}/${name}.sql.hpp")
  endforeach()
  set(files ${sources} ${queries})
  set(manifest "${CMAKE_BINARY_DIR}/cairn_sql/${target}.json")
  cairn_write_manifest(${target} "${manifest}" "${files}" "${headers}" "${generated}")
  cairn_sql_schema_files(${target} schema_files)

  cairn_run_checker(${target} "${manifest}" command dependencies)
  add_custom_command(
    OUTPUT "${output}/checked" BYPRODUCTS ${generated}
    COMMAND ${command}
    COMMAND "${CMAKE_COMMAND}" -E touch "${output}/checked"
    DEPENDS "${manifest}" ${sources} ${headers} ${queries} ${schema_files} ${dependencies}
    COMMENT "Checking the SQL of ${target}"
    VERBATIM)
  add_custom_target(${target}_checked_sql DEPENDS "${output}/checked")
  add_dependencies(${target} ${target}_checked_sql)
endfunction()

# The C++ sources and the headers of a target, as absolute paths. Those that a generator expression names are not known
# yet; the compiler will say of their SQL that it was not checked.
function(cairn_sql_sources target sources headers)
  get_target_property(files ${target} SOURCES)
  get_target_property(sets ${target} HEADER_SETS)
  foreach(set IN LISTS sets)
    if(set)
      get_target_property(of_set ${target} HEADER_SET_${set})
      list(APPEND files ${of_set})
    endif()
  endforeach()
  list(FILTER files EXCLUDE REGEX "\\$<")
  list(TRANSFORM files REPLACE "^([^/].*)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
  list(REMOVE_DUPLICATES files)
  set(found ${files})
  list(FILTER found INCLUDE REGEX "\\.(cpp|cc|cxx|c\\+\\+|C)$")
  set(${sources} "${found}" PARENT_SCOPE)
  list(FILTER files INCLUDE REGEX "\\.(h|hh|hpp|hxx|h\\+\\+|H|ipp|tpp|inl)$")
  set(${headers} "${files}" PARENT_SCOPE)
endfunction()

# What makes the schema. The folder of the migrations is among it: its time changes when one goes.
function(cairn_sql_schema_files target result)
  get_target_property(migrations ${target} CAIRN_SQL_MIGRATIONS)
  get_target_property(stubs ${target} CAIRN_SQL_STUBS)
  get_target_property(config ${target} CAIRN_SQL_CONFIG)
  set(files ${stubs} ${config})
  if(migrations)
    file(GLOB scripts CONFIGURE_DEPENDS LIST_DIRECTORIES false "${migrations}/*_*.sql")
    list(APPEND files "${migrations}" ${scripts})
  endif()
  set(${result} "${files}" PARENT_SCOPE)
endfunction()

# The name of a source's header below the target's output.
function(cairn_sql_header_name source result)
  cmake_path(IS_PREFIX CMAKE_SOURCE_DIR "${source}" NORMALIZE inside)
  if(inside)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" OUTPUT_VARIABLE name)
  else()
    string(SHA256 hash "${source}")
    string(SUBSTRING "${hash}" 0 8 hash)
    get_filename_component(name "${source}" NAME)
    set(name "outside/${hash}/${name}")
  endif()
  set(${result} "${name}.sql.hpp" PARENT_SCOPE)
endfunction()

# The option belongs to the source, the folder in it to the target that compiles it: so a source may be in several
# targets, checked or not.
function(cairn_include_sql_header source name)
  get_property(included SOURCE "${source}" PROPERTY CAIRN_SQL_INCLUDED)
  if(NOT included)
    set(output "$<TARGET_PROPERTY:CAIRN_SQL_OUTPUT>")
    set_property(SOURCE "${source}" APPEND PROPERTY COMPILE_OPTIONS
                 "$<$<BOOL:${output}>:-include;${output}/${name}>")
    set_property(SOURCE "${source}" PROPERTY CAIRN_SQL_INCLUDED ON)
  endif()
endfunction()

# `files` are the sources and the files of queries, `generated` their headers.
function(cairn_write_manifest target path files headers generated)
  set(sources_json "")
  set(queries_json "")
  foreach(file header IN ZIP_LISTS files generated)
    cairn_json_string("${file}" file_json)
    cairn_json_string("${header}" header_json)
    set(list sources_json)
    if(file MATCHES "\\.sql$")
      set(list queries_json)
    endif()
    list(APPEND ${list} "{\"file\": ${file_json}, \"header\": ${header_json}}")
  endforeach()
  get_target_property(stubs ${target} CAIRN_SQL_STUBS)
  foreach(list headers stubs)
    set(${list}_json "")
    foreach(file IN LISTS ${list})
      cairn_json_string("${file}" file_json)
      list(APPEND ${list}_json "${file_json}")
    endforeach()
  endforeach()

  cairn_json_string("${CMAKE_SOURCE_DIR}" source_dir)
  set(json "  \"target\": \"${target}\",\n  \"source_dir\": ${source_dir}")
  foreach(member MIGRATIONS CONFIG CACHE)
    get_target_property(value ${target} CAIRN_SQL_${member})
    if(value)
      cairn_json_string("${value}" value)
      string(TOLOWER ${member} member)
      string(APPEND json ",\n  \"${member}\": ${value}")
    endif()
  endforeach()
  foreach(member stubs sources headers queries)
    list(JOIN ${member}_json ",\n    " value)
    string(APPEND json ",\n  \"${member}\": [${value}]")
  endforeach()
  file(WRITE "${path}.new" "{\n${json}\n}\n")
  file(COPY_FILE "${path}.new" "${path}" ONLY_IF_DIFFERENT)
  file(REMOVE "${path}.new")
endfunction()

function(cairn_json_string text result)
  string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# Lets the checker write the headers now, as far as it can, and says how it is called in the build.
function(cairn_run_checker target manifest command dependencies)
  if(CMAKE_CROSSCOMPILING AND NOT DEFINED CAIRN_CHECK_EXECUTABLE)
    # In PATH only: other places have what was built for the target.
    find_program(CAIRN_CHECK_EXECUTABLE cairn-check PATHS ENV PATH NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
                 DOC "cairn-check for this machine; OFF: checked SQL is taken from the cache")
  endif()
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/checked_sql_from_cache.cmake")

  if(DEFINED CAIRN_CHECK_EXECUTABLE AND NOT CAIRN_CHECK_EXECUTABLE)
    set(run "${CMAKE_COMMAND}" -D "MANIFEST=${manifest}" -P "${script}")
    execute_process(COMMAND ${run})
    get_target_property(cache ${target} CAIRN_SQL_CACHE)
    file(GLOB cached CONFIGURE_DEPENDS "${cache}/*")
    set(needed ${cached})
  elseif(TARGET cairn_check_tool AND NOT DEFINED CAIRN_CHECK_EXECUTABLE)
    # It has yet to be built.
    execute_process(COMMAND "${CMAKE_COMMAND}" -D "MANIFEST=${manifest}" -D MISSING_ONLY=ON -P "${script}"
                    OUTPUT_QUIET ERROR_QUIET)
    set(run cairn_check_tool "${manifest}")
    set(needed cairn_check_tool)
  else()
    set(tool "${CAIRN_CHECK_EXECUTABLE}")
    if(NOT tool)
      get_target_property(tool cairn::check LOCATION)
    endif()
    execute_process(COMMAND "${tool}" --soft "${manifest}" RESULT_VARIABLE failed ERROR_VARIABLE message)
    if(failed)  # which it has not for a mistake in a query: the build will tell that
      message(WARNING "cairn_checked_sql: ${tool} does not run: ${failed} ${message}")
    endif()
    set(run "${tool}" "${manifest}")
    set(needed "${tool}")
  endif()
  set(${command} "${run}" PARENT_SCOPE)
  set(${dependencies} "${needed}" PARENT_SCOPE)
endfunction()
