import type { Command, TextOutput } from '../../src/cli/command.ts'
import { runCli } from '../../src/cli/run.ts'
import type { Env } from '../../src/config.ts'

/** Runs a command as `maestro` does, in this very process. */
export const runCommand = async (command: Command, args: readonly string[], env: Env = {}) => {
  const texts = { stdout: '', stderr: '' }
  const outputTo = (name: keyof typeof texts): TextOutput => ({
    write: (text, taken) => {
      texts[name] += text
      taken?.()
    },
  })
  const code = await runCli({
    argv: [...command.name.split(' '), ...args],
    env,
    home: '/nowhere',
    version: '1.2.3',
    stdout: outputTo('stdout'),
    stderr: outputTo('stderr'),
    commands: [command],
  })
  return { code, ...texts }
}
