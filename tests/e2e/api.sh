#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho serve: every route by the file, what the interface promises, hostile
# clients, TLS, the socket, and bouncers of CrowdSec.
. "$(dirname "$0")/lib.sh"

if [ ! -d "$BIN/openapi/node_modules/ajv" ]; then
	command -v npm >/dev/null && {
		echo "api: $BIN/openapi has no validator; make tests fetches it"
		exit 1
	}
	echo "api: skip: no npm, so no validator of JSON schemas"
	exit 0
fi
export BIN API_ENV=$TMP/env.json
DB=$TMP/s.db
CONF=$TMP/s.conf
umask 022
chmod 755 "$TMP"

# --- a store with something of everything ----------------------------------
tcp_port() {
	node -e 'const s=require("net").createServer();
s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
sekisho() { "$SEKISHO" "$@" --db "$DB" -c "$CONF"; }
make_store() {
	generate all || return 1
	node tests/e2e/shiftpcap.mjs "$TMP/t.pcap" "$TMP/t.pcap" to:-60 >"$TMP/start" ||
		return 1
	cp "$TMP/t.conf" "$CONF"
	printf '#!/bin/sh\ncat >/dev/null\n' >"$TMP/told"
	chmod 755 "$TMP/told"
	cat >>"$CONF" <<-E
	letters {
		contact = "support@isp.example"
		submission_host = "submission.isp.example"
	}
	driver "script" {
		command = {"sekisho-driver-exec", "$TMP/told"}
	}
	E
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$CONF" || return 1
	"$BIN/sekisho-hooks" --once -c "$CONF" \
		--db "$DB" || return 1
	# A driver of once, with a sample a minute; one of them has a gap.
	sqlite3 "$DB" "with recursive n (i) as (select 0 union all select i + 1
		from n where i < 1439) insert into enforcer_sample (driver, first_us,
		last_us, lists, wanted, held, missing, extra, worst, after_hole)
		select 'old router', 1000000 * (1790000000 + 60 * i),
		1000000 * (1790000030 + 60 * i), 1, i, i, 0, 0,
		iif(i = 700, 50, 0), i = 900 from n" || return 1
	sekisho report nightly --date today --out "$TMP/reports" || return 1
	echo secret >"$TMP/secret"
	ln -s "$TMP/secret" "$TMP/reports/link-2026-11-02.txt"
	sekisho allow C1003 --reason "a mail server of his own" || return 1
	sekisho block C1001 --ttl 24h --reason "by hand" || return 1
}
# serve [LINE...]: a server with these lines in serve { }; sets PID
serve() {
	sed '/^serve {/,$d' "$CONF" >"$CONF.new"
	{ echo 'serve {'; printf '\t%s\n' "$@"; echo '}'; } >>"$CONF.new"
	mv "$CONF.new" "$CONF"
	"$SEKISHO" serve -c "$CONF" --db "$DB" >"$TMP/serve.log" 2>&1 &
	PID=$!
	PIDS="$PIDS $PID"
	wait_for up || {
		cat "$TMP/serve.log"
		return 1
	}
}
up() {
	grep -q listens "$TMP/serve.log" || ! kill -0 "$PID" 2>/dev/null || return 1
	kill -0 "$PID" 2>/dev/null
}
stop() { # the server ends by itself, and cleanly
	local code
	kill "$PID"
	wait "$PID"
	code=$?
	[ $code -eq 0 ] || { cat "$TMP/serve.log"; echo "exit $code"; return 1; }
}
token() { # NAME OPTION...
	sekisho token create "$@" -o json 2>/dev/null |
		node -pe 'JSON.parse(require("fs").readFileSync(0)).token'
}
# cases FILE: one program of many cases; what failed is shown
cases() {
	local code
	timeout 240 node "tests/e2e/$1" >"$TMP/cases" 2>&1
	code=$?
	[ $code -eq 0 ] || grep -v '^ok ' "$TMP/cases"
	return $code
}
PORT=$(tcp_port)
PASSWORD='correct horse battery staple'
set_up() {
	make_store || return 1
	echo "$PASSWORD" | sekisho operator add aiko --scope admin || return 1
	echo "$PASSWORD" | sekisho operator add reader \
		--scope incidents:read || return 1
	cat >"$API_ENV" <<-E
	{"port": $PORT, "admin": "$(token admin --scope admin)",
	"db": "$DB", "conf": "$CONF", "sekisho": "$SEKISHO", "tmp": "$TMP",
	"reader": "$(token reader --scope incidents:read)",
	"exporter": "$(token exporter --scope export:read)",
	"elsewhere": "$(token elsewhere --scope admin --cidr 127.0.0.2)",
	"short": "$(token short --scope admin --ttl 1s)",
	"revoked": "$(token revoked --scope admin)",
	"crowdsec": "$(token bouncer --crowdsec)",
	"password": "$PASSWORD"}
	E
	serve "listen = \"127.0.0.1@$PORT\"" "crowdsec = true" \
		"reports = \"$TMP/reports\""
}
check "a store, tokens, operators, a server" set_up
[ $FAILED -eq 0 ] || finish
check "every route by the file" cases api_contract.mjs
check "what the interface promises" cases api_rules.mjs
check "the server ends cleanly" stop

