/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/worker.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/agent.h"
#include "capture/sandbox.h"

/* A sink knows "-"; a worker that is started again must not begin its file
 * anew. */
static int use_output(const struct slot *s)
{
	if (s->out_fd < 0 || s->out_fd == STDOUT_FILENO)
		return 0;
	return dup2(s->out_fd, STDOUT_FILENO) < 0 ? -1 : close(s->out_fd);
}

int worker_run(const struct worker_setup *w, const struct slot *s)
{
	struct post post = {.worker = s->index,
	    .workers = w->workers,
	    .target = s->out_fd >= 0 ? "-" : NULL,
	    .device = s->device,
	    .parent = w->parent,
	    .ledger = s->ledger,
	    .interfaces_lost = w->interfaces_lost,
	    .lock_up = sandbox_enter};
	char tag[32];
	int code = 1;

	/* A terminal's SIGINT is for the parent, which passes it on. */
	(void)setpgid(0, 0);
	if (w->workers > 1) {
		snprintf(tag, sizeof(tag), "worker=%u", s->index);
		log_set_tag(tag);
	}
	post.priv = priv_new_asking(w->fd, s->index);
	if (post.priv == NULL || use_output(s) != 0)
		log_error("capture", "out of memory or descriptors");
	else
		code = agent_run(w->conf, w->options, &post);
	priv_free(post.priv);
	pcap_close(s->device);
	return code;
}
