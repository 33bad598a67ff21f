/* SPDX-License-Identifier: GPL-2.0 */
/* The domains of this host, and what their lives mean for a mobile router. */
#ifndef NEMO_XEN_DOMAIN_H
#define NEMO_XEN_DOMAIN_H

#include "lib/conf.h"

/* What there is to say to the agent. */
enum verb {
	VERB_NONE,
	VERB_PREPARE,
	VERB_ASK,	/* prepare, if it comes from a peer at all */
	VERB_AGAIN,	/* prepare, as before */
	VERB_LEAVE,
	VERB_STOPPED,	/* leave, of a guest that stands still */
	VERB_ABORT,
	VERBS
};

/**
 * struct domains - all that are known
 * @conf: which guest belongs to which mobile router
 * @say: told what the agent should be told
 */
struct domains {
	const struct nemo_conf *conf;
	void (*say)(void *arg, const char *mr, enum verb verb);
	void *arg;
	struct domain *first;
};

/* All may be called at any time, with what the store has now. */

/* NULL for @name: the domain is gone. */
void domain_named(struct domains *domains, unsigned int domid, const char *name,
		  const char *uuid);

/* It has this interface, which says whose it is if neither name nor UUID does. */
void domain_vif(struct domains *domains, unsigned int domid, const uint8_t mac[6],
		const char *bridge);

/* Its control/shutdown was written; NULL or "": there is nothing in it any more. */
void domain_shutdown(struct domains *domains, unsigned int domid,
		     const char *value);

/* Some domain has shut down, or is gone: the store does not say which. */
void domains_released(struct domains *domains);

/*
 * A live copy may take longer than an agent lives, or than a peer that was prepared
 * waits: what was said of guests that come is said again.
 */
void domains_remind(struct domains *domains);

/* Another configuration; says nothing. Interfaces have to be told again. */
void domains_map(struct domains *domains, const struct nemo_conf *conf);

/* The first domain that is known, from @domid on; -1 if there is none. */
int domains_next(const struct domains *domains, unsigned int domid);

void domains_free(struct domains *domains);

#endif /* NEMO_XEN_DOMAIN_H */
