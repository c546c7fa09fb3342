/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/endpoint.h"

#include <string.h>

#include "reports/subscriber.h"

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

int endpoint_lease(struct cli *c, const struct endpoint *e, const char *text,
    int64_t at_us, struct lease *l)
{
	int rc = subscriber_at(c->db, &c->conf, &e->addr, e->port, at_us, l);

	if (rc == 2)
		return cli_fail(c, CLI_REFUSED,
		    e->port ? "%.60s: the address was shared at that time, and "
			      "nobody had this port"
			    : "%.60s: several customers shared the address at "
			      "that time; give the source port, as "
			      "ADDRESS:PORT",
		    text);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "nobody is known to have had %.60s at that time; check "
		    "--at, or the subscribers file",
		    text);
	return rc < 0 ? cli_fail_db(c) : CLI_OK;
}
