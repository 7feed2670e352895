-- Queries that have a name, for those who write SQL in files of its own. reports.sql.hpp is made of it.

-- name: workload :all
SELECT people.name, count(tasks.id) AS open
  FROM people LEFT JOIN tasks ON tasks.owner = people.id AND NOT tasks.done
 GROUP BY people.id
 ORDER BY open DESC, people.name;

-- name: overdue :scalar
SELECT count(*) FROM tasks WHERE NOT done AND due < :now;
