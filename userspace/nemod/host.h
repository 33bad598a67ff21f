/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host: the mobile routers it may serve, their state in the kernel, and what
 * the agent does when that state changes.
 */
#ifndef NEMOD_HOST_H
#define NEMOD_HOST_H

#include "bul.h"
#include "handover.h"
#include "lib/mr.h"
#include "movement.h"
#include "netdev.h"
#include "ra.h"

struct host;

/**
 * struct mr - a mobile router of this host
 * @attachment: index of the interface, 0 while there is none
 * @up: it is there and up
 * @state: as the kernel has it
 * @flags: of the kernel, but for the trigger
 * @disarmed: the trigger is off for a while
 * @rearm: gives the trigger back after a home agent that is none for NEMO
 * @released: told when an orderly de-registration has ended
 */
struct mr {
	struct host *host;
	const struct nemo_conf_mr *conf;
	uint32_t attachment;
	bool up;
	enum nemo_mr_state state;
	uint32_t flags;
	bool disarmed;
	struct bul bul;
	struct handover handover;
	struct ra ra;
	struct event *rearm;
	void (*released)(void *arg, const char *error);
	void *released_arg;
};

/**
 * struct outbox - Handover Initiates that are being put together
 * @open: the one that more fits into, about @routers mobile routers, the last @mr
 * @neighbour: of all attachments, once somebody has @looked
 */
struct outbox {
	struct peer_exchange *open;
	unsigned int routers;
	struct mr *mr;
	bool looked;
	struct netdev_neighbour *neighbour;
	size_t neighbours;
};

/**
 * struct host - all of them
 * @nl: requests to nemo_mr
 * @ntf: its notifications
 * @ifindex: of the tunnel device
 * @coa: care-of address, :: for none
 * @renew: handovers at peers
 * @last_id: of a handover from here
 */
struct host {
	const struct nemo_conf *conf;
	struct event_base *base;
	struct mh_socket *mh;
	struct nemo_nl rt, nl, ntf;
	struct event *ntf_event;
	struct movement movement;
	struct ra_socket ra;
	uint32_t ifindex;
	struct in6_addr coa;
	struct peers peers;
	struct outbox outbox;
	struct event *renew;
	uint16_t last_id;
	const struct timeline_watch *watch;	/* of the handovers */
	unsigned int mrs;
	struct mr **mr;
};

/* Set up all that is static, adopt what the kernel has, begin to listen. */
int host_start(struct host *host, const struct nemo_conf *conf,
	       struct event_base *base, struct mh_socket *mh,
	       const struct timeline_watch *watch);
void host_stop(struct host *host);

/*
 * Apply what differs in @conf, as much as can be: also after an error, the former
 * one may be freed. The first error.
 */
int host_reload(struct host *host, const struct nemo_conf *conf);

struct mr *host_by_name(struct host *host, const char *name);
struct mr *host_by_hoa(struct host *host, const struct in6_addr *hoa);

/* Number of a new handover. */
uint16_t host_next_id(struct host *host);

/* mr_state.c: a change of state that somebody else made, or is to be taken so. */
extern const struct bul_ops mr_bul_ops;
void mr_entered(struct mr *mr, enum nemo_mr_state old,
		const struct nemo_mr_info *ntf);
void mr_stand_by(struct mr *mr);
void mr_released(struct mr *mr, const char *error);
void host_notified(struct host *host);

/* mr_state.c: messages for a mobile router. */
void host_acknowledged(struct host *host, const struct mh_in *in);
void host_refresh_requested(struct host *host, const struct mh_in *in);
void host_binding_error(struct host *host, const struct mh_in *in);
void host_revoked(struct host *host, const struct mh_in *in);

/* The home agent, or a router before it, does not know our tunnel (ICMPv6). */
void host_unreachable(struct host *host, const struct in6_addr *ha);

/* The care-of address is another one. */
void host_moved(struct host *host, const struct in6_addr *coa);

/* Some interface came, went, or was renamed. */
void host_links_changed(struct host *host);

/* Is the address a home address, or inside a mobile network? */
bool host_is_home(const struct host *host, const struct in6_addr *addr);

/* De-register; NULL, or why not: a sentence. @done is called later. */
const char *host_release(struct host *host, const char *name,
			 void (*done)(void *arg, const char *error), void *arg);

static inline bool mr_serves(enum nemo_mr_state state)
{
	return state == NEMO_MR_STATE_ACTIVATING ||
	       state == NEMO_MR_STATE_ACTIVE ||
	       state == NEMO_MR_STATE_LEAVING;
}

/* mr_kernel.c: the kernel's side of one mobile router. */
int mr_make(struct mr *mr, const struct nemo_mr_info *old);
int mr_set_state(struct mr *mr, enum nemo_mr_state state, uint32_t flags);
int mr_hand_over(struct mr *mr, enum nemo_mr_state state, uint32_t flags,
		 const struct in6_addr *peer);
int mr_agree(struct mr *mr, const struct in6_addr *peer, uint32_t flags);
int mr_set_flags(struct mr *mr, uint32_t flags);
int mr_set_coa(struct mr *mr, bool again);
int mr_set_trigger(struct mr *mr, bool on);
int mr_set_attachment(struct mr *mr);
void mr_note_binding(struct mr *mr);
uint64_t mr_seen(struct mr *mr);	/* its guest, realtime ns; 0: never */
void mr_unmake(struct mr *mr);

/* host_net.c: addresses, routes and rules. */
int host_net_setup(struct host *host);
void mr_net_setup(struct mr *mr);
void mr_net_attach(struct mr *mr);
void mr_net_serve(struct mr *mr, bool serve);
void mr_net_remove(struct mr *mr);

#endif /* NEMOD_HOST_H */
