// The statements of checked_bench.cpp, which checked_bench_sources.cpp describes.
#pragma once

#define LOOK_UP "SELECT id, title, due FROM tasks WHERE id = :id"
#define SCAN "SELECT id, title, due FROM tasks LIMIT 1000"
#define INSERT "INSERT INTO inserted(title, due) VALUES (:title, :due)"
