/** Help, completion and the manual page, all written from the table of commands. */
import type { Command, Group, Option } from './command.ts';

const groups: readonly Group[] = ['Machines', 'Devices', 'Networks', 'Storage', 'Host', 'Tools'];

/** Options every command takes. */
export const globalOptions: readonly Option[] = [
  {
    name: 'connect',
    value: 'URI',
    help: 'the connection, before the command (-c URI); qemu:///session unless given or $VIVARIUM_DEFAULT_URI is set',
  },
  { name: 'json', help: 'print JSON' },
  { name: 'help', help: 'print help' },
];

const synopsis = (command: Command): string =>
  [
    command.name,
    ...(command.operands ?? []).map((operand) => {
      const word = `<${operand.name}>${operand.rest === true ? '...' : ''}`;
      return operand.optional === true ? `[${word}]` : word;
    }),
    ...(command.options ?? []).map(
      (option) => `[--${option.name}${option.value === undefined ? '' : ` <${option.value}>`}]`,
    ),
  ].join(' ');

const optionLine = (option: Option): string =>
  `    --${option.name}${option.value === undefined ? '' : ` <${option.value}>`}`.padEnd(34) + option.help;

/** The list of all commands. */
export function overview(commands: readonly Command[]): string {
  const sections = groups.map((group) => {
    const lines = commands
      .filter((command) => command.group === group)
      .map((command) => `    ${command.name.padEnd(22)} ${command.summary}`);
    return lines.length === 0 ? '' : `${group}\n${lines.join('\n')}\n`;
  });
  return [
    'vivarium [-c URI] [--json] COMMAND [WORDS]\n',
    ...sections.filter((section) => section !== ''),
    'vivarium help COMMAND tells more. vivarium completion SHELL and vivarium man print what a shell and man(1) take.\n',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  return [
    `  NAME\n    ${command.name} - ${command.summary}\n`,
    `  SYNOPSIS\n    ${synopsis(command)}\n`,
    ...(command.description === undefined ? [] : [`  DESCRIPTION\n    ${command.description}\n`]),
    `  OPTIONS\n${[...(command.options ?? []), ...globalOptions.filter((option) => option.name !== 'connect')].map(optionLine).join('\n')}\n`,
  ].join('\n');
}

/** roff for man(1); checked with mandoc. */
export function manualPage(commands: readonly Command[], version: string): string {
  const escape = (text: string): string =>
    text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq').replace(/^\./, '\\&.');
  const out: string[] = [
    `.TH VIVARIUM 1 "" "Vivarium ${version}" "User Commands"`,
    '.SH NAME',
    'vivarium \\- create, run and watch virtual machines',
    '.SH SYNOPSIS',
    '.B vivarium',
    '[\\fB\\-c\\fR \\fIURI\\fR] [\\fB\\-\\-json\\fR] \\fICOMMAND\\fR [\\fIWORDS\\fR]',
    '.SH DESCRIPTION',
    'Talks to the engine that runs, in the window or as \\fBvivarium daemon\\fR; when there is none it starts one that ends by itself. Machines go on running without it.',
    'Commands and their output are those of \\fBvirsh\\fR(1).',
    '.SH OPTIONS',
    ...globalOptions.flatMap((option) => optionRoff(option, escape)),
  ];
  for (const group of groups) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    out.push(`.SH ${group.toUpperCase()}`);
    for (const command of members) {
      out.push('.SS', `\\fB${escape(synopsis(command))}\\fR`, `${escape(sentence(command.summary))}`);
      if (command.description !== undefined) out.push(escape(command.description));
      for (const option of command.options ?? []) out.push(...optionRoff(option, escape));
    }
  }
  out.push(
    '.SH EXIT STATUS',
    '0 when the command did what it says, 1 when it failed, 2 when the command line is wrong.',
  );
  out.push('.SH SEE ALSO', '.BR virsh (1)');
  return `${out.join('\n')}\n`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function optionRoff(option: Option, escape: (text: string) => string): string[] {
  const value = option.value === undefined ? '' : ` \\fI${escape(option.value)}\\fR`;
  return ['.TP', `\\fB\\-\\-${escape(option.name)}\\fR${value}`, escape(sentence(option.help))];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A completion script. Names of machines, networks and pools are asked of `vivarium` itself. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bashCompletion(commands);
    case 'zsh':
      return `#compdef vivarium\nautoload -U +X bashcompinit && bashcompinit\n${bashCompletion(commands)}`;
    case 'fish':
      return fishCompletion(commands);
  }
}

const listers: Readonly<Record<string, string>> = {
  domain: 'list --all --name',
  network: 'net-list --all --name',
  pool: 'pool-list --all --name',
};
const lister = (kind: string | undefined): string | undefined => (kind === undefined ? undefined : listers[kind]);

function bashCompletion(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const options = (command.options ?? []).map((option) => `--${option.name}`).join(' ');
    const first = command.operands?.[0]?.kind;
    const list = lister(first);
    const words = list === undefined ? '' : ` $(vivarium ${list} 2>/dev/null)`;
    const files = (command.operands ?? []).some((operand) => operand.kind === 'file') ? ' files=1' : '';
    return `    ${command.name}) words="${options}${words}"${files} ;;`;
  });
  return `_vivarium() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= words= files= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      -c|--connect) ((index++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  case $command in
    '') words="${commands.map((command) => command.name).join(' ')} help --connect --json" ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -z "$files" ] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -F _vivarium vivarium
`;
}

function fishCompletion(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [
    'complete -c vivarium -f',
    'complete -c vivarium -s c -l connect -x -d URI',
    'complete -c vivarium -l json',
  ];
  for (const command of commands) {
    lines.push(`complete -c vivarium -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`);
    const seen = `-n '__fish_seen_subcommand_from ${command.name}'`;
    for (const option of command.options ?? []) {
      lines.push(
        `complete -c vivarium ${seen} -l ${option.name}${option.value === undefined ? '' : ' -x'} -d ${quote(option.help)}`,
      );
    }
    const list = lister(command.operands?.[0]?.kind);
    if (list !== undefined) lines.push(`complete -c vivarium ${seen} -a '(vivarium ${list} 2>/dev/null)'`);
    if ((command.operands ?? []).some((operand) => operand.kind === 'file'))
      lines.push(`complete -c vivarium ${seen} -F`);
  }
  return `${lines.join('\n')}\n`;
}
