# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# accel.sh - does KVM work here? (sourced)

# /dev/kvm may exist and still not work (no nesting, no permission, registers that
# cannot be set): ask for the CPU's flag, then let QEMU itself try.
kvm_works() {
	[ -w /dev/kvm ] && grep -qw 'vmx\|svm' /proc/cpuinfo &&
		echo quit | timeout 10 qemu-system-x86_64 -M q35 -accel kvm -cpu host -S \
			-nodefaults -display none -monitor stdio > /dev/null 2>&1
}
