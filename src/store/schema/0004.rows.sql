INSERT INTO marks VALUES ('text 1f', 1);
UPDATE mails SET marked = 1 WHERE id = 1;
INSERT INTO given_out VALUES (1, 1, 'Mia', 'credits', '/srv/www/thanks.md', 4, 0, '2027-06-01T09:00:00.000Z', 'anna');
