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
-- allowed, JSON is well formed. A foreign key proves nothing (they can be off), nor does the number of rows that
-- happen to be there. A column is '!' also where the query proves it (WHERE due IS NOT NULL).

-- # Plain columns

-- columns: id integer!, name text!
SELECT id, name FROM users;

-- columns: id integer!, name text!, email text?, is_admin boolean!
-- params: id integer!
SELECT id, name, email, is_admin FROM users WHERE id = :id;

-- columns: rating real?, balance real!, birthday date?, created_at datetime!, last_seen datetime?
-- params: id integer!
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

-- columns: next_age integer?, double real?
SELECT age + 1 AS next_age, rating * 2 AS double FROM users;

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
