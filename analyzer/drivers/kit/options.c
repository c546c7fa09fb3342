/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/version.h"

long option_number(
    const char *mod, char option, const char *text, long min, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < min || n > max)
		log_fatal(mod, "-%c: \"%.20s\" is no number; give %ld to %ld",
		    option, text, min, max);
	return n;
}

mode_t option_mode(const char *mod, char option, const char *text)
{
	char *end;
	long mode = strtol(text, &end, 8);

	if (end == text || *end != '\0' || mode < 0400 || mode > 0777)
		log_fatal(mod, "-%c: \"%.20s\" is no mode; give such as 640",
		    option, text);
	return (mode_t)mode;
}

void option_prefixes_add(
    struct option_prefixes *p, const char *mod, char option, const char *text)
{
	char *copy = strdup(text), *rest = NULL;

	for (char *s = strtok_r(copy, ", ", &rest); s != NULL;
	     s = strtok_r(NULL, ", ", &rest)) {
		struct prefix *v = realloc(p->v, (p->n + 1) * sizeof(*v));

		if (v == NULL)
			log_fatal(mod, "no memory");
		p->v = v;
		if (prefix_parse(&v[p->n], s) != 0)
			log_fatal(mod,
			    "-%c: \"%.60s\" is no address and no prefix; give "
			    "such as 192.0.2.25 or 2001:db8:25::/48",
			    option, s);
		p->n++;
	}
	free(copy);
}

int option_next(int argc, char **argv, const char *letters)
{
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};

	return getopt_long(argc, argv, letters, options, NULL);
}

int option_other(int c, const char *program, void (*usage)(FILE *out))
{
	bool asked = c == 'h' || c == 'V';

	if (c == 'V')
		printf("%s %s\n", program, SEKISHO_VERSION);
	else
		usage(asked ? stdout : stderr);
	return asked ? 0 : 2;
}

void option_add_sbin(void)
{
	const char *path = getenv("PATH");
	char text[4096];

	snprintf(text, sizeof(text), "%s:/usr/sbin:/sbin",
	    path != NULL ? path : "/usr/bin:/bin");
	(void)setenv("PATH", text, 1);
}
