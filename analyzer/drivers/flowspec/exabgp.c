/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/flowspec/exabgp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MS 10000

/* --- lines to the bridge and back ------------------------------------------*/

static void hang_up(struct exabgp *e)
{
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
	e->len = 0;
}

static int lost(struct exabgp *e, const char *what, char *why)
{
	snprintf(why, ORDER_ERROR_SIZE, "exabgp: %s: %s (%.100s)", what,
	    errno != 0 ? strerror(errno) : "it has hung up", e->socket);
	hang_up(e);
	return FLOW_UNREACHABLE;
}

static int call(struct exabgp *e, char *why)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t n = strlen(e->socket);

	if (e->fd >= 0)
		return 0;
	if (n >= sizeof(a.sun_path)) {
		snprintf(why, ORDER_ERROR_SIZE,
		    "the name of the socket is too long");
		return FLOW_UNREACHABLE;
	}
	memcpy(a.sun_path, e->socket, n + 1);
	e->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (e->fd < 0 || connect(e->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return lost(e, "the bridge does not answer", why);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The next line, without its line feed; what is too long is cut. */
static int get_line(struct exabgp *e, char line[EXABGP_LINE_SIZE], char *why)
{
	int64_t deadline = now_ms() + TIMEOUT_MS;

	for (;;) {
		char *feed = memchr(e->buf, '\n', e->len);
		struct pollfd p = {.fd = e->fd, .events = POLLIN};
		ssize_t n;

		if (feed != NULL) {
			size_t len = (size_t)(feed - e->buf);

			memcpy(line, e->buf, len);
			line[len] = '\0';
			e->len -= len + 1;
			memmove(e->buf, feed + 1, e->len);
			return 0;
		}
		if (e->len == sizeof(e->buf))
			e->len = 0;
		errno = ETIMEDOUT;
		if (deadline <= now_ms() ||
		    poll(&p, 1, (int)(deadline - now_ms())) <= 0)
			return lost(
			    e, "no answer; is exabgp.api.ack true?", why);
		errno = 0;
		n = read(e->fd, e->buf + e->len, sizeof(e->buf) - e->len);
		if (n <= 0)
			return lost(e, "no answer", why);
		e->len += (size_t)n;
	}
}

/* A connection that has died since the last command is made anew once. */
static int put_line(struct exabgp *e, const char *text, char *why)
{
	char line[EXABGP_LINE_SIZE + 1];
	int n = snprintf(line, sizeof(line), "%s\n", text);

	for (int i = 0; i < 2; i++) {
		struct pollfd p = {.fd = e->fd, .events = POLLIN};

		/* Nothing is to come now but its end. */
		if (e->fd >= 0 && poll(&p, 1, 0) > 0)
			hang_up(e);
		if (call(e, why) != 0)
			return FLOW_UNREACHABLE;
		if (send(e->fd, line, (size_t)n, MSG_NOSIGNAL) == n)
			return 0;
		(void)lost(e, "the bridge does not take a command", why);
	}
	return FLOW_UNREACHABLE;
}

typedef void (*exabgp_line)(void *arg, const char *line);

/* Each line of the answer, until "done" or "error". */
static int ask(struct exabgp *e, const char *command, exabgp_line on_line,
    void *arg, char *why)
{
	char line[EXABGP_LINE_SIZE];

	if (put_line(e, command, why) != 0)
		return FLOW_UNREACHABLE;
	for (;;) {
		if (get_line(e, line, why) != 0)
			return FLOW_UNREACHABLE;
		if (strcmp(line, "done") == 0)
			return 0;
		if (strcmp(line, "error") == 0) {
			snprintf(why, ORDER_ERROR_SIZE,
			    "exabgp does not take \"%.200s\"", command);
			return -1;
		}
		if (on_line != NULL)
			on_line(arg, line);
	}
}

/* --- rules -----------------------------------------------------------------*/

const char *exabgp_command(char buf[EXABGP_LINE_SIZE], const struct target *t,
    bool on, const char *action)
{
	char prefix[PREFIX_STRLEN], ports[48] = "";
	bool v4 = addr_is_v4(&t->prefix.addr) && t->prefix.len >= 96;

	if (target_is_shared(t) && t->first_port == t->last_port)
		snprintf(
		    ports, sizeof(ports), " source-port =%d;", t->first_port);
	else if (target_is_shared(t))
		snprintf(ports, sizeof(ports), " source-port >=%d&<=%d;",
		    t->first_port, t->last_port);
	snprintf(buf, EXABGP_LINE_SIZE,
	    "%s flow route { match { source %s; %s =tcp; destination-port "
	    "=25;%s } then { %s; } }",
	    on ? "announce" : "withdraw", prefix_format(&t->prefix, prefix),
	    v4 ? "protocol" : "next-header", ports, action);
	return buf;
}

static int set(void *self, const struct target *t, bool on, char *why)
{
	struct exabgp *e = self;
	char command[EXABGP_LINE_SIZE];

	return ask(
	    e, exabgp_command(command, t, on, e->action), NULL, NULL, why);
}

/* "192.0.2.7/32", or "2001:db8::/56/0" with its offset. */
static int read_prefix(struct target *t, char *text)
{
	char *slash = strchr(text, '/');
	char *offset = slash != NULL ? strchr(slash + 1, '/') : NULL;

	if (offset != NULL && strcmp(offset, "/0") != 0)
		return -1;
	if (offset != NULL)
		*offset = '\0';
	return prefix_parse(&t->prefix, text);
}

static bool word_is(char **rest, const char *want)
{
	const char *word = strtok_r(NULL, " ", rest);

	return word != NULL && strcmp(word, want) == 0;
}

/* Digits behind an operator; moves on. -1: it is not there. */
static long number_after(const char **at, const char *operator)
{
	size_t n = strlen(operator), digits;
	long v;

	if (strncmp(*at, operator, n) != 0)
		return -1;
	digits = strspn(*at + n, "0123456789");
	if (digits < 1 || digits > 5)
		return -1;
	v = strtol(*at + n, NULL, 10);
	*at += n + digits;
	return v;
}

/* "source-port =4096" or "source-port [ >=1024&<=2047 ]", or nothing. */
static int read_ports(struct target *t, char **rest)
{
	const char *word = strtok_r(NULL, " ", rest);
	long first, last;

	t->first_port = 0;
	t->last_port = 0;
	if (word == NULL)
		return 0;
	word =
	    strcmp(word, "source-port") == 0 ? strtok_r(NULL, " ", rest) : NULL;
	if (word == NULL)
		return -1;
	if (strcmp(word, "[") == 0) {
		word = strtok_r(NULL, " ", rest);
		if (word == NULL)
			return -1;
		first = number_after(&word, ">=");
		last = number_after(&word, "&<=");
		if (!word_is(rest, "]"))
			return -1;
	} else {
		first = last = number_after(&word, "=");
	}
	if (*word != '\0' || first < 0 || first > last || last < 1 ||
	    last > UINT16_MAX)
		return -1;
	t->first_port = (uint16_t)first;
	t->last_port = (uint16_t)last;
	return strtok_r(NULL, " ", rest) == NULL ? 0 : -1;
}

int exabgp_parse_rule(struct target *t, const char *line)
{
	static const char before[] = " flow flow ";
	const char *at = strstr(line, before);
	char copy[EXABGP_LINE_SIZE], *rest = NULL, *word;
	bool v6;

	if (strncmp(line, "neighbor ", 9) != 0 || at == NULL)
		return -1;
	snprintf(copy, sizeof(copy), "%s", at + strlen(before));
	word = strtok_r(copy, " ", &rest);
	if (word == NULL)
		return -1;
	v6 = strcmp(word, "source-ipv6") == 0;
	if (!v6 && strcmp(word, "source-ipv4") != 0)
		return -1;
	word = strtok_r(NULL, " ", &rest);
	if (word == NULL || read_prefix(t, word) != 0 ||
	    !word_is(&rest, v6 ? "next-header" : "protocol") ||
	    !word_is(&rest, "=tcp") || !word_is(&rest, "destination-port") ||
	    !word_is(&rest, "=25"))
		return -1;
	return read_ports(t, &rest);
}

static void on_rib_line(void *arg, const char *line)
{
	struct target t;

	if (exabgp_parse_rule(&t, line) == 0)
		flow_found(arg, &t);
}

static int read_rib(void *self, struct flow *f, char *why)
{
	return ask(self, "show adj-rib out", on_rib_line, f, why);
}

static void on_summary_line(void *arg, const char *line)
{
	bool *up = arg;

	if (strstr(line, " established ") != NULL)
		*up = true;
}

static int is_up(void *self, char *why)
{
	bool up = false;

	if (ask(self, "show neighbor summary", on_summary_line, &up, why) != 0)
		return -1;
	if (up)
		return 0;
	snprintf(why, ORDER_ERROR_SIZE,
	    "exabgp has no BGP session: its rules are in force nowhere");
	return -1;
}

struct flow_speaker exabgp_speaker(struct exabgp *e)
{
	e->fd = -1;
	return (struct flow_speaker){
	    .set = set, .read = read_rib, .is_up = is_up, .self = e};
}
