/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"

static char dir[] = "/tmp/sekisho-conf-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/t.conf", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void put_bytes(const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int load(struct conf *c, const char *text, char err[CONF_ERROR_BYTES])
{
	put_bytes(text, strlen(text));
	return conf_load(c, path, err);
}

static char *shown(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	conf_show(c, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void check_default_policy(const struct conf *c)
{
	static const int64_t weights[LABEL_COUNT] = {
	    [LABEL_DELIVERED] = -865,
	    [LABEL_REFUSED] = 0,
	    [LABEL_UNANSWERED] = 0,
	    [LABEL_DEFERRED] = 100,
	    [LABEL_REJECTED] = 1000,
	    [LABEL_HELO_FORGED] = 1600,
	    [LABEL_SPF_FAIL] = 2485,
	    [LABEL_UNKNOWN_USER] = 2485,
	    [LABEL_BLOCKLISTED] = 3500,
	};

	for (int i = 0; i < LABEL_COUNT; i++)
		assert_int_equal(c->weight_milli[i], weights[i]);
	assert_int_equal(c->burst_window_s, 60);
	assert_int_equal(c->min_domains, 5);
	assert_int_equal(c->min_strong_minutes, 8);
	assert_int_equal(c->spoof_min_messages, 3);
	assert_int_equal(c->spoof_min_servers, 3);
	assert_int_equal(c->spoof_threshold_milli, 12000);
	assert_int_equal(c->spoof_weight_milli, 1760);
	assert_int_equal(c->genuine_weight_milli, -370);
	assert_int_equal(c->forwarded_weight_milli, -1000);
	assert_int_equal(c->min_strong_servers, 3);
	assert_int_equal(c->listing_once_s, 86400);
	assert_int_equal(c->score_half_life_s, 43200);
	assert_int_equal(c->hurry_connections, 8);
	assert_int_equal(c->hurry_memory_milli, 3460);
	assert_int_equal(c->burst_bad_percent, 20);
	assert_int_equal(c->burst_new_percent, 100);
	assert_int_equal(c->retry_memory_s, 432000);
	assert_int_equal(c->account_threshold_milli, 17000);
	assert_int_equal(c->account_unknown_milli, 2080);
	assert_int_equal(c->account_rejected_milli, 1000);
	assert_int_equal(c->account_delivered_milli, -320);
	assert_int_equal(c->brake_customers, 50);
	assert_int_equal(c->novelty_domains_milli, 0);
	assert_int_equal(c->novelty_helos_milli, 0);
	assert_int_equal(c->novelty_senders_milli, 0);
	assert_int_equal(c->novelty_unknown_milli, 0);
	assert_int_equal(c->brake_active_percent, 25);
	assert_int_equal(c->brake_prefix_percent, 10);
	assert_int_equal(c->brake_least, 20);
	assert_int_equal(c->brake_window_s, 60);
	assert_int_equal(c->brake_hold_s, 600);
	assert_true(c->release_quiet);
	assert_int_equal(c->spread_window_s, 604800);
	assert_int_equal(c->spread_helos, 8);
	assert_int_equal(c->probe_attempts, 30);
	assert_int_equal(c->misconfigured_sessions, 3);
	assert_int_equal(c->ladder_s[0], 600);
	assert_int_equal(c->ladder_s[1], 3600);
	assert_int_equal(c->ladder_s[2], 86400);
	assert_int_equal(c->ladder_s[3], 604800);
	assert_int_equal(c->ladder_memory_s, 30 * 86400);
	assert_int_equal(c->incident_quiet_s, 86400);
	assert_int_equal(c->leak_grace_s, 60);
	assert_int_equal(c->widest_ipv4, 24);
	assert_int_equal(c->max_blocks_per_minute, 1000);
	assert_int_equal(c->oversize_bytes, 30000000);
	assert_false(c->classes[CLASS_DYNAMIC].port25_open);
}

static void without_a_file_the_defaults_hold(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	assert_int_equal(conf_load(&c, NULL, err), 0);
	assert_string_equal(c.db, "/var/lib/sekisho/sekisho.db");
	assert_string_equal(c.socket, "/run/sekisho/sekisho.sock");
	assert_string_equal(c.agent, "tap0");
	assert_null(c.legal_basis);
	assert_null(c.zone);
	assert_null(c.resolver);
	assert_int_equal(c.privacy_tier, PRIVACY_FLOW);
	assert_int_equal(c.mode, MODE_MONITOR);
	assert_int_equal(c.ports.n, 4);
	assert_int_equal(c.ports.v[0], 25);
	assert_int_equal(c.ports.v[3], 2525);
	assert_int_equal(c.max_flows, 1000000);
	assert_int_equal(c.idle_s, 300);
	assert_int_equal(c.syn_timeout_s, 10);
	assert_int_equal(c.reorder_bytes, 65536);
	assert_int_equal(c.reorder_total_bytes, 64 << 20);
	assert_int_equal(c.queue_bytes, 64 << 20);
	assert_true(c.dpi);
	assert_int_equal(c.spf_timeout_ms, 20000);
	assert_int_equal(c.spf_max_terms, 10);
	assert_int_equal(c.spf_max_void, 2);
	assert_int_equal(c.spf_max_addresses, 10);
	assert_int_equal(c.dns_in_flight, 1000);
	assert_int_equal(c.dns_budget_subscriber, 600);
	assert_int_equal(c.dns_budget_total, 360000);
	assert_int_equal(c.n_drivers, 0);
	check_default_policy(&c);
	conf_free(&c);
}

static const char whole[] =
    "# a comment\n"
    "legal_basis = \"contract, \\\"section 4\\\" \\\\ \\${HOME}\"\n"
    "privacy_tier = domains\n"
    "hash_key_file = '/etc/sekisho/key'\n"
    "provider = \"Example Net\"\n"
    "db = /tmp/x.db // another comment\n"
    "network {\n"
    "\town_networks = {\"198.51.100.0/24\", 2001:db8:1::/48,\n"
    "\t    192.0.2.7}\n"
    "\town_servers = {203.0.113.0/28}\n"
    "\tegress = {\"100.64.0.0/10 203.0.113.1\"}\n"
    "\tcgn = {\"203.0.113.0/30 100.64.0.0/25 1024-65535 1000\"}\n"
    "\tmap_e = {\"2001:db8:10::/44 198.51.100.0/24 16 4\",\n"
    "\t    \"2001:db8:30::/52 198.51.100.128/30 10 0\"}\n"
    "\town_server_names = {smtp.example.net, \"MX1.Example.net\"}\n"
    "\tipv6_unit = {\"2001:db8::/32 56\", \"2001:db9::/32 64\"}\n"
    "}\n"
    "capture {\n"
    "\tagent = edge-1\n"
    "\tports = {25}\n"
    "\tdpi = off\n"
    "}\n"
    "analyzer { mode = enforce resolver = 192.0.2.53@5353 }\n"
    "policy {\n"
    "\tweight_delivered = -900\n"
    "\tladder = {1, 2, 3, 4}\n"
    "}\n"
    "class \"dynamic\" { port25 = open mode = off }\n"
    "class fibre-10g { burst_servers = 20 threshold_milli = 4000 }\n"
    "class a { }\n"
    "driver nft { command = {\"sekisho-driver-exec\", \"\", \"a b\"} }\n"
    "driver \"second\" { timeout_s = 3 command = {x} }\n";

static void check_whole(const struct conf *c)
{
	char text[PREFIX_STRLEN];

	assert_string_equal(
	    c->legal_basis, "contract, \"section 4\" \\ ${HOME}");
	assert_int_equal(c->privacy_tier, PRIVACY_DOMAINS);
	assert_string_equal(c->hash_key_file, "/etc/sekisho/key");
	assert_string_equal(c->db, "/tmp/x.db");
	assert_int_equal(c->own_networks.n, 3);
	assert_string_equal(
	    prefix_format(&c->own_networks.v[1], text), "2001:db8:1::/48");
	assert_string_equal(
	    prefix_format(&c->own_networks.v[2], text), "192.0.2.7/32");
	assert_int_equal(c->own_servers.n, 1);
	assert_int_equal(c->own_server_names.n, 2);
	assert_string_equal(c->own_server_names.v[1], "mx1.example.net");
	assert_int_equal(c->n_ipv6_units, 2);
	assert_int_equal(c->ipv6_units[1].len, 64);
	assert_int_equal(c->n_egress, 1);
	assert_string_equal(
	    prefix_format(&c->egress[0].inside, text), "100.64.0.0/10");
	assert_string_equal(
	    addr_format(&c->egress[0].outside, text), "203.0.113.1");
	assert_int_equal(c->n_cgn, 1);
	assert_string_equal(
	    addr_format(&c->cgn[0].inside_last, text), "100.64.0.127");
	assert_int_equal(c->cgn[0].first_port, 1024);
	assert_int_equal(c->cgn[0].block_ports, 1000);
	assert_int_equal(c->n_map_e, 2);
	assert_int_equal(c->map_e[1].ea_bits, 10);
	assert_int_equal(c->map_e[0].psid_offset, 4);
	assert_string_equal(c->agent, "edge-1");
	assert_int_equal(c->ports.n, 1);
	assert_false(c->dpi);
	assert_int_equal(c->mode, MODE_ENFORCE);
	assert_string_equal(c->resolver, "192.0.2.53@5353");
	assert_int_equal(c->weight_milli[LABEL_DELIVERED], -900);
	assert_int_equal(c->ladder_s[3], 4);
	assert_true(c->classes[CLASS_DYNAMIC].port25_open);
	assert_int_equal(c->classes[CLASS_DYNAMIC].mode, CLASS_MODE_OFF);
	assert_int_equal(c->classes[CLASS_DYNAMIC].burst_servers, 100);
	assert_int_equal(
	    c->classes[line_class_parse("fibre-10g")].burst_servers, 20);
	assert_int_equal(
	    c->classes[line_class_parse("fibre-10g")].burst_connections, 200);
	assert_true(c->classes[line_class_parse("a")].named);
	assert_int_equal(c->n_drivers, 2);
	assert_string_equal(c->drivers[0].name, "nft");
	assert_string_equal(c->drivers[0].argv[0], "sekisho-driver-exec");
	assert_string_equal(c->drivers[0].argv[1], "");
	assert_string_equal(c->drivers[0].argv[2], "a b");
	assert_null(c->drivers[0].argv[3]);
	assert_int_equal(c->drivers[0].timeout_s, 10);
	assert_string_equal(c->drivers[1].name, "second");
	assert_int_equal(c->drivers[1].timeout_s, 3);
}

static void a_whole_file_is_read_and_shown_as_a_valid_file(void **state)
{
	char err[CONF_ERROR_BYTES], *first, *second;
	struct conf c;

	(void)state;
	if (load(&c, whole, err) != 0)
		fail_msg("%s", err);
	check_whole(&c);
	first = shown(&c);
	conf_free(&c);
	if (load(&c, first, err) != 0)
		fail_msg("%s", err);
	check_whole(&c);
	second = shown(&c);
	assert_string_equal(first, second);
	conf_free(&c);
	free(first);
	free(second);
}

static void the_defaults_shown_are_the_defaults(void **state)
{
	char err[CONF_ERROR_BYTES], *first, *second;
	struct conf c;

	(void)state;
	assert_int_equal(conf_load(&c, NULL, err), 0);
	first = shown(&c);
	conf_free(&c);
	if (load(&c, first, err) != 0)
		fail_msg("%s", err);
	check_default_policy(&c);
	second = shown(&c);
	assert_string_equal(first, second);
	conf_free(&c);
	free(first);
	free(second);
}

static void an_empty_list_takes_the_default_away(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	assert_int_equal(load(&c, "network { own_networks = {} }", err), 0);
	assert_int_equal(c.own_networks.n, 0);
	conf_free(&c);
	assert_int_equal(load(&c, "", err), 0);
	assert_int_equal(c.ports.n, 4);
	conf_free(&c);
}

/* Every text in want stands in the message. */
static const struct {
	const char *text;
	const char *want[4];
} errors[] = {
    {"databse = x", {":1: ", "databse: ", "unknown key", "\"db\""}},
    {"db = x\n\nprovide = y", {":3: provide: ", "\"provider\""}},
    {"network {\n\town_network = {}\n}",
	{":2: network: own_network: ", "\"own_networks\""}},
    {"mode = enforce", {":1: mode: ", "belongs in section analyzer { }"}},
    {"policy {\n db = x\n}", {":2: policy: db: ", "at the top level"}},
    {"polcy { }", {":1: polcy: unknown key"}},
    {"network|own_networks = {192.0.2.0/24}", {":1: "}},
    {"capture {\n\n idle_s = 0\n}",
	{":3: capture: idle_s: ", "0 is out of range", "1 to 86400 seconds"}},
    {"capture { idle_s = 99999999999999999999 }",
	{":1: capture: idle_s: ", "out of range"}},
    {"capture { idle_s = 5m }", {":1: ", "\"5m\" is no number", "seconds"}},
    {"capture { idle_s = \"\" }", {":1: ", "\"\" is no number"}},
    {"capture { idle_s = {1, 2} }", {":1: ", "sekisho.conf(5)"}},
    {"capture { idle_s = 3\nidle_s = 4 }",
	{":2: capture: idle_s: ", "a second time", "remove one"}},
    {"capture { idle_s = 3 }\ncapture { idle_s = 4 }",
	{":2: capture: idle_s: ", "a second time"}},
    {"db = x db = y", {":1: db: ", "a second time"}},
    {"network { own_servers = {192.0.2.0/24}\n own_servers = {}\n"
     " own_servers = {192.0.2.0/28} }",
	{":3: network: own_servers: ", "a second time"}},
    {"network { own_servers = {192.0.2.0/24}\n own_servers = {} }",
	{":2: network: own_servers: ", "a second time"}},
    {"network { own_servers = {192.0.2.0/24,}\n own_servers = "
     "{198.51.100.0/24} }",
	{":2: network: own_servers: ", "a second time"}},
    {"network { own_networks = {192.0.2.1/24} }",
	{":1: network: own_networks: ", "192.0.2.1/24", "192.0.2.0/24"}},
    {"network { own_networks = {2001:db8::1/32} }",
	{":1: network: own_networks: ", "give 2001:db8::/32"}},
    {"network { own_networks = {\n192.0.2.0/24,\n192.0.2.0/33} }",
	{":3: network: own_networks: ", "192.0.2.0/33", "is no prefix"}},
    {"network { own_networks = {192.0.2.0/24, 192.0.2.0/24} }",
	{"own_networks: ", "192.0.2.0/24 stands there twice"}},
    {"network { egress = {\"100.64.0.0/10\"} }",
	{"egress: ", "is not PREFIX ADDRESS", "203.0.113.1"}},
    {"network { egress = {\"100.64.0.1/10 203.0.113.1\"} }",
	{"egress: ", "100.64.0.0/10"}},
    {"network { egress = {\"100.64.0.0/10 10.0.0.1\"} }",
	{"egress: ", "10.0.0.1", "no receiver can see"}},
    {"network { egress = {\"100.64.0.0/10 203.0.113.1\", \"100.64.1.0/24 "
     "203.0.113.2\"} }",
	{"egress: ", "100.64.1.0/24 overlaps"}},
    {"network { cgn = {\"203.0.113.0/24 100.64.0.0/18\"} }",
	{"cgn: ", "is not OUTSIDE INSIDE FIRST-LAST PORTS", "give one"}},
    {"network { cgn = {\"203.0.113.0/24 100.64.0.0/18 0-65535 1000\"} }",
	{"cgn: ", "is not OUTSIDE INSIDE FIRST-LAST PORTS"}},
    {"network { cgn = {\"203.0.113.0/24 100.64.0.0/18 1024-65536 1000\"} }",
	{"cgn: ", "is not OUTSIDE INSIDE FIRST-LAST PORTS"}},
    {"network { cgn = {\"203.0.113.0/24 2001:db8::/32 1024-65535 1000\"} }",
	{"cgn: ", "is not OUTSIDE INSIDE FIRST-LAST PORTS"}},
    {"network { cgn = {\"203.0.113.0/24 100.64.0.0/18 1024-65535 1009\"} }",
	{"cgn: ", "256 outside addresses with 63 blocks", "fewer ports"}},
    {"network { cgn = {\"203.0.113.0/24 203.0.113.9 1024-65535 1000\"} }",
	{"cgn: ", "inside and outside overlap", "public pool first"}},
    {"network { cgn = {\"203.0.113.0/24 100.64.0.0/24 1024-65535 1000\", "
     "\"192.0.2.0/24 100.64.0.7 1024-65535 1000\"} }",
	{"cgn: ", "192.0.2.0/24", "overlaps an entry before it"}},
    {"network { map_e = {\"2001:db8:10::/44 198.51.100.0/24 16\"} }",
	{"map_e: ", "is not IPV6-PREFIX IPV4-PREFIX", "give a rule"}},
    {"network { map_e = {\"198.51.100.0/24 2001:db8:10::/44 16 4\"} }",
	{"map_e: ", "is not IPV6-PREFIX IPV4-PREFIX"}},
    {"network { map_e = {\"2001:db8:10::/49 198.51.100.0/24 16 4\"} }",
	{"map_e: ", "2001:db8:10::/49", "longer than /64", "give fewer"}},
    {"network { map_e = {\"2001:db8:10::/44 198.51.100.0/24 7 4\"} }",
	{"map_e: ", "7 EA bits do not hold the 8 bits", "at least 8"}},
    {"network { map_e = {\"2001:db8::/32 198.51.100.0/24 16 9\"} }",
	{"map_e: ", "exceed the 16 bits of a port", "smaller offset"}},
    {"network { map_e = {\"2001:db8::/32 198.51.100.0/24 16 4\", "
     "\"2001:db8:1::/48 198.51.100.0/24 16 4\"} }",
	{"map_e: ", "2001:db8:1::/48", "prefix of a rule before it"}},
    {"network { own_server_names = {\n192.0.2.1} }",
	{":2: network: own_server_names: ", "is no host name"}},
    {"network { own_server_names = {a.example, A.example} }",
	{"a.example stands there twice"}},
    {"network { ipv6_unit = {\"2001:db8::/32\"} }",
	{"ipv6_unit: ", "is not PREFIX LENGTH", "2001:db8::/32 56"}},
    {"network { ipv6_unit = {\"2001:db8::/32 24\"} }", {"32 to 128"}},
    {"network { ipv6_unit = {\"2001:db8::/32 56\", \"2001:db8:1::/48 56\"} "
     "}",
	{"2001:db8:1::/48 overlaps"}},
    {"capture { ports = {25, 25} }", {"ports: ", "port 25 stands there twice"}},
    {"capture { ports = {0} }", {"ports: ", "1 to 65535"}},
    {"capture { ports = {65536} }", {"ports: ", "1 to 65535"}},
    {"capture { ports = {} }", {"ports: ", "empty"}},
    {"capture { ports = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17} }",
	{"ports: ", "at most 16"}},
    {"policy { ladder = {1, 2, 3} }", {"ladder: ", "too short", "4 steps"}},
    {"policy { ladder = {1, 2, 3, 4, 5} }", {"ladder: ", "more than 4"}},
    {"policy { ladder = {} }", {"ladder: ", "empty"}},
    {"policy { ladder = {5, 4, 3, 2} }", {"ladder: ", "ascending"}},
    {"policy { ladder = {0, 4, 3, 2} }", {"ladder: ", "out of range"}},
    {"privacy_tier = L2",
	{":1: privacy_tier: ", "\"L2\" is not known", "flow | envelope"}},
    {"analyzer { mode = on }", {"mode: ", "monitor | enforce"}},
    {"capture { dpi = 7 }", {"dpi: ", "true or false"}},
    {"analyzer { resolver = here }", {"resolver: ", "192.0.2.53@53"}},
    {"analyzer { resolver = 192.0.2.1@0 }", {"resolver: ", "ADDRESS@PORT"}},
    {"analyzer { resolver = 192.0.2.1@x }", {"resolver: ", "ADDRESS@PORT"}},
    {"db = \"\"", {":1: db: ", "0 bytes", "1 to 4095 bytes"}},
    {"provider = \"a\\nb\"", {":1: provider: ", "control character"}},
    {"capture { agent = \"a b\" }", {"agent: ", "is no name"}},
    {"driver x { }", {":1: driver \"x\": command: ", "is missing"}},
    {"driver x { command = {} }", {"driver \"x\": command: ", "is missing"}},
    {"driver x { command = {\"\"} }", {"command: ", "value is empty"}},
    {"driver \"a b\" { command = {x} }", {"driver \"a b\": ", "driver name"}},
    {"driver \"\" { command = {x} }", {"driver \"\": ", "driver name"}},
    {"driver x { command = {a} }\ndriver x { command = {b} }", {":2: ", "x"}},
    {"driver x { command = {a} timeout_s = 0 }",
	{"driver \"x\": timeout_s: ", "1 to 3600 seconds"}},
    {"driver x { comand = {a} }", {"comand: ", "\"command\""}},
    {"driver { command = {a} }", {":1: "}},
    {"class Fibre { }", {":1: class \"Fibre\": ", "is no class name"}},
    {"class \"\" { }", {":1: class \"\": ", "is no class name"}},
    {"class a.b { mode = off }", {"class \"a.b\": ", "is no class name"}},
    {"class \"abcdefghijklmnopqrstuvwx\" { }", {"is no class name"}},
    {"class unknown { }", {"class \"unknown\": ", "use another name"}},
    {"class { mode = off }", {":1: "}},
    {"class a {\n mode = enforce\n}",
	{":2: class \"a\": mode: ", "inherit | monitor | off"}},
    {"class a { port25 = yes }", {"port25: ", "open | closed"}},
    {"class a { burst_servers = 0 }", {"burst_servers: ", "1 to 4096"}},
    {"class a { mode = off mode = off }", {"mode: ", "a second time"}},
    {"class a { mode = off }\nclass a { mode = off }", {":2: ", "a"}},
    {"class a { threshold = 3 }", {"threshold: ", "\"threshold_milli\""}},
    {"burst_servers = 3", {"belongs in section class { }"}},
    {"class a { mode = off", {"class \"a\": ", "open at the end"}},
    {"db", {"sekisho.conf(5)"}},
    {"db = ", {"sekisho.conf(5)"}},
    {"network {", {"network: ", "open at the end"}},
    {"db = x /* db = y", {"comment is open"}},
    {"driver x { command = {a}", {"driver \"x\": ", "open at the end"}},
    {"}", {":1: "}},
    {"= = =", {":1: "}},
    {"provider = \"open", {"premature end of file"}},
    {"include(\"/etc/hosts\")", {":1: include: unknown key"}},
};

static void a_mistake_names_line_key_and_remedy(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (load(&c, errors[i].text, err) != -1)
			fail_msg("accepted: %s", errors[i].text);
		if (strncmp(err, path, strlen(path)) != 0)
			fail_msg("no file name: %s", err);
		for (size_t j = 0; j < 4 && errors[i].want[j] != NULL; j++)
			if (strstr(err, errors[i].want[j]) == NULL)
				fail_msg("%s\ngives: %s\nnot: %s",
				    errors[i].text, err, errors[i].want[j]);
		conf_free(&c);
	}
}

static void a_file_that_is_none_is_refused(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	assert_int_equal(conf_load(&c, dir, err), -1);
	assert_non_null(strstr(err, "cannot be read"));
	conf_free(&c);
	(void)unlink(path);
	assert_int_equal(conf_load(&c, path, err), -1);
	assert_non_null(strstr(err, "No such file"));
	conf_free(&c);
	put_bytes("db = x\0y", 8);
	assert_int_equal(conf_load(&c, path, err), -1);
	assert_non_null(strstr(err, "NUL"));
	conf_free(&c);
}

static void the_environment_is_not_read_into_single_quotes(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	assert_int_equal(load(&c, "provider = '${PATH}'", err), 0);
	assert_string_equal(c.provider, "${PATH}");
	conf_free(&c);
}

static void names_in_any_language_are_taken(void **state)
{
	static const char text[] =
	    "provider = \"\xe9\x96\xa2\xe6\x89\x80 \xc3\x85\"";
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	/* Bytes that are control characters in ISO 8859-1. */
	if (load(&c, text, err) != 0)
		fail_msg("%s", err);
	assert_string_equal(c.provider, "\xe9\x96\xa2\xe6\x89\x80 \xc3\x85");
	conf_free(&c);
}

static void a_tier_above_flow_needs_its_ground_and_its_key(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *want;
	} cases[] = {
	    {"privacy_tier = flow", 0, ""},
	    {"privacy_tier = domains", -1, "legal_basis"},
	    {"privacy_tier = envelope legal_basis = x", -1, "hash_key_file"},
	    {"privacy_tier = envelope hash_key_file = x", -1, "legal_basis"},
	    {"privacy_tier = domains legal_basis = x hash_key_file = y", 0, ""},
	};
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(load(&c, cases[i].text, err), 0);
		assert_int_equal(conf_check(&c, err), cases[i].rc);
		assert_non_null(strstr(err, cases[i].want));
		conf_free(&c);
	}
}

