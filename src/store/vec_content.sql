-- What create_vectors() in schema.cpp makes, for cairn-check. No query depends on the dimension.
CREATE VIRTUAL TABLE vec_content USING vec0(
    content_id INTEGER PRIMARY KEY, vector FLOAT[384] distance_metric=cosine INDEXED BY cairn()
);
CREATE TRIGGER content_vectors_ad AFTER DELETE ON content BEGIN
    DELETE FROM vec_content WHERE content_id = old.id;
END;
