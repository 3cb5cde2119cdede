INSERT INTO asks VALUES (1, 1);
INSERT INTO unread VALUES ('security', 'Junk', 'junk');
INSERT INTO platform_reports VALUES ('bounties', '4711', 1);
INSERT INTO marks VALUES ('text 00000000000000aa', 1);
UPDATE mails SET marked = 1 WHERE id = 1;
INSERT INTO conversations VALUES (1, 1);
INSERT INTO conversation_ids VALUES ('<0@example.net>', 1);
INSERT INTO conversation_people VALUES (1, 'mia@example.net');
