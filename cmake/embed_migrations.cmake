# Compiles the migrations of a folder into a target.
#
#   cairn_embed_migrations(app DIRECTORY migrations [NAME migrations] [NAMESPACE app])
#
#   #include "migrations.hpp"                                  // NAME.hpp, generated
#   cairn::sql::Migrator(app::migrations()).run(db);           // NAMESPACE::NAME()
#
# The build notices files that are new, changed or gone. The bytes are embedded as they are, so the
# checksums are those of the files. Nothing is compiled for the machine that builds, so it works when
# cross-compiling.
#
# The same file, run with -P, is the generator.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  # DIRECTORY, FUNCTION (qualified), HEADER, OUTPUT.
  file(GLOB paths LIST_DIRECTORIES false ${DIRECTORY}/*_*.sql)
  list(LENGTH paths count)
  set(entries "")
  foreach(path IN LISTS paths)
    get_filename_component(name "${path}" NAME)
    if(NOT name MATCHES "^[+]?[0-9]+_")
      message(FATAL_ERROR "${path}: the name of a migration starts with a number, as in 0001_notes.sql")
    endif()
    file(READ "${path}" bytes HEX)
    string(LENGTH "${bytes}" size)
    math(EXPR size "${size} / 2")
    # 32 bytes a line, each as an escape: no compiler warns of, or changes, anything in that.
    set(quad "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]")
    string(REGEX REPLACE "(${quad}${quad}${quad}${quad}${quad}${quad}${quad}${quad})" "\\1\"\n     \"" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" name "${name}")
    string(APPEND entries "    {\"${name}\",\n     {\"${bytes}\",\n      ${size}}},\n")
  endforeach()
  file(WRITE ${OUTPUT} "// Generated from ${DIRECTORY}.
#include \"${HEADER}\"

#include <array>

#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace {
const std::array<cairn::sql::MigrationFile, ${count}> files{{
${entries}}};
}  // namespace

const cairn::sql::MigrationSet& ${FUNCTION}() {
  static const cairn::sql::MigrationSet set{std::span<const cairn::sql::MigrationFile>(files)};
  return set;
}
")
  return()
endif()

function(cairn_embed_migrations target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIRECTORY;NAME;NAMESPACE" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_DIRECTORY)
    message(FATAL_ERROR "cairn_embed_migrations(TARGET DIRECTORY dir [NAME name] [NAMESPACE ns]), not: ${ARGN}")
  endif()
  get_filename_component(directory "${arg_DIRECTORY}" ABSOLUTE)
  if(NOT IS_DIRECTORY "${directory}")
    message(FATAL_ERROR "cairn_embed_migrations: there is no folder ${directory}")
  endif()
  set(name migrations)
  if(arg_NAME)
    set(name ${arg_NAME})
  endif()
  set(declaration "const cairn::sql::MigrationSet& ${name}();")
  set(function ${name})
  if(arg_NAMESPACE)
    set(declaration "namespace ${arg_NAMESPACE} {\n${declaration}\n}")
    set(function ${arg_NAMESPACE}::${name})
  endif()

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations/${target})
  file(GENERATE OUTPUT ${folder}/${name}.hpp CONTENT
"// Generated: the migrations of ${directory}, in order. The first call throws
// cairn::sql::MigrationError when the files contradict each other. Thread-safe.
#pragma once

#include <cairn/sql/migration_set.hpp>

${declaration}
")
  # Run again by itself when a file comes or goes.
  file(GLOB paths CONFIGURE_DEPENDS LIST_DIRECTORIES false ${directory}/*_*.sql)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  # The list is an input too: without it, a file that goes would change nothing that is looked at.
  file(GENERATE OUTPUT ${folder}/${name}.txt CONTENT "$<JOIN:${paths},\n>\n")
  add_custom_command(
    OUTPUT ${folder}/${name}.cpp
    COMMAND ${CMAKE_COMMAND} -D DIRECTORY=${directory} -D FUNCTION=${function} -D HEADER=${name}.hpp
            -D OUTPUT=${folder}/${name}.cpp -P ${script}
    DEPENDS ${paths} ${folder}/${name}.txt ${script}
    COMMENT "Embedding the migrations of ${arg_DIRECTORY}"
    VERBATIM)
  target_sources(${target} PRIVATE ${folder}/${name}.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
