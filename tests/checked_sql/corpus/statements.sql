-- Statements over migrations/, each below the labels that a person gave it: what a checker of SQL should find out.
--
--   -- columns: id integer!, due date?     name, kind, and '!' = never NULL or '?' = may be NULL
--   -- params: owner text!                 '!' = NULL makes no sense there, '?' = NULL means something
--
-- Kinds of columns: integer, boolean, real (INTEGER or REAL), text, blob, date, datetime, vector (a blob of
-- floats), unknown (the declarations do not tell). Kinds of parameters: the same, with list (the argument of
-- json_each) and any (nothing is known). Several kinds, as in boolean|integer, are all right. A kind with '::' is
-- the C++ type of an override.
--
-- The truth is that of data that conforms to the schema: values are of the declared type, NULL is only where it is
-- allowed, JSON is well formed, numbers are finite and their sums fit. A foreign key proves nothing (they can be off), nor does the number of rows that
-- happen to be there. A column is '!' also where the query proves it (WHERE due IS NOT NULL).

-- # Plain columns

-- columns: id integer!, name text!
SELECT id, name FROM users;

-- columns: id integer!, name text!, email text?, is_admin boolean!
-- params: id integer!
SELECT id, name, email, is_admin FROM users WHERE id = :id;

-- columns: rating real?, balance real!, birthday date?, created_at datetime!, last_seen datetime?
-- params: p1 integer!
SELECT rating, balance, birthday, created_at, last_seen FROM users WHERE id = ?1;

-- columns: id integer!, title text!, due date?
-- params: owner integer!
SELECT id, title, due FROM tasks WHERE owner_id = :owner AND done = 0 ORDER BY due;

-- columns: id integer!, project text?, title text!, body text?, owner_id integer?, parent_id integer?, done boolean!, priority integer!, estimate real?, due date?, created_at datetime!, finished_at datetime?, order integer?, weight real!
SELECT * FROM tasks;

-- columns: id integer!, project text?, title text!, body text?, owner_id integer?, parent_id integer?, done boolean!, priority integer!, estimate real?, due date?, created_at datetime!, finished_at datetime?, order integer?, weight real!
-- params: id integer!
SELECT t.* FROM tasks AS t WHERE t.id = $id;

-- columns: id integer!, label text!, color text?
-- params: label text!
SELECT * FROM tags WHERE label = :label;

-- columns: task_id integer!, tag_id integer!, added_on date?
SELECT * FROM task_tags;

-- columns: project text?, user_id integer?, role text?, joined date?
SELECT * FROM members;

-- columns: code text?, title text!, owner_id integer!, lead_id integer?, budget real?, started date!, archived boolean?, color text!
SELECT * FROM projects ORDER BY started DESC;

-- columns: rowid integer!, code text?
SELECT rowid, code FROM projects;

-- columns: key integer!, title text!
SELECT _rowid_ AS key, title FROM projects WHERE lead_id IS NULL;

-- columns: id integer!, task_id integer?, path text!, content blob?, digest blob!, mime text?, size integer?
SELECT * FROM files WHERE mime IS NULL OR mime <> 'text/plain';

-- columns: path text!, mime text!, size integer?
-- params: mime text!
SELECT path, mime, size FROM files WHERE mime = :mime;

-- columns: seq integer!, kind text!, payload text!, at datetime!, amount real?
SELECT seq, kind, payload, at, amount FROM events ORDER BY seq DESC LIMIT 20;

-- columns: user_id integer!, key text!
-- params: user integer!
SELECT user_id, key FROM preferences WHERE user_id = :user;

-- columns: value unknown?
-- params: user integer!, key text!
SELECT value FROM preferences WHERE user_id = :user AND key = :key;

-- columns: sensor text!, taken integer!, value real?, raw blob?
SELECT * FROM readings;

-- columns: code integer?, name text!
SELECT code, name FROM countries;

-- columns: id integer?, country integer?, total real!
SELECT * FROM legacy_orders;

-- columns: rowid integer!, total real!
SELECT rowid, total FROM legacy_orders;

-- columns: day date?, note text?, minutes integer!, starts text?
SELECT day, note, minutes, starts FROM journal;

-- columns: day date?, mood unknown?
SELECT day, mood FROM journal WHERE minutes > 0;

-- columns: extra unknown?
SELECT extra FROM users;

-- columns: name text!, name_length integer!
SELECT name, name_length FROM users WHERE name_length > 10;

-- columns: id integer!, order integer?
SELECT id, "order" FROM tasks ORDER BY "order" DESC NULLS LAST;

-- columns: id integer!, title text!
SELECT [id], `title` FROM "tasks" WHERE "done" = FALSE;

-- columns: title text!, position integer?
SELECT main.tasks.title, main.tasks."order" AS position FROM main.tasks;

-- SQLite names a column as the table does.
-- columns: id integer!, title text!
SELECT ID, Title FROM TASKS;

-- columns: color text!
SELECT DISTINCT color FROM projects;

-- columns: owner_id integer?, project text?
SELECT DISTINCT owner_id, project FROM tasks;

-- # What WHERE proves

-- columns: id integer!, due date!
SELECT id, due FROM tasks WHERE due IS NOT NULL;

-- columns: id integer!, due date!
SELECT id, due FROM tasks WHERE due NOTNULL ORDER BY due;

-- columns: id integer!, due date!
-- params: before date!
SELECT id, due FROM tasks WHERE due < :before AND done = 0;

-- columns: id integer!, due date!
-- params: from date!, to date!
SELECT id, due FROM tasks WHERE due BETWEEN :from AND :to;

-- columns: id integer!, owner_id integer!
-- params: owner integer!
SELECT id, owner_id FROM tasks WHERE owner_id = :owner;

-- columns: email text!
-- params: pattern text!
SELECT email FROM users WHERE email LIKE :pattern;

-- columns: email text!
SELECT email FROM users WHERE email LIKE '%@example.org' ESCAPE '\';

-- columns: nickname text!
-- params: pattern text!
SELECT nickname FROM users WHERE nickname GLOB :pattern;

-- columns: age integer!, rating real?
SELECT age, rating FROM users WHERE age IN (18, 21, 65);

-- columns: age integer!
-- params: a integer!, b integer!, c integer!
SELECT age FROM users WHERE age IN (:a, :b, :c);

-- columns: age integer!, rating real!
-- params: age integer!, rating real!
SELECT age, rating FROM users WHERE age >= :age AND rating > :rating;

-- The other side of OR proves nothing.
-- columns: age integer?, rating real?
-- params: age integer!, rating real!
SELECT age, rating FROM users WHERE age >= :age OR rating > :rating;

-- columns: age integer!
-- params: low integer!, high integer!
SELECT age FROM users WHERE age < :low OR age > :high;

-- columns: due date?
-- params: day date!
SELECT due FROM tasks WHERE due > :day OR due IS NULL;

-- columns: due date?
-- params: due date?
SELECT due FROM tasks WHERE due IS :due;

-- columns: project text?, owner_id integer?
-- params: project text?
SELECT project, owner_id FROM tasks WHERE :project IS NULL OR project = :project;

-- columns: nickname text?
-- params: name text?
SELECT nickname FROM users WHERE nickname IS NOT :name;

-- columns: due date?, finished_at datetime?
SELECT due, finished_at FROM tasks WHERE NOT (due IS NOT NULL AND done);

-- columns: due date!
-- params: day date!
SELECT due FROM tasks WHERE NOT (due > :day);

-- columns: age integer!
SELECT age FROM users WHERE age + 1 > 18;

-- columns: email text!, nickname text?
SELECT email, nickname FROM users WHERE lower(email) = 'ada@example.org';

-- coalesce lets NULL through.
-- columns: nickname text?
SELECT nickname FROM users WHERE coalesce(nickname, '') = '';

-- columns: created_at datetime!, last_seen datetime!
-- params: since datetime!
SELECT created_at, last_seen FROM users WHERE last_seen >= :since ORDER BY last_seen DESC;

-- columns: archived boolean!
SELECT archived FROM projects WHERE archived;

-- columns: archived boolean?
SELECT archived FROM projects WHERE archived IS NOT TRUE;

-- columns: archived boolean!
-- params: archived boolean!
SELECT archived FROM projects WHERE archived = :archived;

-- # Expressions

-- columns: one integer!, half real!, word text!, bytes blob!
SELECT 1 AS one, 0.5 AS half, 'word' AS word, x'00ff' AS bytes;

-- columns: none unknown?
SELECT NULL AS none;

-- columns: yes boolean|integer!, no boolean|integer!
SELECT TRUE AS yes, FALSE AS no;

-- columns: next_age integer?, twice real?
SELECT age + 1 AS next_age, rating * 2 AS twice FROM users;

-- columns: score integer!
SELECT priority * 10 - 5 AS score FROM tasks;

-- Division by zero is NULL.
-- columns: tenth integer?, rest integer?
SELECT priority / "order" AS tenth, priority % "order" AS rest FROM tasks;

-- columns: half integer!, rest integer!
SELECT priority / 2 AS half, priority % 2 AS rest FROM tasks;

-- columns: share real?
SELECT estimate / 8.0 AS share FROM tasks;

-- columns: share real!
SELECT weight / 8.0 AS share FROM tasks;

-- columns: display text!
SELECT name || ' (' || id || ')' AS display FROM users;

-- columns: display text?
SELECT name || ' <' || email || '>' AS display FROM users;

-- columns: late boolean|integer?, open boolean|integer!
-- params: today date!
SELECT due < :today AS late, NOT done AS open FROM tasks;

-- columns: has_due boolean|integer!, has_body boolean|integer!
SELECT due IS NOT NULL AS has_due, body NOTNULL AS has_body FROM tasks;

-- columns: mine boolean|integer?
-- params: me integer!
SELECT owner_id = :me AS mine FROM tasks;

-- columns: mine boolean|integer!
-- params: me integer?
SELECT owner_id IS :me AS mine FROM tasks;

-- columns: minus integer!, inverted integer!, plus integer?
SELECT -priority AS minus, ~priority AS inverted, +age AS plus FROM tasks JOIN users ON users.id = tasks.owner_id;

-- columns: flags integer!, low integer!
SELECT (priority << 2) | 1 AS flags, priority & 3 AS low FROM tasks;

-- columns: both boolean|integer!, either boolean|integer!
SELECT done AND priority > 3 AS both, done OR priority > 3 AS either FROM tasks;

-- FALSE AND NULL is FALSE, but TRUE AND NULL is NULL.
-- columns: both boolean|integer?
SELECT done AND due < '2026-01-01' AS both FROM tasks;

-- columns: level text!
SELECT CASE priority WHEN 1 THEN 'low' WHEN 2 THEN 'normal' ELSE 'high' END AS level FROM tasks;

-- columns: level text?
SELECT CASE WHEN priority > 3 THEN 'high' WHEN priority < 2 THEN 'low' END AS level FROM tasks;

-- columns: when_ date?
SELECT CASE WHEN done THEN NULL ELSE due END AS when_ FROM tasks;

-- columns: shown text!
SELECT CASE WHEN nickname IS NOT NULL THEN nickname ELSE name END AS shown FROM users;

-- columns: mixed unknown?
SELECT CASE WHEN done THEN 'done' ELSE estimate END AS mixed FROM tasks;

-- columns: amount real!
SELECT CASE WHEN done THEN 0 ELSE weight END AS amount FROM tasks;

