// SPDX-License-Identifier: GPL-2.0
/*
 * What follows from a mobile router's state: when the kernel says that it is
 * another, and when the home agent does.
 */
#include <errno.h>
#include <stddef.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"
#include "lib/names.h"
#include "revoke.h"

/* How long a home agent that is none for NEMO is left alone. */
#define REARM_S	32

static struct mr *of(struct bul *bul)
{
	return (struct mr *)((char *)bul - offsetof(struct mr, bul));
}

void mr_released(struct mr *mr, const char *error)
{
	void (*done)(void *arg, const char *error) = mr->released;

	mr->released = NULL;
	if (done)
		done(mr->released_arg, error);
}

/* It was told that its guests leave: those that are still here claim nothing. */
static uint32_t quiet(const struct mr *mr)
{
	return mr->handover.step == HANDOVER_LEFT && mr->handover.told ?
		       NEMO_MR_FLAG_QUIET : 0;
}

void mr_stand_by(struct mr *mr)
{
	bul_stop(&mr->bul);
	mr_set_state(mr, NEMO_MR_STATE_STANDBY, quiet(mr));
	mr_net_serve(mr, false);
	ra_serve(mr, false);
	handover_over(mr);
}

/* The kernel's state ----------------------------------------------------------- */

/* The guest is here: is there a binding that says so, or is it to be claimed? */
static void register_it(struct mr *mr, enum nemo_mr_state old, uint64_t since)
{
	struct bul *bul = &mr->bul;

	if (mr->state == NEMO_MR_STATE_ACTIVE && bul->granted) {
		if (old != NEMO_MR_STATE_ACTIVE)
			bul_start(bul, BUL_REFRESH);
		return;
	}
	if (bul->exchange == BUL_REGISTER)
		return;
	bul->since = since;
	bul->claim = since ?: clock_realtime();
	bul_start(bul, BUL_REGISTER);
}

/* The Binding Update comes first: all else is not on the guest's path. */
void mr_entered(struct mr *mr, enum nemo_mr_state old,
		const struct nemo_mr_info *ntf)
{
	enum nemo_mr_state state = mr->state;

	if (state == NEMO_MR_STATE_ACTIVATING || state == NEMO_MR_STATE_ACTIVE)
		register_it(mr, old, ntf->time);
	if (state == NEMO_MR_STATE_STANDBY &&
	    mr->bul.exchange != BUL_RELEASE) {
		bul_stop(&mr->bul);
		mr_released(mr, "it went to standby for another reason");
	}
	if (mr_serves(state) != mr_serves(old) || state == NEMO_MR_STATE_STANDBY)
		mr_net_serve(mr, mr_serves(state));
	ra_serve(mr, mr_serves(state));
	handover_entered(mr, old, ntf);
}

static void enter(struct mr *mr, const struct nemo_mr_info *now)
{
	enum nemo_mr_state old = mr->state;

	mr->state = now->state;
	mr_entered(mr, old, now);
}

/*
 * What the agent did itself is no news; neither is what has changed since. A
 * guest's frame is not asked about again, as long as it fits what is known.
 */
static void state_changed(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct nemo_mr_info now = *ntf;

	if ((ntf->reason != NEMO_MR_REASON_FIRST_FRAME ||
	     ntf->old_state != mr->state) &&
	    nemo_mr_get(&mr->host->nl, mr->host->ifindex, mr->conf->name, &now))
		return;
	if (now.state == mr->state) {
		handover_changed(mr, ntf);
		return;
	}
	now.time = ntf->time;
	if (now.state == NEMO_MR_STATE_LEAVING &&
	    mr->handover.step == HANDOVER_READY) {
		mr->state = now.state;
		handover_undone(mr, TIMELINE_ABORTED);
		return;
	}
	enter(mr, &now);
	log_info("%s: %s (%s)", mr->conf->name,
		 nemo_name(&nemo_mr_states, now.state),
		 nemo_name(&nemo_mr_reasons, ntf->reason));
}

static void on_notification(struct nlmsghdr *nlh, void *arg)
{
	struct host *host = arg;
	struct nemo_mr_info info;
	struct mr *mr;

	if (nemo_mr_parse(nlh, &info) || info.ifindex != host->ifindex)
		return;
	mr = host_by_name(host, info.name);
	if (!mr)
		return;
	if (info.cmd == NEMO_MR_CMD_MR_DEL_NTF)
		log_warn("%s: removed from the kernel by somebody else; nemoctl reload makes it again",
			 mr->conf->name);
	if (info.cmd != NEMO_MR_CMD_STATE_NTF)
		return;
	if (info.state == info.old_state &&
	    info.reason != NEMO_MR_REASON_ATTACHMENT_GONE)
		handover_marker(mr, &info);
	else
		state_changed(mr, &info);
}

/* Notifications were lost: ask for everything. */
static void look_at_all(struct host *host)
{
	struct nemo_mr_info info;

	for (unsigned int i = 0; i < host->mrs; i++) {
		struct mr *mr = host->mr[i];

		if (!nemo_mr_get(&host->nl, host->ifindex, mr->conf->name,
				 &info) &&
		    info.state != mr->state)
			enter(mr, &info);
	}
}

void host_notified(struct host *host)
{
	if (nemo_nl_receive(&host->ntf, on_notification, host) == -ENOBUFS)
		look_at_all(host);
}

/* The home agent's word ------------------------------------------------------- */

