#!/usr/bin/env node
import { homedir } from 'node:os'
import type { Command, CommandGroup } from './cli/command.ts'
import { superviseOutput } from './cli/output-errors.ts'
import { runCli } from './cli/run.ts'
import { serveCommand } from './cli/serve.ts'
import type { Config } from './config.ts'
import { version } from './package.ts'
import { createLogger } from './platform/logger.ts'

/** 128 and the number of the signal, as shells have it. */
const exitCodeOfSecondSignal = 130

/** Commands, and what they need, are loaded when they are asked for: that takes longer than all else a small start does. */
const commands: ReadonlyArray<Command | CommandGroup> = [
  serveCommand((config) => serve(config)),
  { word: 'log', load: async () => (await import('../tools/log-commands.ts')).logCommands },
  { word: 'load-history', load: async () => [(await import('../tools/load-history/command.ts')).loadHistoryCommand] },
]

const serve = async (config: Config): Promise<number> => {
  // Listened for from the first moment on, so that one that comes while the server is starting ends it in good order too.
  const ended = firstSignal()
  const logger = await createLogger({
    debug: config.debug,
    format: config.logFormat,
    terminal: process.stdout.isTTY === true,
  })
  const { startServer } = await import('./compose.ts')
  const server = await startServer(config, logger)
  const signal = await ended
  logger.info({ signal }, 'shutting down')
  await server.close()
  logger.info({}, 'stopped')
  return 0
}

/** Resolves at the first signal. From then on another one ends the process at once. */
const firstSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let signalled = false
    const handle = (signal: NodeJS.Signals): void => {
      if (signalled) process.exit(exitCodeOfSecondSignal)
      signalled = true
      resolve(signal)
    }
    // The same handler stays: without one, a second signal would for a moment do what signals do by default.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handle)
  })

for (const output of [process.stdout, process.stderr]) {
  superviseOutput(output, (words) => {
    process.stderr.write(words)
    process.exit(1)
  })
}
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  home: homedir(),
  stdout: process.stdout,
  stderr: process.stderr,
  version,
  commands,
})