-- columns: shown text!, years integer!, seen datetime!
SELECT coalesce(nickname, email, name) AS shown, ifnull(age, 0) AS years, coalesce(last_seen, created_at) AS seen FROM users;

-- columns: shown text?
SELECT coalesce(nickname, email) AS shown FROM users;

-- columns: mixed unknown!
SELECT coalesce(age, 'unknown') AS mixed FROM users;

-- columns: color text?
SELECT nullif(color, 'grey') AS color FROM projects;

-- columns: state text!, day date?
SELECT iif(done, 'done', 'open') AS state, iif(done, NULL, due) AS day FROM tasks;

-- columns: whole integer!, as_text text!, as_real real!, as_blob blob!
SELECT CAST(weight AS INTEGER) AS whole, CAST(id AS TEXT) AS as_text, CAST(id AS REAL) AS as_real, CAST(title AS BLOB) AS as_blob FROM tasks;

-- columns: years integer?
SELECT CAST(extra AS INTEGER) AS years FROM users;

-- columns: shown text!
-- params: fallback text!
SELECT ifnull(nickname, :fallback) AS "shown!" FROM users;

-- columns: name text!
-- params: name text!
SELECT name COLLATE NOCASE AS name FROM users WHERE name = :name COLLATE NOCASE;

-- columns: random integer!, sqlite text!
SELECT random() AS random, sqlite_version() AS sqlite;

-- # Functions of text and numbers

-- columns: low text!, up text?, n integer!, head text!
SELECT lower(name) AS low, upper(nickname) AS up, length(name) AS n, substr(name, 1, 1) AS head FROM users;

-- columns: trimmed text!, clean text!, at integer?
SELECT trim(title) AS trimmed, replace(title, '-', ' ') AS clean, instr(body, 'x') AS at FROM tasks;

-- columns: at integer!
-- params: needle text|any?
SELECT instr(title, coalesce(:needle, '')) AS at FROM tasks;

-- columns: size integer!, rounded real?, absolute integer?
SELECT length(digest) AS size, round(rating, 1) AS rounded, abs(age) AS absolute FROM files, users;

-- columns: hex text!, code integer?, quoted text!, letter text!
SELECT hex(digest) AS hex, unicode(path) AS code, quote(content) AS quoted, char(65, 66) AS letter FROM files;

-- columns: line text!
SELECT printf('%d: %s', id, body) AS line FROM tasks;

-- columns: line text!
SELECT format('%5.2f', rating) AS line FROM users;

-- columns: type text!
SELECT typeof(extra) AS type FROM users;

-- columns: sign integer?, larger integer!, smaller integer?
SELECT sign(age) AS sign, max(priority, 3) AS larger, min(priority, "order") AS smaller FROM tasks, users;

-- # Joins

-- columns: title text!, name text!
SELECT t.title, u.name FROM tasks t JOIN users u ON u.id = t.owner_id;

-- columns: title text!, owner_id integer!, email text?
SELECT t.title, t.owner_id, u.email FROM tasks t INNER JOIN users u ON u.id = t.owner_id;

-- columns: title text!, name text?
SELECT t.title, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id;

-- columns: title text!, owner_id integer?, user_id integer?
SELECT t.title, t.owner_id, u.id AS user_id FROM tasks t LEFT OUTER JOIN users u ON u.id = t.owner_id;

-- columns: title text?, name text!
SELECT t.title, u.name FROM tasks t RIGHT JOIN users u ON u.id = t.owner_id;

-- columns: title text?, name text?
SELECT t.title, u.name FROM tasks t FULL JOIN users u ON u.id = t.owner_id;

-- columns: title text!, name text!
SELECT t.title, u.name FROM tasks t CROSS JOIN users u;

-- columns: title text!, name text!
SELECT t.title, u.name FROM tasks t, users u WHERE t.owner_id = u.id;

-- columns: title text!, owner_id integer!, name text!
SELECT title, owner_id, name FROM tasks, users WHERE owner_id = users.id AND due IS NULL;

-- The right side of the LEFT JOIN is rejected in WHERE, so it is an inner join.
-- columns: title text!, name text!, email text?
-- params: name text!
SELECT t.title, u.name, u.email FROM tasks t LEFT JOIN users u ON u.id = t.owner_id WHERE u.name = :name;

-- columns: title text!, name text!
SELECT t.title, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id WHERE u.id IS NOT NULL;

-- columns: title text!, name text?
SELECT t.title, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id WHERE u.age IS NULL;

-- columns: title text!, name text?
-- params: age integer!
SELECT t.title, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id WHERE u.age > :age OR t.done;

-- columns: title text!, name text!, created_at datetime!, birthday date?
SELECT t.title, u.name, u.created_at, u.birthday FROM tasks t LEFT JOIN users u ON u.id = t.owner_id WHERE u.is_admin;

-- A condition of ON takes no row of the left side away.
-- columns: title text!, due date?, name text?
-- params: name text!
SELECT t.title, t.due, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id AND t.due > '2026-01-01' AND u.name LIKE :name;

-- columns: title text!, due date!, name text!
SELECT t.title, t.due, u.name FROM tasks t JOIN users u ON u.id = t.owner_id AND t.due > '2026-01-01';

-- columns: title text!, owner text?, project text?
SELECT t.title, u.name AS owner, p.title AS project FROM tasks t LEFT JOIN users u ON u.id = t.owner_id LEFT JOIN projects p ON p.code = t.project;

-- columns: title text!, owner text?, project text!
SELECT t.title, u.name AS owner, p.title AS project FROM tasks t LEFT JOIN users u ON u.id = t.owner_id JOIN projects p ON p.code = t.project;

-- The second JOIN compares the nullable side, so that there is no row without it.
-- columns: title text!, project text!, owner text!
SELECT t.title, p.title AS project, u.name AS owner FROM tasks t LEFT JOIN projects p ON p.code = t.project JOIN users u ON u.id = p.owner_id;

-- columns: title text!, project text?, owner text?
SELECT t.title, p.title AS project, u.name AS owner FROM tasks t LEFT JOIN projects p ON p.code = t.project LEFT JOIN users u ON u.id = p.owner_id;

-- columns: title text?, label text!
SELECT t.title, g.label FROM tasks t JOIN task_tags tt ON tt.task_id = t.id RIGHT JOIN tags g ON g.id = tt.tag_id;

-- columns: title text!, label text?
SELECT t.title, g.label FROM tasks t LEFT JOIN (task_tags tt JOIN tags g ON g.id = tt.tag_id) ON tt.task_id = t.id;

-- columns: title text!, label text?, tag_id integer?, added_on date?
SELECT t.title, g.label, tt.tag_id, tt.added_on FROM tasks t LEFT JOIN task_tags AS tt ON tt.task_id = t.id LEFT JOIN tags AS g ON g.id = tt.tag_id ORDER BY t.title, g.label;

-- columns: title text!, label text!
-- params: label text!
SELECT t.title, g.label FROM (tasks t JOIN task_tags tt ON tt.task_id = t.id) JOIN tags g ON g.id = tt.tag_id WHERE g.label = :label;

-- columns: title text!, parent text?
SELECT child.title, parent.title AS parent FROM tasks child LEFT JOIN tasks parent ON parent.id = child.parent_id;

-- columns: title text!, parent text!, grandparent text?
SELECT c.title, p.title AS parent, g.title AS grandparent FROM tasks c JOIN tasks p ON p.id = c.parent_id LEFT JOIN tasks g ON g.id = p.parent_id;

-- columns: task_id integer!, path text!, body text!
SELECT task_id, path, body FROM comments JOIN files USING (task_id);

-- columns: task_id integer!, body text!, path text?
SELECT task_id, body, path FROM comments LEFT JOIN files USING (task_id);

-- The column of USING is the first of the two that is not NULL.
-- columns: task_id integer?, body text?, path text!
SELECT task_id, body, path FROM comments RIGHT JOIN files USING (task_id);

-- columns: task_id integer?, body text?, path text?
SELECT task_id, body, path FROM comments FULL JOIN files USING (task_id);

-- columns: task_id integer!, tag_id integer?, body text?
SELECT task_id, tag_id, body FROM task_tags FULL JOIN comments USING (task_id);

-- columns: task_id integer!, tag_id integer!, added_on date?, id integer!, path text!, content blob?, digest blob!, mime text?, size integer?
SELECT * FROM task_tags NATURAL JOIN files;

-- columns: task_id integer!, tag_id integer!, path text?
SELECT task_id, tag_id, path FROM task_tags NATURAL LEFT JOIN files;

-- columns: project text!, title text!, role text?
-- params: user integer!
SELECT project, title, role FROM tasks JOIN members USING (project) WHERE user_id = :user;

-- columns: name text!, theme unknown?
SELECT u.name, p.value AS theme FROM users u LEFT JOIN preferences p ON p.user_id = u.id AND p.key = 'theme';

-- columns: project text!, member text!, role text?
SELECT p.title AS project, u.name AS member, m.role FROM projects p JOIN members m ON m.project = p.code JOIN users u ON u.id = m.user_id ORDER BY 1, 2;

-- columns: project text!, owner text!, lead text?
SELECT p.title AS project, o.name AS owner, l.name AS lead FROM projects p JOIN users o ON o.id = p.owner_id LEFT JOIN users l ON l.id = p.lead_id;

-- columns: title text!, owner text!
SELECT t.title, coalesce(u.name, 'nobody') AS owner FROM tasks t LEFT JOIN users u ON u.id = t.owner_id;

-- columns: title text!, has_owner boolean|integer!
SELECT t.title, u.id IS NOT NULL AS has_owner FROM tasks t LEFT JOIN users u ON u.id = t.owner_id;

-- columns: title text!, display text?
SELECT t.title, u.name || '!' AS display FROM tasks t LEFT JOIN users u ON u.id = t.owner_id;

-- columns: day date?, name text?
SELECT j.day, c.name FROM journal j FULL OUTER JOIN countries c ON c.code = j.minutes WHERE j.day IS NOT NULL OR c.code IS NOT NULL;

-- The left side of the FULL JOIN is rejected, its right side is not.
-- columns: title text!, name text?
SELECT t.title, u.name FROM tasks t FULL JOIN users u ON u.id = t.owner_id WHERE t.id > 0;

-- columns: title text?, name text!
SELECT t.title, u.name FROM tasks t FULL JOIN users u ON u.id = t.owner_id WHERE u.name >= 'a';

-- columns: title text!, name text!
SELECT t.title, u.name FROM tasks t FULL JOIN users u ON u.id = t.owner_id WHERE t.owner_id = u.id;

-- columns: id integer!, project text?, title text!, body text?, owner_id integer?, parent_id integer?, done boolean!, priority integer!, estimate real?, due date?, created_at datetime!, finished_at datetime?, order integer?, weight real!, owner_name text?
SELECT t.*, u.name AS owner_name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id;

-- columns: title text!, id integer?, label text?, color text?
SELECT t.title, g.* FROM tasks t LEFT JOIN tags g ON g.id = t."order";

-- columns: a text!, b text!
SELECT a.name AS a, b.name AS b FROM users a JOIN users b ON a.id < b.id AND a.birthday = b.birthday;

-- columns: birthday date!
SELECT a.birthday FROM users a JOIN users b ON a.id < b.id AND a.birthday = b.birthday;

-- columns: birthday date?
SELECT a.birthday FROM users a JOIN users b ON a.id < b.id AND a.birthday IS b.birthday;

