/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mobility Header messages in and out (RFC 6275 §6.1). In: a raw socket, for
 * which the kernel has checked checksum and payload proto, and has swapped home
 * and care-of address. Out: complete packets, as IPV6_HDRINCL wants them.
 */
#ifndef NEMOD_MH_SOCKET_H
#define NEMOD_MH_SOCKET_H

#include <event2/event.h>
#include <stdint.h>

#include "lib/conf.h"
#include "wire/wire.h"

#define MH_TYPES	256

/**
 * struct mh_in - a message as received
 * @src: source of the packet on the wire (a BU's care-of address)
 * @dst: destination on the wire
 * @hoa: in the Home Address option or the type 2 routing header; :: for none
 * @mh: the Mobility Header, @len octets
 */
struct mh_in {
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr hoa;
	bool has_hao;
	bool has_rh2;
	const uint8_t *mh;
	size_t len;
	struct mh_msg msg;
};

/* How a message is packed. */
enum mh_packing {
	MH_PLAIN,
	MH_WITH_HAO,	/* from a mobile router, RFC 6275 §11.7.1 */
	MH_WITH_RH2,	/* to a mobile router, §9.5.4 */
};

struct mh_path {
	enum mh_packing packing;
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr hoa;	/* :: between hosts */
};

struct mh_socket {
	int in, out;
	struct event *event;
	void (*handler)(struct mh_in *in, void *arg);
	void *arg;
	uint64_t sent[MH_TYPES];
	uint64_t received[MH_TYPES];
	uint64_t bad;		/* that were not parsed */
	struct timeval be_at;	/* of the last Binding Error */
	uint64_t logged_at;	/* monotonic ns, see mh_may_log() */
};

int mh_socket_open(struct mh_socket *s, struct event_base *base,
		   void (*handler)(struct mh_in *in, void *arg), void *arg);
void mh_socket_close(struct mh_socket *s);

/**
 * mh_send - build, sign and send
 * @auth: whose key signs; NULL for a message without authentication
 *
 * Return: 0 or -errno, with a log line.
 */
int mh_send(struct mh_socket *s, struct mh_msg *msg, const struct mh_path *path,
	    const struct nemo_conf_auth *auth);

/* Answer with a Binding Error, at most ten a second (RFC 6275 §9.3.3). */
void mh_send_error(struct mh_socket *s, const struct mh_in *in,
		   enum mh_be_status status);

/*
 * A line about a message that anybody can send, because it is not authentic or repeats
 * another: may there be one? Of all of them one in 10 s.
 */
bool mh_may_log(struct mh_socket *s);

/**
 * mh_authentic - does the message carry the AUTH option that @auth demands?
 * @coa: care-of address of the binding; of a message between hosts the source
 * @hoa: home address; of a message between hosts the destination
 */
bool mh_authentic(const struct mh_in *in, const struct nemo_conf_auth *auth,
		  const struct in6_addr *coa, const struct in6_addr *hoa);

#endif /* NEMOD_MH_SOCKET_H */
