/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/logins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/follow/follow.h"
#include "analyzer/logins/line.h"
#include "analyzer/logins/mails.h"
#include "base/clock.h"

/* As an agent's clock, a server's may be ahead by so much. */
#define AHEAD_US (3600 * US_PER_S)

struct logins {
	const struct conf *conf;
	struct logins_owner owner;
	struct login_accounts *accounts;
	struct keyed_hash *heads; /* knows files again */
	struct login_context context;
	struct mails *mails;
	struct login_sums sums;
	int64_t counts[LOGIN_COUNT_N];
	struct follow *files[CONF_ARGV_MAX];
	size_t n_files;
	uv_timer_t *timer;
	bool failed;
};

static void count(void *arg, enum login_count c)
{
	struct logins *l = arg;

	l->counts[c]++;
}

static void on_lost(void *arg, enum follow_loss l)
{
	switch (l) {
	case FOLLOW_LINE_TOO_LONG:
		count(arg, LOGIN_COUNT_LONG);
		break;
	case FOLLOW_LINE_CUT:
		count(arg, LOGIN_COUNT_CUT);
		break;
	case FOLLOW_FILE_LOST:
		count(arg, LOGIN_COUNT_LOST_FILES);
		break;
	}
}

static int hand_over(struct logins *l)
{
	struct file_position positions[CONF_ARGV_MAX];
	struct login_batch b = {
	    .sums = &l->sums, .accounts = l->accounts, .positions = positions};

	memcpy(b.counts, l->counts, sizeof(b.counts));
	for (size_t i = 0; i < l->n_files; i++)
		if (follow_position(l->files[i], &positions[b.n_positions]))
			b.n_positions++;
	if (l->owner.commit(l->owner.arg, &b) != 0) {
		l->failed = true;
		return -1;
	}
	login_sums_clear(&l->sums);
	memset(l->counts, 0, sizeof(l->counts));
	return 0;
}

static bool is_future(struct logins *l, const struct login_event *e)
{
	if (e->ts_us <= l->context.now_us + AHEAD_US)
		return false;
	count(l, LOGIN_COUNT_FUTURE);
	return true;
}

static int add_up(struct logins *l, const uint8_t id[static KEYED_HASH_BYTES],
    const struct login_event *e)
{
	switch (login_sums_add(&l->sums, id, e)) {
	case 0:
		return 0;
	case 1:
		return hand_over(l);
	default:
		l->failed = true;
		return -1;
	}
}

static int take_event(struct logins *l, const struct login_event *e)
{
	uint8_t id[KEYED_HASH_BYTES];

	if (is_future(l, e))
		return 0;
	count(l, LOGIN_COUNT_EVENTS);
	if (e->account[0] == '\0') {
		count(l, LOGIN_COUNT_NAMELESS);
		return 0;
	}
	if (!login_accounts_id(l->accounts, e->account, id))
		return -1;
	if (e->mail.queue.id[0] != '\0' &&
	    mails_begin(l->mails, &e->mail.queue, id, &e->client) != 0) {
		l->failed = true;
		return -1;
	}
	return add_up(l, id, e);
}

/* Most mail is other people's: handed in without a password, or received. */
static int take_mail(struct logins *l, const struct login_event *of)
{
	uint8_t id[KEYED_HASH_BYTES];
	struct login_event e;

	if (is_future(l, of) ||
	    !mails_step(l->mails, &of->mail, of->ts_us, id, &e))
		return 0;
	count(l, LOGIN_COUNT_ANSWERS);
	return add_up(l, id, &e);
}

static int on_line(void *arg, const char *line, size_t len)
{
	struct logins *l = arg;
	struct login_event e;
	int rc = 0;

	if (l->failed)
		return -1;
	count(l, LOGIN_COUNT_LINES);
	switch (login_line_parse(&l->context, line, len, &e)) {
	case LOGIN_LINE_EVENT:
		rc = take_event(l, &e);
		break;
	case LOGIN_LINE_MAIL:
		rc = take_mail(l, &e);
		break;
	case LOGIN_LINE_BAD:
		count(l, LOGIN_COUNT_BAD);
		break;
	case LOGIN_LINE_OTHER:
		break;
	}
	return rc;
}

/* --- files that are followed ---------------------------------------------- */

static int on_followed_line(void *arg, const char *line, size_t len)
{
	struct logins *l = arg;

	l->context.now_us = clock_now_us();
	return on_line(l, line, len);
}

static void on_interval(uv_timer_t *t)
{
	struct logins *l = t->data;

	if (!l->failed && l->counts[LOGIN_COUNT_LINES] > 0)
		hand_over(l);
}