-- columns: body text!, author text?, answered text?
-- params: task integer!
SELECT c.body, u.name AS author, r.body AS answered FROM comments c LEFT JOIN users u ON u.id = c.author_id LEFT JOIN comments r ON r.id = c.reply_to WHERE c.task_id = :task ORDER BY c.created_at LIMIT 50;

-- columns: sensor text!, value real?, name text?
SELECT r.sensor, r.value, c.name FROM readings r LEFT JOIN countries c ON c.code = r.taken;

-- # Views

-- columns: id integer!, title text!, due date?, priority integer!, owner text?, project_title text?
SELECT * FROM open_tasks;

-- columns: title text!, owner text!
-- params: owner text!
SELECT title, owner FROM open_tasks WHERE owner = :owner;

-- columns: id integer!, title text!, due date!, owner text?
SELECT * FROM urgent_tasks ORDER BY due LIMIT 10;

-- columns: code text?, title text!, tasks integer!, open integer?, estimate real!
SELECT * FROM project_load;

-- columns: title text!, tasks integer!
-- params: code text!
SELECT title, tasks FROM project_load WHERE code = :code;

-- columns: title text!, owner_name text!, owner_email text?, owner_id integer!
SELECT title, owner_name, owner_email, owner_id FROM assigned_tasks;

-- columns: name text!, title text?
SELECT u.name, o.title FROM users u LEFT JOIN open_tasks o ON o.owner = u.name;

-- columns: name text!, title text?, due date?
SELECT u.name, o.title, o.due FROM users u LEFT JOIN urgent_tasks o ON o.owner = u.name;

-- # Common table expressions

-- columns: id integer!, title text!
-- params: owner integer!
WITH mine AS (SELECT id, title FROM tasks WHERE owner_id = :owner) SELECT id, title FROM mine;

-- columns: name text!, n integer!
WITH counts(owner, n) AS (SELECT owner_id, count(*) FROM tasks GROUP BY owner_id) SELECT u.name, c.n FROM users u JOIN counts c ON c.owner = u.id;

-- columns: name text!, n integer?
WITH counts(owner, n) AS (SELECT owner_id, count(*) FROM tasks GROUP BY owner_id) SELECT u.name, c.n FROM users u LEFT JOIN counts c ON c.owner = u.id;

-- columns: name text!, n integer!
WITH counts AS (SELECT owner_id AS owner, count(*) AS n FROM tasks GROUP BY owner_id) SELECT u.name, coalesce(c.n, 0) AS n FROM users u LEFT JOIN counts c ON c.owner = u.id;

-- columns: title text!, due date!
WITH dated AS MATERIALIZED (SELECT * FROM tasks WHERE due IS NOT NULL) SELECT title, due FROM dated;

-- columns: title text!, due date?
WITH open AS NOT MATERIALIZED (SELECT * FROM tasks WHERE NOT done) SELECT title, due FROM open;

-- columns: title text!, name text!
WITH admins AS (SELECT id, name FROM users WHERE is_admin), theirs AS (SELECT t.title, a.name FROM tasks t JOIN admins a ON a.id = t.owner_id) SELECT title, name FROM theirs;

-- columns: n integer!
WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 10) SELECT n FROM counter;

-- columns: n integer!
-- params: last integer|real|any!
WITH RECURSIVE counter(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counter WHERE n < :last LIMIT 100) SELECT n FROM counter;

-- columns: id integer!, name text!, depth integer!
-- params: root integer!
WITH RECURSIVE tree(id, name, depth) AS (
  SELECT id, name, 0 FROM folders WHERE id = :root
  UNION ALL
  SELECT f.id, f.name, tree.depth + 1 FROM folders f JOIN tree ON f.parent_id = tree.id
)
SELECT id, name, depth FROM tree ORDER BY depth, name;

-- columns: id integer!, path text!
WITH RECURSIVE paths(id, path) AS (
  SELECT id, name FROM folders WHERE parent_id IS NULL
  UNION ALL
  SELECT f.id, paths.path || '/' || f.name FROM folders f JOIN paths ON f.parent_id = paths.id
)
SELECT id, path FROM paths;

-- The recursive arm brings the root's missing parent.
-- columns: id integer?, name text?
-- params: folder integer!
WITH RECURSIVE up(id, name, parent_id) AS (
  SELECT id, name, parent_id FROM folders WHERE id = :folder
  UNION ALL
  SELECT f.id, f.name, f.parent_id FROM up LEFT JOIN folders f ON f.id = up.parent_id WHERE up.id IS NOT NULL
)
SELECT id, name FROM up;

-- columns: id integer!, level integer!
WITH RECURSIVE sub AS (
  SELECT id, 1 AS level FROM tasks WHERE parent_id IS NULL
  UNION
  SELECT t.id, sub.level + 1 FROM tasks t, sub WHERE t.parent_id = sub.id AND sub.level < 5
)
SELECT * FROM sub;

-- columns: day text|date?
-- params: first date|text|any?, last date|text|any!
WITH RECURSIVE days(day) AS (SELECT date(:first) UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < :last LIMIT 31) SELECT day FROM days;

-- columns: a integer!, b text!
WITH pairs(a, b) AS (VALUES (1, 'one'), (2, 'two')) SELECT a, b FROM pairs;

-- columns: a integer!, b text?
WITH pairs(a, b) AS (VALUES (1, 'one'), (2, NULL)) SELECT a, b FROM pairs;

-- columns: title text!
WITH tasks AS (SELECT title FROM projects) SELECT title FROM tasks;

-- columns: a integer!, n integer!
WITH x AS (SELECT 1 AS a) SELECT a, (WITH y AS (SELECT count(*) AS n FROM users) SELECT n FROM y) AS n FROM x;

-- # Subqueries

-- columns: title text!, due date?
SELECT title, due FROM (SELECT title, due, done FROM tasks ORDER BY due) WHERE NOT done;

-- columns: name text!, n integer!
SELECT u.name, s.n FROM users u JOIN (SELECT owner_id, count(*) AS n FROM tasks GROUP BY owner_id) s ON s.owner_id = u.id;

-- columns: name text!, n integer?
SELECT u.name, s.n FROM users u LEFT JOIN (SELECT owner_id, count(*) AS n FROM tasks GROUP BY owner_id) AS s ON s.owner_id = u.id;

-- count(*) gives a row even where there are none.
-- columns: name text!, n integer!
SELECT name, (SELECT count(*) FROM tasks t WHERE t.owner_id = u.id) AS n FROM users u;

-- A subquery without a row is NULL.
-- columns: title text!, owner text?
SELECT title, (SELECT name FROM users u WHERE u.id = t.owner_id) AS owner FROM tasks t;

-- columns: name text!, latest datetime?
SELECT name, (SELECT max(created_at) FROM tasks t WHERE t.owner_id = u.id) AS latest FROM users u;

-- count(*) with GROUP BY has no row for the empty set.
-- columns: name text!, n integer?
SELECT name, (SELECT count(*) FROM tasks t WHERE t.owner_id = u.id GROUP BY t.owner_id) AS n FROM users u;

-- columns: name text!, n integer?
SELECT name, (SELECT count(*) FROM tasks t WHERE t.owner_id = u.id HAVING count(*) > 1) AS n FROM users u;

-- columns: name text!, n integer?
SELECT name, (SELECT count(*) FROM tasks LIMIT 1 OFFSET 1) AS n FROM users;

-- columns: name text!, total real!
SELECT name, (SELECT coalesce(sum(estimate), 0) FROM tasks t WHERE t.owner_id = u.id) AS total FROM users u;

-- columns: name text!, one integer!
SELECT name, (SELECT 1) AS one FROM users;

-- columns: name text!, one integer?
SELECT name, (SELECT 1 WHERE u.age > 17) AS one FROM users u;

-- columns: name text!, busy boolean|integer!
SELECT name, EXISTS (SELECT 1 FROM tasks t WHERE t.owner_id = u.id) AS busy FROM users u;

-- columns: name text!
SELECT name FROM users u WHERE EXISTS (SELECT 1 FROM tasks t WHERE t.owner_id = u.id AND NOT t.done);

-- columns: name text!, idle boolean|integer!
SELECT name, NOT EXISTS (SELECT 1 FROM tasks t WHERE t.owner_id = u.id) AS idle FROM users u;

-- columns: title text!, owner_id integer!
SELECT title, owner_id FROM tasks WHERE owner_id IN (SELECT id FROM users WHERE is_admin);

-- columns: title text!, tagged boolean|integer!
SELECT title, id IN (SELECT task_id FROM task_tags) AS tagged FROM tasks;

-- The set may hold NULL.
-- columns: title text!, answered boolean|integer?
SELECT title, id IN (SELECT parent_id FROM tasks) AS answered FROM tasks;

-- columns: title text!, due date!
SELECT title, due FROM tasks WHERE due = (SELECT min(due) FROM tasks);

-- columns: title text!
-- params: label text!
SELECT title FROM tasks WHERE id IN (SELECT task_id FROM task_tags JOIN tags ON tags.id = tag_id WHERE label = :label);

-- columns: title text!, owner_id integer?
-- params: name text!
SELECT title, owner_id FROM tasks WHERE owner_id NOT IN (SELECT id FROM users WHERE name = :name) OR owner_id IS NULL;

-- columns: n integer!
SELECT count(*) AS n FROM (SELECT DISTINCT owner_id FROM tasks);

-- columns: code text?, best real?
SELECT p.code, (SELECT t.weight FROM tasks t WHERE t.project = p.code ORDER BY t.weight DESC LIMIT 1) AS best FROM projects p;

-- columns: title text!, n integer!, first datetime!
SELECT t.title, s.n, s.first FROM tasks t JOIN (SELECT task_id, count(*) AS n, min(created_at) AS first FROM comments GROUP BY task_id HAVING count(*) > 0) s ON s.task_id = t.id;

-- columns: title text!
SELECT title FROM (SELECT title FROM (SELECT title FROM tasks WHERE done) WHERE title <> '');

-- columns: both boolean|integer!
SELECT (SELECT count(*) FROM users) = (SELECT count(*) FROM tasks) AS both;

-- # Compound selects

-- columns: name text!
SELECT name FROM users UNION SELECT title FROM projects;

-- One arm may be NULL.
-- columns: name text?
SELECT name FROM users UNION ALL SELECT nickname FROM users;

-- columns: name text?
SELECT nickname AS name FROM users UNION ALL SELECT name FROM users ORDER BY name;

-- columns: name text!
SELECT name FROM users INTERSECT SELECT nickname FROM users;

-- columns: name text!
SELECT nickname AS name FROM users INTERSECT SELECT name FROM users;

-- columns: id integer!
SELECT id FROM users EXCEPT SELECT owner_id FROM tasks;

-- columns: owner_id integer?
SELECT owner_id FROM tasks EXCEPT SELECT id FROM users WHERE is_admin;

-- columns: amount real!
SELECT priority AS amount FROM tasks UNION ALL SELECT weight FROM tasks;

-- columns: mixed unknown!
SELECT id AS mixed FROM tasks UNION ALL SELECT title FROM tasks;

-- A day and a point in time have nothing in common but the text.
-- columns: moment text!
SELECT started AS moment FROM projects UNION ALL SELECT created_at FROM tasks;

-- columns: flag integer!
SELECT done AS flag FROM tasks UNION SELECT priority FROM tasks;

-- columns: flag boolean!
SELECT done AS flag FROM tasks UNION SELECT is_admin FROM users;

