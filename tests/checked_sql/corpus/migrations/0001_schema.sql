-- The schema of a small project tracker, for the corpus of checked statements beside it. It has what real
-- schemas have, traps included: a TEXT PRIMARY KEY that may be NULL, an INT PRIMARY KEY that is no rowid, columns
-- without a type, generated columns, views over views, full-text and vector tables.

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email VARCHAR(120) UNIQUE,
  nickname TEXT COLLATE NOCASE,
  age INTEGER,
  is_admin BOOLEAN NOT NULL DEFAULT 0,
  rating REAL,
  balance DECIMAL(10,2) NOT NULL DEFAULT 0,
  birthday DATE,
  created_at DATETIME NOT NULL,
  last_seen TIMESTAMP,
  settings TEXT CHECK (settings IS NULL OR json_valid(settings)),
  extra,
  name_length INTEGER GENERATED ALWAYS AS (length(name)) VIRTUAL
);

-- A PRIMARY KEY of a table with a rowid may be NULL, unless it is INTEGER.
CREATE TABLE projects (
  code TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  owner_id INTEGER NOT NULL REFERENCES users(id),
  lead_id INTEGER REFERENCES users(id),
  budget NUMERIC,
  started DATE NOT NULL,
  archived BOOL,
  color VARCHAR(20) NOT NULL DEFAULT 'grey'
);

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  project TEXT REFERENCES projects(code),
  title TEXT NOT NULL,
  body TEXT,
  owner_id INTEGER REFERENCES users(id),
  parent_id INTEGER REFERENCES tasks(id),
  done BOOLEAN NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  estimate REAL,
  due DATE,
  created_at DATETIME NOT NULL,
  finished_at DATETIME,
  "order" INTEGER,
  weight REAL NOT NULL GENERATED ALWAYS AS (priority * 1.5) STORED,
  CHECK (finished_at IS NULL OR done)
);
CREATE INDEX tasks_by_owner ON tasks(owner_id, due);

CREATE TABLE tags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  label TEXT NOT NULL UNIQUE COLLATE NOCASE,
  color VARCHAR(20)
);

-- The columns of a PRIMARY KEY are NOT NULL in a WITHOUT ROWID table.
CREATE TABLE task_tags (
  task_id INTEGER REFERENCES tasks(id) ON DELETE CASCADE,
  tag_id INTEGER REFERENCES tags(id) ON DELETE CASCADE,
  added_on DATE,
  PRIMARY KEY (task_id, tag_id)
) WITHOUT ROWID;

-- But not in this one.
CREATE TABLE members (
  project TEXT REFERENCES projects(code),
  user_id INTEGER REFERENCES users(id),
  role TEXT,
  joined DATE,
  PRIMARY KEY (project, user_id)
);

CREATE TABLE comments (
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  author_id INTEGER REFERENCES users(id) ON DELETE SET NULL,
  reply_to INTEGER REFERENCES comments(id),
  body TEXT NOT NULL,
  created_at DATETIME NOT NULL
);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  task_id INTEGER REFERENCES tasks(id) ON DELETE SET NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  amount NUMERIC
);

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  task_id INTEGER REFERENCES tasks(id) ON DELETE CASCADE,
  path TEXT NOT NULL UNIQUE,
  content BLOB,
  digest BLOB NOT NULL,
  mime CHAR(40),
  size INTEGER GENERATED ALWAYS AS (length(content)) STORED
);

CREATE TABLE preferences (
  user_id INTEGER NOT NULL REFERENCES users(id),
  key TEXT NOT NULL,
  value ANY,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

-- STRICT makes the columns of the PRIMARY KEY NOT NULL.
CREATE TABLE readings (
  sensor TEXT,
  taken INTEGER,
  value REAL,
  raw BLOB,
  PRIMARY KEY (sensor, taken)
) STRICT;

-- INT, not INTEGER: an ordinary column, which may be NULL.
CREATE TABLE countries (
  code INT PRIMARY KEY,
  name CHAR(50) NOT NULL
);

-- DESC: no alias of the rowid either, by an old mistake of SQLite's that it keeps.
CREATE TABLE legacy_orders (
  id INTEGER PRIMARY KEY DESC,
  country INT,
  total DOUBLE NOT NULL
);

CREATE TABLE journal (
  day DATE PRIMARY KEY,
  mood,
  note CLOB,
  minutes BIGINT NOT NULL DEFAULT 0,
  starts TIME
);

CREATE TABLE folders (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES folders(id),
  name TEXT NOT NULL,
  CHECK (parent_id IS NULL OR parent_id < id)
);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES users(id),
  title TEXT,
  body TEXT NOT NULL
);
CREATE VIRTUAL TABLE notes_fts USING fts5(title, body, content='notes', content_rowid='id');
CREATE TRIGGER notes_insert AFTER INSERT ON notes BEGIN
  INSERT INTO notes_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER notes_delete AFTER DELETE ON notes BEGIN
  INSERT INTO notes_fts(notes_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER notes_update AFTER UPDATE ON notes BEGIN
  INSERT INTO notes_fts(notes_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
  INSERT INTO notes_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE VIRTUAL TABLE docs USING fts5(subject, content, author UNINDEXED, tokenize = 'porter unicode61');

CREATE VIRTUAL TABLE vec_notes USING vec0(
  note_id INTEGER PRIMARY KEY,
  embedding FLOAT[4],
  kind TEXT,
  +body TEXT,
  owner_id INTEGER PARTITION KEY
);
CREATE VIRTUAL TABLE vec_docs USING vec0(embedding FLOAT[4] distance_metric=cosine, stars INTEGER, score FLOAT);
CREATE VIRTUAL TABLE vec_pages USING vec0(url TEXT PRIMARY KEY, embedding FLOAT[4], public BOOLEAN, +bytes INTEGER);

CREATE VIEW open_tasks AS
  SELECT t.id, t.title, t.due, t.priority, u.name AS owner, p.title AS project_title
  FROM tasks t
  LEFT JOIN users u ON u.id = t.owner_id
  LEFT JOIN projects p ON p.code = t.project
  WHERE t.done = 0;
CREATE VIEW urgent_tasks AS
  SELECT id, title, due, owner FROM open_tasks WHERE priority >= 4 AND due IS NOT NULL;
CREATE VIEW project_load(code, title, tasks, open, estimate) AS
  SELECT p.code, p.title, count(t.id), sum(t.done = 0), total(t.estimate)
  FROM projects p LEFT JOIN tasks t ON t.project = p.code
  GROUP BY p.rowid;
CREATE VIEW assigned_tasks AS
  SELECT t.*, u.name AS owner_name, u.email AS owner_email
  FROM tasks t JOIN users u ON u.id = t.owner_id;
