/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binding Revocation (RFC 5846): the home agent tells the old host that another
 * has registered, so that it stops at once and not at its next refresh.
 *
 * Profile: the sequence number of the Indication is that of the Binding Update
 * which replaced the binding. So a host can tell an Indication that its own,
 * newer Binding Update has overtaken.
 */
#ifndef NEMOD_REVOKE_H
#define NEMOD_REVOKE_H

#include "bul.h"
#include "lib/mr.h"

/* Of now (NTP), by the home agent's clock, and newer than the last one that was taken? */
bool revoke_in_time(const struct bul *bul, const struct mh_in *bri,
		    uint64_t now);

/* The status to answer with; MH_BRA_SUCCESS: the binding is gone indeed. */
uint8_t revoke_judge(const struct bul *bul, enum nemo_mr_state state,
		     const struct mh_br *bri);

/* Send the Acknowledgement. */
void revoke_answer(struct mh_socket *mh, const struct nemo_conf_mr *conf,
		   const struct mh_in *bri, uint8_t status);

/**
 * struct revocation - an Indication that waits for its Acknowledgement
 * @coa: of the host that lost; :: when there is none outstanding
 */
struct revocation {
	struct mh_socket *mh;
	const struct nemo_conf_mr *conf;
	struct in6_addr local, coa;
	uint16_t seq;
	unsigned int attempts;
	struct event *timer;
};

int revocation_init(struct revocation *r, struct mh_socket *mh,
		    const struct nemo_conf_mr *conf, struct event_base *base);
void revocation_free(struct revocation *r);
void revocation_start(struct revocation *r, const struct in6_addr *local,
		      const struct in6_addr *coa, uint16_t seq);

/*
 * The same to a host that was prepared in vain: once, since its next transient Update
 * tells it, too. Its Acknowledgement is not waited for.
 */
void revocation_transient(struct revocation *r, const struct in6_addr *local,
			  const struct in6_addr *coa, uint16_t seq);

/* The host that lost has the binding again. */
void revocation_cancel(struct revocation *r);

/* An Acknowledgement has come. */
void revocation_answered(struct revocation *r, const struct mh_in *in);

#endif /* NEMOD_REVOKE_H */