-- columns: kind text!, id integer!, title text!
-- params: needle text!
SELECT 'task' AS kind, id, title FROM tasks WHERE title LIKE :needle UNION ALL SELECT 'note', id, title FROM notes WHERE title LIKE :needle ORDER BY title;

-- columns: kind text!, title text!
-- params: needle text!
SELECT 'task' AS kind, title FROM tasks WHERE title LIKE :needle UNION ALL SELECT 'note', title FROM notes WHERE title LIKE :needle ORDER BY title;

-- columns: id integer!, due date?
SELECT id, due FROM tasks WHERE done UNION ALL SELECT id, NULL FROM users;

-- columns: id integer!, due date?
SELECT id, NULL AS due FROM users UNION ALL SELECT id, due FROM tasks;

-- columns: n integer!
SELECT count(*) AS n FROM users UNION ALL SELECT count(*) FROM tasks;

-- columns: column1 integer!, column2 text?
VALUES (1, 'one'), (2, NULL);

-- columns: a integer!, b text!
SELECT 1 AS a, 'x' AS b UNION ALL VALUES (2, 'y'), (3, 'z');

-- columns: id integer!
SELECT id FROM (SELECT id FROM tasks UNION SELECT id FROM users) WHERE id > 1;

-- columns: day date?
SELECT due AS day FROM tasks UNION SELECT started FROM projects UNION SELECT birthday FROM users LIMIT 5;

-- # Aggregates

-- columns: n integer!
SELECT count(*) AS n FROM tasks;

-- columns: n integer!, distinct_owners integer!, done integer!
SELECT count(due) AS n, count(DISTINCT owner_id) AS distinct_owners, count(*) FILTER (WHERE done) AS done FROM tasks;

-- Without rows there is no largest one.
-- columns: last integer?, first datetime?
SELECT max(id) AS last, min(created_at) AS first FROM tasks;

-- columns: next integer!
SELECT coalesce(max(id), 0) + 1 AS next FROM tasks;

-- columns: sum integer?, total real!, average real?
SELECT sum(priority) AS sum, total(priority) AS total, avg(priority) AS average FROM tasks;

-- columns: sum real?, balance real?
SELECT sum(rating) AS sum, sum(balance) AS balance FROM users;

-- columns: owner_id integer?, n integer!, latest datetime!, due date?
SELECT owner_id, count(*) AS n, max(created_at) AS latest, min(due) AS due FROM tasks GROUP BY owner_id;

-- columns: owner_id integer?, sum integer!, average real!, estimate real?
SELECT owner_id, sum(priority) AS sum, avg(priority) AS average, sum(estimate) AS estimate FROM tasks GROUP BY owner_id;

-- columns: project text?, urgent integer?, urgent_count integer!
SELECT project, max(priority) FILTER (WHERE NOT done) AS urgent, count(*) FILTER (WHERE priority > 3) AS urgent_count FROM tasks GROUP BY project;

-- columns: done boolean!, n integer!
SELECT done, count(*) AS n FROM tasks GROUP BY done;

-- columns: owner_id integer!, n integer!
-- params: least integer|any!
SELECT owner_id, count(*) AS n FROM tasks WHERE owner_id IS NOT NULL GROUP BY owner_id HAVING count(*) >= :least;

-- columns: owner_id integer?, due date!
SELECT owner_id, max(due) AS due FROM tasks GROUP BY owner_id HAVING max(due) IS NOT NULL;

-- columns: owner_id integer?, due date!
-- params: day date!
SELECT owner_id, max(due) AS due FROM tasks GROUP BY owner_id HAVING max(due) > :day;

-- columns: due date?
SELECT max(due) AS due FROM tasks WHERE due IS NOT NULL;

-- columns: titles text?
SELECT group_concat(title, ', ') AS titles FROM tasks;

-- columns: owner_id integer?, titles text!, bodies text?
SELECT owner_id, group_concat(title) AS titles, group_concat(body) AS bodies FROM tasks GROUP BY owner_id;

-- A column beside an aggregate is NULL when there are no rows.
-- columns: title text?, latest datetime?
SELECT title, max(created_at) AS latest FROM tasks;

-- columns: n integer!, word text!
SELECT count(*) AS n, 'tasks' AS word FROM tasks;

-- columns: done integer?, open integer?
SELECT sum(done) AS done, sum(NOT done) AS open FROM tasks;

-- columns: done integer?
SELECT sum(CASE WHEN done THEN 1 ELSE 0 END) AS done FROM tasks;

-- columns: project text?, done integer!
SELECT project, sum(CASE WHEN done THEN 1 ELSE 0 END) AS done FROM tasks GROUP BY project;

-- columns: name text!, n integer!, latest datetime?
SELECT u.name, count(t.id) AS n, max(t.created_at) AS latest FROM users u LEFT JOIN tasks t ON t.owner_id = u.id GROUP BY u.id ORDER BY n DESC;

-- columns: name text!, n integer!, latest datetime!
SELECT u.name, count(*) AS n, max(t.created_at) AS latest FROM users u JOIN tasks t ON t.owner_id = u.id GROUP BY u.id;

-- columns: name text!, priority integer?, estimate real!
SELECT u.name, sum(t.priority) AS priority, coalesce(sum(t.estimate), 0.0) AS estimate FROM users u LEFT JOIN tasks t ON t.owner_id = u.id GROUP BY u.id;

-- columns: first_letter text!, n integer!
SELECT substr(name, 1, 1) AS first_letter, count(*) AS n FROM users GROUP BY substr(name, 1, 1);

-- columns: first_letter text!, n integer!
SELECT substr(name, 1, 1) AS first_letter, count(*) AS n FROM users GROUP BY first_letter HAVING n > 1 ORDER BY n DESC, 1;

-- columns: any_admin boolean?, oldest integer?
SELECT max(is_admin) AS any_admin, max(age) AS oldest FROM users;

-- columns: lo integer?, hi integer?, spread integer?
SELECT min(age) AS lo, max(age) AS hi, max(age) - min(age) AS spread FROM users;

-- columns: percent real?
SELECT 100.0 * sum(done) / count(*) AS percent FROM tasks;

-- columns: project text?, percent real!
SELECT project, round(100.0 * sum(done) / nullif(count(*), 0), 1) AS percent FROM tasks GROUP BY project;

-- columns: kind text!, amount real?, n integer!
SELECT kind, sum(amount) AS amount, count(amount) AS n FROM events GROUP BY kind HAVING count(*) > 1;

-- # Windows

-- columns: title text!, n integer!, rank integer!, dense integer!
SELECT title, row_number() OVER (ORDER BY priority) AS n, rank() OVER (ORDER BY priority) AS rank, dense_rank() OVER (ORDER BY priority) AS dense FROM tasks;

-- columns: title text!, quarter integer!, share real!, dist real!
SELECT title, ntile(4) OVER w AS quarter, percent_rank() OVER w AS share, cume_dist() OVER w AS dist FROM tasks WINDOW w AS (ORDER BY priority);

-- columns: title text!, previous text?, next text?
SELECT title, lag(title) OVER w AS previous, lead(title) OVER w AS next FROM tasks WINDOW w AS (PARTITION BY owner_id ORDER BY created_at);

-- columns: title text!, previous text!
SELECT title, lag(title, 1, '') OVER (ORDER BY id) AS previous FROM tasks;

-- columns: previous date|text?
SELECT lag(due, 1, '2026-01-01') OVER (ORDER BY id) AS previous FROM tasks WHERE done;

-- columns: id integer!, running integer!, average real!
SELECT id, sum(priority) OVER (ORDER BY id) AS running, avg(priority) OVER (PARTITION BY project) AS average FROM tasks;

-- columns: id integer!, running real?
SELECT id, sum(estimate) OVER (PARTITION BY owner_id ORDER BY id) AS running FROM tasks;

-- The frame may be empty.
-- columns: id integer!, before integer?
SELECT id, sum(priority) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS before FROM tasks;

-- columns: id integer!, around integer!
SELECT id, sum(priority) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around FROM tasks;

-- columns: id integer!, others integer?
SELECT id, max(priority) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS others FROM tasks;

-- columns: first text!, last text!, third text?
SELECT first_value(title) OVER w AS first, last_value(title) OVER w AS last, nth_value(title, 3) OVER w AS third FROM tasks WINDOW w AS (ORDER BY id);

-- columns: first date?, following text?
SELECT first_value(due) OVER (ORDER BY id) AS first, first_value(title) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS following FROM tasks;

-- columns: id integer!, n integer!, urgent integer!
SELECT id, count(*) OVER () AS n, count(*) FILTER (WHERE priority > 3) OVER (PARTITION BY owner_id) AS urgent FROM tasks;

-- columns: id integer!, urgent integer?
SELECT id, sum(priority) FILTER (WHERE done) OVER (PARTITION BY owner_id) AS urgent FROM tasks;

-- columns: owner_id integer?, n integer!, place integer!, all_ integer!
SELECT owner_id, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS place, sum(count(*)) OVER () AS all_ FROM tasks GROUP BY owner_id;

-- columns: owner_id integer?, title text!
-- params: n integer|any!
SELECT owner_id, title FROM (SELECT owner_id, title, row_number() OVER (PARTITION BY owner_id ORDER BY priority DESC) AS n FROM tasks) WHERE n <= :n;

-- # Limits, lists, patterns, row values

-- columns: id integer!, title text!
-- params: n integer!, skip integer!
SELECT id, title FROM tasks ORDER BY id LIMIT :n OFFSET :skip;

-- columns: id integer!
-- params: skip integer!, n integer!
SELECT id FROM tasks ORDER BY id LIMIT :skip, :n;

-- columns: id integer!
-- params: p1 integer!
SELECT id FROM tasks LIMIT ?;

-- columns: id integer!, title text!
-- params: ids list!
SELECT id, title FROM tasks WHERE id IN (SELECT value FROM json_each(:ids));

-- columns: title text!, owner_id integer!
-- params: owners list!, done boolean!
SELECT title, owner_id FROM tasks WHERE owner_id IN (SELECT value FROM json_each(:owners)) AND done = :done;

-- columns: title text!
-- params: ids list!
SELECT t.title FROM json_each(:ids) AS wanted JOIN tasks t ON t.id = wanted.value ORDER BY wanted.key;

-- columns: id integer!
-- params: labels list!
SELECT task_id AS id FROM task_tags JOIN tags ON tags.id = tag_id WHERE label NOT IN (SELECT value FROM json_each(:labels));

-- columns: id integer!
-- params: p1 integer!, p2 integer!
SELECT id FROM tasks WHERE priority NOT IN (?, ?);

-- columns: title text!
-- params: needle text|any!
SELECT title FROM tasks WHERE title LIKE '%' || :needle || '%';

-- columns: title text!, body text!
-- params: pattern text!
SELECT title, body FROM tasks WHERE body NOT LIKE :pattern ESCAPE '\';

-- columns: id integer!, created_at datetime!
-- params: after datetime!, last integer!
SELECT id, created_at FROM tasks WHERE (created_at, id) > (:after, :last) ORDER BY created_at, id LIMIT 20;

-- columns: id integer!, owner_id integer!
-- params: owner integer!, done boolean!
SELECT id, owner_id FROM tasks WHERE (owner_id, done) = (:owner, :done);

-- columns: id integer!, project text!
SELECT id, project FROM tasks WHERE (project, owner_id) IN (SELECT project, user_id FROM members);

