/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Movement of the host itself: which care-of address does it have? The kernel
 * listens to Router Advertisements and makes the addresses; rtnetlink tells.
 */
#ifndef NEMOD_MOVEMENT_H
#define NEMOD_MOVEMENT_H

#include <event2/event.h>
#include <netinet/in.h>
#include <stdint.h>

struct host;
struct nl_sock;

struct movement {
	struct host *host;
	struct nl_sock *sock;
	struct event *event;
	struct in6_addr unproven;	/* used before it is known that nobody has it; or :: */
};

int movement_start(struct movement *m, struct host *host);
void movement_stop(struct movement *m);

/* Look which address is the one now, and tell the host if it is another. */
void movement_look(struct movement *m);

#endif /* NEMOD_MOVEMENT_H */