static void the_policy_text_leads_back_to_the_policy(void **state)
{
	char err[CONF_ERROR_BYTES], *first, *second;
	struct conf c;

	(void)state;
	assert_int_equal(load(&c, whole, err), 0);
	first = conf_policy_text(&c);
	conf_free(&c);
	assert_non_null(first);
	assert_non_null(strstr(first, "weight_delivered=-900\n"));
	assert_non_null(strstr(first, "ladder=1 2 3 4\n"));
	assert_non_null(strstr(first, "\nclass.a.port25=open\n"));
	assert_non_null(strstr(first, "\nclass.dynamic.port25=open\n"));
	assert_non_null(strstr(first, "\nclass.dynamic.mode=off\n"));
	assert_null(strstr(first, "\nmode"));
	assert_int_equal(conf_load_policy_text(&c, first, err), 0);
	assert_int_equal(c.ladder_s[3], 4);
	second = conf_policy_text(&c);
	conf_free(&c);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void the_example_file_is_valid(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	if (access("docs/sekisho.conf.example", R_OK) != 0) {
		print_message("not run from the source tree: skipped\n");
		skip();
	}
	if (conf_load(&c, "docs/sekisho.conf.example", err) != 0 ||
	    conf_check(&c, err) != 0)
		fail_msg("%s", err);
	assert_int_equal(c.n_drivers, 1);
	check_default_policy(&c);
	conf_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_file_the_defaults_hold),
	    cmocka_unit_test(a_whole_file_is_read_and_shown_as_a_valid_file),
	    cmocka_unit_test(the_defaults_shown_are_the_defaults),
	    cmocka_unit_test(an_empty_list_takes_the_default_away),
	    cmocka_unit_test(a_mistake_names_line_key_and_remedy),
	    cmocka_unit_test(a_file_that_is_none_is_refused),
	    cmocka_unit_test(the_environment_is_not_read_into_single_quotes),
	    cmocka_unit_test(names_in_any_language_are_taken),
	    cmocka_unit_test(a_tier_above_flow_needs_its_ground_and_its_key),
	    cmocka_unit_test(the_policy_text_leads_back_to_the_policy),
	    cmocka_unit_test(the_example_file_is_valid),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
