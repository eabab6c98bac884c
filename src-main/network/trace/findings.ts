/** What a hop can turn out to be, as English sentences with places for the names in them. */

export const traceFindings = {
  'machine-runs': '{{machine}} is running.',
  'machine-off': '{{machine}} is switched off.',
  'link-up': '{{machine}} is plugged in: {{device}} is up.',
  'link-plugged': '{{machine}} is plugged in.',
  'link-unplugged': 'The cable of {{machine}} is unplugged.',
  'link-gone': 'The host has no device {{device}}, which was the end of the cable of {{machine}}.',
  'link-down': '{{device}}, the end of the cable of {{machine}}, is switched off.',
  'link-no-carrier': 'Nobody holds the other end of {{device}}, the cable of {{machine}}.',
  'link-elsewhere': '{{device}} of {{machine}} is not a port of {{bridge}}.',
  'network-up': "The network '{{network}}' is active; {{bridge}} is up.",
  'network-inactive': "The network '{{network}}' is not active.",
  'network-missing': "There is no network or bridge '{{network}}' on this host.",
  'network-no-bridge': "The network '{{network}}' counts as active, and its bridge {{bridge}} is gone.",
  'network-bridge-down': 'The bridge {{bridge}} is switched off.',
  'network-no-address': 'The host has lost its address {{address}} on {{bridge}}.',
  'bridge-up': 'The bridge {{bridge}} is up.',
  'direct-host': '{{machine}} is on the device {{device}} beside the host (macvtap): the two never hear each other.',
  'lease-given': '{{machine}} was given {{address}}.',
  'lease-served': "'{{network}}' hands out addresses.",
  'lease-none-needed': '{{machine}} has an address; this network hands out none.',
  'lease-own': '{{machine}} uses {{address}}, which it was not given here.',
  'lease-no-server': "The address server (dnsmasq) of '{{network}}' does not run.",
  'lease-dropped': 'What guests ask the address server is dropped on the way to it.',
  'lease-rules-hidden': '{{machine}} has no lease, and whether its question is let through can not be seen.',
  'lease-none': '{{machine}} has not asked for an address, or has not been answered yet.',
  'address-fits': "{{address}} belongs to '{{network}}'.",
  'address-foreign': "{{address}} of {{machine}} is not of the network '{{network}}' ({{subnet}}).",
  'address-unknown': 'Which address {{machine}} has is not known.',
  'address-known': '{{machine}} has {{address}}.',
  'neighbour-answers': '{{address}} answers on {{device}}.',
  'neighbour-silent': 'Nobody answers at {{address}} on {{device}}.',
  'neighbour-unknown': 'Whether somebody answers at {{address}} on {{device}} is not known.',
  'route-known': 'The host sends it to {{device}}.',
  'route-none': 'The host knows no way to {{address}}.',
  'route-elsewhere': 'The host sends what is for {{address}} to {{device}}, not to {{bridge}}.',
  'route-user': "QEMU's own network hands it to the host's programs.",
  'forwarding-on': 'The host forwards {{family}} packets.',
  'forwarding-off': 'The host does not forward {{family}} packets.',
  'rules-pass': 'The rules let it pass, and the answer too.',
  'rules-none': 'No rule of the host is about it.',
  'rules-stop': 'A rule of the table {{table}} stops it.',
  'rules-stop-answer': 'A rule of the table {{table}} stops the answer.',
  'rules-policy': 'The chain {{chain}} of the table {{table}} drops what no rule allows.',
  'rules-policy-answer': 'The chain {{chain}} of the table {{table}} drops the answer, which no rule allows.',
  'rules-unclear': 'What a rule of the table {{table}} does with it can not be told.',
  'rules-legacy': "Rules in iptables' old tables may be about it.",
  'rules-hidden': 'The rules of the host can not be seen.',
  'rules-isolated': '{{machine}} and {{other}} are kept apart: both their ports are isolated.',
  'rules-user': "Nobody reaches a machine behind QEMU's own network, unless a port of it is forwarded.",
  'translation-on': "It leaves with the host's own address.",
  'translation-off':
    'It would leave with the address {{address}}, to which nobody outside knows the way: the rules that translate addresses are gone.',
  'translation-unclear': 'Whether its address is translated can not be told.',
  'port-open': '{{machine}} takes connections at {{port}}.',
  'port-closed': '{{machine}} refuses connections at {{port}}: nothing listens there.',
  'port-silent': '{{machine}} does not answer at {{port}}.',
  'port-unknown': 'Whether anything listens at {{port}} is not known from here.',
  'port-listens': 'A program of the host listens at {{port}}.',
  'port-not-listening': 'No program of the host listens at {{port}}.',
} as const;

export type TraceFinding = keyof typeof traceFindings;

/** What could be done by hand. */
export const traceAdvice = {
  'guest-asks': 'Look inside the machine whether its card is set up to get an address (DHCP).',
  'guest-address': 'Give the machine an address of the network, or let it ask for one (DHCP).',
  'guest-off': 'Look inside the machine whether its card is on and has this address.',
  'guest-service': 'Start the service inside the machine, or let it listen on all addresses.',
  'guest-firewall': "Look at the machine's own firewall.",
  'host-service': 'Start the service on the host, or let it listen on this address.',
  'host-network': "Look at the host's own connection.",
  'own-rules': "It is what the network's mode means: choose another mode, or forward a port.",
  'own-isolated': 'An isolated network leads nowhere else. Choose another mode.',
  'other-program': 'Change the rule in the program that made it.',
  'see-rules': 'Only root sees them: install the privileged helper, or run the engine as root.',
  'restart-network': 'Stop and start the network.',
  'use-network': 'Put the card on a network or a bridge.',
  'other-mode': 'Let host and machine talk over a second card, on a network.',
} as const;

export type TraceAdvice = keyof typeof traceAdvice;

/** A sentence with its names. */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
