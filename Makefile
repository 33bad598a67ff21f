# SPDX-License-Identifier: GPL-2.0
# `make help` says what can be made.

PREFIX     ?= /usr
SYSCONFDIR ?= /etc
UNITDIR    ?= /lib/systemd/system
KVER_HOST  := $(shell uname -r)
KDIR       ?= /lib/modules/$(KVER_HOST)/build
B          := build

CC         ?= gcc
CFLAGS     ?= -O2 -g
PKGS       := libnl-3.0 libnl-genl-3.0 libnl-route-3.0 libevent_core json-c inih libcrypto libsystemd
# Of nemo-xen and vif-nemo alone: nemod knows no hypervisor.
XEN_PKGS   := libevent_core json-c inih libcrypto libsystemd xenstore

# Debian 12's hardening, and no warning left standing.
NEMO_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -fstack-protector-strong -MMD -MP \
	       -D_GNU_SOURCE -Iuapi -Iuserspace
wire_src   := $(wildcard userspace/wire/*.c)
lib_src    := $(wildcard userspace/lib/*.c)
nemod_src  := $(wildcard userspace/nemod/*.c)
ctl_src    := $(wildcard userspace/nemoctl/*.c)
xen_src    := $(wildcard userspace/nemo-xen/*.c)
programs   := $(B)/nemod $(B)/nemoctl $(B)/nemo-xen

obj = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all
all: $(B)/libwire.a $(B)/libnemo.a $(programs) $(B)/vif-nemo

# pkg-config only when something is compiled: `make help` and `make setup` need nothing.
$(B)/%.o: private PKG_CFLAGS = $(shell pkg-config --cflags $(sort $(PKGS) $(XEN_PKGS)))
$(B)/%.o: %.c | packages
	@mkdir -p $(@D)
	$(CC) $(NEMO_CFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(B)/libwire.a: $(call obj,$(wire_src))
$(B)/libnemo.a: $(call obj,$(lib_src))
$(B)/lib%.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/nemod: $(call obj,$(nemod_src)) $(B)/libnemo.a $(B)/libwire.a
$(B)/nemoctl: $(call obj,$(ctl_src)) $(B)/libnemo.a $(B)/libwire.a
# Symbols are bound at the start: lazily, the first handover would pay for each.
$(B)/nemod $(B)/nemoctl: private LINK = $(PKGS)
$(B)/nemo-xen: $(call obj,$(filter-out %/vif-nemo.c,$(xen_src))) $(B)/libnemo.a
$(B)/nemo-xen: private LINK = $(XEN_PKGS)
$(B)/vif-nemo: $(call obj,userspace/nemo-xen/vif-nemo.c)
$(B)/vif-nemo: private LINK = xenstore
$(programs) $(B)/vif-nemo:
	$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-z,relro,-z,now -o $@ $^ $(shell pkg-config --libs $(LINK))

-include $(patsubst %.o,%.d,$(call obj,$(wire_src) $(lib_src) $(nemod_src) $(ctl_src) $(xen_src)))

# Debian packages that are missing; instant when none is.
.PHONY: packages
packages:
	@pkg-config --exists $(PKGS) $(XEN_PKGS) 2> /dev/null || scripts/setup build

# The kernel modules, in place, for one kernel, the usual way.
.PHONY: modules modules_install modules_clean
modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@
modules_clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

# The kernel modules for a kernel of scripts/kernel, beside each other in build/.
.PHONY: modules-6.1 modules-6.12 modules-dbg kunit-6.1 kunit-6.12 kunit-dbg
modules-6.1 modules-6.12 modules-dbg: modules-%:
	scripts/build-modules $*
kunit-6.1 kunit-6.12 kunit-dbg: kunit-%:
	scripts/build-kunit $*

man8 := $(wildcard Documentation/man/*.8)
man5 := $(wildcard Documentation/man/*.5)
units := $(wildcard userspace/*/*.service)
completion := $(wildcard userspace/nemoctl/completion/nemoctl)
hook := $(wildcard userspace/nemo-xen/nemo.hook)
example := $(wildcard userspace/nemod/nemo.conf)

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(SYSCONFDIR)/nemo
	install -m 755 $(programs) $(DESTDIR)$(PREFIX)/sbin
	install -d $(DESTDIR)$(SYSCONFDIR)/xen/scripts
	install -m 755 $(B)/vif-nemo $(DESTDIR)$(SYSCONFDIR)/xen/scripts
	install -d $(DESTDIR)$(PREFIX)/share/doc/nemo/examples
	$(if $(hook),install -m 644 $(hook) $(DESTDIR)$(PREFIX)/share/doc/nemo/examples)
	install -d $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/man/man5
	$(if $(man8),install -m 644 $(man8) $(DESTDIR)$(PREFIX)/share/man/man8)
	$(if $(man5),install -m 644 $(man5) $(DESTDIR)$(PREFIX)/share/man/man5)
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(if $(units),install -m 644 $(units) $(DESTDIR)$(UNITDIR))
	$(if $(completion),install -m 644 $(completion) $(DESTDIR)$(PREFIX)/share/bash-completion/completions)
	$(if $(example),test -e $(DESTDIR)$(SYSCONFDIR)/nemo/nemo.conf || install -m 640 $(example) $(DESTDIR)$(SYSCONFDIR)/nemo)

# T=name: one scenario, KUnit suite set or host test, or a fault of test-xen; KVER=6.1: on that
# kernel.
.PHONY: test test-debug test-xen demo demo-xen bench check setup
# A bare machine has no Python to start tests/run with.
test:
	@scripts/setup test
	@tests/run $(if $(KVER),--kernel $(KVER)) $(T)
test-debug:
	@scripts/setup debug
	@tests/run --kernel dbg $(T)
test-xen:
	@scripts/xen-lab tests/xen/faults.sh $(T)
demo:
	@scripts/demo
demo-xen:
	@scripts/demo-xen
bench:
	@scripts/bench
check:
	@scripts/check
setup:
	@scripts/setup build modules vm test demo xen bench debug check

.PHONY: clean
clean:
	rm -rf $(B)

.PHONY: help
help:
	@echo 'make                     nemod, nemoctl and nemo-xen, in build/'
	@echo 'make install             DESTDIR=, PREFIX=/usr'
	@echo 'make modules KDIR=...    nemo_mr.ko and nemo_ha.ko for one kernel'
	@echo 'make modules_install     the same, into /lib/modules'
	@echo 'make modules_clean'
	@echo 'make demo                move a guest between two networks and watch (MOVES=, PERIOD=, RTT_MS=)'
	@echo 'make demo-xen            the same on two real Xen hosts, by xl migrate (MOVES=, COMPARE=, RTT_MS=, RESUME=)'
	@echo 'make test                all tests, on Debian'"'"'s 6.1 and 6.12 kernels; T=name for one, KVER=6.1'
	@echo 'make test-debug          the same on a kernel with KASAN, lockdep, kmemleak, failslab: an hour (first time: +20 minutes)'
	@echo 'make test-xen            faults around xl migrate on two real Xen hosts; T=late for one'
	@echo 'make bench               throughput by instruction counts, beside ip6tnl'
	@echo 'make check               checkpatch, sparse, shellcheck, generated files'
	@echo 'make setup               install every Debian package that any of these needs'
	@echo 'make clean'