static void say_active(const struct mr *mr)
{
	const struct bul *bul = &mr->bul;

	if (bul->frame_to_ba_ms)
		log_info("%s: active; %.1f ms from the first frame to the acknowledgement, sequence %u, lifetime %u s",
			 mr->conf->name, bul->frame_to_ba_ms, bul->seq,
			 bul->granted);
	else
		log_info("%s: active; sequence %u, lifetime %u s",
			 mr->conf->name, bul->seq, bul->granted);
}

/* The home agent has accepted. */
static void on_accepted(struct bul *bul, enum bul_exchange exchange)
{
	struct mr *mr = of(bul);

	switch (exchange) {
	case BUL_RELEASE:
		mr_stand_by(mr);
		mr_released(mr, NULL);
		log_info("%s: released", mr->conf->name);
		return;
	case BUL_TRANSIENT:
		handover_transient(mr);
		return;
	default:
		break;
	}
	if (mr->state != NEMO_MR_STATE_ACTIVATING)
		mr_note_binding(mr);
	else if (mr_set_state(mr, NEMO_MR_STATE_ACTIVE, 0))
		return;
	if (exchange == BUL_REGISTER)
		say_active(mr);
	handover_registered(mr);
}

/*
 * The binding is not ours. Another host may claim it again only with a frame of
 * the guest on its own bridge; the trigger of the kernel sees to that, here too.
 */
static void on_lost(struct bul *bul, bool not_nemo)
{
	struct timeval rearm = { REARM_S, 0 };
	struct mr *mr = of(bul);

	if (not_nemo) {
		log_err("%s: not a NEMO home agent (no R flag, RFC 3963 section 5.3); not used, tried again in %d s",
			mr->conf->name, REARM_S);
		mr_set_trigger(mr, false);
		event_add(mr->rearm, &rearm);
		mr_stand_by(mr);
	} else if (handover_lost(mr)) {
		log_info("%s: another host has registered", mr->conf->name);
	} else {
		log_info("%s: another host has registered; standby until the guest is seen here",
			 mr->conf->name);
		mr_stand_by(mr);
	}
}

static void on_unanswered(struct bul *bul)
{
	mr_released(of(bul),
		    "the home agent does not answer, or refuses; this host still serves");
	bul_start(bul, BUL_REFRESH);
}

static uint64_t on_seen(struct bul *bul)
{
	return mr_seen(of(bul));
}

static void on_lapsed(struct bul *bul)
{
	struct mr *mr = of(bul);

	log_warn("%s: the binding has ended without an answer, and the guest is not seen here; standby until it is",
		 mr->conf->name);
	mr_stand_by(mr);
}

const struct bul_ops mr_bul_ops = {
	.accepted = on_accepted,
	.lost = on_lost,
	.unanswered = on_unanswered,
	.seen = on_seen,
	.lapsed = on_lapsed,
};

void host_acknowledged(struct host *host, const struct mh_in *in)
{
	struct mr *mr = host_by_hoa(host, &in->hoa);

	if (mr && in->has_rh2)
		bul_acknowledged(&mr->bul, in);
}

/* Of this home agent, and we do serve? */
static bool concerns(const struct mr *mr, const struct in6_addr *ha)
{
	return mr->state == NEMO_MR_STATE_ACTIVE && !mr->bul.exchange &&
	       IN6_ARE_ADDR_EQUAL(&mr->conf->home_agent, ha);
}

void host_refresh_requested(struct host *host, const struct mh_in *in)
{
	struct mr *mr = host_by_hoa(host, &in->hoa);

	if (mr && concerns(mr, &in->src) &&
	    mh_authentic(in, &mr->conf->auth, &in->dst, &mr->conf->hoa))
		bul_hint(&mr->bul, "the home agent asks for a refresh");
}

/*
 * A Binding Error cannot be authentic, so it is a hint only: the worst that a
 * false one does is one Binding Update a second.
 */
void host_binding_error(struct host *host, const struct mh_in *in)
{
	struct mr *mr = host_by_hoa(host, &in->msg.be.hoa);

	log_debug("Binding Error: %s", mh_be_status_name(in->msg.be.status));
	if (mr && concerns(mr, &in->src) &&
	    in->msg.be.status == MH_BE_UNKNOWN_BINDING)
		bul_hint(&mr->bul, "the home agent has no binding");
}

/* RFC 4443 §3.1: a hint, no more than a Binding Error is. */
void host_unreachable(struct host *host, const struct in6_addr *ha)
{
	for (unsigned int i = 0; i < host->mrs; i++)
		if (concerns(host->mr[i], ha))
			bul_hint(&host->mr[i]->bul,
				 "the home agent does not take the tunnel's packets");
}

void host_revoked(struct host *host, const struct mh_in *in)
{
	struct mr *mr = host_by_hoa(host, &in->hoa);
	uint8_t status;

	if (!mr || !in->has_rh2 || in->msg.br.kind != MH_BR_BRI)
		return;
	if (!mh_authentic(in, &mr->conf->auth, &in->dst, &mr->conf->hoa)) {
		if (mh_may_log(host->mh))
			log_warn("%s: Binding Revocation without valid AUTH option ignored",
				 mr->conf->name);
		return;
	}
	if (!mr->conf->auth.none &&
	    !revoke_in_time(&mr->bul, in, clock_ntp(clock_realtime()))) {
		if (mh_may_log(host->mh))
			log_warn("%s: Binding Revocation of another time ignored; a replay?",
				 mr->conf->name);
		return;
	}
	mr->bul.revoked_id = in->msg.opts.mesg_id;
	mr->bul.bris++;
	status = revoke_judge(&mr->bul, mr->state, &in->msg.br);
	revoke_answer(host->mh, mr->conf, in, status);
	if (status == MH_BRA_SUCCESS)
		on_lost(&mr->bul, false);
}
