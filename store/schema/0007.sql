-- SPDX-License-Identifier: Apache-2.0
-- Version 7: operator actions on incidents.
ALTER TABLE observation_00000000
	ADD COLUMN op_incident INTEGER;
ALTER TABLE operator_action
	ADD COLUMN incident_id INTEGER;
CREATE INDEX operator_action_incident
	ON operator_action (incident_id) WHERE incident_id IS NOT NULL;
