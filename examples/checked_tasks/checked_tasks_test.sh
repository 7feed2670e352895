#!/usr/bin/env bash
# checked_tasks_test.sh PROGRAM: what a user sees.
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
    echo "checked_tasks $*: exit $said, '$answer'; expected $status, '$output'" >&2
    exit 1
  }
}
expect 0 '' list
expect 0 'added 1' add 'water the plants'
expect 0 'added 2' add 'write the report' ada
expect 0 'added 3' add 'feed the cat' ada
expect 0 '' done 1
expect 1 'there is no open task 1' done 1
expect 0 $'2 [ ] write the report (ada)\n3 [ ] feed the cat (ada)\n1 [x] water the plants' list
expect 0 $'ada: 2 open\noverdue: 0' report
expect 2 'usage: checked_tasks add TITLE [OWNER] | list | done ID | report' remove
