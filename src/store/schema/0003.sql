-- Who wrote a mail, what a folder is for, and what belongs together.

-- Reports that look alike. A mark is a word of the sign and its value: the digest of the
-- text ("text 1f…"), samples of its runs of words, what it names ("cve CVE-2026-1234",
-- "host app.example.org"). Marks only suggest: nothing is ever merged by them.
CREATE TABLE marks (
    mark TEXT NOT NULL,
    mail INTEGER NOT NULL REFERENCES mails (id),
    PRIMARY KEY (mark, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_of_mail ON marks (mail);
-- Mails from before there were marks get theirs a few at a time.
ALTER TABLE mails ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mails_unmarked ON mails (id) WHERE marked = 0;
-- Which reports name this one, as duplicates do.
CREATE INDEX facts_that_point ON facts (data ->> '$.value') WHERE fact = 'set' AND data ->> '$.field' = 'see';
