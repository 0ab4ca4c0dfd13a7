import { homedir } from 'node:os'
import type { Command } from '../src/cli/command.ts'
import { runCli } from '../src/cli/run.ts'

/** Runs one command as a program of its own, with the help, errors and exit codes that it has in `maestro`. */
export const runAlone = async (command: Command): Promise<void> => {
  process.exitCode = await runCli({
    argv: [...command.name.split(' '), ...process.argv.slice(2)],
    env: process.env,
    home: homedir(),
    stdout: process.stdout,
    stderr: process.stderr,
    version: '',
    commands: [command],
  })
}
