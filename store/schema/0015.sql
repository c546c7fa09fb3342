-- SPDX-License-Identifier: Apache-2.0
-- Version 15: sums that are asked for each minute, kept while rows are
-- written, so that nobody counts the past again. They only grow where they
-- tell what happened: a purge takes nothing back.

CREATE TABLE counter_total (
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter_total SELECT name, sum(value) FROM counter GROUP BY name;
CREATE TRIGGER counter_total_insert AFTER INSERT ON counter BEGIN
	INSERT INTO counter_total VALUES (NEW.name, NEW.value)
		ON CONFLICT DO UPDATE SET value = value + excluded.value;
END;
CREATE TRIGGER counter_total_update AFTER UPDATE OF value ON counter BEGIN
	UPDATE counter_total SET value = value + NEW.value - OLD.value
		WHERE name = NEW.name;
END;

-- n: rows of this state now; total: rows that ever came into it.
CREATE TABLE delivery_tally (
	driver TEXT NOT NULL,
	state TEXT NOT NULL,
	n INTEGER NOT NULL,
	total INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	PRIMARY KEY (driver, state)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_tally SELECT driver, state, count(*), count(*),
	coalesce(max(done_us), 0) FROM delivery GROUP BY driver, state;
CREATE TRIGGER delivery_tally_insert AFTER INSERT ON delivery BEGIN
	INSERT INTO delivery_tally VALUES
		(NEW.driver, NEW.state, 1, 1, coalesce(NEW.done_us, 0))
		ON CONFLICT DO UPDATE SET n = n + 1, total = total + 1,
		last_us = max(last_us, excluded.last_us);
END;
CREATE TRIGGER delivery_tally_delete AFTER DELETE ON delivery BEGIN
	UPDATE delivery_tally SET n = n - 1
		WHERE driver = OLD.driver AND state = OLD.state;
END;
CREATE TRIGGER delivery_tally_update AFTER UPDATE OF state, done_us ON delivery
WHEN OLD.state <> NEW.state OR OLD.done_us IS NOT NEW.done_us BEGIN
	UPDATE delivery_tally SET n = n - 1
		WHERE driver = OLD.driver AND state = OLD.state;
	INSERT INTO delivery_tally VALUES
		(NEW.driver, NEW.state, 1, 1, coalesce(NEW.done_us, 0))
		ON CONFLICT DO UPDATE SET n = n + 1,
		total = total + (OLD.state <> NEW.state),
		last_us = max(last_us, excluded.last_us);
END;

-- How often the block of the decision was taken back at this driver although it
-- stood, and came again: each time is told under a name of its own.
ALTER TABLE delivery ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

-- A message's recipients as one keyed hash, so that a retry of a
-- deferred message is told from another message to the same domains; what was
-- new about a customer's mail, where that raised a weight.
ALTER TABLE observation_00000000
	ADD COLUMN rcpt_hash BLOB;
ALTER TABLE observation_00000000
	ADD COLUMN novelty TEXT;

-- What was closed in a period, and as what, from an index alone.

CREATE INDEX incident_closed ON incident (closed_us, closed_as)
	WHERE closed_us IS NOT NULL;

-- Of a replay: rows that were made from then on.
ALTER TABLE hook_request ADD COLUMN since_us INTEGER;
