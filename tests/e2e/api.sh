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
	generate all && node tests/e2e/api_shift.mjs "$TMP/t.pcap" || return 1
	cp "$TMP/t.conf" "$CONF"
	printf '#!/bin/sh\ncat >/dev/null\n' >"$TMP/told"
	chmod 755 "$TMP/told"
	cat >>"$CONF" <<-E
	driver "script" {
		command = {"sekisho-driver-exec", "$TMP/told"}
	}
	E
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$CONF" || return 1
	"$BIN/sekisho-hooks" --once -c "$CONF" \
		--db "$DB" || return 1
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
	wait_for grep -q 'listens' "$TMP/serve.log" || {
		cat "$TMP/serve.log"
		return 1
	}
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
#check "what the interface promises" cases api_rules.mjs
check "the server ends cleanly" stop
finish
