#!/usr/bin/env bash
# Uses Cairn as strangers do: from a folder outside the tree, through each way of finding it.
#
#   tests/install_test.sh CASE SOURCE_DIR BUILD_DIR
#
# CASE prefix installs the built tree into BUILD_DIR/install_test; the others use that, or the sources.
set -euo pipefail
case_name=$1 source_dir=$2 build_dir=$3
prefix=$build_dir/install_test

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "install_test $case_name: $*" >&2
  exit 1
}
# The ten-line program must find the note that it wrote.
check_answer() {
  local answer
  answer=$("$1")
  echo "$answer"
  [[ $answer == *"The deploy key rotates every 90 days."* ]] || fail "the program did not find its note"
}

# vec0 must find the two nearest of three vectors, each time that the program asks.
check_nearest() {
  local answer=$1 times=$2 expected=''
  for ((i = 0; i < times; ++i)); do expected+=$'3|1.0\n1|3.0\n'; done
  [[ $answer == "${expected%$'\n'}" ]] || fail "vec0 answered: $answer"
}
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig:$prefix/lib64/pkgconfig:$prefix/lib/$(gcc -dumpmachine)/pkgconfig

case $case_name in
  prefix)
    rm -rf "$prefix"
    cmake --install "$build_dir" --prefix "$prefix" >/dev/null
    [[ $("$prefix/bin/cairn" --version) == *"$(cat "$source_dir/VERSION")"* ]] || fail "bin/cairn is not this version"
    ;;

  find_package)
    cp -r "$source_dir/examples/ten_lines" .
    cmake -G Ninja -S ten_lines -B build -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING
    cmake --build build
    check_answer build/ten_lines
    sed 's/find_package(cairn/& 99.0/' -i ten_lines/CMakeLists.txt
    ! cmake -S ten_lines -B build >refused.txt 2>&1 || fail "version 99 was found"
    grep -q "99.0" refused.txt || fail "the refusal does not name the version: $(cat refused.txt)"
    ;;

  examples)
    cp -r "$source_dir/examples/"{tasks,checked_tasks,guide} .
    for example in tasks checked_tasks guide; do
      cmake -G Ninja -S $example -B build-$example -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING
    done
    # The guide's sources are compiled inside the tree; here it would take too long.
    cmake --build build-tasks
    tasks/tasks_test.sh build-tasks/tasks
    cmake --build build-checked_tasks
    checked_tasks/checked_tasks_test.sh build-checked_tasks/checked_tasks
    ;;

  add_subdirectory)
    mkdir host
    cp "$source_dir/tests/install/add_subdirectory/CMakeLists.txt" "$source_dir/examples/ten_lines/main.cpp" host
    launcher=()
    if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
    # Without optimisation or debug information: this is about finding and linking, and ccache then
    # recognises the objects in any folder.
    cmake -G Ninja -S host -B build -DCAIRN_SOURCE_DIR="$source_dir" "${launcher[@]}" --log-level=WARNING
    cmake --build build --target ten_lines
    check_answer build/ten_lines
    ;;

  pkg_config)
    # shellcheck disable=SC2046  # the flags are words
    g++ -std=c++20 "$source_dir/examples/ten_lines/main.cpp" $(pkg-config --cflags --libs cairn) -o ten_lines
    [[ $(pkg-config --modversion cairn) == "$(cat "$source_dir/VERSION")" ]] || fail "cairn.pc has another version"
    check_answer ./ten_lines
    ;;

  sqlite_shell)
    vec0=$(find "$prefix" -name vec0.so)
    [[ -n $vec0 ]] || fail "vec0.so was not installed"
    answer=$(sqlite3 :memory: ".load ${vec0%.so}" \
      "CREATE VIRTUAL TABLE v USING vec0(embedding float[2]);" \
      "INSERT INTO v(rowid, embedding) VALUES (1, '[0, 3]'), (2, '[4, 0]'), (3, '[0, 1]');" \
      "SELECT rowid, distance FROM v WHERE embedding MATCH '[0, 0]' ORDER BY distance LIMIT 2;")
    check_nearest "$answer" 1
    ;;

  vec0_in_c)
    # shellcheck disable=SC2046  # the flags are words
    gcc -std=c89 -pedantic-errors -Wall -Werror "$source_dir/tests/install/vec0_in_c/main.c" \
      $(pkg-config --cflags --libs cairn-vec0) -o main
    check_nearest "$(./main)" 2
    # shellcheck disable=SC2046
    gcc "$source_dir/tests/install/vec0_in_c/main.c" $(pkg-config --cflags --libs-only-L cairn-vec0) \
      -lvec0 -l:libsqlite3.a -lstdc++ -lm -o main_with_own_sqlite
    ! ldd main_with_own_sqlite | grep -q sqlite || fail "SQLite was not linked statically"
    check_nearest "$(./main_with_own_sqlite)" 2
    cmake -G Ninja -S "$source_dir/tests/install/vec0_in_c" -B build -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING
    cmake --build build
    check_nearest "$(build/vec0_in_c)" 2
    ;;

  embed_migrations)
    cp -r "$source_dir/tests/install/embed_migrations" app
    printf '%s\r\n' '-- two' "INSERT INTO notes VALUES ('\"\\n\" é');" >'app/migrations/0002_dos ends.sql'
    # More than 64 KB, and what looks like escapes.
    seq -f "INSERT INTO notes VALUES ('line %g \\x41 ??/ \"');" 1 3000 >app/migrations/0003_long.sql
    : >app/migrations/0004_empty.sql
    echo "not a migration" >app/migrations/README.md
    # Each embedded file, byte for byte: the program prints what it would write into the ledger.
    check_embedded() {
      cmake --build build >build.txt || fail "$(cat build.txt)"
      build/app >embedded.txt
      (cd app/migrations && for file in *.sql; do echo "$((10#${file%%_*})) $(sha384sum <"$file" | cut -c1-96)"; done) >files.txt
      cmp embedded.txt files.txt || fail "embedded: $(diff embedded.txt files.txt)"
    }
    cmake -G "Unix Makefiles" -S app -B build -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING
    check_embedded
    rm -r build
    cmake -G Ninja -S app -B build -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING
    check_embedded
    echo "CREATE TABLE later(x);" >app/migrations/0005_later.sql
    check_embedded
    echo "CREATE TABLE later(y);" >app/migrations/0005_later.sql
    check_embedded
    rm app/migrations/0005_later.sql
    check_embedded
    before=$(stat -c %y build/app)
    check_embedded
    [[ $(stat -c %y build/app) == "$before" ]] || fail "it was built again for nothing"
    : >app/migrations/nope_x.sql
    ! cmake --build build >build.txt 2>&1 || fail "a file without a version was embedded"
    grep -q 'nope_x.sql' build.txt || fail "the file without a version is not named: $(cat build.txt)"
    ;;

  *) fail "no such case" ;;
esac