-- columns: id integer!
-- params: owner integer?, done boolean?, text text?
SELECT id FROM tasks WHERE (:owner IS NULL OR owner_id = :owner) AND (:done IS NULL OR done = :done) AND (:text IS NULL OR title LIKE :text);

-- columns: id integer!
-- params: owner integer?
SELECT id FROM tasks WHERE owner_id IS NOT DISTINCT FROM :owner;

-- columns: id integer!
-- params: owner integer?
SELECT id FROM tasks WHERE owner_id = coalesce(:owner, owner_id);

-- columns: between_ boolean|integer!
-- params: low integer!, high integer!
SELECT priority BETWEEN :low AND :high AS between_ FROM tasks;

-- columns: id integer!, nickname text?
-- params: name text!
SELECT id, nickname FROM users INDEXED BY sqlite_autoindex_users_1 WHERE email = :name;

-- columns: id integer!
-- params: size integer|real|any!, page integer|real|any!
SELECT id FROM tasks ORDER BY id LIMIT :size OFFSET (:page - 1) * :size;

-- columns: id integer!, title text!
-- params: owner integer!
SELECT id /* the key */, title -- the line to show
FROM tasks
WHERE owner_id = @owner;

-- columns: x unknown?
-- params: x any?
SELECT :x AS x;

-- columns: x integer?
-- params: x integer|any?
SELECT CAST(:x AS INTEGER) AS x;

-- # Dates and times

-- columns: today text|date!, now text|datetime!, clock text!
SELECT CURRENT_DATE AS today, CURRENT_TIMESTAMP AS now, CURRENT_TIME AS clock;

-- columns: today text|date!, now text|datetime!, clock text!, tomorrow text|date!
SELECT date('now') AS today, datetime('now') AS now, time('now') AS clock, date('now', '+1 day') AS tomorrow;

-- What is no date gives NULL.
-- columns: day text|date?, month text?, year integer?
SELECT date(finished_at) AS day, strftime('%Y-%m', finished_at) AS month, CAST(strftime('%Y', finished_at) AS INTEGER) AS year FROM tasks;

-- columns: days_left real?, seconds integer?
SELECT julianday(due) - julianday('now') AS days_left, unixepoch(finished_at) AS seconds FROM tasks;

-- columns: id integer!, due date!
SELECT id, due FROM tasks WHERE due < date('now') AND NOT done;

-- columns: id integer!, created_at datetime!
-- params: window text|any!
SELECT id, created_at FROM tasks WHERE created_at >= datetime('now', :window);

-- columns: day text|date?, n integer!
SELECT date(at) AS day, count(*) AS n FROM events GROUP BY date(at) ORDER BY 1;

-- columns: next text|date?
-- params: day date|text|any?
SELECT date(:day, '+1 day') AS next;

-- columns: id integer!, due date!
-- params: today date|text|any!
SELECT id, due FROM tasks WHERE due BETWEEN date(:today) AND date(:today, '+7 days');

-- columns: due date?, started date!
SELECT t.due, p.started FROM tasks t JOIN projects p ON p.code = t.project WHERE t.due IS NULL OR t.due >= p.started;

-- columns: earliest datetime!, latest datetime!
SELECT min(created_at) AS earliest, max(coalesce(finished_at, created_at)) AS latest FROM tasks GROUP BY project;

-- columns: age real?
SELECT (julianday('now') - julianday(birthday)) / 365.25 AS age FROM users;

-- # JSON

-- columns: theme unknown?
SELECT json_extract(settings, '$.theme') AS theme FROM users;

-- columns: title unknown?
SELECT payload ->> '$.title' AS title FROM events WHERE kind = 'added';

-- columns: items text?
SELECT payload -> '$.items' AS items FROM events;

-- columns: title text?, count integer?
SELECT CAST(payload ->> 'title' AS TEXT) AS title, CAST(json_extract(payload, '$.count') AS INTEGER) AS count FROM events;

-- columns: n integer!, tags integer?
SELECT json_array_length(payload) AS n, json_array_length(payload, '$.tags') AS tags FROM events;

-- columns: good boolean|integer!, maybe boolean|integer?
SELECT json_valid(payload) AS good, json_valid(settings) AS maybe FROM events, users;

-- columns: type text!, inner text?
SELECT json_type(payload) AS type, json_type(payload, '$.a') AS inner FROM events;

-- columns: object text!, array text!
SELECT json_object('id', id, 'due', due) AS object, json_array(id, title, due) AS array FROM tasks;

-- columns: titles text!, colors text!
SELECT json_group_array(title) AS titles, json_group_object(code, color) AS colors FROM projects WHERE code IS NOT NULL;

-- columns: name text!, tasks text!
SELECT name, (SELECT json_group_array(json_object('id', t.id, 'title', t.title)) FROM tasks t WHERE t.owner_id = u.id) AS tasks FROM users u;

-- columns: seq integer!, type text!, path text!
SELECT e.seq, j.type, j.fullkey AS path FROM events e, json_each(e.payload) j;

-- columns: seq integer!, key unknown?, value unknown?
SELECT e.seq, j.key, j.value FROM events e, json_tree(e.payload) AS j WHERE j.type <> 'object';

-- columns: seq integer!
-- params: tag text|any!
SELECT seq FROM events e WHERE EXISTS (SELECT 1 FROM json_each(e.payload, '$.tags') j WHERE j.value = :tag);

-- columns: id integer!, changed text?
-- params: theme any|text?
SELECT id, json_set(settings, '$.theme', :theme) AS changed FROM users;

-- columns: clean text!, quoted text!, minified text?
SELECT json(payload) AS clean, json_quote(kind) AS quoted, json(settings) AS minified FROM events, users;

-- columns: id integer!
-- params: theme any|text!
SELECT id FROM users WHERE settings ->> 'theme' = :theme;

-- params: theme any|text?, id integer!
UPDATE users SET settings = json_set(coalesce(settings, '{}'), '$.theme', :theme) WHERE id = :id;

-- # Vectors

-- columns: note_id integer!, distance real!
-- params: query vector!, k integer!
SELECT note_id, distance FROM vec_notes WHERE embedding MATCH :query AND k = :k ORDER BY distance;

-- columns: note_id integer!, distance real!
-- params: query vector!, n integer!
SELECT note_id, distance FROM vec_notes WHERE embedding MATCH :query ORDER BY distance LIMIT :n;

-- columns: note_id integer!, kind text!, body text?, owner_id integer?, distance real!
-- params: query vector!
SELECT note_id, kind, body, owner_id, distance FROM vec_notes WHERE embedding MATCH :query AND k = 10;

-- columns: note_id integer!, owner_id integer!
-- params: query vector!, k integer!, owner integer!, kind text!
SELECT note_id, owner_id FROM vec_notes WHERE embedding MATCH :query AND k = :k AND owner_id = :owner AND kind = :kind;

-- columns: title text?, distance real!
-- params: query vector!, k integer!
SELECT n.title, v.distance FROM vec_notes v JOIN notes n ON n.id = v.note_id WHERE v.embedding MATCH :query AND v.k = :k ORDER BY v.distance;

-- columns: note_id integer!, title text?, body text?
-- params: query vector!
SELECT v.note_id, n.title, n.body FROM vec_notes v LEFT JOIN notes n ON n.id = v.note_id WHERE v.embedding MATCH :query AND v.k = 5;

-- columns: embedding vector!, kind text!, body text?, owner_id integer?
-- params: id integer!
SELECT embedding, kind, body, owner_id FROM vec_notes WHERE note_id = :id;

-- columns: note_id integer!, embedding vector!, kind text!, body text?, owner_id integer?
SELECT * FROM vec_notes;

-- There is a distance from a query only.
-- columns: note_id integer!, distance real?
SELECT note_id, distance FROM vec_notes;

-- columns: note_id integer!, distance real!
-- params: id integer!
SELECT note_id, distance FROM vec_notes WHERE embedding MATCH (SELECT embedding FROM vec_notes WHERE note_id = :id) AND k = 5;

-- columns: note_id integer!, distance real!
-- params: query vector!, owner integer!
SELECT note_id, distance FROM vec_notes WHERE embedding MATCH :query AND k = 3 AND note_id IN (SELECT id FROM notes WHERE owner_id = :owner);

-- columns: title text?, body text!, distance real!
-- params: query vector!, k integer!
WITH near AS (SELECT note_id, distance FROM vec_notes WHERE embedding MATCH :query AND k = :k) SELECT n.title, n.body, near.distance FROM near JOIN notes n ON n.id = near.note_id ORDER BY near.distance;

-- columns: rowid integer!, stars integer!, score real!, distance real!
-- params: query vector!, stars integer!
SELECT rowid, stars, score, distance FROM vec_docs WHERE embedding MATCH :query AND k = 20 AND stars >= :stars;

-- columns: url text!, public boolean|integer!, bytes integer?
-- params: url text!
SELECT url, public, bytes FROM vec_pages WHERE url = :url;

-- columns: url text!, distance real!
-- params: query vector!
SELECT url, distance FROM vec_pages WHERE embedding MATCH :query AND public = TRUE AND k = 3;

-- columns: note_id integer!, d real!
-- params: query vector!
SELECT note_id, vec_distance_l2(embedding, :query) AS d FROM vec_notes ORDER BY d LIMIT 5;

-- The cosine with a vector of zeros is not defined.
-- columns: rowid integer!, d real?
-- params: query vector!
SELECT rowid, vec_distance_cosine(embedding, :query) AS d FROM vec_docs WHERE score > 0.5;

-- columns: n integer!, type text!, json text!
SELECT vec_length(embedding) AS n, vec_type(embedding) AS type, vec_to_json(embedding) AS json FROM vec_docs;

-- columns: n integer!, stars integer?
SELECT count(*) AS n, max(stars) AS stars FROM vec_docs;

-- params: id integer?, embedding vector!, kind text!, body text?, owner integer?
INSERT INTO vec_notes(note_id, embedding, kind, body, owner_id) VALUES (:id, :embedding, :kind, :body, :owner);

-- params: url text!, embedding vector!, public boolean|integer!, bytes integer?
INSERT INTO vec_pages(url, embedding, public, bytes) VALUES (:url, :embedding, :public, :bytes);

-- params: embedding vector!, id integer!
UPDATE vec_notes SET embedding = :embedding WHERE note_id = :id;

-- params: id integer!
DELETE FROM vec_notes WHERE note_id = :id;

-- # Full text

-- columns: rowid integer!, rank real!
-- params: query text!
SELECT rowid, rank FROM docs WHERE docs MATCH :query ORDER BY rank;

-- columns: subject text?, content text?, author text?
-- params: query text!
SELECT * FROM docs WHERE docs MATCH :query;

-- columns: subject text?, content text?
SELECT subject, content FROM docs;

-- columns: id integer!, title text?, score real!
-- params: query text!, n integer!
SELECT n.id, n.title, bm25(notes_fts) AS score FROM notes_fts JOIN notes n ON n.id = notes_fts.rowid WHERE notes_fts MATCH :query ORDER BY score LIMIT :n;

-- columns: id integer!, title text?, rank real!
-- params: query text!
SELECT n.id, n.title, f.rank FROM notes n JOIN notes_fts f ON f.rowid = n.id WHERE f.notes_fts MATCH :query ORDER BY f.rank LIMIT 10;

