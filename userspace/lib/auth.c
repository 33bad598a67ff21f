// SPDX-License-Identifier: GPL-2.0
/* RFC 4285 authentication by HMAC-SHA-256-128. */
#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "../wire/wire.h"
#include "auth.h"

#define ADDRS_LEN	(2 * sizeof(struct in6_addr))
#define CHECKSUM_OFF	4	/* in the Mobility Header, RFC 6275 §6.1.1 */

/*
 * First(128, HMAC-SHA-256(key, coa | hoa | MH data)), RFC 4285 §5.1; @mac has
 * place for the whole digest.
 */
static int compute(const void *key, size_t keylen, const struct in6_addr *coa,
		   const struct in6_addr *hoa, const void *mh, size_t covered,
		   uint8_t mac[EVP_MAX_MD_SIZE])
{
	uint8_t data[ADDRS_LEN + MH_MAX_LEN];

	if (!keylen || keylen > INT_MAX)
		return -EINVAL;
	memcpy(data, coa, sizeof(*coa));
	memcpy(data + sizeof(*coa), hoa, sizeof(*hoa));
	memcpy(data + ADDRS_LEN, mh, covered);
	memset(data + ADDRS_LEN + CHECKSUM_OFF, 0, 2);
	if (!HMAC(EVP_sha256(), key, keylen, data, ADDRS_LEN + covered, mac,
		  NULL))
		return -EIO;
	return 0;
}

int nemo_auth_sign(const void *key, size_t keylen, const struct in6_addr *coa,
		   const struct in6_addr *hoa, void *mh, size_t mhlen)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	struct mh_auth_cover cover;
	int err;

	err = mh_auth_cover(mh, mhlen, &cover);
	if (err)
		return err;
	if (cover.mac_len != NEMO_AUTH_MAC_LEN)
		return -EINVAL;
	err = compute(key, keylen, coa, hoa, mh, cover.covered, mac);
	if (err)
		return err;
	memcpy((uint8_t *)mh + cover.covered, mac, NEMO_AUTH_MAC_LEN);
	return 0;
}

int nemo_auth_verify(const void *key, size_t keylen, const struct in6_addr *coa,
		     const struct in6_addr *hoa, const void *mh, size_t mhlen)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	struct mh_auth_cover cover;
	int err;

	err = mh_auth_cover(mh, mhlen, &cover);
	if (err)
		return err;
	if (cover.mac_len != NEMO_AUTH_MAC_LEN)
		return -EKEYREJECTED;
	err = compute(key, keylen, coa, hoa, mh, cover.covered, mac);
	if (err)
		return err;
	if (CRYPTO_memcmp((const uint8_t *)mh + cover.covered, mac,
			  NEMO_AUTH_MAC_LEN))
		return -EKEYREJECTED;
	return 0;
}
