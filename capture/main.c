/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-capture: packets in, records out. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "capture/agent.h"
#include "capture/options.h"
#include "capture/privsep/parent.h"

static void set_string(char **field, const char *value)
{
	if (value == NULL)
		return;
	free(*field);
	*field = strdup(value);
	if (*field == NULL)
		log_fatal("capture", "out of memory");
}

/* 0, or -1 after the message. */
static int load(struct conf *c, const struct options *o)
{
	char err[CONF_ERROR_BYTES];

	if (conf_load(c, o->config, err) != 0) {
		log_error("capture", "%s", err);
		return -1;
	}
	if (o->tier >= 0)
		c->privacy_tier = (enum tier)o->tier;
	if (o->no_dpi)
		c->dpi = false;
	set_string(&c->agent, o->agent);
	set_string(&c->interface, o->interface);
	set_string(&c->user, o->user);
	if (o->workers > 0)
		c->workers = o->workers;
	if (o->n_files == 0 && c->interface == NULL) {
		fputs("sekisho-capture: no source; give -r FILE..., -i IFACE, "
		      "or interface in the section capture of -c CONF; try "
		      "--help\n",
		    stderr);
		return -1;
	}
	if (conf_check(c, err) != 0) {
		log_error("capture", "%s", err);
		return -1;
	}
	return 0;
}

static int read_files(const struct conf *c, const struct options *o)
{
	struct post post = {.workers = 1, .target = o->target};
	int code;

	post.priv = priv_new_direct(c->socket, NULL);
	if (post.priv == NULL)
		log_fatal("capture", "out of memory");
	code = agent_run(c, o, &post);
	priv_free(post.priv);
	return code;
}

static int run(const struct conf *c, const struct options *o)
{
	return o->n_files > 0 ? read_files(c, o) : parent_run(c, o);
}

int main(int argc, char **argv)
{
	struct options o;
	struct conf c;
	int code = options_parse(&o, argc, argv);

	if (code >= 0) {
		options_free(&o);
		return code;
	}
	/* What is written here is about people: for our own group only. */
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
	code = load(&c, &o) == 0 ? run(&c, &o) : 2;
	conf_free(&c);
	options_free(&o);
	return code;
}