-- columns: rowid integer!, marked text?, part text?
-- params: query text!
SELECT rowid, highlight(docs, 0, '<b>', '</b>') AS marked, snippet(docs, 1, '<b>', '</b>', '…', 8) AS part FROM docs WHERE docs MATCH :query;

-- columns: rowid integer!, score real!
-- params: query text!
SELECT rowid, bm25(docs, 10.0, 5.0) AS score FROM docs(:query) ORDER BY score;

-- columns: rowid integer!
-- params: query text!
SELECT rowid FROM docs WHERE subject MATCH :query;

-- columns: rowid integer!
-- params: query text!
SELECT rowid FROM docs WHERE docs = :query;

-- There is a rank only for what was searched.
-- columns: rowid integer!, rank real?
SELECT rowid, rank FROM docs;

-- columns: id integer!, body text!
-- params: query text!
SELECT id, body FROM notes WHERE id IN (SELECT rowid FROM notes_fts WHERE notes_fts MATCH :query);

-- The two searches, fused by their ranks.
-- columns: id integer!, score real!
-- params: query vector!, words text!
WITH near AS (
  SELECT note_id, row_number() OVER (ORDER BY distance) AS place FROM vec_notes WHERE embedding MATCH :query AND k = 10
), found AS (
  SELECT rowid AS note_id, row_number() OVER (ORDER BY rank) AS place FROM notes_fts WHERE notes_fts MATCH :words LIMIT 10
)
SELECT n.id, coalesce(1.0 / (60 + near.place), 0) + coalesce(1.0 / (60 + found.place), 0) AS score
FROM notes n LEFT JOIN near ON near.note_id = n.id LEFT JOIN found ON found.note_id = n.id
WHERE near.place IS NOT NULL OR found.place IS NOT NULL
ORDER BY score DESC;

-- params: subject text?, content text?
INSERT INTO docs(subject, content) VALUES (:subject, :content);

INSERT INTO notes_fts(notes_fts) VALUES ('rebuild');

-- params: query text!
DELETE FROM docs WHERE docs MATCH :query;

-- # Writes

-- params: title text!, due date?, created datetime!
INSERT INTO tasks(title, due, created_at) VALUES (:title, :due, :created);

-- columns: id integer!
-- params: title text!, owner integer?, created datetime!
INSERT INTO tasks(title, owner_id, created_at) VALUES (:title, :owner, :created) RETURNING id;

-- columns: id integer!, project text?, title text!, body text?, owner_id integer?, parent_id integer?, done boolean!, priority integer!, estimate real?, due date?, created_at datetime!, finished_at datetime?, order integer?, weight real!
-- params: title text!, created datetime!
INSERT INTO tasks(title, created_at) VALUES (:title, :created) RETURNING *;

-- columns: key integer!, shown text!, due date?
-- params: title text!, due date?, created datetime!
INSERT INTO tasks(title, due, created_at) VALUES (:title, :due, :created) RETURNING id AS key, upper(title) AS shown, due;

-- params: id integer?, label text!, color text?
INSERT INTO tags VALUES (:id, :label, :color);

-- params: name text!, email text?, admin boolean!, rating real?, created datetime!, extra any?
INSERT INTO users(name, email, is_admin, rating, created_at, extra) VALUES (:name, :email, :admin, :rating, :created, :extra);

-- params: p1 text!, p2 text?, p3 text!, p4 text?
INSERT INTO tags(label, color) VALUES (?, ?), (?, ?);

-- params: path text!, content blob?, digest blob!
INSERT INTO files(path, content, digest) VALUES (:path, :content, :digest);

-- params: sensor text!, taken integer!, value real?, raw blob?
INSERT INTO readings(sensor, taken, value, raw) VALUES (:sensor, :taken, :value, :raw) ON CONFLICT DO NOTHING;

-- params: user integer!, key text!, value any?
INSERT INTO preferences(user_id, key, value) VALUES (:user, :key, :value) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value;

-- columns: id integer!, label text!, color text?
-- params: label text!, color text?
INSERT INTO tags(label, color) VALUES (:label, :color) ON CONFLICT (label) DO UPDATE SET color = excluded.color WHERE color IS NOT excluded.color RETURNING id, label, color;

-- columns: minutes integer!
-- params: day date?, minutes integer!
INSERT INTO journal(day, minutes) VALUES (:day, :minutes) ON CONFLICT (day) DO UPDATE SET minutes = minutes + excluded.minutes RETURNING minutes;

-- params: task integer!, label text!
INSERT OR IGNORE INTO task_tags(task_id, tag_id) SELECT :task, id FROM tags WHERE label = :label;

-- params: task integer!, tag integer!, day date?
REPLACE INTO task_tags(task_id, tag_id, added_on) VALUES (:task, :tag, :day);

-- columns: id integer!, title text!
-- params: now datetime!, project text!
INSERT INTO tasks(title, created_at, project) SELECT title, :now, project FROM tasks WHERE project = :project AND NOT done RETURNING id, title;

-- params: kind text!, payload text!, amount real?
INSERT INTO events(kind, payload, amount) VALUES (:kind, json(:payload), :amount);

-- params: tags list!
INSERT INTO tags(label) SELECT value FROM json_each(:tags) WHERE true ON CONFLICT DO NOTHING;

-- params: parent integer?, name text!
INSERT INTO folders(parent_id, name) VALUES (:parent, :name);

INSERT INTO journal DEFAULT VALUES;

-- params: now datetime?, id integer!
UPDATE tasks SET done = TRUE, finished_at = :now WHERE id = :id;

-- columns: id integer!, finished_at datetime?
-- params: now datetime?, owner integer!
UPDATE tasks SET done = 1, finished_at = :now WHERE owner_id = :owner AND NOT done RETURNING id, finished_at;

-- What WHERE proves, SET can undo.
-- columns: id integer!, due date?
-- params: day date!
UPDATE tasks SET due = NULL WHERE due < :day RETURNING id, due;

-- columns: id integer!, owner_id integer!
-- params: owner integer!
UPDATE tasks SET priority = 5 WHERE owner_id = :owner RETURNING id, owner_id;

-- params: title text!, priority integer!, due date?, id integer!
UPDATE tasks SET title = :title, priority = :priority, due = :due WHERE id = :id;

-- params: title text?, due date?, id integer!
UPDATE tasks SET title = coalesce(:title, title), due = coalesce(:due, due) WHERE id = :id;

-- params: due date?, priority integer!, id integer!
UPDATE tasks SET (due, priority) = (:due, :priority) WHERE id = :id;

-- columns: balance real!
-- params: amount real|integer|any!, id integer!
UPDATE users SET balance = balance + :amount WHERE id = :id RETURNING balance;

-- params: day date!
UPDATE tasks SET priority = min(priority + 1, 5) WHERE due < :day AND NOT done;

-- columns: id integer!, project text!
-- params: name text!
UPDATE tasks SET owner_id = p.lead_id FROM projects p JOIN users u ON u.id = p.owner_id WHERE p.code = tasks.project AND u.name = :name RETURNING id, project;

-- params: color text?, label text!
UPDATE OR IGNORE tags SET color = :color WHERE label = :label COLLATE BINARY;

-- params: id integer!
DELETE FROM tasks WHERE id = :id;

-- columns: id integer!, title text!, due date!
-- params: day date!
DELETE FROM tasks WHERE due < :day AND done RETURNING id, title, due;

-- columns: id integer!, task_id integer!, author_id integer?, reply_to integer?, body text!, created_at datetime!
-- params: task integer!
DELETE FROM comments WHERE task_id = :task RETURNING *;

-- params: ids list!
DELETE FROM task_tags WHERE task_id IN (SELECT value FROM json_each(:ids));

-- params: days text|any!
DELETE FROM events WHERE at < datetime('now', :days);

-- columns: n integer!
-- params: day date!
WITH old AS (SELECT id FROM tasks WHERE due < :day) DELETE FROM tasks WHERE id IN (SELECT id FROM old) RETURNING 1 AS n;

-- The override is right as long as the program passes a title.
-- columns: id integer!, title text!
-- params: owner integer!, title text?, body text!
INSERT INTO notes(owner_id, title, body) VALUES (:owner, :title, :body) RETURNING id, "title" AS "title!";

-- # Traps of NULL

-- NULL NOT IN (nothing) is true.
-- columns: title text!, owner_id integer?
-- params: name text!
SELECT title, owner_id FROM tasks WHERE owner_id NOT IN (SELECT id FROM users WHERE name = :name);

-- columns: age integer?
SELECT age FROM users WHERE age NOT IN ();

-- columns: age integer!
SELECT age FROM users WHERE age NOT IN (1, 2);

-- columns: unlisted boolean|integer!
SELECT age NOT IN () AS unlisted FROM users;

-- Rows that differ in one column differ, whatever the other is.
-- columns: due date?, owner_id integer?
-- params: due date!, owner integer!
SELECT due, owner_id FROM tasks WHERE (due, owner_id) <> (:due, :owner);

-- columns: id integer!, due date?
-- params: id integer!, due date!
SELECT id, due FROM tasks WHERE (id, due) > (:id, :due);

-- columns: id integer!, due date!
-- params: due date!, id integer!
SELECT id, due FROM tasks WHERE (due, id) > (:due, :id) ORDER BY due, id;

-- columns: title text!, started date!, due date!
-- params: day date!
SELECT t.title, p.started, t.due FROM tasks t JOIN projects p ON p.code = t.project WHERE :day BETWEEN p.started AND t.due;

-- columns: due date?
-- params: day date!
SELECT t.due FROM tasks t JOIN projects p ON p.code = t.project WHERE :day NOT BETWEEN p.started AND t.due;

-- columns: due date!
-- params: from date!, to date!
SELECT due FROM tasks WHERE due NOT BETWEEN :from AND :to;

-- columns: due date!
SELECT due FROM tasks WHERE (due IS NOT NULL AND done) OR (due > '2026-01-01' AND priority > 3);

-- columns: archived boolean!
SELECT archived FROM projects WHERE archived IS FALSE;

-- columns: archived boolean?
SELECT archived FROM projects WHERE archived IS NOT FALSE;

-- columns: due date!
SELECT due FROM tasks WHERE NOT (due IS NULL);

-- columns: due date?
SELECT due FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM users WHERE t.due IS NOT NULL);

-- columns: nickname text!
-- params: s text!
SELECT nickname FROM users WHERE :s LIKE nickname || '%';

-- Debian's SQLite says of a blob that it is like nothing, NULL included.
-- columns: nickname text?
SELECT nickname FROM users WHERE extra NOT LIKE nickname;

-- columns: nickname text!
SELECT nickname FROM users WHERE extra LIKE nickname;

-- columns: nickname text!
SELECT nickname FROM users WHERE name NOT LIKE nickname;

-- columns: title text!, due date?
SELECT title, (SELECT due FROM tasks s WHERE s.id = t.parent_id AND s.due IS NOT NULL) AS due FROM tasks t;

-- columns: due text!
SELECT coalesce(due, 'never') AS due FROM tasks;

-- columns: n integer?
SELECT (SELECT count(*) FROM tasks INTERSECT SELECT 3) AS n;

-- columns: n integer?
-- params: n integer!
SELECT (SELECT count(*) FROM tasks LIMIT :n) AS n;

-- columns: n integer!
SELECT (SELECT count(*) FROM tasks WHERE priority > 9) AS n;

-- columns: n integer!
SELECT (VALUES (7)) AS n;

-- columns: n integer?
SELECT n FROM users LEFT JOIN (SELECT count(*) AS n FROM tasks) ON n > users.id;

