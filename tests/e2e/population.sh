#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The evaluation's customers (docs/EVALUATION.md) as packets through the whole
# pipeline: so many of each kind (EACH), honest ones on the busiest day of their
# month. Nobody of these may be blocked, bots must be found, and what was read
# must be what they did: then the rows that the evaluation makes up are those
# that the pipeline writes.
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")
DB=$TMP/x.db

make_population() {
	"$GEN" --population "${EACH:-8}" --seed "${SEED:-2}" \
		--out "$TMP/t.pcap" --truth "$TMP/truth.csv" \
		--subscribers "$TMP/subs.csv" --zone "$TMP/dns.zone" \
		--conf "$TMP/t.conf" --key-file "$TMP/hash.key" \
		--deeds "$TMP/deeds.csv" &&
		head -c 32 /dev/urandom >"$TMP/hash.key"
}
replay() {
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf"
}
read_labels() {
	sqlite3 -separator "$(printf '\t')" "$DB" "SELECT kind, label,
		count(*) FROM observation_20261102 WHERE kind IN ('attempt',
		'transaction', 'close') GROUP BY 1, 2" >"$TMP/labels.tsv"
}
judge() {
	read_labels &&
		"$SEKISHO" decision list --db "$DB" -o json >"$TMP/d.json" &&
		node "$here/population.mjs" "$TMP/truth.csv" "$TMP/deeds.csv" \
			"$TMP/d.json" "$TMP/labels.tsv" >"$TMP/judged"
	local rc=$?
	cat "$TMP/judged"
	return $rc
}
check "a population sends" make_population
check "it goes through the pipeline" replay
check "bots are found, nobody else is, and each mail is read as it was" judge
[ -z "${SHOW:-}" ] || cat "$TMP/judged"
check "every decision follows from the rows" \
	"$SEKISHO" replay --verify "$DB"
finish
