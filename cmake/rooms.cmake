# A room is a folder under src/ and one static library with explicit links.
#
#   cairn_room(text SOURCES chunk.cpp … TESTS chunk_test.cpp … LINKS cairn_base PRIVATE_LINKS cairn_simd)
#
# The library `cairn` is made of all rooms' objects (cmake/library.cmake), but for those of a room that is
# NOT_IN_LIBRARY; each room's unit tests
# link only that room, so a forbidden dependency does not even link.
set(CAIRN_ROOMS "" CACHE INTERNAL "rooms in order")

add_library(cairn_options INTERFACE)
target_compile_features(cairn_options INTERFACE cxx_std_20)
target_compile_options(cairn_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
                       # GCC 12 reports missing members of designated initialisers, which are the
                       # point of option structs, and misreads std::string code in these two ways.
                       -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(cairn_options INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
if(CAIRN_WARNINGS_AS_ERRORS)
  target_compile_options(cairn_options INTERFACE -Werror)
endif()

function(cairn_configure_target target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                              $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:cairn_options>)
endfunction()

function(cairn_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  cairn_configure_target(${name})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
endfunction()

function(cairn_room name)
  cmake_parse_arguments(arg "NOT_IN_LIBRARY" "" "SOURCES;TESTS;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(cairn_${name} STATIC ${arg_SOURCES})
  cairn_configure_target(cairn_${name})
  target_link_libraries(cairn_${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  if(NOT arg_NOT_IN_LIBRARY)
    set(CAIRN_ROOMS ${CAIRN_ROOMS} ${name} CACHE INTERNAL "rooms in order")
  endif()
  if(CAIRN_DEVELOPER_MODE AND arg_TESTS)
    cairn_test(${name}_test SOURCES ${arg_TESTS} LINKS cairn_${name})
  endif()
endfunction()

# `sqlite` and the rooms above it that go into a loadable extension are built a second time with
# CAIRN_EXTENSION, where every sqlite3_… call goes through the host's function table (sqlite/api.hpp).
function(cairn_extension_room name)
  get_target_property(sources cairn_${name} SOURCES)
  get_target_property(links cairn_${name} LINK_LIBRARIES)
  set(ext_links "")
  foreach(link IN LISTS links)
    if(TARGET ${link}_ext)
      list(APPEND ext_links ${link}_ext)
    elseif(link MATCHES "^cairn_")
      list(APPEND ext_links ${link})
    endif()
  endforeach()
  add_library(cairn_${name}_ext STATIC EXCLUDE_FROM_ALL ${sources})
  cairn_configure_target(cairn_${name}_ext)
  target_compile_definitions(cairn_${name}_ext PUBLIC CAIRN_EXTENSION)
  target_link_libraries(cairn_${name}_ext PUBLIC ${ext_links})
endfunction()