hostile() { # limits of a size that a test reaches
	ulimit -n "$(ulimit -Hn)"
	serve "listen = \"127.0.0.1@$PORT\"" "reports = \"$TMP/reports\"" \
		"timeout_s = 4" "per_address = 1500" "streams = 1000" || return 1
	sed -i "s/^{/{\"pid\": $PID, /" "$API_ENV"
	cases api_attack.mjs
}
check "hostile clients" hostile
grep '^     ' "$TMP/cases"
check "the server ends cleanly after them" stop

# --- metrics ----------------------------------------------------------------
# The stamp is what the report says of itself, whatever lies beside it.
metrics() {
	serve "listen = \"127.0.0.1@$PORT\"" "socket = \"$TMP/sock\"" \
		"reports = \"$TMP/reports\"" || return 1
	touch -d 2099-01-01 "$TMP/reports/later-2026-11-02.txt"
	curl -sf --unix-socket "$TMP/sock" http://x/metrics >"$TMP/metrics" &&
		promtool check metrics <"$TMP/metrics" || return 1
	for m in incidents_open 'decisions_active{action="block"}' \
		'enforcement_gap{enforcer="script"}' build_info \
		'smtp_transactions_total{class="to_foreign"} [1-9]' \
		'spf_checks_total{result="fail"}' 'visibility_ratio [N0]' \
		'decision_latency_seconds_bucket{le="60"}' \
		'delivery_latency_seconds_bucket{hook="script",le="0.01"}' \
		'delivery_latency_seconds_count{hook="script"} [1-9]' \
		'hook_deliveries_total{hook="script",result="done"} [1-9]' \
		"last_report_timestamp_seconds $(sed -n 's/^sekisho_last_.* //p' \
			"$TMP/reports/sekisho-report.prom")\$"; do
		grep -q "^sekisho_$m" "$TMP/metrics" || {
			echo "no $m"
			cat "$TMP/metrics"
			return 1
		}
	done
	! grep -E '[{,](customer|ip|address)=' "$TMP/metrics"
}
check "metrics: promtool finds nothing, no customer in a label" metrics

# --- the unix socket --------------------------------------------------------
by_socket() { curl -s --unix-socket "$TMP/sock" "http://x$1" "${@:2}"; }
socket_owner() {
	[ "$(stat -c %a "$TMP/sock")" = 660 ] || return 1
	by_socket /api/v1/session | grep '"via":"socket"' | grep '"admin"' ||
		return 1
	by_socket /api/v1/decisions -H 'Content-Type: application/json' -d \
		'{"op":"release","targets":["C1001"],"reason":"by the socket"}' |
		grep '"result":"done"' || return 1
	sekisho audit list -o tsv --limit 1 | grep "$(id -un)"
}
check "the socket knows its owner, who may do all" socket_owner
socket_other() { # one of the socket's group
	[ "$(id -u)" -eq 0 ] || return 0
	chgrp nogroup "$TMP/sock"
	local other="setpriv --reuid 65534 --regid 65534 --clear-groups curl -s
		--unix-socket $TMP/sock"
	$other http://x/api/v1/incidents | grep -q '"items"' || return 1
	$other http://x/api/v1/session | grep -v admin | grep '"via":"socket"' ||
		return 1
	$other -o /dev/null -w '%{http_code}' http://x/api/v1/config |
		grep -x 403 || return 1
	$other -o /dev/null -w '%{http_code}' -d '{}' \
		-H 'Content-Type: application/json' http://x/api/v1/decisions |
		grep -x 403
}
check "another user of its group may read, and change nothing" socket_other
socket_taken() { # a second server, a file in the way, what a kill left
	"$SEKISHO" serve -c "$CONF" --db "$DB" >"$TMP/second" 2>&1 && return 1
	grep -q 'take another' "$TMP/second" || { cat "$TMP/second"; return 1; }
	kill -9 "$PID"
	wait "$PID"
	[ -S "$TMP/sock" ] || return 1
	serve "socket = \"$TMP/sock\"" "listen = \"\"" || return 1
	by_socket /livez | grep ok && stop && [ ! -e "$TMP/sock" ] || return 1
	echo mine >"$TMP/sock"
	"$SEKISHO" serve -c "$CONF" --db "$DB" >"$TMP/second" 2>&1 && return 1
	grep -q 'no socket' "$TMP/second" && grep mine "$TMP/sock" || return 1
	rm "$TMP/sock"
}
check "a socket file: never taken from another, taken over from the dead" \
	socket_taken

