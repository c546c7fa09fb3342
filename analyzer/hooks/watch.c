/* SPDX-License-Identifier: Apache-2.0 */
/* A commit appends to the file "-wal" beside the database, which inotify(7)
 * tells; the folder is watched, because that file comes and goes. */
#include "analyzer/hooks/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define PATH_BYTES 4200

struct watch {
	uv_fs_event_t event;
	void (*cb)(void *arg);
	void *arg;
	char wal[PATH_BYTES]; /* its name in the folder */
};

static void on_event(uv_fs_event_t *e, const char *name, int events, int status)
{
	struct watch *w = e->data;

	(void)events;
	if (status == 0 && (name == NULL || strcmp(name, w->wal) == 0))
		w->cb(w->arg);
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

struct watch *watch_new(
    uv_loop_t *loop, const char *db_path, void (*cb)(void *arg), void *arg)
{
	struct watch *w = calloc(1, sizeof(*w));
	const char *slash = strrchr(db_path, '/');
	char folder[PATH_BYTES] = ".";
	int rc;

	if (w == NULL)
		return NULL;
	w->cb = cb;
	w->arg = arg;
	w->event.data = w;
	snprintf(w->wal, sizeof(w->wal), "%s-wal",
	    slash != NULL ? slash + 1 : db_path);
	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s/",
		    (int)(slash - db_path), db_path);
	(void)uv_fs_event_init(loop, &w->event);
	rc = uv_fs_event_start(&w->event, on_event, folder, 0);
	if (rc == 0)
		return w;
	log_warn("hooks",
	    "%s cannot be watched (%s): new decisions are looked for five "
	    "times a second; raise fs.inotify.max_user_watches",
	    folder, uv_strerror(rc));
	uv_close((uv_handle_t *)&w->event, on_closed);
	return NULL;
}

void watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	(void)uv_fs_event_stop(&w->event);
	uv_close((uv_handle_t *)&w->event, on_closed);
}
