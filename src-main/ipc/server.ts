/** The contract's server as its transports (Electron's IPC, a unix socket) see it. */
import type { Reply } from '../../src-shared/contract/call.ts';
import type { ContractEvent } from '../../src-shared/contract/index.ts';

export interface ContractServer {
  /** Checks the name and the argument, runs the call; never rejects. */
  handle(name: string, argument: unknown, clientId: string): Promise<Reply<unknown>>;
  subscribe(clientId: string, listener: (event: ContractEvent) => void): () => void;
  /** The client is gone: what it watched or held is released. */
  disconnect(clientId: string): void;
}
