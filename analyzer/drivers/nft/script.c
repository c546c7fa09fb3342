/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/nft/script.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Blocks that are to last longer have no net under them. */
#define NET_MAX_S (3 * 365 * 86400)

static const char mark[] = "sekisho ";

/* --- sets ------------------------------------------------------------------*/

void nft_lengths_add(struct nft_lengths *s, const struct target *t)
{
	if (target_is_shared(t))
		return;
	if (addr_is_v4(&t->prefix.addr) && t->prefix.len >= 96)
		s->has[t->prefix.len] = true;
	else
		s->has6[t->prefix.len] = true;
}

const char *nft_set_name(const struct target *t, char buf[NFT_SET_NAME])
{
	bool v4 = addr_is_v4(&t->prefix.addr) && t->prefix.len >= 96;

	if (target_is_shared(t))
		snprintf(buf, NFT_SET_NAME, "block%cp", v4 ? '4' : '6');
	else if (t->prefix.len == 128)
		snprintf(buf, NFT_SET_NAME, "block%c", v4 ? '4' : '6');
	else
		snprintf(buf, NFT_SET_NAME, "block%c_%d", v4 ? '4' : '6',
		    v4 ? t->prefix.len - 96 : t->prefix.len);
	return buf;
}

bool nft_set_parse(struct target *t, const char *name)
{
	static const uint8_t zero[16];
	bool v4 = strncmp(name, "block4", 6) == 0;
	const char *rest = name + 6;
	char *end;
	long len;

	if (!v4 && strncmp(name, "block6", 6) != 0)
		return false;
	memset(t, 0, sizeof(*t));
	t->prefix.addr = v4 ? addr_from_v4(zero) : addr_from_v6(zero);
	t->prefix.len = 128;
	if (strcmp(rest, "p") == 0 && v4)
		t->last_port = UINT16_MAX;
	else if (rest[0] == '_') {
		len = strtol(rest + 1, &end, 10);
		if (end == rest + 1 || *end != '\0' || len < 0 ||
		    len > (v4 ? 32 : 128))
			return false;
		t->prefix.len = (uint8_t)(v4 ? len + 96 : len);
	} else if (rest[0] != '\0') {
		return false;
	}
	return true;
}

/* The mask of a length, as an address. */
static const char *mask_text(bool v4, int len, char buf[ADDR_STRLEN])
{
	struct prefix all = {.len = (uint8_t)len};
	static const uint8_t zero[16];
	struct addr last;

	all.addr = v4 ? addr_from_v4(zero) : addr_from_v6(zero);
	last = prefix_last(&all);
	for (int i = v4 ? 12 : 0; i < 16; i++)
		last.b[i] = (uint8_t)~last.b[i];
	return addr_format(&last, buf);
}

static void write_set(FILE *f, const char *table, const char *set, bool v4)
{
	fprintf(f, "add set inet %s %s { type %s; flags timeout; counter; }\n",
	    table, set, v4 ? "ipv4_addr" : "ipv6_addr");
}

/* All lengths that are in use; single addresses always. Calls each with the
 * set's name and the match of its rule. */
static int write_sets(FILE *f, const char *table, const struct nft_lengths *s,
    bool v4, bool rules)
{
	const char *field = v4 ? "ip saddr" : "ip6 saddr";
	char set[NFT_SET_NAME], mask[ADDR_STRLEN];
	int low = v4 ? 96 : 0, n = 0;

	for (int len = 128; len >= low; len--) {
		struct target t = {.last_port = 0};

		if (len < 128 && !(v4 ? s->has[len] : s->has6[len]))
			continue;
		t.prefix.addr = v4 ? addr_from_v4((const uint8_t[4]){0})
				   : addr_from_v6((const uint8_t[16]){0});
		t.prefix.len = (uint8_t)len;
		nft_set_name(&t, set);
		n++;
		if (!rules)
			write_set(f, table, set, v4);
		else if (len == 128)
			fprintf(f,
			    "add rule inet %s forward %s @%s goto refuse\n",
			    table, field, set);
		else
			fprintf(f,
			    "add rule inet %s forward %s & %s @%s "
			    "goto refuse\n",
			    table, field, mask_text(v4, len, mask), set);
	}
	return n;
}

