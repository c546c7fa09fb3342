/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/paging.h"

enum paging_row paging_take(struct paging *p, bool before)
{
	if (before) {
		p->total++;
		return PAGING_COUNTED;
	}
	p->more = !cli_wants_row(p->c, out_rows(p->out));
	if (p->more && !p->count)
		return PAGING_END;
	p->total++;
	return p->more ? PAGING_COUNTED : PAGING_SHOWN;
}

int paging_end(struct paging *p)
{
	bool known = p->count || !(p->more || p->c->cursor);

	return cli_end_list(p->c, p->out, known ? p->total : CLI_MORE);
}

int paging_fail(struct paging *p)
{
	(void)out_free(p->out);
	return cli_fail_db(p->c);
}
