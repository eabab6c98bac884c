/** What a command of `vivarium` is: one description from which parsing, help, completion and the man page come. */
import type { ContractClient } from '../../src-shared/contract/index.ts';
import type { DomainSummary } from '../../src-shared/model/summary.ts';

/** What an operand names, for completion. */
export type OperandKind = 'domain' | 'network' | 'pool' | 'volume' | 'file' | 'text';

export interface Operand {
  readonly name: string;
  readonly kind: OperandKind;
  readonly optional?: boolean;
  /** Takes all remaining words; only the last operand may. */
  readonly rest?: boolean;
}

export interface Option {
  readonly name: string;
  /** What the value is called in the help; a flag when absent. */
  readonly value?: string;
  readonly help: string;
  /** Completion words of the value. */
  readonly words?: readonly string[];
}

export type Group = 'Machines' | 'Devices' | 'Networks' | 'Storage' | 'Host' | 'Tools';

/** A command line after parsing. */
export interface Invocation {
  /** The operand's words; the error for a missing one was given before. */
  readonly operands: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
  /** `true` for flags. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** What a command may use. */
export interface Session {
  readonly uri: string;
  readonly json: boolean;
  readonly client: ContractClient;
  /** A domain by name, id or UUID. */
  domain(text: string): Promise<DomainSummary>;
  print(text: string): void;
  /** Ends when the user interrupts (Ctrl+C). */
  readonly interrupted: AbortSignal;
}

interface CommandBase {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: Group;
  readonly summary: string;
  /** A paragraph for the man page. */
  readonly description?: string;
  readonly operands?: readonly Operand[];
  readonly options?: readonly Option[];
}

/** A command that asks an engine. */
export interface EngineCommand extends CommandBase {
  readonly needs: 'engine';
  run(session: Session, invocation: Invocation): Promise<number>;
}

/** A command that needs none: tools on files, the daemon itself. */
export interface PlainCommand extends CommandBase {
  readonly needs: 'nothing';
  run(output: { print(text: string): void; readonly json: boolean }, invocation: Invocation): Promise<number>;
}

export type Command = EngineCommand | PlainCommand;

/** What the command did, as JSON with `--json`, else as its sentence. */
export function report(session: Session, sentence: string, data: Readonly<Record<string, unknown>>): number {
  session.print(session.json ? JSON.stringify(data, undefined, 2) : `${sentence}\n`);
  return 0;
}

/** The value of an option that takes one. */
export function valueOf(invocation: Invocation, name: string): string | undefined {
  const value = invocation.options[name];
  return typeof value === 'string' ? value : undefined;
}

export const operandOf = (invocation: Invocation, name: string): string => invocation.operands[name] ?? '';
