/* SPDX-License-Identifier: GPL-2.0 */
/* Frames of a guest that come before its bridge takes any from their port. */
#ifndef NEMO_MR_EARLY_H
#define NEMO_MR_EARLY_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../core/hold.h"

/* The kernel may see to a carrier 1 s late (linkwatch). */
#define NEMO_SETTLE_TIMEOUT	(2 * HZ)

/**
 * struct nemo_early - of one port
 * @open: READ_ONCE; frames go on, and none waits
 * @gone: the port is being removed
 * @hold: frames that wait
 * @total: what the device holds
 * @pass: lets them go on
 */
struct nemo_early {
	spinlock_t lock;		/* of all but total; frames come with BH off */
	bool open;
	bool gone;
	struct nemo_hold hold;
	struct nemo_hold_total *total;
	struct delayed_work pass;
};

void nemo_early_init(struct nemo_early *early, struct nemo_hold_total *total, bool open);
unsigned int nemo_early_hold(struct nemo_early *early, struct sk_buff *skb);
void nemo_early_look(struct nemo_early *early, bool ready);
void nemo_early_end(struct nemo_early *early);

/* Context: softirq. Return: verdict of netfilter. */
static inline unsigned int nemo_early_frame(struct nemo_early *early, struct sk_buff *skb)
{
	return likely(READ_ONCE(early->open)) ? NF_ACCEPT : nemo_early_hold(early, skb);
}

#endif
