#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# desk.sh [INCIDENTS [OBSERVATIONS]]: how long the desk waits for its lists
# when the store is large. Makes the store in a temporary folder (BUILD names
# the programs), then prints the median of 11 runs of each command, process
# start to end. A million incidents, one each SPACING=30 s, are a year; the
# observations lie in the last ten days. Takes some 3 GB of disk. KEEP=DIR
# keeps the store there, and uses it when it is there. Then the same of the
# requests of the console's first screen, and their sum. THEN names a program
# that is run with the store at last.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
incidents=${1:-1000000} observations=${2:-10000000}
if [ -n "${KEEP:-}" ]; then
	d=$KEEP
	mkdir -p "$d"
else
	d=$(mktemp -d)
fi
server=
leave() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } || true
	[ -n "${KEEP:-}" ] || rm -rf "$d"
}
trap leave EXIT
db=$d/desk.db
make_store() {
for f in store/schema/*.sql; do
	sed '/^--/d' "$f"
done | sqlite3 "$db"
last=$(ls store/schema/*.sql | wc -l)
sqlite3 "$db" "PRAGMA application_id = 1399155561;
PRAGMA user_version = $last; PRAGMA journal_mode = WAL;" >/dev/null
days=10 each=$((observations / 10))
step=$((${SPACING:-30} * 1000000))
t0=$(($(date +%s) * 1000000 - incidents * step))
fill() {
	sqlite3 "$db" "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
	PRAGMA cache_size = -400000;
	BEGIN; $1 COMMIT;" >/dev/null
}
n="WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
fill "INSERT INTO incident $n $incidents) SELECT i, CASE i % 3 WHEN 0 THEN
	'spam_bot' WHEN 1 THEN 'bot_burst' ELSE 'spoofed_sender' END,
	'C' || (i * 7919 % 200000), 'dynamic',
	CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'closed' END,
	CASE WHEN i % 1000 = 0 THEN 'not_closed' ELSE 'quiet' END,
	$t0 + i * $step, $t0 + i * $step + 60000000, CASE WHEN i % 1000 <> 0
	THEN $t0 + i * $step + 3600000000 END, i * 10,
	i * 10 + 9, 10, 7, 3, 0, 0, i * 31 % 20000, i * 31 % 20000,
	'12 refused mails to 7 servers', 'p', NULL FROM n;
	INSERT INTO decision $n $((incidents / 2))) SELECT i,
	'C' || (i * 7919 % 200000), 'dynamic', 'block', 'detector',
	$t0 + i * $step * 2, $t0 + i * $step * 2 + 86400000000, i, NULL, i, NULL, 1,
	'enforce', 'p', 'bot_burst' FROM n;"
node -e '
for (let i = 0; i < 200000; i++) {
	const a = (0x64400000 + i).toString(16).padStart(8, "0");
	if (i === 0) console.log("BEGIN;");
	console.log(`INSERT INTO lease VALUES (x\x2700000000000000000000ffff${a}\x27,128,0,0,0,\x27static\x27,NULL,\x27C${i}\x27,\x27dynamic\x27,NULL,NULL,NULL);`);
}
console.log("COMMIT;")' | sqlite3 "$db"
for k in $(seq 0 $((days - 1))); do
	day=$(date -u -d "-$((days - 1 - k)) day" +%Y%m%d)
	noon=$(($(date -u -d "$day 12:00" +%s) * 1000000))
	sqlite3 "$db" "SELECT sql || ';' FROM sqlite_schema WHERE sql LIKE
		'%observation_00000000%'" | sed "s/00000000/$day/g" | sqlite3 "$db"
	first=$((k * each + 1)) final=$((k * each + each))
	[ "$each" -eq 0 ] || fill "INSERT INTO observation_$day (obs_no,
	applied_no, customer, kind, ts_us, start_us, boot, seq, flow_id,
	client_port, server_port, line_class, traffic_case, source_validated,
	tier, outcome, helo_verb, helo_kind, helo_null_literal, mail_from_seen,
	mail_from_null, rcpt_count, rcpt_accepted, unknown_users, reply_code,
	reply_class, reply_stage, names_client, declared_bytes, seen_bytes, tls,
	end, header_complete, dkim_signature, received_count, gap,
	authenticated, auth_outcome, not_smtp, transactions, auth_state, spf,
	spf_helo, spf_lookups, verdict, op, mode, label, weight_milli,
	score_milli) WITH RECURSIVE n (i) AS (SELECT $first UNION ALL SELECT
	i + 1 FROM n WHERE i < $final) SELECT i, i, 'C' || (i * 7919 % 200000),
	'transaction', $noon + i, 0, 1, i, i, 1, 25, 'dynamic',
	2, 0, 'domains', 1, 2, 1, 0, 1, 0, 1, 0, 1, 550, 2, 6, 0, 0, 0, 0, 2, 1,
	0, 0, 0, 0, 0, 0, 0, 'done', 'none', 0, 0, 'cannot_tell', 'none',
	'monitor', 'unknown_user', 1000, 2000 FROM n;
	INSERT INTO observation_day VALUES ($day, $first, $final, $each);"
done
sqlite3 "$db" "INSERT INTO meta VALUES ('policy:p', 'min_domains=5')"
}
[ -f "$db" ] || make_store
echo "store: $(du -h "$db" | cut -f1), $(sqlite3 "$db" "SELECT (SELECT count(*) FROM incident) || ' incidents, ' || (SELECT sum(rows) FROM observation_day) || ' observations'")"
printf 'db = "%s"\n' "$db" >"$d/t.conf"
# Median of the wall clock and of what the processor spent, in ms.
run() {
	local i TIMEFORMAT='%3R %3U %3S'
	for i in $(seq 11); do
		{ time "${PROGRAM:-$BUILD/sekisho}" "$@" >"$d/out" 2>"$d/err" ||
			cat "$d/err" >&3; } 2>&1
	done 3>&2 | awk '{ w[NR] = $1 * 1000; c[NR] = ($2 + $3) * 1000 }
	function median(a, n, i, j, t) {
		for (i = 1; i < n; i++) for (j = i + 1; j <= n; j++)
			if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
		return a[int((n + 1) / 2)]
	}
	END { printf "%5d ms wall, %5d ms cpu  ", median(w, NR), median(c, NR) }'
	echo "${*/--db $db/}" | sed "s| --db $db||; s| -c $d/t.conf||"
}
echo "a program that does nothing, and ours that says its version:"
PROGRAM=/bin/true run
run version
D="--db $db"
L="incident list --limit 50"
run $L $D
run $L --sort -last $D
run $L --sort -opened $D
run $L --sort -score $D
run $L --sort -peak $D
run $L --state open --sort -score $D
run $L --kind spam_bot --sort -last $D
run $L --since -24h $D
run $L --since -30d $D
run $L --since -30d -q 'kind:spam_bot score>10' --sort -score $D
run $L -q 'kind:spam_bot score>10' $D
run $L -q 'score>19.5 state:open' $D
run $L -q 'summary:nowhere' --since -24h $D
run $L --customer C7919 $D
run $L --ip 100.64.0.0/28 $D
run customer show C7919 $D
run customer show 100.64.0.9 $D
run customer list --limit 50 $D
run who 100.64.0.9 $D -c "$d/t.conf"
run lease list --limit 50 $D
run lease list 100.64.1.0/24 $D
run decision list --limit 50 $D
run decision list --in-force --limit 50 $D
run observation list --limit 50 $D
run block 100.64.0.9 --dry-run --reason x $D
run status $D

