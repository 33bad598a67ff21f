/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Peers: other hosts that mobile routers come from and go to. Here is who they are,
 * and the exchange of a Handover Initiate for a Handover Acknowledge (RFC 5568 §6.2,
 * RFC 5949 §6): authentication, replay, retransmission. What the messages mean
 * is handover.h's.
 */
#ifndef NEMOD_PEER_H
#define NEMOD_PEER_H

#include <event2/event.h>

#include "context.h"
#include "mh_socket.h"

struct host;
struct peers;

/**
 * struct peer - one of them
 * @seq: of the last Handover Initiate to it
 * @sent_id: its time stamp
 * @heard_id: newest time stamp of its own
 * @offset: its clock less ours, NTP units
 */
struct peer {
	struct peers *peers;
	const struct nemo_conf_peer *conf;
	uint16_t seq;
	uint64_t sent_id, heard_id, offset;
	uint64_t sent, answered, heard;	/* for people */
};

/**
 * struct peer_exchange - a Handover Initiate that waits for its answer
 * @m: the message, to be filled in between peer_ask() and peer_send()
 * @code: enum mh_hi_code
 * @first_id, @last_id: time stamps of its transmissions
 */
struct peer_exchange {
	struct peer_exchange *next;
	struct peer *peer;
	struct context_message m;
	uint64_t first_id, last_id;
	unsigned int attempts;
	bool once_more;
	struct event *timer;
};

/**
 * struct peer_ops - what handover.c makes of it
 * @heard: a Handover Initiate, authentic and new: to be answered in the call
 * @answered: an exchange has ended; @hack is NULL if nobody answered
 */
struct peer_ops {
	void (*heard)(struct host *host, struct peer *peer,
		      const struct mh_in *hi);
	void (*answered)(struct host *host, struct peer *peer,
			 const struct mh_msg *hi, const struct mh_in *hack);
};

/* @dropped: not from a peer, or not authentic */
struct peers {
	struct host *host;
	const struct peer_ops *ops;
	unsigned int n;
	struct peer **peer;
	struct peer_exchange *exchanges;
	uint64_t dropped;
};

int peers_start(struct peers *peers, struct host *host,
		const struct peer_ops *ops);
void peers_stop(struct peers *peers);

/* As the host's configuration has them now. */
int peers_reload(struct peers *peers, const struct nemo_conf *conf);

struct peer *peer_by_name(struct peers *peers, const char *name);
struct peer *peer_by_address(struct peers *peers, const struct in6_addr *addr);

/* A Handover Initiate with nothing in it; NULL without memory. */
struct peer_exchange *peer_ask(struct peer *peer, enum mh_hi_code code,
			       uint8_t flags);
void peer_send(struct peer_exchange *x);

/* Answer @hi with @m, of which sequence number and time stamp are filled in. */
void peer_answer(struct peer *peer, const struct mh_in *hi,
		 struct context_message *m);

/* Messages from anybody. */
void peer_initiate(struct peers *peers, const struct mh_in *in);
void peer_acknowledge(struct peers *peers, const struct mh_in *in);

#endif /* NEMOD_PEER_H */
