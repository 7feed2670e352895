CREATE TABLE things(value INTEGER);