# --- the console's first screen ---------------------------------------------
port=$(node -e 'const s=require("net").createServer();
s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
printf 'serve { listen = "127.0.0.1@%s" }\n' "$port" >>"$d/t.conf"
token=$("$BUILD/sekisho" token create bench --scope admin $D -o json \
	2>/dev/null | node -pe 'JSON.parse(require("fs").readFileSync(0)).token')
"$BUILD/sekisho" serve $D -c "$d/t.conf" 2>"$d/serve" &
server=$!
for i in $(seq 100); do
	curl -sf -o "$d/out" "http://127.0.0.1:$port/livez" && break
	sleep 0.1
done
# Milliseconds from the request to the last byte: the first, then the median
# of 11 more.
ask() {
	local i
	for i in $(seq 12); do
		curl -s -o "$d/out" -w '%{http_code} %{time_total}\n' \
			-H "Authorization: Bearer $token" \
			-H "X-Sekisho-Reason: bench" "http://127.0.0.1:$port$1"
	done | sort -s -k1,1 | awk -v what="$1" '$1 != 200 { print what, $0 }
	NR == 1 { first = $2 * 1000 } NR > 1 { a[n++] = $2 * 1000 }
	END { for (i = 0; i < n; i++) for (j = i + 1; j < n; j++)
		if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
	printf "%7.1f ms first, %7.1f ms median  %s\n", first, a[int(n / 2)], what }'
}
echo "the console's first screen:"
live=state=open,acknowledged
day="since=-1d&until=now"
for r in / /api/v1/session /api/v1/status \
	"/api/v1/incidents/customers?limit=50&count=1&$live&$day" \
	"/api/v1/incidents/counts?$live&$day" \
	"/api/v1/incidents/histogram?buckets=48&$live&$day"; do
	ask "$r"
done | tee "$d/sum"
awk '{ f += $1; m += $4 } END { printf "%7.1f ms first, %7.1f ms median  in sum\n", f, m }' "$d/sum"
echo "others:"
for r in "/api/v1/incidents/customers?limit=50&count=1&$live" \
	"/api/v1/incidents/counts?$live" /api/v1/incidents/counts \
	"/api/v1/incidents/histogram?buckets=48&$live" \
	"/api/v1/incidents/counts?$day" \
	"/api/v1/incidents/histogram?buckets=48&$day" \
	"/api/v1/incidents?limit=50&count=1" "/api/v1/incidents?sort=-peak" \
	"/api/v1/incidents?q=kind:spam_bot%20score%3E10&count=1" \
	/api/v1/customers/C7919 /api/v1/incidents/I7919 \
	"/api/v1/decisions?state=active&count=1" "/api/v1/decisions?count=1" \
	"/api/v1/decisions/changes?after=0" \
	"/api/v1/who?ip=100.64.0.9" /api/v1/enforcers /api/v1/quality \
	/export/v1/block.txt /metrics; do
	ask "$r"
done
[ -z "${THEN:-}" ] || "$THEN" "$db" run