static int follow(
    struct logins *l, uv_loop_t *loop, const char *path, char *err, size_t n)
{
	struct follow_owner o = {on_followed_line, on_lost, l};
	struct file_position from;
	int found;

	if (strlen(path) >= sizeof(from.path)) {
		snprintf(err, n,
		    "logins.files: %.60s...: longer than %zu bytes", path,
		    sizeof(from.path) - 1);
		return -1;
	}
	found = l->owner.position(l->owner.arg, path, &from);
	if (found < 0) {
		snprintf(
		    err, n, "how far %s was read cannot be looked up", path);
		return -1;
	}
	l->files[l->n_files] =
	    follow_new(loop, path, found == 1 ? &from : NULL, l->heads, o);
	if (l->files[l->n_files] == NULL) {
		snprintf(err, n, "out of memory");
		return -1;
	}
	l->n_files++;
	return 0;
}

int logins_follow(struct logins *l, uv_loop_t *loop, char *err, size_t errsize)
{
	l->timer = calloc(1, sizeof(*l->timer));
	if (l->timer == NULL) {
		snprintf(err, errsize, "out of memory");
		return -1;
	}
	uv_timer_init(loop, l->timer);
	l->timer->data = l;
	for (size_t i = 0; l->conf->login_files[i] != NULL; i++)
		if (follow(l, loop, l->conf->login_files[i], err, errsize) != 0)
			return -1;
	uv_timer_start(l->timer, on_interval,
	    (uint64_t)l->conf->login_interval_s * 1000,
	    (uint64_t)l->conf->login_interval_s * 1000);
	return 0;
}

int logins_reload(struct logins *l, char *err, size_t errsize)
{
	return login_accounts_reload(l->accounts, l->conf, err, errsize);
}

/* --- one file, whole ------------------------------------------------------ */

static void on_too_long(void *arg)
{
	on_lost(arg, FOLLOW_LINE_TOO_LONG);
}

static int read_whole(struct logins *l, int fd)
{
	const struct splitter_owner o = {on_line, on_too_long, l};
	struct splitter *s = calloc(1, sizeof(*s));
	char buf[65536];
	ssize_t n = -1;

	while (s != NULL && (n = read(fd, buf, sizeof(buf))) > 0)
		if (splitter_feed(s, buf, (size_t)n, &o) != 0)
			break;
	/* Nobody will write the rest of the last line. */
	if (n == 0 && s->len > 0)
		n = splitter_feed(s, "\n", 1, &o);
	free(s);
	return n == 0 ? hand_over(l) : -1;
}

int logins_read_file(
    struct logins *l, const char *path, char *err, size_t errsize)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) != 0) {
		snprintf(err, errsize, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	l->context.now_us = (int64_t)st.st_mtime * US_PER_S;
	rc = read_whole(l, fd);
	if (rc != 0)
		snprintf(err, errsize, "%s: it was not read to its end: %s",
		    path,
		    l->failed ? "its log-ins cannot be written"
			      : strerror(errno));
	close(fd);
	return rc;
}

/* --- open and close ------------------------------------------------------- */

struct logins *logins_new(
    const struct conf *c, struct logins_owner owner, char *err, size_t errsize)
{
	struct logins *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	l->conf = c;
	l->owner = owner;
	l->context.services =
	    c->login_services != NULL ? c->login_services : "";
	if (stamp_zone_parse(&l->context.zone, c->login_time_zone) != 0) {
		snprintf(err, errsize,
		    "logins.time_zone = %s: write local, utc or an offset such "
		    "as +09:00",
		    c->login_time_zone);
		free(l);
		return NULL;
	}
	l->accounts = login_accounts_new(c, err, errsize);
	l->heads = l->accounts != NULL
		       ? keyed_hash_load(c->hash_key_file, err, errsize)
		       : NULL;
	if (l->heads == NULL) {
		login_accounts_free(l->accounts);
		free(l);
		return NULL;
	}
	l->mails = mails_new();
	if (l->mails == NULL) {
		snprintf(err, errsize, "out of memory");
		logins_free(l);
		return NULL;
	}
	return l;
}

static void on_timer_closed(uv_handle_t *h)
{
	free(h);
}

void logins_free(struct logins *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n_files; i++)
		follow_free(l->files[i]);
	if (l->timer != NULL)
		uv_close((uv_handle_t *)l->timer, on_timer_closed);
	login_sums_clear(&l->sums);
	mails_free(l->mails);
	keyed_hash_free(l->heads);
	login_accounts_free(l->accounts);
	free(l);
}
