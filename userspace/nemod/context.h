/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one host tells another about a mobile router (RFC 5949 §4: the context), as
 * Vendor-Specific options (RFC 5094) in HI and HAck. One message has a list of
 * them. What RFCs have an option for goes there, where the message is about one
 * mobile router alone.
 */
#ifndef NEMOD_CONTEXT_H
#define NEMOD_CONTEXT_H

#include "lib/conf.h"
#include "wire/wire.h"

#define CONTEXT_VENDOR	32473	/* for documentation, RFC 5612 */

/* So many options that the packet fits the least MTU, 1280. */
#define CONTEXT_SLOTS	31

enum context_subtype {
	CONTEXT_ROUTER		= 1,
	CONTEXT_NEIGHBOUR	= 2,
};

/* Flags. */
#define CONTEXT_TRANSIENT	0x01	/* the home agent knows RFC 6058 */
#define CONTEXT_REGISTERED	0x02	/* in a HAck: the new host has sent a Binding Update */
#define CONTEXT_HERE		0x04	/* in an abort: the guest is at the sender */
#define CONTEXT_AGAIN		0x08	/* in a prepare: only if prepared for it already */

/* In a HAck: what becomes of a mobile router. */
enum context_status {
	CONTEXT_OK,
	CONTEXT_UNKNOWN,	/* not configured */
	CONTEXT_SERVED,		/* the guest is here */
	CONTEXT_REFUSED,	/* the kernel refuses, or it is not the time */
	CONTEXT_NOTHING,	/* not served, nothing to give */
	CONTEXT_DIFFERS,	/* other prefixes, or another home agent */
	CONTEXT_STATUSES
};

/**
 * struct context - of one mobile router
 * @seq: of its binding
 * @lifetime: that is left of its binding, 4 s
 * @id: of the handover, drawn by the old host
 * @alike: what both hosts' configurations have to have alike; 0: not said
 * @round_trip: to the home agent, ms; 0: not said
 */
struct context {
	struct in6_addr hoa;
	uint16_t seq;
	uint16_t lifetime;
	uint8_t flags;
	uint8_t status;
	uint16_t id;
	uint16_t alike;
	uint16_t round_trip;
};

/* A guest's neighbour entry: the first delivery needs no solicitation. */
struct context_neighbour {
	struct in6_addr addr;
	uint8_t mac[6];
};

/* A message, and the octets that its options point to. */
struct context_message {
	struct mh_msg msg;
	uint8_t octets[CONTEXT_SLOTS][28];
	char name[NEMO_MR_NAME_MAX + 1];
};

/* How many more options fit in. */
unsigned int context_room(const struct context_message *m);

/* False if there is no room. */
bool context_add(struct context_message *m, const struct context *c);
bool context_add_neighbour(struct context_message *m,
			   const struct context_neighbour *n);

/* A hash of the home agent and the prefixes, in any order; never 0. */
uint16_t context_alike(const struct nemo_conf_mr *mr);

/* The options that RFCs have: the message is about @mr alone. */
void context_describe(struct context_message *m, const struct nemo_conf_mr *mr);

/* False if the option is another. */
bool context_read(const struct mh_vendor *v, struct context *c);
bool context_read_neighbour(const struct mh_vendor *v,
			    struct context_neighbour *n);

/* The context of a mobile router in a message, or false. */
bool context_find(const struct mh_opts *opts, const struct in6_addr *hoa,
		  struct context *c);

/* Are prefixes and home agent those of @mr, as far as the message says? */
bool context_agrees(const struct mh_opts *opts, const struct nemo_conf_mr *mr);

#endif /* NEMOD_CONTEXT_H */
