import { main } from './main.ts'

/** The rows of streaming alone. */
process.exitCode = await main(['stream', ...process.argv.slice(2)])