static void write_own(FILE *f, const struct nft_conf *c, bool v4)
{
	const char *set = v4 ? "own4" : "own6";
	char text[PREFIX_STRLEN];
	bool any = false;

	fprintf(f,
	    "add set inet %s %s { type %s; flags interval; auto-merge; }\n"
	    "flush set inet %s %s\n",
	    c->table, set, v4 ? "ipv4_addr" : "ipv6_addr", c->table, set);
	for (size_t i = 0; i < c->n_own; i++) {
		if (addr_is_v4(&c->own[i].addr) != v4)
			continue;
		if (!any)
			fprintf(f, "add element inet %s %s { ", c->table, set);
		fprintf(f, "%s%s", any ? ", " : "",
		    prefix_format(&c->own[i], text));
		any = true;
	}
	if (any)
		fputs(" }\n", f);
}

static int write_refusal(FILE *f, const struct nft_conf *c)
{
	static const char *const how[] = {
	    [NFT_ADMIN_PROHIBITED] = "reject with icmpx type admin-prohibited",
	    [NFT_RESET] = "reject with tcp reset",
	    [NFT_DROP] = "drop",
	};

	fprintf(f, "add rule inet %s refuse counter name refused\n", c->table);
	if (c->log_group >= 0)
		fprintf(f,
		    "add rule inet %s refuse log prefix \"%s \" group %d\n",
		    c->table, c->table, c->log_group);
	fprintf(f, "add rule inet %s refuse %s\n", c->table, how[c->refusal]);
	return c->log_group >= 0 ? 3 : 2;
}

/* Rules have no name by which they could be added once: they are written
 * anew, in the same transaction. */
static int write_rules(
    FILE *f, const struct nft_conf *c, const struct nft_lengths *s)
{
	static const char *const first[] = {"tcp dport != 25 accept",
	    "ip daddr @own4 accept", "ip6 daddr @own6 accept",
	    "ip saddr @allow4 accept", "ip6 saddr @allow6 accept"};
	const int n_first = (int)(sizeof(first) / sizeof(first[0]));
	int n = n_first;

	fprintf(f,
	    "add chain inet %s refuse\n"
	    "add chain inet %s forward { type filter hook forward priority "
	    "-10; policy accept; }\n"
	    "flush chain inet %s forward\n"
	    "flush chain inet %s refuse\n",
	    c->table, c->table, c->table, c->table);
	for (int i = 0; i < n_first; i++)
		fprintf(f, "add rule inet %s forward %s\n", c->table, first[i]);
	n += write_sets(f, c->table, s, true, true);
	n += write_sets(f, c->table, s, false, true);
	fprintf(f,
	    "add rule inet %s forward ip saddr . tcp sport @block4p "
	    "goto refuse\n",
	    c->table);
	return n + 1 + write_refusal(f, c);
}

int nft_write_skeleton(
    FILE *f, const struct nft_conf *c, const struct nft_lengths *s)
{
	fprintf(f, "add table inet %s\n", c->table);
	write_own(f, c, true);
	write_own(f, c, false);
	fprintf(f,
	    "add set inet %s allow4 { type ipv4_addr; flags interval; }\n"
	    "add set inet %s allow6 { type ipv6_addr; flags interval; }\n"
	    "add set inet %s block4p { type ipv4_addr . inet_service; flags "
	    "interval, timeout; counter; }\n"
	    "add counter inet %s refused\n",
	    c->table, c->table, c->table, c->table);
	(void)write_sets(f, c->table, s, true, false);
	(void)write_sets(f, c->table, s, false, false);
	return write_rules(f, c, s);
}

/* --- comments --------------------------------------------------------------*/

/* nft has no escape for a quote. */
static bool needs_escape(unsigned char ch)
{
	return ch <= 0x20 || ch == '"' || ch == '%' || ch == '\\' || ch == 0x7f;
}

int nft_comment_write(char buf[NFT_COMMENT_MAX + 1], const char *subscriber,
    int64_t seq, int64_t until_us)
{
	const unsigned char *s = (const unsigned char *)subscriber;
	size_t n = (size_t)snprintf(buf, NFT_COMMENT_MAX + 1,
	    "%s%" PRId64 " %" PRId64 " ", mark, seq, until_us);

	for (; *s != '\0'; s++) {
		if (n + 3 > NFT_COMMENT_MAX)
			return -1;
		if (needs_escape(*s))
			n += (size_t)snprintf(buf + n, 4, "%%%02X", *s);
		else
			buf[n++] = (char)*s;
	}
	buf[n] = '\0';
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int unescape(char subscriber[ROW_ID_LEN], const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < ROW_ID_LEN; n++) {
		if (*s != '%') {
			subscriber[n] = *s++;
			continue;
		}
		if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
			return -1;
		subscriber[n] = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
		s += 3;
	}
	subscriber[n] = '\0';
	return *s == '\0' && n > 0 ? 0 : -1;
}

