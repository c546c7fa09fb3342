/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/endpoint.h"

#include <string.h>

#include "analyzer/identity/shared.h"
#include "analyzer/identity/unit.h"

bool endpoint_parse(struct endpoint *e, const char *text)
{
	char address[ADDR_STRLEN + 2];
	const char *colon = strrchr(text, ':');
	size_t bracket = text[0] == '[', len;
	uint16_t last;

	e->port = 0;
	if (!bracket && (colon == NULL || strchr(text, ':') != colon))
		return addr_parse(&e->addr, text) == 0;
	if (colon == NULL || ports_parse(colon + 1, &e->port, &last) != 0 ||
	    last != e->port)
		return false;
	len = (size_t)(colon - text);
	if (bracket && (len < 2 || text[len - 1] != ']'))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)(len - 2 * bracket),
	    text + bracket);
	return len < sizeof(address) && addr_parse(&e->addr, address) == 0;
}

/* Nothing names the customer, but how much one line has is configured. */
static int find_unit(const struct cli *c, const struct addr *a, struct lease *l)
{
	memset(l, 0, sizeof(*l));
	if (!unit_find(&c->conf, a, l->customer, &l->line_class) ||
	    !unit_prefix(l->customer, &l->prefix))
		return 0;
	snprintf(l->source, sizeof(l->source), "unit");
	l->until_us = INT64_MAX;
	return 1;
}

int endpoint_lease(struct cli *c, const struct endpoint *e, const char *text,
    int64_t at_us, struct lease *l)
{
	struct addr inside;
	int rc = shared_inside(&c->conf, &e->addr, e->port, &inside);

	rc = rc < 0 ? 2 : read_lease_at(c->db, &inside, e->port, at_us, l);
	if (rc == 2)
		return cli_fail(c, CLI_REFUSED,
		    e->port ? "%.60s: the address was shared at that time, and "
			      "nobody had this port"
			    : "%.60s: several customers shared the address at "
			      "that time; give the source port, as "
			      "ADDRESS:PORT",
		    text);
	if (rc == 0)
		rc = find_unit(c, &inside, l);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "nobody is known to have had %.60s at that time; check "
		    "--at, or the subscribers file",
		    text);
	return rc < 0 ? cli_fail_db(c) : CLI_OK;
}