-- A constant of the right side is NULL too where there is no row.
-- columns: title text!, found integer?
SELECT t.title, u.found FROM tasks t LEFT JOIN (SELECT id, 1 AS found FROM users) u ON u.id = t.owner_id;

-- columns: title text!, shown text?
SELECT t.title, u.shown FROM tasks t LEFT JOIN (SELECT id, coalesce(nickname, name) AS shown FROM users) u ON u.id = t.owner_id;

-- columns: title text!, type text?
SELECT t.title, j.type FROM tasks t LEFT JOIN events e ON e.task_id = t.id LEFT JOIN json_each(e.payload) j ON j.id > 0;

-- columns: id integer!, embedding vector?, kind text?
SELECT n.id, v.embedding, v.kind FROM notes n LEFT JOIN vec_notes v ON v.note_id = n.id;

-- A key that SQLite has not been given is not known yet.
-- columns: note_id integer?
-- params: embedding vector!, kind text!
INSERT INTO vec_notes(embedding, kind) VALUES (:embedding, :kind) RETURNING note_id;

-- columns: rowid integer!
-- params: subject text?
INSERT INTO docs(subject) VALUES (:subject) RETURNING rowid;

-- columns: a text?, b text?, c text!
SELECT t.title AS a, u.name AS b, p.title AS c FROM tasks t JOIN users u ON u.id = t.owner_id RIGHT JOIN projects p ON p.code = t.project;

-- columns: a text!, b text!, c text!
SELECT t.title AS a, u.name AS b, p.title AS c FROM tasks t RIGHT JOIN projects p ON p.code = t.project JOIN users u ON u.id = t.owner_id;

-- columns: id integer!, a text?, b text?
SELECT t.id, f.path AS a, c.body AS b FROM tasks t LEFT JOIN files f ON f.task_id = t.id LEFT JOIN comments c ON c.task_id = f.task_id;

-- columns: tag_id integer!, path text?, body text?
SELECT tag_id, path, body FROM task_tags LEFT JOIN files USING (task_id) LEFT JOIN comments USING (task_id);

-- USING compares with the first table to the left that has the column, and proves nothing about the others.
-- columns: tag_id integer!, path text?, body text!
SELECT tag_id, path, body FROM task_tags LEFT JOIN files USING (task_id) JOIN comments USING (task_id);

-- columns: path text?, body text!, name text!
SELECT f.path, c.body, d.name FROM comments c LEFT JOIN files f ON f.task_id = c.task_id JOIN folders d USING (id);

-- columns: first text?, least integer!
SELECT first_value(title) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS first, min(priority) OVER (ORDER BY priority RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS least FROM tasks;

-- columns: previous text?
SELECT lag(title, 1, body) OVER (ORDER BY id) AS previous FROM tasks;

-- columns: titles text?
SELECT group_concat(title, ', ') FILTER (WHERE done) AS titles FROM tasks GROUP BY project;

-- Over a window, nothing but empty texts makes NULL.
-- columns: titles text?
SELECT group_concat(body, '') OVER (PARTITION BY author_id) AS titles FROM comments;

-- columns: sign integer?, root real?, up real|integer!, log real?
SELECT sign(title) AS sign, sqrt(priority - 3) AS root, ceil(weight) AS up, ln(priority - 1) AS log FROM tasks;

-- columns: part text?, swapped text?, rounded real?
SELECT substr(title, "order") AS part, replace(title, 'a', body) AS swapped, round(weight, "order") AS rounded FROM tasks;

-- columns: any_null integer?, hex text!
SELECT max(priority, "order", 2) AS any_null, hex(body) AS hex FROM tasks;

-- # Traps of types

-- CAST knows five types: AS DATE makes a number.
-- columns: year real|integer?
SELECT CAST(due AS DATE) AS year FROM tasks;

-- columns: short text!, big integer!, ratio real!
SELECT CAST(title AS VARCHAR(10)) AS short, CAST(priority AS BIGINT) AS big, CAST(priority AS FLOAT) AS ratio FROM tasks;

-- columns: year text?, upper text?, first text!
SELECT substr(due, 1, 4) AS year, upper(due) AS upper, min(created_at, coalesce(due, created_at)) AS first FROM tasks;

-- columns: either text!
SELECT coalesce(due, created_at) AS either FROM tasks;

-- columns: seen text|datetime!
SELECT ifnull(last_seen, CURRENT_TIMESTAMP) AS seen FROM users;

-- columns: day date|text?
SELECT CASE WHEN done THEN date(finished_at) ELSE due END AS day FROM tasks;

-- columns: larger real!, n integer!
SELECT max(priority, weight) AS larger, iif(done, done, priority) AS n FROM tasks;

-- columns: minus integer!, plus integer!
SELECT -done AS minus, done + 1 AS plus FROM tasks;

-- columns: archived boolean|integer!, level integer!
SELECT coalesce(archived, 0) AS archived, coalesce(archived, 2) AS level FROM projects;

-- columns: flag boolean|integer?
SELECT CASE WHEN archived THEN TRUE WHEN archived IS NOT NULL THEN FALSE END AS flag FROM projects;

-- columns: sum real!, half real?, whole integer?, shown text?
SELECT total(budget) OVER () AS sum, budget / 2 AS half, CAST(budget AS INTEGER) AS whole, budget || ' EUR' AS shown FROM projects;

-- columns: rest real!, bits integer!, shifted integer!
SELECT weight % 2 AS rest, weight & 1 AS bits, weight << 1 AS shifted FROM tasks;

-- columns: half real!, product real?
SELECT priority / 2.0 AS half, priority * estimate AS product FROM tasks;

-- The text of a blob, and a part of one, which is NULL when the blob is empty.
-- columns: joined text!, part blob?, read text?, content unknown!
SELECT digest || x'21' AS joined, substr(digest, 1, 2) AS part, CAST(content AS TEXT) AS read, coalesce(content, '') AS content FROM files;

-- columns: part blob?, joined text!
SELECT substr(digest, 1, 2) AS part, digest || x'21' AS joined FROM files;

-- columns: word text?, n integer?, is_null boolean|integer!, sum real?
SELECT extra || '' AS word, length(extra) AS n, extra IS NULL AS is_null, extra + 1 AS sum FROM users;

-- columns: largest unknown?
SELECT max(extra) AS largest FROM users;

-- columns: value real!
-- params: query vector!
SELECT value FROM vec_each(:query);

-- columns: n real!
SELECT title + 1 AS n FROM tasks;

-- columns: id integer!, title text!, n integer!
SELECT id, title, count(*) OVER () AS n FROM tasks WHERE title GLOB 'a*' OR title LIKE 'b%' ESCAPE '!';

-- # Traps of names and of aggregates

-- WHERE sees the table's column, and not the alias.
-- columns: due text!
SELECT coalesce(due, '-') AS due FROM tasks WHERE due IS NULL;

-- columns: title text?
SELECT upper(body) AS title FROM tasks WHERE title IS NOT NULL;

-- columns: title text!, name text!
SELECT title, name FROM (SELECT t.title, u.name FROM tasks t LEFT JOIN users u ON u.id = t.owner_id) WHERE name IS NOT NULL;

-- columns: name text?, title text?, code text?
SELECT u.name, t.title, p.code FROM users u LEFT JOIN tasks t ON t.owner_id = u.id RIGHT JOIN projects p ON p.owner_id = u.id;

-- columns: title text!, name text?, project text!
SELECT t.title, u.name, p.title AS project FROM tasks t FULL JOIN users u ON u.id = t.owner_id JOIN projects p ON p.code = t.project;

-- columns: name text!, due date?
SELECT u.name, t.due FROM users u LEFT JOIN tasks t ON t.owner_id = u.id AND t.due IS NOT NULL;

-- columns: name text!, due date!
SELECT u.name, t.due FROM users u LEFT JOIN tasks t ON t.owner_id = u.id AND t.due IS NOT NULL WHERE t.id IS NOT NULL;

-- columns: a text!, b text!, c text?
SELECT u.name AS a, g.label AS b, p.title AS c FROM users u, tags g LEFT JOIN projects p ON p.owner_id = u.id;

-- columns: n integer!, title text?
SELECT row_number() OVER (ORDER BY count(*)) AS n, title FROM tasks;

-- An aggregate of the outer query's columns belongs to the outer query.
-- columns: title text?, last integer?
SELECT title, (SELECT max(t.id)) AS last FROM tasks t;

-- columns: title text?, n integer?
SELECT title, (SELECT count(t.id) FROM users LIMIT 1) AS n FROM tasks t;

-- So does one whose FILTER alone looks there.
-- columns: title text?, n integer?
SELECT title, (SELECT count(*) FILTER (WHERE t.done) FROM users) AS n FROM tasks t;

-- Where no row is left SQLite computes the column from NULL, and what WHERE proved does not hold.
-- columns: contact unknown?, n integer!
SELECT contact, count(*) AS n FROM (SELECT coalesce(email, -1) AS contact FROM users WHERE email IS NOT NULL);

-- columns: orphan boolean|integer!, type text!, next integer?, n integer!
SELECT owner_id IS NULL AS orphan, typeof(priority) AS type, priority + 1 AS next, count(*) AS n FROM tasks;

-- columns: name text!, n integer!
SELECT u.name, (SELECT count(*) FROM tasks WHERE owner_id = u.id AND title > u.name) AS n FROM users u WHERE u.name IN (SELECT title FROM tasks);

-- columns: n integer!, colors text?
SELECT count(DISTINCT color) AS n, group_concat(DISTINCT color) AS colors FROM tags;

-- columns: owner_id integer?, sum integer!, some real?
SELECT owner_id, sum(DISTINCT priority) AS sum, avg(priority) FILTER (WHERE done) AS some FROM tasks GROUP BY owner_id;

-- columns: titles text!
SELECT json_group_array(title) FILTER (WHERE done) AS titles FROM tasks;

-- # Traps of recursion

-- columns: x unknown!
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x || 'a' FROM c WHERE length(x) < 4) SELECT x FROM c;

-- columns: x real!
WITH RECURSIVE c(x) AS (SELECT 8 UNION ALL SELECT x / 2.0 FROM c WHERE x > 1) SELECT x FROM c;

-- columns: a integer?, b integer?
WITH RECURSIVE c(a, b) AS (SELECT 1, NULL UNION ALL SELECT b, a FROM c LIMIT 5) SELECT a, b FROM c;

-- columns: a unknown!, b unknown!
WITH RECURSIVE c(a, b) AS (SELECT 1, 'x' UNION ALL SELECT b, a FROM c LIMIT 5) SELECT a, b FROM c;

-- columns: id integer?
WITH RECURSIVE up(id) AS (SELECT id FROM folders UNION SELECT f.parent_id FROM folders f JOIN up USING (id)) SELECT id FROM up;

-- columns: id integer!
WITH RECURSIVE up(id) AS (SELECT id FROM folders UNION SELECT f.parent_id FROM folders f JOIN up USING (id) WHERE f.parent_id IS NOT NULL) SELECT id FROM up;

-- Three columns hand NULL on, one step after the other.
-- columns: a integer?, b integer?, c integer?
WITH RECURSIVE r(a, b, c) AS (SELECT 1, 2, NULL UNION ALL SELECT b, c, 3 FROM r LIMIT 4) SELECT a, b, c FROM r;

-- # More traps of types

