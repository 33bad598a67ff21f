/* SPDX-License-Identifier: GPL-2.0 */
/* xenstore: what it says of domains, as it happens. */
#ifndef NEMO_XEN_STORE_H
#define NEMO_XEN_STORE_H

#include <event2/event.h>

#include "domain.h"

struct xs_handle;

struct store {
	struct event_base *base;
	struct domains *domains;
	struct xs_handle *xs;
	struct event *readable, *look, *remind;
	bool lost;		/* xenstored has ended */
};

/* Tells @domains of all that there are, then of each change; 0 or -errno. */
int store_open(struct store *store, struct event_base *base,
	       struct domains *domains);

/* Tells of all interfaces again. */
void store_vifs(struct store *store);

void store_close(struct store *store);

#endif /* NEMO_XEN_STORE_H */
