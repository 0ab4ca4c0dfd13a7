import type { Env } from '../config.ts'
import type { ErrorCode } from '../errors.ts'

/** Where text goes. Both streams of a process are one. */
export interface TextOutput {
  /** `taken` is called when the text is out, or cannot be. */
  write(text: string, taken?: (error?: Error | null) => void): unknown
  /** Whether it is a terminal. */
  readonly isTTY?: boolean
}

/** All that a command may know of the process that it runs in. */
export interface CommandInput {
  /** The words after the command's name. */
  readonly argv: readonly string[]
  readonly env: Env
  /** The home directory of the user. */
  readonly home: string
  readonly stdout: TextOutput
  readonly stderr: TextOutput
}

/** One option, as help shows it: how it is written, then a paragraph of lines. */
export interface OptionHelp {
  readonly usage: string
  readonly lines: readonly string[]
}

/** What a person at the keyboard can do about an error, by its code. */
export type NextSteps = Readonly<Partial<Record<ErrorCode, string>>>

export interface Example {
  readonly line: string
  readonly says: string
}

/** A command is data: the shell finds it by name, shows its help, and runs it. */
export interface Command {
  /** One word or several: `serve`, `log verify`. */
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** What follows the name, such as `[options]`. */
  readonly usage: string
  readonly options: readonly OptionHelp[]
  readonly examples: readonly Example[]
  /** What to do about an error, where this command knows it better than all others do. */
  readonly nextSteps?: NextSteps
  /** Answers the exit code. Refuses by throwing: an AppError is shown with its exit code, anything else as unexpected. */
  readonly run: (input: CommandInput) => Promise<number>
}

/** Commands whose names begin with the same word, loaded when they are asked for: a server need not wait for all of them. */
export interface CommandGroup {
  readonly word: string
  readonly load: () => Promise<readonly Command[]>
}
