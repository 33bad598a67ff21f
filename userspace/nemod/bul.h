/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binding Update List (RFC 6275 §11.1): one entry for each mobile router, with
 * what was sent to its home agent, what came back, and the timers.
 */
#ifndef NEMOD_BUL_H
#define NEMOD_BUL_H

#include <event2/event.h>
#include <stdint.h>

#include "mh_socket.h"

/* What the outstanding Binding Update is for. */
enum bul_exchange {
	BUL_NONE,
	BUL_REGISTER,	/* the guest is here: takes the mobile router over */
	BUL_REFRESH,	/* of a binding that stands; its care-of address may be new */
	BUL_RELEASE,	/* orderly de-registration */
	BUL_TRANSIENT,	/* RFC 6058: this host may send, while another has the binding */
};

struct bul;

/* What becomes of an exchange; called once for each. */
struct bul_ops {
	void (*accepted)(struct bul *bul, enum bul_exchange exchange);
	/* Another host has taken over, or the home agent is none for NEMO. */
	void (*lost)(struct bul *bul, bool not_nemo);
	/* A release has no answer; the others are tried for ever. */
	void (*unanswered)(struct bul *bul);
	/* When the guest's last frame was seen here, realtime ns; 0 for never. */
	uint64_t (*seen)(struct bul *bul);
	/* The lifetime is over, unacknowledged, and the guest is not here. */
	void (*lapsed)(struct bul *bul);
};

/**
 * struct bul - the entry of one mobile router
 * @seq: of the last Binding Update
 * @first: of the exchange; retransmissions have newer numbers (§11.8)
 * @seq_at: monotonic ns when @seq was drawn, 0 for never
 * @since: realtime ns when the guest's frame arrived that began it, or 0
 * @claim: realtime ns when the guest was known to be here, or last announced: what a
 *	registration's or transient binding's number is drawn from, so that it does
 *	not become newer by being repeated
 * @acked: realtime ns of the last acknowledgement of a binding; 0 for unknown
 * @ends: monotonic ns, of its lifetime
 * @first_id, @last_id: time stamps of its Binding Updates (MESG-ID)
 * @offset: the home agent's clock less ours, NTP units (status 144)
 * @revoked_id: newest time stamp of a revocation
 * @granted: lifetime in seconds; 0: this host has no binding
 * @bound: number of the newest binding that is known, ours or another host's
 * @bound_at: when it was learnt, monotonic ns; 0 for never
 * @next: what the refresh timer begins
 * @transient: the home agent knows transient bindings
 */
struct bul {
	const struct bul_ops *ops;
	struct mh_socket *mh;
	const struct nemo_conf_mr *conf;
	struct in6_addr coa;
	enum bul_exchange exchange;
	uint16_t seq, first, bound;
	uint64_t seq_at, bound_at;
	uint64_t first_id, last_id;
	unsigned int attempts;
	bool once_more;		/* a status has had its immediate retry */
	uint64_t since, claim;
	uint64_t acked, ends;
	uint64_t offset, revoked_id;
	uint32_t granted;
	enum bul_exchange next;
	bool transient;
	struct event *retransmit;
	struct event *refresh;

	/* For people: `nemoctl status`. */
	uint64_t bu_at, ba_at;	/* realtime ns */
	int status;		/* of the last BA; -1 for none */
	double frame_to_ba_ms;
	double round_trip_ms;
	uint64_t bus, bas, bris;
};

int bul_init(struct bul *bul, const struct bul_ops *ops, struct mh_socket *mh,
	     const struct nemo_conf_mr *conf, struct event_base *base);
void bul_free(struct bul *bul);

/* Begin an exchange; an outstanding one is forgotten. */
void bul_start(struct bul *bul, enum bul_exchange exchange);

/* Refresh now, unless a Binding Update went out a second ago or less. */
void bul_hint(struct bul *bul, const char *why);

/* No exchange, no refresh: this host does not serve. */
void bul_stop(struct bul *bul);

/* Another host has the binding, with this number; ours will be newer. */
void bul_learn(struct bul *bul, uint16_t seq);

/* A binding that a former agent made: refresh before @expires ms are over. */
void bul_adopt(struct bul *bul, uint16_t seq, uint32_t lifetime,
	       uint64_t expires);

/* A Binding Acknowledgement for this mobile router. */
void bul_acknowledged(struct bul *bul, const struct mh_in *in);

#endif /* NEMOD_BUL_H */
