/** Reads a command's words with Node's own parser, from the command's description. */
import { parseArgs } from 'node:util';
import { VirError } from '../../src-shared/errors.ts';
import type { Command, Invocation } from './command.ts';

/** A command line that can't be run: the message says what is wrong with it. */
export function usageError(message: string, fix?: string): VirError {
  return new VirError({ code: 'invalid-arg', domain: 'none', message, ...(fix === undefined ? {} : { fix }) });
}

/**
 * Splits the words behind a command's name into operands and options. As with `virsh`, an operand may also be given as
 * an option (`--domain web`).
 * @throws VirError `invalid-arg` naming the word.
 */
export function parseInvocation(command: Command, words: readonly string[]): Invocation {
  const declared = command.options ?? [];
  const operands = command.operands ?? [];
  const named = operands.filter((operand) => operand.rest !== true);
  const parsed = parseWords(command, words, [
    ...declared.map((option) => ({ name: option.name, takesValue: option.value !== undefined })),
    ...named
      .filter((operand) => !declared.some((option) => option.name === operand.name))
      .map((operand) => ({ name: operand.name, takesValue: true })),
  ]);
  const result: Record<string, string> = {};
  const options: Record<string, string | true> = {};
  for (const [name, value] of Object.entries(parsed.values)) {
    if (value === undefined || value === false) continue;
    const isOption = declared.some((option) => option.name === name);
    if (isOption) options[name] = value;
    else if (typeof value === 'string') result[name] = value;
  }
  const positionals = [...parsed.positionals];
  for (const operand of named) {
    const given = result[operand.name] ?? positionals.shift();
    if (given !== undefined) result[operand.name] = given;
    else if (operand.optional !== true) {
      throw usageError(`command '${command.name}' requires <${operand.name}> option`, `vivarium help ${command.name}`);
    }
  }
  const rest = operands.find((operand) => operand.rest === true);
  if (rest === undefined && positionals.length > 0) {
    throw usageError(`unexpected data '${positionals[0] ?? ''}'`, `vivarium help ${command.name}`);
  }
  if (rest !== undefined && rest.optional !== true && positionals.length === 0) {
    throw usageError(`command '${command.name}' requires <${rest.name}> option`, `vivarium help ${command.name}`);
  }
  return { operands: result, rest: positionals, options };
}

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

function parseWords(
  command: Command,
  words: readonly string[],
  options: readonly { readonly name: string; readonly takesValue: boolean }[],
): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        options.map(({ name, takesValue }) => [
          name,
          { type: takesValue ? ('string' as const) : ('boolean' as const) },
        ]),
      ),
    });
    return { values: values, positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw usageError(`command '${command.name}': ${message ?? ''}`, `vivarium help ${command.name}`);
  }
}
