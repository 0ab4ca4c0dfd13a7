import { flagUsage, type OptionDescription } from '../config/options.ts'
import type { OptionHelp } from './command.ts'

/** An option of the configuration as help shows it: its flag, its variable, what it takes and its default. */
export const optionHelp = (option: OptionDescription): OptionHelp => ({
  usage: flagUsage(option) ?? option.env,
  lines: [option.help, `${option.env}: ${option.takes}.${option.fallback ? ` Default: ${option.fallback}.` : ''}`],
})
