import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { parseLines } from '../support/parse-lines.ts'

/** Parses every line of a file as JSON, in a process of its own, and prints how many seconds it took. */
const { path } = z.object({ path: z.string() }).parse(await json(process.stdin))
const began = performance.now()
await parseLines(path)
process.stdout.write(`${(performance.now() - began) / 1000}\n`)
