/** The whole contract: one map of calls, one of events. */
import type { JobInfo } from '../model/job.ts';
import type { EngineEventData } from './events.ts';
import { appCalls, type Settings } from './app.ts';
import type { AnswerOf, ArgumentOf, CheckedArgumentOf } from './call.ts';
import { captureCalls } from './captures.ts';
import { conditionCalls } from './conditions.ts';
import { type ConnectionInfo, connectionCalls } from './connections.ts';
import { createCalls } from './create.ts';
import { domainCalls } from './domains.ts';
import { networkTraceCalls } from './network-trace.ts';
import { forwardCalls } from './forwards.ts';
import { interfaceCalls } from './interfaces.ts';
import { libvirtClientCalls } from './libvirt-clients.ts';
import { networkViewCalls } from './network-view.ts';
import { networkCalls } from './networks.ts';
import { nwfilterCalls } from './nwfilters.ts';
import { type PromptInfo, promptCalls } from './prompts.ts';
import { secretCalls } from './secrets.ts';
import { snapshotCalls } from './snapshots.ts';
import { storageCalls } from './storage.ts';

export const calls = {
  ...appCalls,
  ...connectionCalls,
  ...domainCalls,
  ...captureCalls,
  ...conditionCalls,
  ...forwardCalls,
  ...libvirtClientCalls,
  ...networkCalls,
  ...nwfilterCalls,
  ...promptCalls,
  ...networkTraceCalls,
  ...networkViewCalls,
  ...interfaceCalls,
  ...secretCalls,
  ...snapshotCalls,
  ...storageCalls,
  ...createCalls,
};

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type Argument<N extends CallName> = ArgumentOf<Calls[N]>;
export type CheckedArgument<N extends CallName> = CheckedArgumentOf<Calls[N]>;
export type Answer<N extends CallName> = AnswerOf<Calls[N]>;

/** What is announced without being asked; batched by the transport, in order. */
export type ContractEvent =
  | { readonly channel: 'engine'; readonly uri: string; readonly event: EngineEventData }
  | { readonly channel: 'connection'; readonly connection: ConnectionInfo }
  /** It is no longer listed, nor is anything of it. */
  | { readonly channel: 'connection-forgotten'; readonly uri: string }
  | { readonly channel: 'job'; readonly job: JobInfo }
  /** Every open question, whenever one comes or goes. */
  | { readonly channel: 'prompts'; readonly prompts: readonly PromptInfo[] }
  /** Of libvirt's clients one came or went, or a door was opened or closed, or may be opened by others. */
  | { readonly channel: 'libvirt-clients' }
  | { readonly channel: 'settings'; readonly settings: Settings }
  /** A file was dropped on, or handed to, the application (`application.iso`), or a menu chose an action. */
  | { readonly channel: 'command'; readonly command: string; readonly argument?: string };

/** A client of the contract, whatever carries it. */
export interface ContractClient {
  call<N extends CallName>(name: N, argument: Argument<N>): Promise<Answer<N>>;
  subscribe(listener: (event: ContractEvent) => void): () => void;
}
