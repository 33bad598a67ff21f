// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "lib/log.h"
#include "revoke.h"

/* RFC 5846 §11: InitMINDelayBRIs 1 s, doubled; MAX_BRACK_TIMEOUT, five tries. */
#define FIRST_TIMEOUT_S	1
#define MAX_ATTEMPTS	5

/* The sequence number comes around, so it cannot tell a replay by itself. */
bool revoke_in_time(const struct bul *bul, const struct mh_in *bri,
		    uint64_t now)
{
	const struct mh_opts *opts = &bri->msg.opts;

	return mh_has(opts, MH_OPT_MESG_ID) &&
	       clock_ntp_near(opts->mesg_id, now + bul->offset) &&
	       opts->mesg_id > bul->revoked_id;
}

uint8_t revoke_judge(const struct bul *bul, enum nemo_mr_state state,
		     const struct mh_br *bri)
{
	if (!bul->seq_at || state == NEMO_MR_STATE_STANDBY)
		return MH_BRA_NO_BINDING;
	/* The guest is here, and a newer Binding Update is on its way. */
	if (state == NEMO_MR_STATE_ACTIVATING ||
	    !mh_seq_newer(bri->seq, bul->seq))
		return MH_BRA_MN_ATTACHED;
	return MH_BRA_SUCCESS;
}

/* RFC 4283: the name tells a reader of a trace whom it is about. */
static void add_name(struct mh_msg *msg, const struct nemo_conf_mr *conf)
{
	msg->opts.has |= MH_BIT(MH_OPT_MN_ID);
	msg->opts.mn_id.subtype = MH_MN_ID_NAI;
	msg->opts.mn_id.id = (struct mh_data){ (const uint8_t *)conf->name,
					       strlen(conf->name) };
}

void revoke_answer(struct mh_socket *mh, const struct nemo_conf_mr *conf,
		   const struct mh_in *bri, uint8_t status)
{
	struct mh_msg msg = {
		.type = MH_BR,
		.br = {
			.kind = MH_BR_BRA,
			.code = status,
			.seq = bri->msg.br.seq,
		},
	};
	struct mh_path path = {
		.packing = MH_WITH_HAO,
		.src = bri->dst,
		.dst = bri->src,
		.hoa = conf->hoa,
	};

	add_name(&msg, conf);
	mh_send(mh, &msg, &path, &conf->auth);
}

static void send_to(const struct revocation *r, const struct in6_addr *local,
		    const struct in6_addr *coa, uint16_t seq)
{
	struct mh_msg msg = {
		.type = MH_BR,
		.br = {
			.kind = MH_BR_BRI,
			.code = MH_BRI_HANDOVER_UNKNOWN,
			.seq = seq,
		},
	};
	struct mh_path path = {
		.packing = MH_WITH_RH2,
		.src = *local,
		.dst = *coa,
		.hoa = r->conf->hoa,
	};

	add_name(&msg, r->conf);
	if (!r->conf->auth.none) {
		msg.opts.has |= MH_BIT(MH_OPT_MESG_ID);
		msg.opts.mesg_id = clock_ntp(clock_realtime());
	}
	mh_send(r->mh, &msg, &path, &r->conf->auth);
}

static void attempt(struct revocation *r)
{
	struct timeval tv = { FIRST_TIMEOUT_S << r->attempts, 0 };

	send_to(r, &r->local, &r->coa, r->seq);
	r->attempts++;
	event_add(r->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct revocation *r = arg;

	(void)fd;
	(void)what;
	if (r->attempts < MAX_ATTEMPTS) {
		attempt(r);
		return;
	}
	log_info("%s: the old host does not acknowledge the revocation; it learns it at its next refresh",
		 r->conf->name);
	r->coa = in6addr_any;
}

int revocation_init(struct revocation *r, struct mh_socket *mh,
		    const struct nemo_conf_mr *conf, struct event_base *base)
{
	*r = (struct revocation){
		.mh = mh,
		.conf = conf,
		.timer = event_new(base, -1, 0, on_timer, r),
	};
	return r->timer ? 0 : -ENOMEM;
}

void revocation_free(struct revocation *r)
{
	if (r->timer)
		event_free(r->timer);
}

void revocation_start(struct revocation *r, const struct in6_addr *local,
		      const struct in6_addr *coa, uint16_t seq)
{
	r->local = *local;
	r->coa = *coa;
	r->seq = seq;
	r->attempts = 0;
	attempt(r);
}

void revocation_transient(struct revocation *r, const struct in6_addr *local,
			  const struct in6_addr *coa, uint16_t seq)
{
	send_to(r, local, coa, seq);
}

void revocation_cancel(struct revocation *r)
{
	event_del(r->timer);
	r->coa = in6addr_any;
}

void revocation_answered(struct revocation *r, const struct mh_in *in)
{
	if (in->msg.br.kind != MH_BR_BRA ||
	    IN6_IS_ADDR_UNSPECIFIED(&r->coa) || in->msg.br.seq != r->seq ||
	    !IN6_ARE_ADDR_EQUAL(&in->src, &r->coa))
		return;
	if (!mh_authentic(in, &r->conf->auth, &in->src, &r->conf->hoa)) {
		if (mh_may_log(r->mh))
			log_warn("%s: revocation acknowledged without valid AUTH option; ignored",
				 r->conf->name);
		return;
	}
	log_debug("%s: the old host says: %s", r->conf->name,
		  mh_bra_status_name(in->msg.br.code));
	revocation_cancel(r);
}
