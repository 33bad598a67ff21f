// SPDX-License-Identifier: GPL-2.0
/* Signing and verifying by the MN-HA option. */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "../../userspace/lib/auth.h"
#include "message.h"
#include "tap.h"

static const char key[] = "0123456789abcdef0123456789abcdef";

#define KEY	key, sizeof(key) - 1

struct signed_bu {
	struct in6_addr coa, hoa;
	uint8_t mh[MH_MAX_LEN];
	ssize_t len;
};

/* A BU with all options, or with AUTH alone; not signed yet. */
static struct signed_bu make(bool all, uint8_t mac_len)
{
	struct signed_bu bu = {
		.coa = addr("2001:db8:a::2"), .hoa = addr("2001:db8:4::99"),
	};
	struct mh_msg msg = bare(MH_BU);

	if (all)
		add_options(&msg);
	msg.opts.has |= MH_BIT(MH_OPT_AUTH);
	msg.opts.auth = (struct mh_auth){ 256, { NULL, mac_len } };
	bu.len = mh_build(&msg, bu.mh, sizeof(bu.mh));
	return bu;
}

static int sign(struct signed_bu *bu)
{
	return nemo_auth_sign(KEY, &bu->coa, &bu->hoa, bu->mh, bu->len);
}

static int verify(const struct signed_bu *bu)
{
	return nemo_auth_verify(KEY, &bu->coa, &bu->hoa, bu->mh, bu->len);
}

static void test_cover(void)
{
	struct signed_bu bu = make(false, 16);
	struct mh_auth_cover cover;
	uint8_t brr[8] = { 59 };

	/* BU, PadN to 17, then type, length, subtype, SPI */
	CHECK(bu.len == 40);
	CHECK(!mh_auth_cover(bu.mh, bu.len, &cover));
	CHECK(cover.spi == 256 && cover.covered == 24 && cover.mac_len == 16);
	CHECK(mh_auth_cover(brr, sizeof(brr), &cover) == -ENOENT);
	CHECK(mh_auth_cover(brr, 7, &cover) == -EBADMSG);
}

/*
 * python3 -c 'import hmac; from socket import *; print(hmac.new(
 *   b"0123456789abcdef" * 2, inet_pton(AF_INET6, "2001:db8:a::2") +
 *   inet_pton(AF_INET6, "2001:db8:4::99") + bytes.fromhex(
 *   "3b040500" "00001234" "c4000102" "01030000" "00091501" "00000100"),
 *   "sha256").hexdigest()[:32])'
 */
static void test_vector(void)
{
	static const uint8_t mac[16] = {
		0x31, 0xc7, 0xf1, 0x6d, 0xb9, 0x58, 0x23, 0x65,
		0x04, 0x9a, 0x4f, 0x0b, 0xba, 0x44, 0xa4, 0x49,
	};
	struct signed_bu bu = make(false, 16);

	CHECK(!sign(&bu));
	CHECK(!memcmp(bu.mh + 24, mac, sizeof(mac)));
}

static void test_accepts(void)
{
	struct signed_bu bu = make(true, 16);

	CHECK(!sign(&bu));
	CHECK(!verify(&bu));
	mh_set_checksum(bu.mh, bu.len, &bu.hoa, &bu.coa);
	CHECK(bu.mh[4] | bu.mh[5]);
	CHECK(!verify(&bu));
}

static void test_each_bit(void)
{
	struct signed_bu bu = make(true, 16);

	CHECK(!sign(&bu));
	for (int bit = 0; bit < bu.len * 8; bit++) {
		bool checksum = bit / 8 == 4 || bit / 8 == 5;

		bu.mh[bit / 8] ^= 1 << bit % 8;
		CHECK((verify(&bu) == 0) == checksum);
		bu.mh[bit / 8] ^= 1 << bit % 8;
	}
	for (int bit = 0; bit < 128; bit++) {
		bu.coa.s6_addr[bit / 8] ^= 1 << bit % 8;
		CHECK(verify(&bu) == -EKEYREJECTED);
		bu.coa.s6_addr[bit / 8] ^= 1 << bit % 8;
		bu.hoa.s6_addr[bit / 8] ^= 1 << bit % 8;
		CHECK(verify(&bu) == -EKEYREJECTED);
		bu.hoa.s6_addr[bit / 8] ^= 1 << bit % 8;
	}
	CHECK(!verify(&bu));
}

static void test_keys(void)
{
	struct signed_bu bu = make(true, 16);

	CHECK(!sign(&bu));
	CHECK(nemo_auth_verify(key, 31, &bu.coa, &bu.hoa, bu.mh, bu.len) ==
	      -EKEYREJECTED);
	CHECK(nemo_auth_verify(key, 0, &bu.coa, &bu.hoa, bu.mh, bu.len) ==
	      -EINVAL);
	CHECK(nemo_auth_sign(key, 0, &bu.coa, &bu.hoa, bu.mh, bu.len) ==
	      -EINVAL);
}

/* A shorter authenticator would be easier to guess. */
static void test_other_lengths(void)
{
	for (int len = 1; len <= 32; len++) {
		struct signed_bu bu = make(false, len);

		CHECK(sign(&bu) == (len == 16 ? 0 : -EINVAL));
		CHECK(verify(&bu) == (len == 16 ? 0 : -EKEYREJECTED));
	}
}

/* A right MAC that an authenticator of another length starts with. */
static void test_longer(void)
{
	for (int len = 17; len <= 32; len++) {
		struct signed_bu bu = make(false, len);
		struct mh_auth_cover cover;
		uint8_t data[32 + MH_MAX_LEN];

		CHECK(!mh_auth_cover(bu.mh, bu.len, &cover));
		memcpy(data, &bu.coa, 16);
		memcpy(data + 16, &bu.hoa, 16);
		memcpy(data + 32, bu.mh, cover.covered);
		CHECK(HMAC(EVP_sha256(), KEY, data, 32 + cover.covered, data,
			   NULL));
		memcpy(bu.mh + cover.covered, data, len);
		CHECK(verify(&bu) == -EKEYREJECTED);
	}
}

static void test_without(void)
{
	struct signed_bu bu = make(false, 16);
	uint8_t brr[8] = { 59 };

	CHECK(nemo_auth_sign(KEY, &bu.coa, &bu.hoa, brr, 8) == -ENOENT);
	CHECK(nemo_auth_verify(KEY, &bu.coa, &bu.hoa, brr, 8) == -ENOENT);
	CHECK(nemo_auth_verify(KEY, &bu.coa, &bu.hoa, brr, 7) == -EBADMSG);
}

static const struct tap_test tests[] = {
	{ "what is covered", test_cover },
	{ "authenticator equals that of another implementation", test_vector },
	{ "what was signed is accepted, whatever its checksum", test_accepts },
	{ "any bit changed is refused", test_each_bit },
	{ "another key is refused, none is an error", test_keys },
	{ "authenticators of another length are refused", test_other_lengths },
	{ "a longer authenticator is refused, were it right", test_longer },
	{ "messages without the option", test_without },
};

int main(void)
{
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