int nft_comment_parse(const char *text, char subscriber[ROW_ID_LEN],
    int64_t *seq, int64_t *until_us)
{
	char *end;

	if (strncmp(text, mark, strlen(mark)) != 0)
		return -1;
	text += strlen(mark);
	*seq = strtoll(text, &end, 10);
	if (end == text || *end != ' ')
		return -1;
	text = end + 1;
	*until_us = strtoll(text, &end, 10);
	if (end == text || *end != ' ')
		return -1;
	return unescape(subscriber, end + 1);
}

/* --- elements --------------------------------------------------------------*/

enum nft_action nft_action_of(const struct ledger_claim *c)
{
	if (c->foreign)
		return NFT_LEAVE;
	if (c->n_owners == 0)
		return NFT_REMOVE;
	if (c->placed_for[0] == '\0')
		return NFT_ADD;
	return c->placed_seq == c->owners[0]->seq &&
		       strcmp(c->placed_for, c->owners[0]->subscriber) == 0
		   ? NFT_ADD
		   : NFT_REPLACE;
}

static void write_key(FILE *f, const struct target *t)
{
	char text[ADDR_STRLEN];

	fputs(addr_format(&t->prefix.addr, text), f);
	if (target_is_shared(t) && t->first_port == t->last_port)
		fprintf(f, " . %d", t->first_port);
	else if (target_is_shared(t))
		fprintf(f, " . %d-%d", t->first_port, t->last_port);
}

/* What was refused so far goes on being counted when a block is renewed. An
 * end that is past already is a clock that is wrong, or recorded traffic:
 * then only an unblock ends it. */
static void write_attributes(FILE *f, const struct nft_conf *c,
    const struct ledger_claim *claim, int64_t now_us)
{
	const struct ledger_entry *e = claim->owners[0];
	int64_t left_s = (e->until_us - now_us) / 1000000 + c->grace_s;
	char comment[NFT_COMMENT_MAX + 1];

	if (claim->packets > 0 && strcmp(claim->placed_for, e->subscriber) == 0)
		fprintf(f, " counter packets %" PRIu64 " bytes %" PRIu64,
		    claim->packets, claim->bytes);
	/* nft takes no number of seconds above 10^8. */
	if (e->until_us != 0 && c->grace_s >= 0 && left_s > 0 &&
	    left_s < NET_MAX_S)
		fprintf(f, " timeout %" PRId64 "s", left_s);
	if (nft_comment_write(comment, e->subscriber, e->seq, e->until_us) == 0)
		fprintf(f, " comment \"%s\"", comment);
}

/* "add element inet op25b block4 {" ... "}" of those with one of two
 * actions. All v are of one set. */
static void write_elements(FILE *f, const struct nft_conf *c, const char *verb,
    struct ledger_claim **v, size_t n, enum nft_action a, enum nft_action b,
    int64_t now_us)
{
	char set[NFT_SET_NAME];
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		enum nft_action action = nft_action_of(v[i]);

		if (action != a && action != b)
			continue;
		if (!any)
			fprintf(f, "%s element inet %s %s {\n", verb, c->table,
			    nft_set_name(&v[i]->target, set));
		else
			fputs(",\n", f);
		write_key(f, &v[i]->target);
		if (now_us != 0)
			write_attributes(f, c, v[i], now_us);
		any = true;
	}
	if (any)
		fputs("\n}\n", f);
}

static int set_compare(const struct target *a, const struct target *b)
{
	int c = target_is_shared(a) - target_is_shared(b);

	if (c == 0)
		c = addr_is_v4(&a->prefix.addr) - addr_is_v4(&b->prefix.addr);
	return c != 0 ? c : a->prefix.len - b->prefix.len;
}

static int by_set(const void *a, const void *b)
{
	const struct ledger_claim *const *x = a, *const *y = b;
	int c = set_compare(&(*x)->target, &(*y)->target);

	return c != 0 ? c : target_compare(&(*x)->target, &(*y)->target);
}

/* Deleting what is not there would fail: so it is added before. */
void nft_write_changes(FILE *f, const struct nft_conf *c,
    struct ledger_claim **v, size_t n, int64_t now_us)
{
	qsort(v, n, sizeof(struct ledger_claim *), by_set);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && set_compare(&v[i]->target,
						 &v[end]->target) == 0;)
			end++;
		write_elements(
		    f, c, "add", v + i, end - i, NFT_REPLACE, NFT_REMOVE, 0);
		write_elements(
		    f, c, "delete", v + i, end - i, NFT_REPLACE, NFT_REMOVE, 0);
		write_elements(
		    f, c, "add", v + i, end - i, NFT_ADD, NFT_REPLACE, now_us);
	}
}
