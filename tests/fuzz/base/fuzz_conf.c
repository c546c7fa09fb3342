/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration that is accepted must come back from what conf_show()
 * prints; its policy text must come back too. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char path[] = "/tmp/sekisho-fuzz-conf-XXXXXX";

static void clean_up(void)
{
	(void)unlink(path);
}

static void put_file(const void *data, size_t len)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		(void)atexit(clean_up);
	}
	if (fd < 0 || ftruncate(fd, 0) != 0 ||
	    pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
}

static char *show(const struct conf *c, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (f == NULL)
		abort();
	conf_show(c, f);
	fclose(f);
	return text;
}

static void come_back(const struct conf *c)
{
	char err[CONF_ERROR_BYTES], *first, *second;
	size_t len, len2;
	struct conf d;

	first = show(c, &len);
	put_file(first, len);
	if (conf_load(&d, path, err) != 0) {
		fprintf(stderr, "%s\n%s", err, first);
		abort();
	}
	second = show(&d, &len2);
	if (strcmp(first, second) != 0)
		abort();
	conf_free(&d);
	free(first);
	free(second);
	first = conf_policy_text(c);
	if (first == NULL || conf_load_policy_text(&d, first, err) != 0)
		abort();
	conf_free(&d);
	free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	put_file(data, len);
	if (conf_load(&c, path, err) == 0)
		come_back(&c);
	else if (err[0] == '\0')
		abort();
	conf_free(&c);
	if (memchr(data, '\0', len) == NULL) {
		char *text = strndup((const char *)data, len);

		if (text != NULL)
			(void)conf_load_policy_text(&c, text, err);
		conf_free(&c);
		free(text);
	}
	return 0;
}
