/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a home agent answers to a Binding Update: the checks of RFC 6275
 * §9.5.1 and §10.3.1, RFC 3963 §6.2, RFC 4285 §5 and §6, in order, as a table.
 * Pure: nothing is sent, kept or changed here.
 */
#ifndef NEMOD_JUDGE_H
#define NEMOD_JUDGE_H

#include "mh_socket.h"

/* Of one mobile router; kept when its binding is gone, against replay. */
struct judge_history {
	bool has_seq;
	uint16_t seq;		/* accepted last */
	uint64_t mesg_id;	/* 0: none yet */
};

/**
 * struct judge_case - all that the answer depends on
 * @mr: the configured mobile router of the home address; NULL if there is none
 * @coa: care-of address
 * @now: NTP time
 * @home: does the home address lie where this home agent is?
 */
struct judge_case {
	const struct mh_in *in;
	const struct nemo_conf_mr *mr;
	const struct judge_history *history;
	struct in6_addr coa;
	uint64_t now;
	bool home;
};

/* Return: enum mh_ba_status, MH_BA_ACCEPTED if nothing speaks against it. */
uint8_t judge(const struct judge_case *c);

/* The care-of address of a BU: the Alternate option's, or the packet's. */
struct in6_addr judge_coa(const struct mh_in *in);

#endif /* NEMOD_JUDGE_H */