# --- TLS --------------------------------------------------------------------
tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=localhost -addext \
		'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout "$TMP/key.pem" -out "$TMP/cert.pem" || return 1
	serve "listen = \"0.0.0.0@$PORT\"" "tls_cert = \"$TMP/cert.pem\"" \
		"tls_key = \"$TMP/key.pem\"" || return 1
	local s="curl -s --cacert $TMP/cert.pem -D $TMP/head"
	$s "https://127.0.0.1:$PORT/livez" | grep ok || return 1
	grep -i '^strict-transport-security: max-age=' "$TMP/head" || return 1
	echo "{\"operator\":\"aiko\",\"password\":\"$PASSWORD\"}" |
		$s -H 'Content-Type: application/json' -d @- \
			"https://127.0.0.1:$PORT/api/v1/session" || return 1
	grep -i '^set-cookie: __Host-sekisho=.*; Secure' "$TMP/head" || return 1
	$s --tls-max 1.1 "https://127.0.0.1:$PORT/livez" && return 1
	curl -s -m 5 "http://127.0.0.1:$PORT/livez" && return 1
	curl -s -m 5 "https://127.0.0.1:$PORT/livez" && return 1 # unknown CA
	stop
}
check "TLS: no older than 1.2, cookies that say so, HSTS" tls
certificate() { # NAME OF THE FILES
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=localhost -addext \
		'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout "$TMP/$1.key" -out "$TMP/$1.pem" 2>/dev/null
}
shows() { # NAME: a new connection is shown this certificate
	curl -s -m 10 --cacert "$TMP/$1.pem" "https://127.0.0.1:$PORT/livez" |
		grep -q ok
}
hangup() { # TEXT: the server says so
	: >"$TMP/serve.log"
	kill -HUP "$PID"
	wait_for grep -q "$1" "$TMP/serve.log"
}
reload() {
	local old
	certificate one && certificate two || return 1
	cp "$TMP/one.pem" "$TMP/cert.pem" && cp "$TMP/one.key" "$TMP/key.pem"
	serve "listen = \"127.0.0.1@$PORT\"" "tls_cert = \"$TMP/cert.pem\"" \
		"tls_key = \"$TMP/key.pem\"" && shows one || return 1
	# Who is connected stays so, under the old one.
	mkfifo "$TMP/old.in"
	openssl s_client -quiet -connect "127.0.0.1:$PORT" -CAfile "$TMP/one.pem" \
		-verify_return_error <"$TMP/old.in" >"$TMP/old.out" 2>/dev/null &
	old=$!
	PIDS="$PIDS $old"
	exec 7>"$TMP/old.in"
	printf 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n' >&7
	wait_for grep -q '200 OK' "$TMP/old.out" || return 1
	# A key of another certificate, no PEM, no file: nothing changes.
	cp "$TMP/two.pem" "$TMP/cert.pem"
	hangup "is not taken; the one before stays" && shows one || return 1
	echo none >"$TMP/cert.pem"
	hangup "is not taken; the one before stays" && shows one || return 1
	rm "$TMP/cert.pem"
	hangup "No such file or directory; the certificate before stays" &&
		shows one || return 1
	cp "$TMP/two.pem" "$TMP/cert.pem" && cp "$TMP/two.key" "$TMP/key.pem"
	hangup "certificate read again" && shows two || return 1
	shows one && return 1
	printf 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&7
	exec 7>&-
	wait "$old"
	[ "$(grep -c '200 OK' "$TMP/old.out")" = 2 ] || return 1
	stop
}
check "SIGHUP: a new certificate for who comes, a bad one for nobody" reload
refused() { # TEXT LINE...: the server does not start, and says TEXT
	local text=$1
	shift
	serve "$@" >/dev/null && { stop; return 1; }
	grep -q "$text" "$TMP/serve.log" || { cat "$TMP/serve.log"; return 1; }
}
check "no clear text for others to hear" refused "plain" \
	"listen = \"0.0.0.0@$PORT\""
check "a key without its certificate" refused "go together" \
	"listen = \"127.0.0.1@$PORT\"" "tls_key = \"$TMP/key.pem\""
check "a certificate that is none" refused "is not taken" \
	"listen = \"127.0.0.1@$PORT\"" "tls_key = \"$TMP/key.pem\"" \
	"tls_cert = \"$CONF\""

finish
