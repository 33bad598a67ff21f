// SPDX-License-Identifier: GPL-2.0
/* Peers: what becomes of the exchanges with one that is taken away. */
#include <string.h>

#include "nemod/host.h"
#include "nemod/peer.h"
#include "../wire/tap.h"

static struct {
	unsigned int sent, answered, without;
	const char *ask_again;		/* this peer, when the next exchange has ended */
} seen;

/* In place of the socket. */
int mh_send(struct mh_socket *s, struct mh_msg *msg, const struct mh_path *path,
	    const struct nemo_conf_auth *auth)
{
	(void)s;
	(void)msg;
	(void)path;
	(void)auth;
	seen.sent++;
	return 0;
}

bool mh_may_log(struct mh_socket *s)
{
	(void)s;
	return true;
}

bool mh_authentic(const struct mh_in *in, const struct nemo_conf_auth *auth,
		  const struct in6_addr *coa, const struct in6_addr *hoa)
{
	(void)in;
	(void)auth;
	(void)coa;
	(void)hoa;
	return false;
}

static void on_heard(struct host *host, struct peer *peer,
		     const struct mh_in *hi)
{
	(void)host;
	(void)peer;
	(void)hi;
}

static void on_answered(struct host *host, struct peer *peer,
			const struct mh_msg *hi, const struct mh_in *hack)
{
	struct peer *next;

	CHECK(!strcmp(peer->conf->name, "a"));
	CHECK(hi->type == MH_HI);
	seen.answered++;
	seen.without += !hack;
	next = seen.ask_again ? peer_by_name(&host->peers, seen.ask_again) : NULL;
	if (next)
		peer_send(peer_ask(next, MH_HI_FORWARDING_DONE, 0));
}

static const struct peer_ops ops = { on_heard, on_answered };

static struct nemo_conf_peer of(const char *name, uint8_t last)
{
	struct nemo_conf_peer peer = { };

	strcpy(peer.name, name);
	peer.address.s6_addr[15] = last;
	return peer;
}

/* Two exchanges with "a", one with "b"; then @now is the configuration. */
static void reload(struct nemo_conf_peer *now, unsigned int n,
		   const char *ask_again)
{
	struct nemo_conf_peer before[] = { of("a", 1), of("b", 2) };
	struct nemo_conf conf = { .peer = before, .peers = 2 };
	struct nemo_conf to = { .peer = now, .peers = n };
	struct mh_socket mh = { };
	struct host host = { .conf = &conf, .mh = &mh, .coa.s6_addr[0] = 0x20 };

	memset(&seen, 0, sizeof(seen));
	seen.ask_again = ask_again;
	host.base = event_base_new();
	CHECK(!peers_start(&host.peers, &host, &ops));
	peer_send(peer_ask(peer_by_name(&host.peers, "a"), MH_HI_PLAIN, 0));
	peer_send(peer_ask(peer_by_name(&host.peers, "b"), MH_HI_PLAIN, 0));
	peer_send(peer_ask(peer_by_name(&host.peers, "a"), MH_HI_PLAIN, 0));
	CHECK(seen.sent == 3);
	CHECK(!peers_reload(&host.peers, &to));
	CHECK(host.peers.n == n);
	for (struct peer_exchange *x = host.peers.exchanges; x; x = x->next)
		CHECK(x->peer == peer_by_name(&host.peers, "b"));
	peers_stop(&host.peers);
	event_base_free(host.base);
}

static void gone(void)
{
	struct nemo_conf_peer now[] = { of("b", 2) };

	reload(now, 1, NULL);
	CHECK(seen.answered == 2 && seen.without == 2);
}

/* It is another one under the same name. */
static void moved(void)
{
	struct nemo_conf_peer now[] = { of("a", 3), of("b", 2) };

	reload(now, 2, NULL);
	CHECK(seen.answered == 2 && seen.without == 2);
}

/* What has failed may ask again: another one, but not who is gone. */
static void asked_again(void)
{
	struct nemo_conf_peer now[] = { of("b", 2) };

	reload(now, 1, "b");
	CHECK(seen.answered == 2 && seen.sent == 5);
	reload(now, 1, "a");
	CHECK(seen.answered == 2 && seen.sent == 3);
}

int main(void)
{
	static const struct tap_test tests[] = {
		{ "a peer that is gone: its exchanges end", gone },
		{ "a peer with another address: they end, too", moved },
		{ "what has ended may ask again", asked_again },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
