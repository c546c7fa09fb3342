/* SPDX-License-Identifier: Apache-2.0 */
/* Keys about what comes in: packets, and who has which address or account. */
#include "base/conf_table.h"

#define DAY_S 86400
#define AT(f) offsetof(struct conf, f)
#define MIB   (INT64_C(1) << 20)

const struct conf_key conf_input_keys[] = {
    {"", "legal_basis", CONF_TEXT, 0, 500, "", NULL,
	"The ground on which names from mail envelopes are processed. Needed "
	"for every privacy tier above flow; reports print it.",
	AT(legal_basis)},
    {"", "privacy_tier", CONF_TIER, 0, 0, "flow", NULL,
	"What leaves the capture agent: flow (addresses, times, reply codes), "
	"envelope (names as keyed hashes), domains (domains in clear, local "
	"parts as keyed hashes). SPF needs domains.",
	AT(privacy_tier)},
    {"", "hash_key_file", CONF_TEXT, 0, 4095, "", NULL,
	"File with the key of the hashes, at least 16 bytes. Needed for every "
	"privacy tier above flow; all agents share it.",
	AT(hash_key_file)},
    {"", "provider", CONF_TEXT, 0, 200, "", NULL,
	"Name of the operator, for the head of reports.", AT(provider)},
    {"", "abuse_contact", CONF_TEXT, 0, 254, "", NULL,
	"Mail address of the abuse desk. Reports to other desks (XARF) name "
	"it.",
	AT(abuse_contact)},
    {"", "db", CONF_TEXT, 1, 4095, "/var/lib/sekisho/sekisho.db", NULL,
	"The SQLite file.", AT(db)},
    {"", "socket", CONF_TEXT, 1, 107, "/run/sekisho/sekisho.sock", NULL,
	"The unix socket between agent and analyzer.", AT(socket)},

    {"network", "own_networks", CONF_PREFIXES, 0, 100000, "", NULL,
	"Prefixes of the operator's lines. A client inside is on-net.",
	AT(own_networks)},
    {"network", "own_servers", CONF_PREFIXES, 0, 100000, "", NULL,
	"Prefixes of the operator's own mail servers, submission hosts among "
	"them.",
	AT(own_servers)},
    {"network", "own_server_names", CONF_NAMES, 0, 64, "", NULL,
	"More of them by host name. The analyzer resolves each name (A, AAAA) "
	"at its start and again when the time to live ends, after a minute at "
	"the least and an hour at the most; while a name cannot be resolved "
	"its last addresses stay. Records are taken when each name has had an "
	"answer. A replay resolves none, and the capture agent knows only "
	"own_servers: its summaries of a flood count such servers as foreign.",
	AT(own_server_names)},
    {"network", "server_egress", CONF_PREFIXES, 0, 1000, "", NULL,
	"Addresses from which the own mail servers send on. When they are "
	"given, SPF is asked about them for the senders of mail that customers "
	"hand in, as advice: will receivers accept this sender through us?",
	AT(server_egress)},
    {"network", "source_validated", CONF_PREFIXES, 0, 100000, "", NULL,
	"Prefixes whose lines cannot forge a source address (BCP 38). Only "
	"there does an unanswered connection attempt count as evidence.",
	AT(source_validated)},
    {"network", "egress", CONF_EGRESS, 0, 10000, "", NULL,
	"Where mail of a private or shared source leaves, as \"PREFIX "
	"ADDRESS\": the address that a receiver sees and SPF is asked about.",
	AT(egress)},
    {"network", "cgn", CONF_CGN, 0, 10000, "", NULL,
	"Customers behind a carrier-grade NAT with the fixed port blocks of "
	"RFC 7422: public addresses, customers' addresses in order, ports "
	"that are handed out, ports of one customer.",
	AT(cgn)},
    {"network", "map_e", CONF_MAP_E, 0, 10000, "", NULL,
	"Basic mapping rules of MAP-E (RFC 7597), v6plus among them: rule "
	"IPv6 prefix, rule IPv4 prefix, length of the EA bits, PSID offset.",
	AT(map_e)},
    {"network", "ipv6_unit", CONF_UNITS, 0, 1000, "", NULL,
	"How much of an IPv6 network one line has, as \"PREFIX LENGTH "
	"[CLASS]\", "
	"for addresses that no lease and no subscriber names: the prefix of "
	"that length stands for a customer, unit:PREFIX. Without a class the "
	"detector opens incidents of it and never blocks it. Without the key "
	"such addresses are nobody's.",
	AT(ipv6_units)},

    {"capture", "agent", CONF_NAME, 1, 63, "tap0", NULL,
	"Name of this tap in records.", AT(agent)},
    {"capture", "interface", CONF_NAME, 0, 15, "", NULL,
	"Interface that gets the mirrored packets.", AT(interface)},
    {"capture", "ports", CONF_PORTS, 1, 65535, "25 465 587 2525", NULL,
	"TCP server ports that are watched.", AT(ports)},
    {"capture", "max_flows", CONF_INT, 16, 100000000, "1000000", "connections",
	"Connections that are followed at once; more evict the idlest.",
	AT(max_flows)},
    {"capture", "idle_s", CONF_INT, 1, DAY_S, "300", "seconds",
	"A connection without packets for so long is over.", AT(idle_s)},
    {"capture", "syn_timeout_s", CONF_INT, 1, 3600, "10", "seconds",
	"A connection attempt without an answer for so long is unanswered.",
	AT(syn_timeout_s)},
    {"capture", "reorder_bytes", CONF_INT, 0, 16 * MIB, "65536", "bytes",
	"Out-of-order bytes kept for each direction of a connection.",
	AT(reorder_bytes)},
    {"capture", "reorder_total_bytes", CONF_INT, 0, 65536 * MIB, "67108864",
	"bytes", "Out-of-order bytes kept in all.", AT(reorder_total_bytes)},
    {"capture", "smtp_bytes", CONF_INT, 0, 65536 * MIB, "268435456", "bytes",
	"What SMTP sessions hold in all, beyond 4096 bytes each; over it, "
	"those with more are not read on.",
	AT(smtp_bytes)},
    {"capture", "queue_bytes", CONF_INT, 65536, 65536 * MIB, "67108864",
	"bytes",
	"Records kept until the analyzer acknowledges them; more are dropped "
	"and counted.",
	AT(queue_bytes)},
    {"capture", "dpi", CONF_BOOL, 0, 0, "true", NULL,
	"Ask nDPI what a connection speaks.", AT(dpi)},
    {"capture", "dpi_bytes", CONF_INT, 0, 65536 * MIB, "67108864", "bytes",
	"Memory for connections that nDPI is still thinking about; over it, "
	"new ones are not asked.",
	AT(dpi_bytes)},
    {"capture", "checksums", CONF_BOOL, 0, 0, "false", NULL,
	"Drop packets with a wrong IP or TCP checksum, as their receiver "
	"does. Leave it off where the mirror shows packets before the network "
	"card filled the sum in.",
	AT(checksums)},
    {"capture", "fragment_bytes", CONF_INT, 65536, 65536 * MIB, "4194304",
	"bytes", "IP fragments kept until the rest comes, in all.",
	AT(fragment_bytes)},
    {"capture", "ring_bytes", CONF_INT, MIB, 4096 * MIB, "67108864", "bytes",
	"The kernel's ring for captured packets, of each worker.",
	AT(ring_bytes)},
    {"capture", "snap_bytes", CONF_INT, 128, 262144, "65535", "bytes",
	"How much of a packet is captured.", AT(snap_bytes)},
    {"capture", "workers", CONF_INT, 1, 64, "1", "processes",
	"Processes that share the interface; each connection goes to one.",
	AT(workers)},
    {"capture", "user", CONF_NAME, 1, 31, "nobody", NULL,
	"When started as root: who parses packets.", AT(user)},
    {"capture", "attempt_records", CONF_INT, 0, 10000000, "1000",
	"records a second",
	"Failed connection attempts that are told one by one; more are told "
	"in one summary for each client. 0: no limit.",
	AT(attempt_records)},
    {"capture", "spool_dir", CONF_TEXT, 0, 4095, "", NULL,
	"Directory for records that the analyzer does not take, once "
	"queue_bytes are full. Empty: they are dropped.",
	AT(spool_dir)},
    {"capture", "spool_bytes", CONF_INT, MIB, 1048576 * MIB, "1073741824",
	"bytes", "Size of all files in spool_dir; more records are dropped.",
	AT(spool_bytes)},
    {"capture", "radius_ports", CONF_PORTS, 0, 65535, "", NULL,
	"UDP ports of RADIUS accounting that is read from the mirrored "
	"packets, mostly 1813. Empty: none is read.",
	AT(radius_ports)},
    {"capture", "radius_nas", CONF_PREFIXES, 0, 100000, "", NULL,
	"Addresses of the NAS or of the accounting servers. Only packets from "
	"or to one of them are believed; radius_ports needs it.",
	AT(radius_nas)},
    {"capture", "radius_confirm", CONF_BOOL, 0, 0, "true", NULL,
	"A request counts when its server's answer was seen too: only who "
	"knows the secret gets one. Turn it off where the mirror shows one "
	"direction only.",
	AT(radius_confirm)},

    {"radius", "listen", CONF_LISTEN, 0, 0, "", NULL,
	"Where accounting is received, as ADDRESS@PORT. Empty: nowhere.",
	AT(radius_listen)},
    {"radius", "clients_file", CONF_TEXT, 0, 4095, "", NULL,
	"Who may send it: lines PREFIX SECRET. Not readable by others. The "
	"agent uses it too, where it is set.",
	AT(radius_clients_file)},
    {"radius", "customer_attribute", CONF_TEXT, 1, 40, "user_name", NULL,
	"What names the customer: user_name, class, "
	"chargeable_user_identity, nas_port_id, a number, or VENDOR:NUMBER.",
	AT(radius_customer)},
    {"radius", "customer_prefix", CONF_TEXT, 0, 64, "", NULL,
	"What the value begins with; it is cut off, and values without it are "
	"passed over.",
	AT(radius_customer_prefix)},
    {"radius", "strip_realms", CONF_TEXT, 0, 4095, "", NULL,
	"Realms, separated by spaces, that are cut off: user@realm is user. * "
	"is every realm, and only right where no two realms have the same "
	"user.",
	AT(radius_strip_realms)},
    {"radius", "class_attribute", CONF_TEXT, 0, 40, "", NULL,
	"What names the class of the line, written as customer_attribute. "
	"Empty: none does.",
	AT(radius_class)},
    {"radius", "class_prefix", CONF_TEXT, 0, 64, "", NULL,
	"As customer_prefix; with \"line=\" the value \"line=static\" means "
	"static.",
	AT(radius_class_prefix)},
    {"radius", "framed_netmask", CONF_BOOL, 0, 0, "false", NULL,
	"Framed-IP-Netmask names a prefix that is routed to the line. Leave it "
	"off where it only describes the network that the line is in.",
	AT(radius_framed_netmask)},
    {"radius", "cgn_address", CONF_TEXT, 0, 40, "", NULL,
	"The shared address of a port block. Empty while cgn_first_port is "
	"set: it is Framed-IP-Address.",
	AT(radius_cgn_address)},
    {"radius", "cgn_first_port", CONF_TEXT, 0, 40, "", NULL,
	"The first port of the block.", AT(radius_cgn_first_port)},
    {"radius", "cgn_last_port", CONF_TEXT, 0, 40, "", NULL,
	"The last port of the block.", AT(radius_cgn_last_port)},
    {"radius", "cgn_port_count", CONF_TEXT, 0, 40, "", NULL,
	"How many ports it has, where the last one is not told.",
	AT(radius_cgn_port_count)},
    {"radius", "cgn_block", CONF_TEXT, 0, 40, "", NULL,
	"An attribute that tells all of it in text: \"ADDRESS FIRST..LAST\", "
	"whatever follows.",
	AT(radius_cgn_block)},
    {"radius", "clock_skew_s", CONF_INT, 0, DAY_S, "5", "seconds",
	"The clock of a NAS may be off by so much.", AT(radius_clock_skew_s)},
    {"radius", "correct_skew", CONF_BOOL, 0, 0, "true", NULL,
	"Correct the time stamps of a NAS whose clock is off by more. Else "
	"they are ignored, and the time is when the packet came, less "
	"Acct-Delay-Time.",
	AT(radius_correct_skew)},

    {"analyzer", "subscribers", CONF_TEXT, 0, 4095, "", NULL,
	"The subscriber file: CSV with prefix,customer,class,own_domains.",
	AT(subscribers)},
    {"analyzer", "mode", CONF_MODE, 0, 0, "monitor", NULL,
	"monitor decides and tells nobody; enforce tells the drivers.",
	AT(mode)},
    {"analyzer", "resolver", CONF_SERVER, 0, 0, "", NULL,
	"DNS server as ADDRESS[@PORT]; empty: as in resolv.conf.",
	AT(resolver)},
    {"analyzer", "zone", CONF_TEXT, 0, 4095, "", NULL,
	"Master file that answers instead of any server; no DNS then leaves "
	"the machine.",
	AT(zone)},
    {"analyzer", "spf_timeout_ms", CONF_INT, 100, 120000, "20000",
	"milliseconds", "Time for a whole SPF check (RFC 7208 section 4.6.4).",
	AT(spf_timeout_ms)},
    {"analyzer", "spf_max_terms", CONF_INT, 1, 100, "10", "terms",
	"Terms of an SPF check that may ask DNS.", AT(spf_max_terms)},
    {"analyzer", "spf_max_void", CONF_INT, 0, 100, "2", "look-ups",
	"Look-ups of an SPF check that may find nothing.", AT(spf_max_void)},
    {"analyzer", "spf_max_addresses", CONF_INT, 1, 100, "10", "names",
	"Names that one mx or ptr term may lead to.", AT(spf_max_addresses)},
    {"analyzer", "spf_cache", CONF_INT, 0, 1000000, "20000", "results",
	"Results of SPF that are kept while their records' time to live "
	"lasts, an hour at most; half a KiB each on average. 0: none.",
	AT(spf_cache)},
    {"analyzer", "dkim_max_signatures", CONF_INT, 0, 8, "3", "signatures",
	"DKIM signatures of a message that are verified when SPF fails.",
	AT(dkim_max_signatures)},
    {"analyzer", "dkim_max_keys", CONF_INT, 1, 16, "4", "records",
	"Key records of one name that are tried.", AT(dkim_max_keys)},
    {"analyzer", "dkim_min_rsa_bits", CONF_INT, 512, 8192, "1024", "bits",
	"Shorter RSA keys make no valid signature (RFC 8301).",
	AT(dkim_min_rsa_bits)},
    {"analyzer", "dkim_max_rsa_bits", CONF_INT, 1024, 8192, "4096", "bits",
	"Longer RSA keys are not tried.", AT(dkim_max_rsa_bits)},
    {"analyzer", "allowed_sender_domains", CONF_TEXT, 0, 4095, "", NULL,
	"Sender domains, separated by spaces, that every line may use, with "
	"all below them.",
	AT(allowed_sender_domains)},
    {"analyzer", "psl_file", CONF_TEXT, 0, 4095, "", NULL,
	"A Public Suffix List, plain or compiled. Empty: the system's.",
	AT(psl_file)},
    {"analyzer", "lease_timeout_s", CONF_INT, 0, 3650 * INT64_C(86400),
	"172800", "seconds",
	"A session of RADIUS of which nothing was heard for so long has ended "
	"when it "
	"was last heard of. 0: never; for a NAS that sends no Interim-Update.",
	AT(lease_timeout_s)},
    {"analyzer", "dns_in_flight", CONF_INT, 1, 100000, "1000", "checks",
	"Sender checks that run at once.", AT(dns_in_flight)},
    {"analyzer", "dns_budget_subscriber", CONF_INT, 0, 10000000, "600",
	"checks an hour",
	"SPF checks for one subscriber; over it the verdict is cannot_tell.",
	AT(dns_budget_subscriber)},
    {"analyzer", "dns_budget_total", CONF_INT, 0, 1000000000, "360000",
	"checks an hour", "SPF checks in all.", AT(dns_budget_total)},
    {"analyzer", "budget_blocks", CONF_INT, 1, 1000000000, "1", "blocks",
	"At most so many wrong blocks a day, for budget_customers: what "
	"sekisho report quality measures with. The thresholds that keep it "
	"come from sekisho policy derive.",
	AT(budget_blocks)},
    {"analyzer", "budget_customers", CONF_INT, 1, 1000000000, "1000000",
	"customers", "Who send on port 25 every day.", AT(budget_customers)},

    {"leases", "files", CONF_ARGV, 0, CONF_ARGV_MAX, "", NULL,
	"Files that tell who has which address, followed as tail -F does: "
	"\"lines PATH\" (the line protocol of sekisho lease import), or "
	"\"FORMAT FIELD PATH\" with kea4, kea6, dhcpd or dhcpd6 for the format "
	"and for the field what is the customer. kea4, dhcpd: hwaddr, "
	"client-id, hostname, circuit-id, remote-id; kea6: duid, hwaddr, "
	"hostname, interface-id, remote-id; dhcpd6: duid; of Kea also "
	"context:NAME, a member of the user context, of dhcpd set:NAME, a "
	"variable. Needs hash_key_file.",
	AT(lease_files)},

    {"logins", "files", CONF_ARGV, 0, CONF_ARGV_MAX, "", NULL,
	"Logs of the submission servers, followed as tail -F does.",
	AT(login_files)},
    {"logins", "accounts_file", CONF_TEXT, 0, 4095, "", NULL,
	"Whose account is whose: CSV with account,customer. Accounts are "
	"hashed when it is read.",
	AT(login_accounts_file)},
    {"logins", "domain", CONF_NAME, 0, 253, "", NULL,
	"Domain of accounts that are logged without one.", AT(login_domain)},
    {"logins", "services", CONF_TEXT, 0, 1000, "submission-login", NULL,
	"Login processes of Dovecot, separated by spaces, whose log-ins "
	"count. Failures count whatever the process.",
	AT(login_services)},
    {"logins", "time_zone", CONF_TEXT, 1, 6, "local", NULL,
	"Zone of lines that do not tell theirs: local, utc, or an offset such "
	"as +09:00.",
	AT(login_time_zone)},
    {"logins", "interval_s", CONF_INT, 1, 3600, "60", "seconds",
	"What one client does to one account within so long, and within one "
	"minute of the log, is one row.",
	AT(login_interval_s)},
};
const size_t conf_input_keys_n =
    sizeof(conf_input_keys) / sizeof(conf_input_keys[0]);
