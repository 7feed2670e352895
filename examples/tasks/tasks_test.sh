#!/usr/bin/env bash
# tasks_test.sh PROGRAM: what a user sees.
set -euo pipefail
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TASKS_DB=$work/tasks.db

expect() {
  local status=$1 output=$2 said=0 answer
  shift 2
  answer=$("$program" "$@" 2>&1) || said=$?
  [[ $said == "$status" && $answer == "$output" ]] || {
    echo "tasks $*: exit $said, '$answer'; expected $status, '$output'" >&2
    exit 1
  }
}
expect 0 '' list
expect 0 'added 1' add 'water the plants'
expect 0 'added 2' add "'; DROP TABLE tasks; --"
expect 1 'that task is in the list already' add 'water the plants'
expect 0 '' done 1
expect 1 'there is no open task 1' done 1
expect 0 $'2 [ ] \'; DROP TABLE tasks; --\n1 [x] water the plants' list
expect 2 'usage: tasks add TITLE | list | done ID' remove
[[ $(sqlite3 "$TASKS_DB" 'SELECT title FROM history') == 'water the plants' ]] || exit 1
# Nothing of the vectors came along.
! nm -C "$program" 2>/dev/null | grep -q 'cairn::vec0::' || { echo "vec0 is linked" >&2; exit 1; }
