#!/usr/bin/env bash
# What a build with checked SQL compiles again, and when it does not build at all.
#
#   build_test.sh CASE SOURCE_DIR BUILD_DIR
#
# CASE: ninja, make, cache. Uses the installation that tests/install_test.sh has made in BUILD_DIR.
set -euo pipefail
case_name=$1 source_dir=$2 prefix=$3/install_test

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source_dir/tests/checked_sql/project" "$work/my project"
cd "$work/my project"

fail() {
  echo "build_test $case_name: $*" >&2
  exit 1
}
configure() {
  # Without optimisation; ccache knows nothing of these folders and would only be slower.
  cmake -S . -B build -DCMAKE_PREFIX_PATH="$prefix" --log-level=WARNING "$@" >configured.txt 2>&1 ||
    fail "does not configure: $(cat configured.txt)"
}
build() {
  cmake --build build >built.txt 2>&1 || fail "does not build: $(cat built.txt)"
}
# Builds, and compares the sources that were compiled, and whether the SQL was checked, with what is expected.
expect_compiled() {
  local what=$1 checked=$2 expected=$3 compiled checks
  build
  compiled=$(sed -nE 's/.*\/([a-z]*)\.cpp\.o$/\1/p' built.txt | sort -u | xargs)
  checks=$(sed -n '/Checking the SQL/p' built.txt | wc -l)
  [[ $compiled == "$expected" ]] || fail "$what: compiled '$compiled', expected '$expected': $(cat built.txt)"
  [[ $checks == "$checked" ]] || fail "$what: $checks checks, expected $checked: $(cat built.txt)"
}
expect_refused() {
  local what=$1 message=$2
  if cmake --build build >built.txt 2>&1; then fail "$what was built"; fi
  grep -qE "$message" built.txt || fail "$what: no '$message' in: $(cat built.txt)"
}
expect_answer() {
  local answer
  answer=$(build/app)
  [[ $answer == "$1" ]] || fail "the program says '$answer', not '$1'"
}

incremental() {
  configure -G "$1"
  grep -q 'SELECT \* FROM things' build/cairn_sql/left/left.cpp.sql.hpp || fail "no header after configuring"
  expect_compiled "all" 2 "left main plain right"
  expect_answer "seven,1 7,2"
  expect_compiled "nothing" 0 ""

  sed -i 's/SELECT count(\*) FROM/SELECT count(*) + 0 FROM/' left.cpp
  expect_compiled "a query" 1 "left"
  echo '// edited' >>plain.cpp
  expect_compiled "a source without SQL" 1 "plain"
  echo '-- a comment' >>counts.sql
  expect_compiled "a comment among named queries" 1 ""
  echo 'CREATE TABLE other(x);' >right/0002_other.sql
  expect_compiled "a migration that changes no query" 1 ""
  expect_compiled "nothing after it" 0 ""
  echo 'ALTER TABLE things ADD COLUMN extra TEXT;' >right/0002_other.sql
  expect_compiled "a migration that changes a query" 1 "right"
  rm right/0002_other.sql
  expect_compiled "a migration gone" 1 "right"
  expect_compiled "nothing at the end" 0 ""
  expect_answer "seven,1 7,2"

  sed -i 's/SELECT count/SELECT nope, count/' left.cpp
  expect_refused "a misspelt column" '^left.cpp:[0-9]+:[0-9]+: error: no such column: nope'
  sed -i 's/nope, //' left.cpp
  echo 'CREAT TABLE' >right/0003_bad.sql
  expect_refused "a migration with an error" '^right/0003_bad.sql:1: error: '
}

case $case_name in
  ninja) incremental "Ninja" ;;
  make) incremental "Unix Makefiles" ;;

  cache)
    configure -G Ninja
    "$prefix/bin/cairn" prepare >prepared.txt
    "$prefix/bin/cairn" prepare --check || fail "a fresh cache is stale"
    [[ -n $(find .cairn/left -name 'q_*.hpp') && -f .cairn/right/counts.sql.hpp ]] || fail "no cache: $(cat prepared.txt)"
    (cd .cairn/right && sha384sum --quiet -c inputs.sha384) || fail "inputs.sha384 is not as sha384sum has it"

    rm -r build
    configure -G Ninja -DCAIRN_CHECK_EXECUTABLE=OFF
    expect_compiled "from the cache" 2 "left main plain right"
    expect_answer "seven,1 7,2"
    expect_compiled "nothing" 0 ""
    echo 'CREATE TABLE other(x);' >right/0002_other.sql
    expect_refused "a new migration" 'cairn prepare'
    if "$prefix/bin/cairn" prepare --check >checked.txt 2>&1; then fail "--check does not see the migration"; fi
    grep -q 'changed .cairn/right/inputs.sha384' checked.txt || fail "--check says: $(cat checked.txt)"
    "$prefix/bin/cairn" prepare >prepared.txt
    build
    # A text that the cache does not have is the compiler's to refuse.
    sed -i 's/SELECT count(\*) FROM/SELECT count(*) + 0 FROM/' left.cpp
    expect_refused "a text that is not in the cache" 'this SQL was not checked'
    ;;

  *) fail "no such case" ;;
esac
