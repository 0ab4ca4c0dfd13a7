import { wantsDebug } from '../config.ts'
import { AppError, toAppError } from '../errors.ts'
import type { Command, CommandGroup, CommandInput, TextOutput } from './command.ts'
import { explainFailure } from './failure.ts'
import { commandHelp, commandList, defaultCommand, groupHelp, overview, program } from './help.ts'

/** The process, its commands and its version. `argv` is every word after the program's name. */
export interface Shell extends CommandInput {
  readonly commands: ReadonlyArray<Command | CommandGroup>
  readonly version: string
}

/** Does what the words ask for and answers the exit code. It never rejects: errors become lines on standard error. */
export const runCli = (shell: Shell): Promise<number> => attempt(shell, undefined, () => dispatch(shell))

const dispatch = async (shell: Shell): Promise<number> => {
  const { argv, version, stdout } = shell
  const [first] = argv
  if (first === '--version') return say(stdout, `${version}\n`)
  if (first === 'help' && argv.length > 1) return say(stdout, helpOn(await load(shell.commands), argv.slice(1)))
  if (first === 'help' || isHelpFlag(first)) return say(stdout, overview(await load(shell.commands), version))
  const words = first === undefined || first.startsWith('-') ? [defaultCommand, ...argv] : argv
  const [word] = words
  const ofWord = shell.commands.filter((one) => wordOf(one) === word)
  const commands = await load(ofWord.length > 0 ? ofWord : shell.commands)
  const asked = words.filter((word) => !isHelpFlag(word))
  if (asked.length < words.length) return say(stdout, helpOn(commands, asked))
  const { command, rest } = find(commands, words)
  const { env, home, stderr } = shell
  return attempt(shell, command, () => command.run({ argv: rest, env, home, stdout, stderr }))
}

const wordOf = (one: Command | CommandGroup): string | undefined => ('word' in one ? one.word : one.name.split(' ')[0])

const load = async (commands: Shell['commands']): Promise<readonly Command[]> =>
  (await Promise.all(commands.map((one) => ('word' in one ? one.load() : [one])))).flat()

const attempt = async (
  { argv, env, stderr }: Shell,
  command: Command | undefined,
  action: () => Promise<number>,
): Promise<number> => {
  try {
    return await action()
  } catch (error) {
    stderr.write(explainFailure(error, { command, debug: wantsDebug({ env, argv }) }))
    return toAppError(error).exitCode
  }
}

const say = (output: TextOutput, text: string): number => {
  output.write(text)
  return 0
}

const isHelpFlag = (word: string | undefined): boolean => word === '--help' || word === '-h'

/** What there is to know of a command, or of all commands whose names begin with the one word. */
const helpOn = (commands: readonly Command[], words: readonly string[]): string => {
  const [first = '', ...more] = words
  const group = more.length === 0 ? groupOf(commands, first) : []
  return group.length > 0 ? groupHelp(first, group) : commandHelp(find(commands, words).command)
}

const groupOf = (commands: readonly Command[], word: string): Command[] =>
  commands.filter(({ name }) => name.startsWith(`${word} `))

interface Found {
  readonly command: Command
  readonly rest: readonly string[]
}

/** The command with the longest name that the words begin with, so that `log verify` goes before `log`. */
const find = (commands: readonly Command[], words: readonly string[]): Found => {
  const [command] = commands
    .filter(({ name }) => name.split(' ').every((part, index) => part === words[index]))
    .sort((a, b) => b.name.length - a.name.length)
  if (command === undefined) throw unknownCommand(commands, words)
  return { command, rest: words.slice(command.name.split(' ').length) }
}

const unknownCommand = (commands: readonly Command[], [first = '']: readonly string[]): AppError => {
  const group = groupOf(commands, first)
  const [problem, known] =
    group.length > 0 ? [`"${first}" needs one of its commands`, group] : [`"${first}" is not a command`, commands]
  return new AppError('VALIDATION_ERROR', `${problem}. ${program} knows:\n${commandList(known)}`)
}
