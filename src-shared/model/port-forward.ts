/** Ports of the host that lead to a guest. */
export interface ForwardedPort {
  readonly protocol: 'tcp' | 'udp';
  /** Of the host; every address when absent. */
  readonly address?: string;
  readonly hostPort: number;
  readonly guestPort: number;
}

export interface ForwardChange {
  readonly add: readonly ForwardedPort[];
  readonly remove: readonly Pick<ForwardedPort, 'protocol' | 'hostPort'>[];
}
