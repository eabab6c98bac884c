/** What nft 1.0.6 printed: rules made by hand, and those that Docker leaves with iptables' nftables variant. */
export const fenceRules = {
  json: JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family: 'inet', name: 't', handle: 1 } },
      {
        map: {
          family: 'inet',
          name: 'm',
          table: 't',
          type: 'ifname',
          handle: 5,
          map: 'verdict',
          elem: [['virbr9', { jump: { target: 'j' } }]],
        },
      },
      {
        chain: {
          family: 'inet',
          table: 't',
          name: 'f',
          handle: 1,
          type: 'filter',
          hook: 'forward',
          prio: 0,
          policy: 'accept',
        },
      },
      { chain: { family: 'inet', table: 't', name: 'j', handle: 6 } },
      {
        rule: {
          family: 'inet',
          table: 't',
          chain: 'f',
          handle: 3,
          expr: [
            { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'virbr9' } },
            { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'wan0' } },
            {
              match: {
                op: '==',
                left: { payload: { protocol: 'ip', field: 'saddr' } },
                right: { prefix: { addr: '192.168.77.0', len: 24 } },
              },
            },
            { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: { set: [22, 80] } } },
            { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'new'] } },
            { counter: { packets: 0, bytes: 0 } },
            { reject: { type: 'icmp', expr: 'port-unreachable' } },
          ],
        },
      },
      {
        rule: {
          family: 'inet',
          table: 't',
          chain: 'f',
          handle: 4,
          expr: [
            { match: { op: '==', left: { meta: { key: 'nfproto' } }, right: 'ipv4' } },
            { match: { op: 'in', left: { ct: { key: 'state' } }, right: 'invalid' } },
            { drop: null },
          ],
        },
      },
      {
        rule: {
          family: 'inet',
          table: 't',
          chain: 'f',
          handle: 7,
          expr: [{ vmap: { key: { meta: { key: 'oifname' } }, data: '@m' } }],
        },
      },
      {
        rule: {
          family: 'inet',
          table: 't',
          chain: 'j',
          handle: 8,
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: { range: [53, 60] } } },
            { accept: null },
          ],
        },
      },
    ],
  }),
  text: `table inet t { # handle 1
	map m { # handle 5
		type ifname : verdict
		elements = { "virbr9" : jump j }
	}

	chain f { # handle 1
		type filter hook forward priority filter; policy accept;
		iifname "virbr9" oifname "wan0" ip saddr 192.168.77.0/24 tcp dport { 22, 80 } ct state established,new counter packets 0 bytes 0 reject with icmp port-unreachable # handle 3
		meta nfproto ipv4 ct state invalid drop # handle 4
		oifname vmap @m # handle 7
	}

	chain j { # handle 6
		udp dport 53-60 accept # handle 8
	}
}
`,
};

export const dockerRules = {
  json: JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family: 'ip', name: 'filter', handle: 1 } },
      {
        chain: {
          family: 'ip',
          table: 'filter',
          name: 'FORWARD',
          handle: 1,
          type: 'filter',
          hook: 'forward',
          prio: 0,
          policy: 'drop',
        },
      },
      { chain: { family: 'ip', table: 'filter', name: 'DOCKER', handle: 2 } },
      { chain: { family: 'ip', table: 'filter', name: 'DOCKER-USER', handle: 3 } },
      { chain: { family: 'ip', table: 'filter', name: 'DOCKER-ISOLATION-STAGE-1', handle: 4 } },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 5,
          expr: [{ counter: { packets: 0, bytes: 0 } }, { jump: { target: 'DOCKER-USER' } }],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 6,
          expr: [{ counter: { packets: 0, bytes: 0 } }, { jump: { target: 'DOCKER-ISOLATION-STAGE-1' } }],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 7,
          expr: [
            { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'docker0' } },
            { xt: { type: 'match', name: 'conntrack' } },
            { counter: { packets: 0, bytes: 0 } },
            { accept: null },
          ],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 8,
          expr: [
            { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'docker0' } },
            { counter: { packets: 0, bytes: 0 } },
            { jump: { target: 'DOCKER' } },
          ],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 9,
          expr: [
            { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'docker0' } },
            { match: { op: '!=', left: { meta: { key: 'oifname' } }, right: 'docker0' } },
            { counter: { packets: 0, bytes: 0 } },
            { accept: null },
          ],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'FORWARD',
          handle: 10,
          expr: [
            { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'docker0' } },
            { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'docker0' } },
            { counter: { packets: 0, bytes: 0 } },
            { accept: null },
          ],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'DOCKER-USER',
          handle: 12,
          expr: [{ counter: { packets: 0, bytes: 0 } }, { return: null }],
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'DOCKER-ISOLATION-STAGE-1',
          handle: 11,
          expr: [{ counter: { packets: 0, bytes: 0 } }, { return: null }],
        },
      },
      { table: { family: 'ip', name: 'nat', handle: 2 } },
      {
        chain: {
          family: 'ip',
          table: 'nat',
          name: 'POSTROUTING',
          handle: 1,
          type: 'nat',
          hook: 'postrouting',
          prio: 100,
          policy: 'accept',
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'nat',
          chain: 'POSTROUTING',
          handle: 2,
          expr: [
            { match: { op: '!=', left: { meta: { key: 'oifname' } }, right: 'docker0' } },
            {
              match: {
                op: '==',
                left: { payload: { protocol: 'ip', field: 'saddr' } },
                right: { prefix: { addr: '172.17.0.0', len: 16 } },
              },
            },
            { counter: { packets: 0, bytes: 0 } },
            { xt: { type: 'target', name: 'MASQUERADE' } },
          ],
        },
      },
    ],
  }),
  text: `table ip filter { # handle 1
	chain FORWARD { # handle 1
		type filter hook forward priority filter; policy drop;
		counter packets 0 bytes 0 jump DOCKER-USER # handle 5
		counter packets 0 bytes 0 jump DOCKER-ISOLATION-STAGE-1 # handle 6
		oifname "docker0" ct state related,established counter packets 0 bytes 0 accept # handle 7
		oifname "docker0" counter packets 0 bytes 0 jump DOCKER # handle 8
		iifname "docker0" oifname != "docker0" counter packets 0 bytes 0 accept # handle 9
		iifname "docker0" oifname "docker0" counter packets 0 bytes 0 accept # handle 10
	}

	chain DOCKER { # handle 2
	}

	chain DOCKER-USER { # handle 3
		counter packets 0 bytes 0 return # handle 12
	}

	chain DOCKER-ISOLATION-STAGE-1 { # handle 4
		counter packets 0 bytes 0 return # handle 11
	}
}
table ip nat { # handle 2
	chain POSTROUTING { # handle 1
		type nat hook postrouting priority srcnat; policy accept;
		oifname != "docker0" ip saddr 172.17.0.0/16 counter packets 0 bytes 0 masquerade # handle 2
	}
}
`,
};
