// SPDX-License-Identifier: GPL-2.0
/* One mobile router in the kernel: made, compared, changed. */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"

static void name_it(const struct mr *mr, struct nemo_mr_info *info)
{
	memset(info, 0, sizeof(*info));
	info->ifindex = mr->host->ifindex;
	NEMO_SET(info, NEMO_MR_A_IFINDEX);
	strcpy(info->name, mr->conf->name);
	NEMO_SET(info, NEMO_MR_A_NAME);
}

static void put_flags(const struct mr *mr, struct nemo_mr_info *info)
{
	info->flags = mr->flags;
	if (mr->conf->trigger && !mr->disarmed)
		info->flags |= NEMO_MR_FLAG_TRIGGER;
	NEMO_SET(info, NEMO_MR_A_FLAGS);
}

/*
 * How long packets wait for an end marker, in ms: as configured, else three
 * round trips to the home agent, of that host of the two which is farther from it. The
 * marker goes to the old host first and from there to the new one, where what it is compared
 * with came directly; and there is a grace period of each kernel.
 */
#define MARKER_ROUND_TRIPS	3
#define MARKER_TIMEOUT_MIN	20
#define MARKER_TIMEOUT_MAX	200

static void put_marker_timeout(const struct mr *mr, struct nemo_mr_info *info)
{
	double here = mr->bul.round_trip_ms, there = mr->handover.round_trip;
	double ms = MARKER_ROUND_TRIPS * (here > there ? here : there);

	if (mr->conf->marker_timeout)
		info->marker_timeout = mr->conf->marker_timeout;
	else if (here == 0 || ms > MARKER_TIMEOUT_MAX)
		info->marker_timeout = MARKER_TIMEOUT_MAX;
	else
		info->marker_timeout = ms < MARKER_TIMEOUT_MIN ? MARKER_TIMEOUT_MIN : ms;
	NEMO_SET(info, NEMO_MR_A_MARKER_TIMEOUT);
}

/* The newest binding; a lifetime of 0: that it is another host's. */
static void put_binding(const struct mr *mr, struct nemo_mr_info *info)
{
	info->seq = mr->bul.bound;
	NEMO_SET(info, NEMO_MR_A_SEQ);
	info->lifetime = mr->bul.granted;
	NEMO_SET(info, NEMO_MR_A_LIFETIME);
	put_marker_timeout(mr, info);
}

/* All that the configuration says. */
static void describe(const struct mr *mr, struct nemo_mr_info *info)
{
	const struct nemo_conf_mr *conf = mr->conf;

	name_it(mr, info);
	info->ha = conf->home_agent;
	NEMO_SET(info, NEMO_MR_A_HA);
	info->prefixes = conf->mnps;
	memcpy(info->prefix, conf->mnp, sizeof(conf->mnp));
	NEMO_SET(info, NEMO_MR_A_PREFIX);
	info->attachment = mr->attachment;
	NEMO_SET(info, NEMO_MR_A_ATTACHMENT);
	put_flags(mr, info);
	info->hold_packets = conf->hold_packets;
	NEMO_SET(info, NEMO_MR_A_HOLD_PACKETS);
	info->hold_bytes = conf->hold_bytes;
	NEMO_SET(info, NEMO_MR_A_HOLD_BYTES);
	info->guests = conf->guests;
	memcpy(info->guest, conf->guest, sizeof(conf->guest));
	info->excludes = conf->excludes;
	memcpy(info->exclude, conf->exclude, sizeof(conf->exclude));
	if (conf->guests)
		NEMO_SET(info, NEMO_MR_A_GUEST);
	if (conf->excludes)
		NEMO_SET(info, NEMO_MR_A_EXCLUDE);
	if (!IN6_IS_ADDR_UNSPECIFIED(&mr->host->coa)) {
		info->coa = mr->host->coa;
		NEMO_SET(info, NEMO_MR_A_COA);
	}
}

#define SAME(field)	(a->field == b->field)
#define SAME_BYTES(field, size)	(!memcmp(&a->field, &b->field, size))

/* Take from @a what @b has already. */
static void drop_same(struct nemo_mr_info *a, const struct nemo_mr_info *b)
{
	const struct {
		int attr;
		bool same;
	} check[] = {
		{ NEMO_MR_A_HA, SAME_BYTES(ha, sizeof(a->ha)) },
		{ NEMO_MR_A_COA, SAME_BYTES(coa, sizeof(a->coa)) },
		{ NEMO_MR_A_PREFIX, SAME(prefixes) &&
		  SAME_BYTES(prefix, a->prefixes * sizeof(a->prefix[0])) },
		{ NEMO_MR_A_ATTACHMENT, SAME(attachment) },
		{ NEMO_MR_A_GUEST, SAME(guests) &&
		  SAME_BYTES(guest, a->guests * sizeof(a->guest[0])) },
		{ NEMO_MR_A_EXCLUDE, SAME(excludes) &&
		  SAME_BYTES(exclude, a->excludes * sizeof(a->exclude[0])) },
		{ NEMO_MR_A_FLAGS, SAME(flags) },
		{ NEMO_MR_A_HOLD_PACKETS, SAME(hold_packets) },
		{ NEMO_MR_A_HOLD_BYTES, SAME(hold_bytes) },
	};

	for (size_t i = 0; i < sizeof(check) / sizeof(check[0]); i++)
		if (check[i].same)
			a->have &= ~(1ULL << check[i].attr);
}

