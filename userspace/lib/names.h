/* SPDX-License-Identifier: GPL-2.0 */
/* The names of the two families' numbers, as in their specs, in one place. */
#ifndef NEMO_NAMES_H
#define NEMO_NAMES_H

#include <linux/nemo_ha.h>
#include <linux/nemo_mr.h>

/* Tables by number; NULL where a number has no name (also @n and above). */
struct nemo_names {
	const char *const *name;
	unsigned int n;
};

extern const struct nemo_names nemo_mr_states;		/* enum nemo_mr_state */
extern const struct nemo_names nemo_mr_reasons;		/* enum nemo_mr_reason */
extern const struct nemo_names nemo_ha_reasons;		/* enum nemo_ha_reason */
extern const struct nemo_names nemo_drops;		/* NEMO_MR_A_DROPS_* */
extern const struct nemo_names nemo_mr_stats;		/* NEMO_MR_A_STATS_* */
extern const struct nemo_names nemo_ha_stats;		/* NEMO_HA_A_STATS_* */
extern const struct nemo_names nemo_mr_attrs;		/* NEMO_MR_A_* */
extern const struct nemo_names nemo_ha_attrs;		/* NEMO_HA_A_* */
extern const struct nemo_names nemo_mr_link_attrs;	/* NEMO_MR_A_LINK_* */
extern const struct nemo_names nemo_ha_link_attrs;	/* NEMO_HA_A_LINK_* */

/* The name of a number, or "?". */
const char *nemo_name(const struct nemo_names *names, unsigned int number);

/* The number of a name, or -1. */
int nemo_number(const struct nemo_names *names, const char *name);

#endif /* NEMO_NAMES_H */
