import type { Command, Example, OptionHelp } from './command.ts'

export const program = 'maestro'

/** What runs when no command is named. */
export const defaultCommand = 'serve'

const helpOption: OptionHelp = { usage: '-h, --help', lines: ['Shows this help.'] }
const versionOption: OptionHelp = { usage: '--version', lines: ['Shows the version.'] }

/** The help of the program: its commands. */
export const overview = (commands: readonly Command[], version: string): string =>
  page([
    `Maestro Server ${version}: projects, tasks, sessions, and who works on what.`,
    `Usage: ${program} [command] [options]`,
    `Commands:\n${commandList(commands)}`,
    `Options:\n${optionList([helpOption, versionOption])}`,
    `Without a command it runs \`${defaultCommand}\`. \`${program} help <command>\` shows what a command takes.`,
  ])

/** The help of the commands that have their first word in common. */
export const groupHelp = (word: string, commands: readonly Command[]): string =>
  page([
    `Usage: ${program} ${word} <command> [options]`,
    `Commands:\n${commandList(commands)}`,
    `\`${program} help ${word} <command>\` shows what a command takes.`,
  ])

/** The help of one command. */
export const commandHelp = ({ name, summary, usage, options, examples }: Command): string =>
  page([
    summary,
    `Usage: ${program} ${name} ${usage}`.trimEnd(),
    `Options:\n${optionList([...options, helpOption])}`,
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.map(exampleText).join('\n')}`]),
  ])

/** One line a command: its name and what it does. */
export const commandList = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')
}

const optionList = (options: readonly OptionHelp[]): string => {
  const width = Math.max(...options.map(({ usage }) => usage.length))
  return options
    .map(({ usage, lines }) =>
      lines.map((line, index) => `  ${(index === 0 ? usage : '').padEnd(width)}  ${line}`).join('\n'),
    )
    .join('\n')
}

const exampleText = ({ line, says }: Example): string => `  ${line}\n      ${says}`

const page = (paragraphs: readonly string[]): string => `${paragraphs.join('\n\n')}\n`
