# libcairn: every room's objects in one archive, so that a user links one thing.
set(room_objects "")
foreach(room IN LISTS CAIRN_ROOMS)
  list(APPEND room_objects $<TARGET_OBJECTS:cairn_${room}>)
endforeach()
add_library(cairn STATIC ${room_objects})
add_library(cairn::cairn ALIAS cairn)
set_target_properties(cairn PROPERTIES LINKER_LANGUAGE CXX)
target_compile_features(cairn PUBLIC cxx_std_20)
target_include_directories(cairn PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(cairn PUBLIC Threads::Threads SQLite::SQLite3)
