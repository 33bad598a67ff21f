/* SPDX-License-Identifier: GPL-2.0 */
/* Tunnel devices by name, or the only one there is. */
#ifndef NEMOCTL_DEVICE_H
#define NEMOCTL_DEVICE_H

#include <net/if.h>

#include "lib/link.h"
#include "lib/nl.h"

/* Open a family; the program ends if that fails. */
void family_open(struct nemo_nl *nl, const char *family);

/* The index of a device of the family; ends the program if there is none. */
uint32_t device_index(struct nemo_nl *nl, const char *ifname);

/* That of the device @ifname, or if it is empty of the only one there is. */
uint32_t device_resolve(struct nemo_nl *nl, const char *ifname);

/* The name of an interface, or "if7" when it is gone; IFNAMSIZ octets. */
const char *device_name(uint32_t ifindex, char *name);

#endif /* NEMOCTL_DEVICE_H */
