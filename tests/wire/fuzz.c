// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets: they are refused, or they are a message that can be built again
 * and then reads the same. For libFuzzer, or with the main() below.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/lib/auth.h"
#include "message.h"

#define MUST(cond) do {							\
	if (!(cond)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
		abort();						\
	}								\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rebuild(const struct mh_msg *msg)
{
	uint8_t buf[MH_MAX_LEN];
	struct mh_msg back;
	ssize_t len = mh_build(msg, buf, sizeof(buf));

	/* Reading is more tolerant, and alignment may need more room. */
	if (len == -EINVAL || len == -EMSGSIZE)
		return;
	MUST(len >= MH_MIN_LEN && len % 8 == 0);
	MUST(!mh_parse(buf, len, &back));
	MUST(back.len == len);
	MUST(same_message(msg, &back));
}

static void authenticate(const uint8_t *data, size_t size, bool good)
{
	struct in6_addr a = { }, b = { };
	struct mh_auth_cover cover;
	int err = mh_auth_cover(data, size, &cover);

	MUST(err == 0 || err == -ENOENT || err == -EBADMSG);
	MUST(good == (err != -EBADMSG));
	if (!err)
		MUST(cover.covered + cover.mac_len <= size);
	err = nemo_auth_verify("k", 1, &a, &b, data, size);
	MUST(err == -ENOENT || err == -EBADMSG || err == -EKEYREJECTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t packet[MH_MAX_LEN + MH_PACKET_OVERHEAD];
	struct in6_addr a = { };
	struct mh_msg msg;
	int err = mh_parse(data, size, &msg);

	MUST(!err == (msg.error == MH_OK));
	MUST(err || msg.len <= size);
	MUST(msg.error_off <= size);
	authenticate(data, size, !err);
	if (err)
		return 0;
	MUST(mh_packet_bu(data, msg.len, &a, &a, &a, packet, sizeof(packet)) > 0);
	rebuild(&msg);
	return 0;
}

#ifndef LIBFUZZER
/* Sample messages with some octets changed, cut or moved. */
static const uint8_t types[] = {
	MH_BRR, MH_BU, MH_BA, MH_BE, MH_HI, MH_HACK, MH_BR,
};

static size_t sample(uint8_t *buf)
{
	struct mh_msg msg = bare(types[random() % sizeof(types)]);
	struct mh_opts *o = &msg.opts;

	if (random() % 4)
		add_options(&msg);
	o->has &= random();
	o->n_mnp = random() % (o->n_mnp + 1);
	o->n_bid = random() % (o->n_bid + 1);
	o->n_vendor = random() % (o->n_vendor + 1);
	o->n_ctx_req = random() % (o->n_ctx_req + 1);
	return mh_build(&msg, buf, MH_MAX_LEN);
}

static size_t mutate(uint8_t *buf, size_t len)
{
	for (int n = random() % 6; n > 0; n--) {
		size_t at = random() % len, to = random() % len;

		switch (random() % 4) {
		case 0:
			buf[at] = random();
			break;
		case 1:
			buf[at] ^= 1 << random() % 8;
			break;
		case 2:
			memmove(buf + to, buf + at, len - (at > to ? at : to));
			break;
		case 3:
			buf[1] = random() % (len / 8 + 2);
			break;
		}
	}
	return random() % 8 ? len : (size_t)random() % (len + 1);
}

int main(int argc, char **argv)
{
	unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;

	srandom(argc > 2 ? strtoul(argv[2], NULL, 10) : 1);
	while (runs--) {
		uint8_t buf[MH_MAX_LEN];
		size_t len = mutate(buf, sample(buf));
		uint8_t *exact = malloc(len + 1);	/* ASan guards its end */

		memcpy(exact + 1, buf, len);
		LLVMFuzzerTestOneInput(exact + 1, len);
		free(exact);
	}
	return 0;
}
#endif
