#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { runCli } from './cli/run.ts'
import { serveCommand } from './cli/serve.ts'
import { startServer } from './compose.ts'
import type { Config } from './config.ts'
import { createLogger } from './platform/logger.ts'

/** 128 and the number of the signal, as shells have it. */
const exitCodeOfSecondSignal = 130

const serve = async (config: Config): Promise<number> => {
  const logger = createLogger({
    debug: config.debug,
    format: config.logFormat,
    terminal: process.stdout.isTTY === true,
  })
  const server = await startServer(config, logger)
  const signal = await firstSignal()
  logger.info({ signal }, 'shutting down')
  for (const again of ['SIGINT', 'SIGTERM']) process.on(again, () => process.exit(exitCodeOfSecondSignal))
  await server.close()
  logger.info({}, 'stopped')
  return 0
}

const firstSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })

/** The package's own version: `package.json` is two folders above the compiled file, one above the source. */
const versionOf = (path: URL): string => {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
  return String(version)
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  home: homedir(),
  stdout: process.stdout,
  stderr: process.stderr,
  version: versionOf(
    new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url),
  ),
  commands: [serveCommand(serve)],
})
