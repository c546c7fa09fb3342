-- SPDX-License-Identifier: Apache-2.0
-- Version 15: what was closed in a period, and as what, from an index alone.

CREATE INDEX incident_closed ON incident (closed_us, closed_as)
	WHERE closed_us IS NOT NULL;
