import { z } from 'zod'
import { unsafeIn } from '../../events/index.ts'
import { type ClientMessage, everyProject, Ping, Subscribe, Unsubscribe } from './protocol.ts'

/** What a client said, or what is wrong with it. */
export type Heard =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'problem'; readonly problem: string }

export const hear = (text: string): Heard => {
  const json = parse(text)
  const known = Known.safeParse(json)
  if (!known.success) return { kind: 'problem', problem: knownMessages }
  const { type, projectId } = known.data
  const unsafe = unsafeIn(known.data)
  if (unsafe !== undefined) return { kind: 'problem', problem: `${type}: the message ${unsafe}` }
  const parsed = schemaOf(known.data).safeParse(json)
  if (!parsed.success) return { kind: 'problem', problem: `${type}: ${problemsIn(parsed.error.issues)}` }
  const odd = type === 'subscribe' ? misplaced[projectId === everyProject ? 'all' : 'one'] : undefined
  if (odd?.fields.some((field) => Object.hasOwn(known.data, field))) return { kind: 'problem', problem: odd.problem }
  return { kind: 'message', message: parsed.data }
}

const Known = z.looseObject({ type: z.enum(['ping', 'subscribe', 'unsubscribe']), projectId: z.unknown().optional() })

const knownMessages =
  'Known messages: {"type":"ping"}, {"type":"subscribe","projectId":…,"from":…,"view":…,"types":[…]}, ' +
  '{"type":"subscribe","projectId":"*","cursors":{…},"else":…,"view":…,"types":[…]}, ' +
  '{"type":"unsubscribe","projectId":…}'

const [SubscribeToOne, SubscribeToAll] = Subscribe.options

/** The one schema that a message may fit, so that what is wrong can be told. */
const schemaOf = ({ type, projectId }: z.infer<typeof Known>): z.ZodType<ClientMessage> => {
  switch (type) {
    case 'ping':
      return Ping
    case 'subscribe':
      return projectId === everyProject ? SubscribeToAll : SubscribeToOne
    case 'unsubscribe':
      return Unsubscribe
  }
}

/** Left out of account, these would make a client miss what it wants, or hear everything again. */
const misplaced = {
  one: { fields: ['cursors', 'else'], problem: 'subscribe: cursors and else are for "*"; one project has from' },
  all: { fields: ['from'], problem: 'subscribe: from is for one project; "*" has cursors and else' },
} as const

/** A client's text may be long, and to hear all of it back helps nobody. */
const longestProblem = 500

/** What a schema found, in words that name each place. */
export const problemsIn = (issues: readonly z.core.$ZodIssue[]): string => {
  const problems = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return problems.length > longestProblem ? `${problems.slice(0, longestProblem)}…` : problems
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
