/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Router Advertisements to the guests (RFC 4861 §6.2) from the gateway that is
 * the same on every host, while the host serves; and what ICMPv6 says about
 * the tunnel.
 */
#ifndef NEMOD_RA_H
#define NEMOD_RA_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct host;
struct mr;

/* Of one mobile router. */
struct ra {
	struct event *timer;
	bool on;
	unsigned int initial;	/* how many of the first, quick ones are due */
	uint64_t sent_at;	/* monotonic ns; 0 for never */
};

/* Of the host: solicitations and errors come in, advertisements go out. */
struct ra_socket {
	struct host *host;
	int in, out;
	struct event *event;
	uint64_t sent, solicited;
};

int ra_open(struct ra_socket *s, struct host *host);
void ra_close(struct ra_socket *s);

int ra_init(struct mr *mr);
void ra_free(struct mr *mr);

/* Begin, with one at once, or end. */
void ra_serve(struct mr *mr, bool serve);

/* Hear solicitations on the attachment. */
void ra_attach(struct mr *mr);

#endif /* NEMOD_RA_H */
