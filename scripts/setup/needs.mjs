// What Vivarium needs of the system, by package and by one file that tells whether it is there.
import { existsSync } from 'node:fs';

/** `why` is shown to people. `apt` and `dnf` name a package; `a|b` means the first the archive has. */
const need = (why, apt, dnf, ...files) => ({ why, apt, dnf, files });
const lib = (name) =>
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/lib/x86_64-linux-gnu'].map((dir) => `${dir}/${name}`);

export const groups = {
  /** What the application needs to run machines and open its window. */
  run: [
    need('QEMU, which runs the machines', 'qemu-system-x86', 'qemu-system-x86', '/usr/bin/qemu-system-x86_64'),
    need(
      "QEMU's SPICE display",
      'qemu-system-modules-spice|qemu-system-common',
      'qemu-ui-spice-core qemu-char-spice qemu-audio-spice qemu-device-display-qxl',
      ...lib('qemu/ui-spice-core.so'),
    ),
    need('disk images', 'qemu-utils', 'qemu-img', '/usr/bin/qemu-img'),
    need('UEFI firmware', 'ovmf', 'edk2-ovmf', '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/edk2/ovmf/OVMF_CODE.fd'),
    need('TPM emulation', 'swtpm', 'swtpm', '/usr/bin/swtpm'),
    need('TPM set-up', 'swtpm-tools', 'swtpm-tools', '/usr/bin/swtpm_setup'),
    need('recognising operating systems', 'osinfo-db', 'osinfo-db', '/usr/share/osinfo/os'),
    need('the window (GTK)', 'libgtk-3-0|libgtk-3-0t64', 'gtk3', ...lib('libgtk-3.so.0')),
    need('the window (NSS)', 'libnss3', 'nss', ...lib('libnss3.so')),
    need('the window (GBM)', 'libgbm1', 'mesa-libgbm', ...lib('libgbm.so.1')),
    need('the window (sound)', 'libasound2|libasound2t64', 'alsa-lib', ...lib('libasound.so.2')),
  ],
  /** What builds the small Linux guest that the first run offers; see scripts/guest/README.md. */
  guest: [
    need('a small Linux to try (boot medium)', 'xorriso', undefined, '/usr/bin/xorriso'),
    need('a small Linux to try (boot medium)', 'mtools', undefined, '/usr/bin/mformat'),
    need('a small Linux to try (boot loader)', 'grub-common', undefined, '/usr/bin/grub-mkrescue'),
    need('a small Linux to try (BIOS)', 'grub-pc-bin', undefined, '/usr/lib/grub/i386-pc/boot.img'),
    need('a small Linux to try (UEFI)', 'grub-efi-amd64-bin', undefined, '/usr/lib/grub/x86_64-efi/linux.mod'),
  ],
  /** What the tests use besides. */
  test: [
    need('a display for end-to-end tests', 'xvfb', undefined, '/usr/bin/Xvfb'),
    need('a real libvirtd to compare with', 'libvirt-daemon-system', undefined, '/usr/sbin/libvirtd'),
    need('a real virsh to compare with', 'libvirt-clients', undefined, '/usr/bin/virsh'),
    need('a client of the wire protocol', 'python3-libvirt', undefined, '/usr/lib/python3/dist-packages/libvirt.py'),
    need('a namespace for the real libvirtd', 'python3', undefined, '/usr/bin/python3'),
    need('namespaces and cables for network tests', 'iproute2', undefined, '/usr/bin/ip', '/usr/sbin/ip'),
    need('firewall rules of virtual networks', 'nftables', undefined, '/usr/sbin/nft'),
    need('addresses and names in virtual networks', 'dnsmasq-base', undefined, '/usr/sbin/dnsmasq'),
    need('guests of network tests', 'busybox-static|busybox', undefined, '/usr/bin/busybox'),
    // Where systemd runs, installing it would start it, and close ports of this machine; those tests are skipped then.
    ...(existsSync('/run/systemd/system')
      ? []
      : [need('zones for virtual networks', 'firewalld', undefined, '/usr/sbin/firewalld')]),
    need('RPM packages', 'rpm', undefined, '/usr/bin/rpmbuild'),
    need('a system bus of the tests', 'dbus-daemon', undefined, '/usr/bin/dbus-daemon'),
    need('who may start its services', 'dbus', undefined, '/usr/lib/dbus-1.0/dbus-daemon-launch-helper'),
    need('asking who may do what', 'polkitd', undefined, '/usr/lib/polkit-1/polkitd'),
    need('calling a service by hand', 'systemd', undefined, '/usr/bin/busctl'),
    need('a host to reach over SSH', 'openssh-server', undefined, '/usr/sbin/sshd'),
    need('sockets of a host reached over SSH', 'netcat-openbsd', undefined, '/usr/bin/nc'),
    need('users of a libvirtd that wants passwords', 'sasl2-bin', undefined, '/usr/sbin/saslpasswd2'),
    need(
      "passwords of libvirt's clients",
      'libsasl2-modules',
      undefined,
      '/usr/lib/x86_64-linux-gnu/sasl2/libscram.so',
      '/usr/lib/aarch64-linux-gnu/sasl2/libscram.so',
    ),
    need('certificates of tests', 'openssl', undefined, '/usr/bin/openssl'),
    need('kernel settings in network tests', 'procps', undefined, '/usr/sbin/sysctl'),
    need('a second opinion on install media', 'libosinfo-bin', undefined, '/usr/bin/osinfo-detect'),
    need("unpacking libvirt's source", 'dpkg-dev', undefined, '/usr/bin/dpkg-source'),
    need('user-mode networking', 'passt', undefined, '/usr/bin/passt'),
    need('an install medium', 'grub-rescue-pc', undefined, '/usr/lib/grub-rescue/grub-rescue-cdrom.iso'),
    need('an install medium', 'memtest86+', undefined, '/usr/lib/memtest86+/memtest86+x64.iso'),
    need('checking the desktop entry', 'desktop-file-utils', undefined, '/usr/bin/desktop-file-validate'),
    need('checking the AppStream data', 'appstream', undefined, '/usr/bin/appstreamcli'),
    need('checking the man page', 'mandoc', undefined, '/usr/bin/mandoc'),
  ],
  /** What `npm run bench` measures us against, besides. */
  bench: [
    need('a desktop application to compare with', 'virt-manager', undefined, '/usr/bin/virt-manager'),
    need('a console to compare with', 'virt-viewer', undefined, '/usr/bin/remote-viewer'),
  ],
};
