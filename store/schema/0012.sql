-- SPDX-License-Identifier: Apache-2.0
-- Version 12: lists of incidents in every order from an index, how many there
-- are without counting, and the allow list.
CREATE INDEX IF NOT EXISTS incident_peak ON incident (peak_milli);
CREATE INDEX IF NOT EXISTS incident_opened ON incident (opened_us, kind);
CREATE INDEX IF NOT EXISTS incident_count
	ON incident (state, kind, line_class);
CREATE INDEX incident_score ON incident (score_milli);
-- With all that a list of a time asks for, so that no row is read in vain.
DROP INDEX incident_last;
CREATE INDEX incident_last ON incident (last_us, opened_us, state, kind,
	line_class, score_milli, peak_milli);

-- Kept true by triggers, whoever writes.
CREATE TABLE incident_tally (
	state TEXT NOT NULL,
	kind TEXT NOT NULL,
	line_class TEXT NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (state, kind, line_class)
) STRICT, WITHOUT ROWID;
INSERT INTO incident_tally SELECT state, kind, line_class, count(*)
	FROM incident GROUP BY state, kind, line_class;
CREATE TRIGGER incident_tally_insert AFTER INSERT ON incident BEGIN
	INSERT INTO incident_tally VALUES
		(NEW.state, NEW.kind, NEW.line_class, 1)
		ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER incident_tally_delete AFTER DELETE ON incident BEGIN
	UPDATE incident_tally SET n = n - 1 WHERE state = OLD.state
		AND kind = OLD.kind AND line_class = OLD.line_class;
END;
CREATE TRIGGER incident_tally_update
AFTER UPDATE OF state, kind, line_class ON incident
WHEN OLD.state <> NEW.state OR OLD.kind <> NEW.kind
	OR OLD.line_class <> NEW.line_class BEGIN
	UPDATE incident_tally SET n = n - 1 WHERE state = OLD.state
		AND kind = OLD.kind AND line_class = OLD.line_class;
	INSERT INTO incident_tally VALUES
		(NEW.state, NEW.kind, NEW.line_class, 1)
		ON CONFLICT DO UPDATE SET n = n + 1;
END;
