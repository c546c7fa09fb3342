#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's bouncers of CrowdSec against sekisho serve, in a network namespace:
# a script is run for each block, and an nft set of ours is filled.
. "$(dirname "$0")/lib.sh"
in_namespace "$0" 280

DB=$TMP/s.db
CONF=$TMP/s.conf
URL=http://127.0.0.1:8025/crowdsec/
ip link set lo up
sekisho() { "$SEKISHO" "$@" --db "$DB" -c "$CONF"; }
key() {
	sekisho token create "$1" --crowdsec "${@:2}" -o json 2>/dev/null |
		node -pe 'JSON.parse(require("fs").readFileSync(0)).token'
}
pull() { curl -s -H "X-Api-Key: $KEY" "$@"; }
serve() { # [LINE...]
	sed '/^serve {/,$d' "$CONF" >"$CONF.new"
	{ echo 'serve {'; printf '\t%s\n' "$@"; echo '}'; } >>"$CONF.new"
	mv "$CONF.new" "$CONF"
	"$SEKISHO" serve -c "$CONF" --db "$DB" >"$TMP/serve.log" 2>&1 &
	PID=$!
	PIDS="$PIDS $PID"
	wait_for curl -sf http://127.0.0.1:8025/livez
}
stop() {
	kill "$PID"
	wait "$PID"
}

set_up() {
	generate all || return 1
	cat "$TMP/t.conf" >"$CONF"
	cat >>"$TMP/subs.csv" <<-E
	203.0.113.64/28,P9001,static,
	2001:db8:77::/56,P9002,static,
	E
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$CONF" || return 1
	KEY=$(key k1) && KEY2=$(key k2) || return 1
	serve || return 1
}
check "a store and a server" set_up
[ $FAILED -eq 0 ] || finish
off() {
	[ "$(pull -o "$TMP/o" -w '%{http_code}' \
		"${URL}v1/decisions/stream?startup=true")" = 404 ] &&
		! grep -q 192 "$TMP/o" && stop && serve "crowdsec = true"
}
check "off unless it is asked for" off

