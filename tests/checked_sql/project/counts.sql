-- name: count :scalar
SELECT count(*) FROM things;
