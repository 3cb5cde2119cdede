-- What is given out, and what is asked for each mail.

-- The caps count from these alone.
DROP INDEX letters_for_caps;
DROP INDEX letters_to_address;
DROP INDEX letters_to_domain;
CREATE INDEX letters_for_caps ON letters (queued_at, proven) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;
CREATE INDEX letters_to_address ON letters (recipient_key, queued_at, proven) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;
CREATE INDEX letters_to_domain ON letters (recipient_domain, queued_at, proven) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;

-- From here on `bytes` of a letter is one zstd frame; what was written before stays plain.

-- Marks are digests of another kind: all mails get theirs anew, a few at a time.
DELETE FROM marks;
UPDATE mails SET marked = 0;

-- The name under which a reporter agreed to be thanked: a projection, empty where nobody
-- agreed or the consent was taken back.
ALTER TABLE tickets ADD COLUMN credit TEXT;

CREATE INDEX facts_of_credit ON facts (ticket) WHERE fact = 'set' AND data ->> '$.field' = 'credit';

-- Where names were given out: a file and its line, or a place in words. A row with `gone`
-- says that the name stands there no longer. Rows are added and never changed; `erase` may
-- take the name itself out of one.
CREATE TABLE given_out (
    id     INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    name   TEXT NOT NULL,
    way    TEXT NOT NULL,           -- credits, security-txt, elsewhere
    place  TEXT NOT NULL,
    line   INTEGER,
    gone   INTEGER NOT NULL,
    at     TEXT NOT NULL,
    by     TEXT NOT NULL
) STRICT;
CREATE INDEX given_out_by_ticket ON given_out (ticket, name, way, place, id);
CREATE TRIGGER given_out_is_not_rewritten BEFORE UPDATE OF ticket, way, place, line, gone, at, by ON given_out
BEGIN SELECT raise(ABORT, 'what was given out stays on record'); END;
CREATE TRIGGER given_out_is_not_deleted BEFORE DELETE ON given_out
BEGIN SELECT raise(ABORT, 'what was given out stays on record'); END;
