#!/usr/bin/env node
// Prints everything that happens in a project, or in all of them, as it happens. Ctrl-C ends it.
//
//   node examples/follow.mjs http://127.0.0.1:3000 [project]
import { argv, exit, stderr, stdout } from 'node:process'
import { createClient } from 'maestro-server/client'

const [, , url = 'http://127.0.0.1:3000', projects = '*'] = argv
const stopping = new AbortController()
process.once('SIGINT', () => stopping.abort())

/** One line for each item. */
const lineOf = (item) => {
  switch (item.kind) {
    case 'record':
      return `${item.projectId} ${item.offset} ${new Date(item.record.at).toISOString()} ${item.record.type}`
    case 'caught_up':
      return '--- that is all so far; what comes now is live'
    case 'connecting':
      return item.reason === undefined ? `--- connecting to ${url}` : `--- ${item.reason}; connecting again`
    case 'lost':
      return `--- ${item.projectId} cannot be followed: ${item.error.message}`
    default:
      return undefined
  }
}

try {
  const client = createClient({ url })
  for await (const item of client.follow({ projects, view: 'records', signal: stopping.signal })) {
    const line = lineOf(item)
    if (line !== undefined) stdout.write(`${line}\n`)
  }
} catch (error) {
  stderr.write(`${error.code}: ${error.message}\n`)
  exit(1)
}