# --- the stream -------------------------------------------------------------
# rows TEXT JS: an expression over the answer r is true
rows() {
	node -e 'const r=JSON.parse(process.argv[1]);
const n=r.new, d=r.deleted, v=l=>l.map(x=>x.value).sort().join();
if (!('"$2"')) { console.log(process.argv[1]); process.exit(1) }' "$1"
}
forbidden() {
	for h in "X-Api-Key: nix" "X-Nothing: 1" \
		"X-Api-Key: $(sekisho token create a --scope admin -o json 2>/dev/null |
		node -pe 'JSON.parse(require("fs").readFileSync(0)).token')"; do
		[ "$(curl -s -H "$h" -w '%{http_code}' \
			"${URL}v1/decisions/stream")" = \
			'{"message":"access forbidden"}403' ] || return 1
	done
}
check "a wrong key, and a token that is no bouncer's: 403" forbidden
startup() {
	sekisho block 198.51.100.10 --ttl 4h --reason x &&
		sekisho block C1004 --ttl permanent --reason x || return 1
	rows "$(pull "${URL}v1/decisions/stream?startup=true")" '
n.length >= 2 && n.every(x => x.type === "op25b" && x.scope === "Ip" &&
x.origin === "sekisho" && Number.isInteger(x.id) && !/[\/#:]\d+$/.test(x.value) &&
/^op25b\/[a-z_]+\/D\d+$/.test(x.scenario) && /^\d+h\d+m\d+s$/.test(x.duration)) &&
n.some(x => x.value === "198.51.100.10" && /^3h59m\d+s$/.test(x.duration))'
}
check "at start: all that is blocked, never as ban" startup
goes_on() {
	local a
	rows "$(pull "${URL}v1/decisions/stream")" '!n.length && !d.length' ||
		return 1
	sekisho block C1005 --ttl 1h --reason x &&
		sekisho release C1004 --reason x || return 1
	pull -I "${URL}v1/decisions/stream" | grep '^HTTP/1.1 200' || return 1
	a=$(pull "${URL}v1/decisions/stream")
	rows "$a" 'n.length === 1 && d.length === 1 &&
n[0].value !== d[0].value && /^-/.test(d[0].duration)' || return 1
	rows "$(pull "${URL}v1/decisions/stream")" '!n.length && !d.length' ||
		return 1
	# the other key has its own place
	KEY=$KEY2 rows "$(KEY=$KEY2 pull \
		"${URL}v1/decisions/stream?startup=true")" 'n.length >= 2'
}
check "then what is new since; HEAD moves nothing; each key for itself" goes_on
allowed() { # an allow by hand over the block, and the block again
	local q=${URL}v1/decisions/stream
	sekisho block C1003 --ttl 3h --reason x && pull "$q" >"$TMP/o" || return 1
	sekisho allow C1003 --ttl 1h --reason "his own server" || return 1
	rows "$(pull "$q")" '!n.length && d.length === 1' || return 1
	sekisho allow remove C1003 --reason "he moved" || return 1
	rows "$(pull "$q")" 'n.length === 1 && !d.length &&
/^[12]h/.test(n[0].duration)' || return 1
	sekisho release C1003 --reason x && pull "$q" >"$TMP/o"
}
check "an allow over a block lifts it, its end brings it back" allowed
asked() {
	local q="${URL}v1/decisions/stream?startup=true"
	rows "$(pull "$q&scopes=range")" '!n.length && !d.length' &&
		rows "$(pull "$q&scopes=ip,range&dedup=false")" 'n.length >= 2' &&
		rows "$(pull "$q&origins=cscli")" '!n.length' &&
		rows "$(pull "$q&origins=sekisho")" 'n.length >= 2' &&
		rows "$(pull "$q&scenarios_not_containing=op25b")" '!n.length' &&
		rows "$(pull "$q&scenarios_containing=nix")" '!n.length' &&
		rows "$(pull "$q&scenarios_containing=op25b")" 'n.length >= 2' &&
		[ "$(pull -o /dev/null -w '%{http_code}' -d '{}' \
			"${URL}v1/usage-metrics")" = 201 ]
}
check "scopes, origins, scenarios; usage metrics are taken" asked
never_wide() {
	local q="${URL}v1/decisions/stream?startup=true"
	sekisho block P9001 --ttl 1h --reason x &&
		sekisho block P9002 --ttl 1h --reason x || return 1
	rows "$(pull "$q")" 'n.every(x => !/^203|^2001:db8:77/.test(x.value))' &&
		pull -D "$TMP/head" -o /dev/null "$q" &&
		grep -i '^x-sekisho-skipped: [2-9]' "$TMP/head" &&
		sekisho release P9001 --reason x && sekisho release P9002 --reason x
}
check "no prefix, no shared address; they are counted" never_wide

# --- the bouncers -----------------------------------------------------------
if command -v crowdsec-custom-bouncer >/dev/null; then
	cat >"$TMP/script" <<-'E'
	#!/bin/sh
	echo "$1 $2 $3 $4" >>"$(dirname "$0")/told"
	E
	chmod 755 "$TMP/script"
	: >"$TMP/told"
	custom() {
		cat >"$TMP/custom.yaml" <<-E
		bin_path: $TMP/script
		piddir: $TMP
		update_frequency: 1s
		cache_retention_duration: 1s
		daemonize: false
		log_mode: stdout
		log_level: info
		api_url: $URL
		api_key: $(key custom)
		prometheus:
		  enabled: false
		E
		crowdsec-custom-bouncer -c "$TMP/custom.yaml" \
			>"$TMP/custom.log" 2>&1 &
		PIDS="$PIDS $!"
		wait_for grep -q '^add 198.51.100.10 1[0-9]* op25b/dynamic/D' \
			"$TMP/told" || { cat "$TMP/told" "$TMP/custom.log"; return 1; }
		sekisho block C1002 --ttl 2h --reason x || return 1
		wait_for grep -q '^add .* 7[12][0-9][0-9] op25b' "$TMP/told" || {
			cat "$TMP/told"
			return 1
		}
		sekisho release 198.51.100.10 --reason x || return 1
		wait_for grep -q '^del 198.51.100.10 ' "$TMP/told" || {
			cat "$TMP/told" "$TMP/custom.log"
			return 1
		}
	}
	check "crowdsec-custom-bouncer runs its script for block and release" \
		custom
else
	echo "skip crowdsec-custom-bouncer is not here"
fi
if command -v crowdsec-firewall-bouncer >/dev/null; then
	firewall() { # TYPE...
		cat >"$TMP/fw.yaml" <<-E
		mode: nftables
		pid_dir: $TMP
		update_frequency: 1s
		daemonize: false
		log_mode: stdout
		log_level: info
		api_url: $URL
		api_key: $(key fw)
		disable_ipv6: true
		deny_action: DROP
		supported_decisions_types:
		$(printf -- '- %s\n' "$@")
		blacklists_ipv4: block4
		nftables:
		  ipv4:
		    enabled: true
		    set-only: true
		    table: op25b
		    chain: none
		  ipv6:
		    enabled: false
		prometheus:
		  enabled: false
		E
		crowdsec-firewall-bouncer -c "$TMP/fw.yaml" >"$TMP/fw.log" 2>&1 &
		FW=$!
		PIDS="$PIDS $FW"
	}
	in_set() { nft list set ip op25b block4 | grep -q "$1"; }
	set_only() {
		nft add table ip op25b && nft add set ip op25b block4 \
			'{ type ipv4_addr; flags timeout; }' || return 1
		sekisho block 198.51.100.10 --ttl 4h --reason x || return 1
		firewall ban op25b
		wait_for in_set 198.51.100.10 || { cat "$TMP/fw.log"; return 1; }
		nft list set ip op25b block4 | grep 'timeout 3h5\|timeout 4h' ||
			return 1
		sekisho release 198.51.100.10 --reason x || return 1
		for _ in $(seq 100); do
			in_set 198.51.100.10 || break
			sleep 0.1
		done
		in_set 198.51.100.10 && { cat "$TMP/fw.log"; return 1; }
		! nft list ruleset | grep -q 'hook\|drop'
	}
	check "crowdsec-firewall-bouncer, set-only: our set, and no rule" set_only
	ignored() {
		kill "$FW"
		wait "$FW"
		nft flush set ip op25b block4
		sekisho block 198.51.100.10 --ttl 4h --reason x || return 1
		firewall ban
		wait_for grep -q 'decisions\|Processing' "$TMP/fw.log"
		sleep 3
		kill -0 "$FW" || { cat "$TMP/fw.log"; return 1; }
		! in_set 198.51.100
	}
	check "as it comes, it does nothing with what we say" ignored
else
	echo "skip crowdsec-firewall-bouncer is not here"
fi
finish
