-- What `list WORDS` looks for.

-- Which words stand in a document, made by triage::search: parted by spaces, nothing but
-- letters, digits and `_`, folded already. The text itself is not kept here, nor where in it
-- a word stood (detail = none: a tenth of the text, where positions would be half of it).
-- A row can be taken out without the words that went in; they are out of the file when the
-- index has been written anew (`optimize`), and what was freed is zeroed (secure_delete).
CREATE VIRTUAL TABLE words USING fts5 (
    said, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
);

-- Documents that are to be indexed: 4 times the number of a mail; the same and 1 for a fact,
-- 2 for a letter, 3 for a ticket that a person opened. `words` has them by the same number.
CREATE TABLE unindexed (
    document INTEGER PRIMARY KEY
) STRICT;

-- The reports of an address, which every `show` counts.
CREATE INDEX tickets_by_reporter ON tickets (lower(reporter), id);
-- Whether a later letter reached who of the team was not reached, which every `list` asks.
CREATE INDEX letters_to_team ON letters (recipient_key, settled_at) WHERE kind IN ('reminder', 'digest');

INSERT INTO unindexed SELECT id * 4 FROM mails;
INSERT INTO unindexed SELECT n * 4 + 1 FROM facts WHERE fact IN ('set', 'remarked', 'data-accessed', 'date-decided', 'retracted');
INSERT INTO unindexed SELECT id * 4 + 2 FROM letters WHERE kind NOT IN ('acknowledgement', 'reminder', 'digest');
-- Whose first fact a person wrote down, or is of no mail: one may have joined it since.
INSERT INTO unindexed SELECT ticket * 4 + 3 FROM facts f WHERE fact = 'received' AND (mail IS NULL OR data ->> '$.via' IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM facts e WHERE e.ticket = f.ticket AND e.n < f.n);
