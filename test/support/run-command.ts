import type { Command } from '../../src/cli/command.ts'
import { runCli } from '../../src/cli/run.ts'
import type { Env } from '../../src/config.ts'

/** Runs a command as `maestro` does, in this very process. */
export const runCommand = async (command: Command, args: readonly string[], env: Env = {}) => {
  const texts = { stdout: '', stderr: '' }
  const code = await runCli({
    argv: [...command.name.split(' '), ...args],
    env,
    home: '/nowhere',
    version: '1.2.3',
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
    commands: [command],
  })
  return { code, ...texts }
}
