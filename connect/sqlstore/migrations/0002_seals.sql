-- A seal authenticates the columns of its row together. It has the form of the other sealed values, with nothing
-- in it. The program that runs this file seals the rows that are there; a row without a seal is damaged.
--
-- The new name of a column keeps programs of the older version, which would write rows without a seal, from
-- using the table: they answer with errors until they are replaced.

ALTER TABLE pme_connections ADD COLUMN seal BYTEA;

ALTER TABLE pme_attempts ADD COLUMN seal BYTEA;

ALTER TABLE pme_connections RENAME COLUMN valid_until TO access_valid_until;
