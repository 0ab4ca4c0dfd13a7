import { options as configOptions } from '../config/options.ts'
import { type Config, loadConfig } from '../config.ts'
import type { Command, CommandInput } from './command.ts'
import { optionHelp } from './config-option.ts'

/** The command that runs the server. What it starts is handed in, and gets a configuration that is complete and checked. */
export const serveCommand = (serve: (config: Config, input: CommandInput) => Promise<number>): Command => ({
  name: 'serve',
  summary: 'Starts the server.',
  usage: '[options]',
  options: configOptions.map(optionHelp),
  examples: [
    { line: 'maestro serve', says: 'On http://127.0.0.1:3000, for this machine only.' },
    { line: 'maestro serve --port 4000 --data-dir ./data', says: 'On another port, with its data in this directory.' },
    {
      line: 'PORT=0 LOG_FORMAT=json maestro serve',
      says: 'On any free port, which the first log line tells, as JSON.',
    },
    {
      line: 'MAESTRO_TOKEN=$(openssl rand -hex 32) maestro serve --host 0.0.0.0',
      says: 'For other machines as well, which then need the token.',
    },
  ],
  run: async (input) => serve(loadConfig(input), input),
})