-- columns: big real!, most integer!, least integer|real!, hex integer!, thousand real!
SELECT 9223372036854775808 AS big, 9223372036854775807 AS most, -9223372036854775808 AS least, 0xff AS hex, 1e3 AS thousand;

-- columns: a unknown!, b real!
SELECT column1 AS a, column2 AS b FROM (VALUES (1, 1), ('x', 2.5));

-- columns: rest integer?, none integer?
SELECT 7 % 0 AS rest, 1 / 0 AS none;

-- columns: number integer|real!, inverse integer!, yes boolean|integer!
SELECT -title AS number, ~title AS inverse, title IS NOT 5 AS yes FROM tasks;

-- columns: sum real!, absolute real!, whole real!
SELECT sum(title) OVER () AS sum, abs(title) AS absolute, round(priority) AS whole FROM tasks;

-- columns: digit text!, names text!, text text!
SELECT substr(priority, 1, 1) AS digit, upper(priority) AS names, done || '' AS text FROM tasks;

-- format() of nothing at all is NULL.
-- columns: code integer?, last text!, joined text?, none text?
SELECT unicode(name) AS code, substr(name, -1) AS last, format('%s', nickname) AS joined, format('') AS none FROM users;

-- columns: trimmed text?, cut text?, found integer?
SELECT trim(name, nickname) AS trimmed, substr(name, age) AS cut, instr(nickname, name) AS found FROM users;

-- columns: both text|unknown!
SELECT json_extract(payload, '$.a', '$.b') AS both FROM events;

-- columns: seconds text!, moment integer!, day real!, none text|date?
SELECT strftime('%s', 'now') AS seconds, unixepoch() AS moment, julianday() AS day, date('no day') AS none;

-- columns: none text?, n integer!
SELECT CAST(NULL AS TEXT) AS none, CAST('12x' AS INTEGER) AS n;

-- columns: sum real!
SELECT sum(CASE WHEN done THEN 1.5 ELSE 0 END) AS sum FROM tasks GROUP BY owner_id;

-- columns: flag boolean|integer!, number integer!
SELECT min(done) AS flag, min(done + 1) AS number FROM tasks GROUP BY owner_id;

-- columns: first date?, second date?, third text?
SELECT min(due) OVER (PARTITION BY owner_id) AS first, nth_value(due, 2) OVER (ORDER BY id) AS second, min(due || '') OVER () AS third FROM tasks;

-- columns: larger text?
SELECT max(due, created_at) AS larger FROM tasks;

-- columns: blob blob?, mixed blob|unknown?
SELECT max(content) AS blob, max(content, path) AS mixed FROM files GROUP BY task_id;

-- # Parameters

-- columns: known boolean|integer!
-- params: id integer!
SELECT :id IN (SELECT id FROM users) AS known;

-- columns: same boolean|integer?
-- params: a any!, b any!
SELECT :a = :b AS same;

-- One parameter for an integer and a text: nothing is certain of it.
-- columns: id integer!
-- params: x any!
SELECT id FROM tasks WHERE id = :x OR title = :x;

-- columns: id integer!, body text!
-- params: t text!
SELECT id, body FROM tasks WHERE title >= :t AND body >= :t;

-- columns: id integer!
-- params: id integer!, title text!
SELECT id FROM tasks WHERE (:id, :title) IN (SELECT id, title FROM tasks);

-- columns: id integer!
-- params: email text|any!
SELECT id FROM users WHERE lower(email) = lower(:email);

-- columns: id integer!
-- params: day text|date!, year text!, n integer!
SELECT id FROM tasks WHERE date(created_at) = :day OR strftime('%Y', created_at) = :year OR length(title) > :n;

-- columns: owner_id integer?
-- params: n integer|any!, least real|integer|any!, day date!
SELECT owner_id FROM tasks GROUP BY owner_id HAVING count(*) > :n OR avg(priority) > :least OR max(due) > :day;

-- columns: part text?
-- params: from integer|any?, n integer|any?
SELECT substr(title, :from, :n) AS part FROM tasks;

-- columns: moving integer!
-- params: n integer!
SELECT sum(priority) OVER (ORDER BY id ROWS :n PRECEDING) AS moving FROM tasks;

-- columns: id integer!
-- params: prefix text|any!
SELECT rowid AS id FROM docs WHERE docs MATCH :prefix || '*';

-- columns: note_id integer!
-- params: query vector|any!
SELECT note_id FROM vec_notes WHERE embedding MATCH vec_f32(:query) AND k = 3;

-- columns: id integer!
-- params: budget real!, archived boolean?, rating real!
SELECT p.rowid AS id FROM projects p JOIN users u ON u.id = p.owner_id WHERE p.budget >= :budget AND p.archived IS :archived AND u.rating < :rating;

-- params: set_due boolean|integer|any!, due date?, id integer!
UPDATE tasks SET due = CASE WHEN :set_due THEN :due ELSE due END WHERE id = :id;

-- NULL is right for one of the two columns.
-- params: owner integer!, text text?
INSERT INTO notes(owner_id, title, body) VALUES (:owner, :text, coalesce(:text, ''));

-- params: a text!, b text?, c text!, d text?
INSERT INTO tags(label, color) SELECT :a, :b UNION ALL SELECT :c, :d;

-- columns: id integer!, name_length integer!
-- params: name text!, now datetime!
INSERT INTO users(name, created_at) VALUES (:name, :now) RETURNING rowid, name_length;

-- columns: owner_id integer?, n integer!
-- params: owner integer!
UPDATE tasks SET owner_id = NULL WHERE owner_id = :owner RETURNING owner_id, (SELECT count(*) FROM tasks) AS n;

-- columns: due date?, priority integer!
-- params: id integer!
UPDATE tasks SET (due, priority) = (SELECT max(due), 3 FROM tasks) WHERE id = :id AND due IS NOT NULL RETURNING due, priority;

-- columns: due date?
-- params: day date!
DELETE FROM tasks WHERE due < :day OR due IS NULL RETURNING due;

-- columns: id integer!, title text!
-- params: id integer!
SELECT id, title FROM tasks WHERE rowid = :id;

-- columns: id integer!
-- params: key text|any!
SELECT seq AS id FROM events WHERE json_extract(payload, '$.' || :key) IS NOT NULL;

-- # What is asked of the checker by name

-- columns: n integer!
SELECT max(id) AS "n!" FROM tasks;

-- columns: name text?
SELECT name AS "name?" FROM users;

-- columns: n std::int32_t!
SELECT count(*) AS "n: std::int32_t" FROM tasks;

-- columns: age std::int16_t?
SELECT age AS "age: std::int16_t" FROM users;

-- columns: id app::UserId!
SELECT id AS "id!: app::UserId" FROM users;

-- columns: day app::Day?
SELECT started AS "day?: app::Day" FROM projects;

-- columns: theme std::string!
SELECT settings ->> '$.theme' AS "theme!: std::string" FROM users;

-- columns: nothing std::string?
SELECT NULL AS "nothing: std::string";

-- columns: id integer!, extra cairn::Value?
SELECT id, extra AS "extra: cairn::Value" FROM users;

-- columns: value std::string?
-- params: user integer!, key text!
SELECT value AS "value: std::string" FROM preferences WHERE user_id = :user AND key = :key;

-- # What other checkers get wrong: the claims of launchbadge/sqlx's issues, by their numbers

-- #2127, #2796: a column of the right side of a LEFT JOIN, NOT NULL in its table.
-- columns: id integer!, title text!, author_id integer?, author text?, author_since datetime?
-- params: id integer!
SELECT t.id, t.title, u.id AS author_id, u.name AS author, u.created_at AS author_since FROM tasks t LEFT JOIN users u ON t.owner_id = u.id WHERE t.id = :id;

-- #1249: two of them, and a group.
-- columns: id integer!, labels text?, path text?
SELECT t.id, group_concat(g.label) AS labels, f.path FROM tasks t LEFT JOIN task_tags tt ON tt.task_id = t.id LEFT JOIN tags g ON g.id = tt.tag_id LEFT JOIN files f ON f.task_id = t.id GROUP BY t.id, f.id;

-- #4147, #1126: ORDER BY changes nothing about NULL.
-- columns: id integer!, name text!, email text?, created_at datetime!
SELECT id, name, email, created_at FROM users ORDER BY created_at DESC;

-- columns: id integer!, title text!, due date?
-- params: owner integer!, n integer!
SELECT id, title, due FROM tasks WHERE owner_id = :owner ORDER BY due DESC, id LIMIT :n;

-- columns: name text!, title text!
SELECT u.name, t.title FROM users u JOIN tasks t ON t.owner_id = u.id ORDER BY t.due, u.name COLLATE NOCASE;

-- #3286: a COUNT in a subquery.
-- columns: id integer!, comments integer!, open integer!
SELECT t.id, (SELECT COUNT(*) FROM comments c WHERE c.task_id = t.id) AS comments, (SELECT COUNT(s.id) FROM tasks s WHERE s.parent_id = t.id AND NOT s.done) AS open FROM tasks t;

-- columns: busy boolean|integer!
SELECT (SELECT count(*) FROM tasks) > 0 AS busy;

-- #1979, #1350: the type of what is NULL where there is no row.
-- columns: last datetime?
-- params: owner integer!
SELECT max(created_at) AS last FROM tasks WHERE owner_id = :owner;

-- columns: email text!, rating real!
SELECT coalesce(email, '') AS email, coalesce(rating, 0) AS rating FROM users;

-- columns: sum integer!
-- params: owner integer!
SELECT coalesce(sum(priority), 0) AS sum FROM tasks WHERE owner_id = :owner;

-- columns: owner text?
-- params: id integer!
SELECT CASE WHEN owner_id IS NULL THEN NULL ELSE (SELECT name FROM users u WHERE u.id = owner_id) END AS owner FROM tasks WHERE id = :id;

-- #1122: the same whether the table has rows or not.
-- columns: id integer?, country integer?, total real!
SELECT id, country, total FROM legacy_orders WHERE total > 0 ORDER BY total;

-- columns: average real?, n integer!
SELECT avg(total) AS average, count(*) AS n FROM legacy_orders;

-- # The schema itself, and odds and ends

-- columns: name text?, sql text?
SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name;

-- columns: name text|unknown!, type text|unknown!
SELECT name, type FROM pragma_table_info('tasks') WHERE "notnull";

-- columns: id integer!, rows integer!
SELECT last_insert_rowid() AS id, changes() AS rows;

-- columns: zeros blob!, noise blob!
SELECT zeroblob(4) AS zeros, randomblob(8) AS noise;

-- columns: id integer!
SELECT id FROM tasks WHERE likely(done) AND NOT EXISTS (SELECT * FROM files WHERE files.task_id = tasks.id) ORDER BY random() LIMIT 1;

-- columns: owner integer!, name text!
SELECT ALL o.id AS owner, o.name FROM users AS o NOT INDEXED WHERE o.id IN (1, 2, 3);

-- columns: country text!, orders integer!, total real!
SELECT c.name AS country, count(o.rowid) AS orders, total(o.total) AS total FROM countries c LEFT JOIN legacy_orders o ON o.country = c.code GROUP BY c.rowid;

-- columns: month text?, minutes integer!
SELECT strftime('%Y-%m', day) AS month, sum(minutes) AS minutes FROM journal GROUP BY month ORDER BY month;

-- columns: sensor text!, last integer!, value real?
SELECT sensor, max(taken) AS last, value FROM readings GROUP BY sensor;
