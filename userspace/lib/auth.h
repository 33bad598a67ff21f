/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authentication of a Mobility Header by the MN-HA option of RFC 4285 §5.
 *
 * Profile. RFC 4285 knows one algorithm, HMAC-SHA-1 cut to 96 bits (SPI 3);
 * SPIs of 256 and above mean what both ends have configured. Ours mean
 * HMAC-SHA-256 cut to 128 bits, as RFC 4868 §2.3 cuts it: the authenticator
 * has 16 octets, and a message with any other length is refused.
 *
 * The MAC goes over care-of address | home address | MH up to the SPI, checksum
 * zero. Both addresses are those of the binding: the care-of address is the one
 * in the Alternate Care-of Address option or else of the packet, also when the
 * lifetime is 0. A message between hosts (HI, HAck) has no binding: source and
 * destination of the packet stand in their places, in this order.
 */
#ifndef NEMO_AUTH_H
#define NEMO_AUTH_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define NEMO_AUTH_SPI_MIN	256	/* those below are reserved, RFC 4285 §5 */
#define NEMO_AUTH_MAC_LEN	16	/* octets */

/**
 * nemo_auth_sign - fill in the authenticator
 * @key: the shared key, @keylen octets (1 and more; RFC 4868 wants 32)
 * @coa: care-of address
 * @hoa: home address
 * @mh: from mh_build(), with an AUTH option of NEMO_AUTH_MAC_LEN octets
 *
 * To be called before the checksum is set; the checksum covers the MAC.
 *
 * Return: 0; -ENOENT if there is no AUTH option; -EBADMSG if the message cannot
 * be parsed; -EINVAL if the key is empty or the authenticator's length is not
 * NEMO_AUTH_MAC_LEN; -EIO if libcrypto fails.
 */
int nemo_auth_sign(const void *key, size_t keylen, const struct in6_addr *coa,
		   const struct in6_addr *hoa, void *mh, size_t mhlen);

/**
 * nemo_auth_verify - check the authenticator
 *
 * Takes a message as received; its checksum does not matter here. The key is to
 * be chosen by the caller from the SPI (msg->opts.auth.spi). Compares in
 * constant time.
 *
 * Return: 0; -EKEYREJECTED if it does not match; else as nemo_auth_sign(), with
 * -EKEYREJECTED instead of -EINVAL for an authenticator of another length.
 */
int nemo_auth_verify(const void *key, size_t keylen, const struct in6_addr *coa,
		     const struct in6_addr *hoa, const void *mh, size_t mhlen);

#endif /* NEMO_AUTH_H */