static int set(struct mr *mr, const struct nemo_mr_info *info, const char *what)
{
	int err = nemo_mr_set(&mr->host->nl, info);

	if (err)
		log_err("%s: cannot %s: %s", mr->conf->name, what,
			mr->host->nl.error);
	return err;
}

static int make_new(struct mr *mr, struct nemo_mr_info *info)
{
	int err;

	info->hoa = mr->conf->hoa;
	NEMO_SET(info, NEMO_MR_A_HOA);
	if (!mr->attachment)
		info->have &= ~(1ULL << NEMO_MR_A_ATTACHMENT);
	err = nemo_mr_new(&mr->host->nl, info);
	if (err)
		log_err("%s: cannot make the mobile router: %s",
			mr->conf->name, mr->host->nl.error);
	mr->state = NEMO_MR_STATE_STANDBY;
	return err;
}

int mr_make(struct mr *mr, const struct nemo_mr_info *old)
{
	struct nemo_mr_info info;

	describe(mr, &info);
	if (old && memcmp(&old->hoa, &mr->conf->hoa, sizeof(old->hoa))) {
		log_info("%s: another home address; made anew", mr->conf->name);
		mr_unmake(mr);
		old = NULL;
	}
	if (!old)
		return make_new(mr, &info);
	/* The care-of address is movement's to change, with its handover. */
	info.have &= ~(1ULL << NEMO_MR_A_COA);
	if (!mr->conf->guests && old->guests)
		NEMO_SET(&info, NEMO_MR_A_GUEST);
	drop_same(&info, old);
	mr->state = old->state;
	if (info.have == ((1ULL << NEMO_MR_A_IFINDEX) | (1ULL << NEMO_MR_A_NAME)))
		return 0;
	return set(mr, &info, "change the mobile router");
}

static int enter(struct mr *mr, struct nemo_mr_info *info,
		 enum nemo_mr_state state, uint32_t flags)
{
	uint32_t old = mr->flags;
	int err;

	info->state = state;
	NEMO_SET(info, NEMO_MR_A_STATE);
	mr->flags = flags;
	put_flags(mr, info);
	err = set(mr, info, "change its state");
	if (err)
		mr->flags = old;
	else
		mr->state = state;
	return err;
}

int mr_set_state(struct mr *mr, enum nemo_mr_state state, uint32_t flags)
{
	struct nemo_mr_info info;

	name_it(mr, &info);
	put_binding(mr, &info);
	return enter(mr, &info, state, flags);
}

int mr_hand_over(struct mr *mr, enum nemo_mr_state state, uint32_t flags,
		 const struct in6_addr *peer)
{
	struct nemo_mr_info info;

	name_it(mr, &info);
	put_binding(mr, &info);
	/* One that stands goes on to end when it did. */
	if (info.lifetime)
		info.have &= ~(1ULL << NEMO_MR_A_LIFETIME);
	if (peer) {
		info.peer = *peer;
		NEMO_SET(&info, NEMO_MR_A_PEER);
	}
	return enter(mr, &info, state, flags);
}

int mr_agree(struct mr *mr, const struct in6_addr *peer, uint32_t flags)
{
	struct nemo_mr_info info;

	name_it(mr, &info);
	info.peer = *peer;
	NEMO_SET(&info, NEMO_MR_A_PEER);
	mr->flags = flags;
	put_flags(mr, &info);
	return set(mr, &info, "set its peer");
}

int mr_set_flags(struct mr *mr, uint32_t flags)
{
	struct nemo_mr_info info;

	mr->flags = flags;
	name_it(mr, &info);
	put_flags(mr, &info);
	put_marker_timeout(mr, &info);
	return set(mr, &info, "change its flags");
}

/* @again: the binding must be made again, with both directions held. */
int mr_set_coa(struct mr *mr, bool again)
{
	struct nemo_mr_info info;
	int err;

	name_it(mr, &info);
	info.coa = mr->host->coa;
	NEMO_SET(&info, NEMO_MR_A_COA);
	if (again) {
		info.state = NEMO_MR_STATE_ACTIVATING;
		NEMO_SET(&info, NEMO_MR_A_STATE);
	}
	err = set(mr, &info, "change its care-of address");
	if (!err && again)
		mr->state = NEMO_MR_STATE_ACTIVATING;
	return err;
}

int mr_set_trigger(struct mr *mr, bool on)
{
	mr->disarmed = !on;
	return mr_set_flags(mr, mr->flags);
}

int mr_set_attachment(struct mr *mr)
{
	struct nemo_mr_info info;

	name_it(mr, &info);
	info.attachment = mr->attachment;
	NEMO_SET(&info, NEMO_MR_A_ATTACHMENT);
	return set(mr, &info, "change its attachment");
}

void mr_note_binding(struct mr *mr)
{
	struct nemo_mr_info info;

	name_it(mr, &info);
	put_binding(mr, &info);
	set(mr, &info, "note its binding");
}

uint64_t mr_seen(struct mr *mr)
{
	struct nemo_mr_info info;

	if (nemo_mr_get(&mr->host->nl, mr->host->ifindex, mr->conf->name,
			&info) ||
	    !NEMO_HAS(&info, NEMO_MR_A_LAST_FRAME))
		return 0;
	return clock_realtime() - info.last_frame * NS_PER_MS;
}

void mr_unmake(struct mr *mr)
{
	int err = nemo_mr_del(&mr->host->nl, mr->host->ifindex, mr->conf->name);

	if (err && err != -ENOENT && err != -ENODEV)
		log_err("%s: cannot remove the mobile router: %s",
			mr->conf->name, mr->host->nl.error);
}
