import { EvaluationError, ParseError, type ParseResult, type TypeError as TypeMismatch } from '@marcbachmann/cel-js'
import { ProjectState } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { forbidden, type Problem } from './permitted.ts'
import { languageOf, type Moment, names, variablesAt, type World } from './vocabulary.ts'

/** What a condition says of a moment. What cannot be told, because something is not there, does not hold. */
export interface Verdict {
  readonly holds: boolean
  /** Why it could not be told. */
  readonly undecided?: string
}

/** A question about a moment that yes or no answers. */
export type Condition = (moment: Moment) => Verdict

/** No condition that a person writes is longer. */
const longest = 2_000

/** Reads a condition. Throws VALIDATION_ERROR that shows what cannot be understood, and what the language knows. */
export const readCondition = (text: string): Condition => {
  if (text.length > longest) throw new AppError('VALIDATION_ERROR', `A condition has at most ${longest} characters`)
  const world: World = { moment: { state: new ProjectState(), offset: 0, at: 0 } }
  const evaluate = parse(text, world)
  return (moment) => {
    world.moment = moment
    try {
      return verdictOf(evaluate(variablesAt(moment)))
    } catch (error) {
      if (error instanceof EvaluationError) return { holds: false, undecided: error.summary }
      throw error
    }
  }
}

const verdictOf = (value: unknown): Verdict =>
  typeof value === 'boolean'
    ? { holds: value }
    : { holds: false, undecided: `it gives ${typeof value}, not true or false` }

const parse = (text: string, world: World): ParseResult => {
  const parsed = attempt(text, () => languageOf(world).parse(text))
  const problem = forbidden(parsed.ast)
  if (problem !== undefined) throw unreadable(text, problem)
  const { valid, type, error } = parsed.check()
  if (!valid)
    throw error === undefined ? unreadable(text, whole(text, 'It cannot be understood')) : refused(text, error)
  if (type === 'bool' || type === 'dyn') return parsed
  throw unreadable(text, whole(text, `It gives ${type}, and a condition gives true or false`))
}

const attempt = <T>(text: string, action: () => T): T => {
  try {
    return action()
  } catch (error) {
    throw error instanceof ParseError ? refused(text, error) : error
  }
}

const refused = (text: string, { summary, range }: ParseError | TypeMismatch): AppError =>
  unreadable(text, range === undefined ? whole(text, summary) : { message: summary, ...range })

const whole = (text: string, message: string): Problem => ({ message, start: 0, end: text.length })

const examples = [
  'countTasks("blocked") > 3',
  'task("task_x").status == "completed"',
  'tasks.exists(t, t.priority == "high" && t.sessionIds.size() == 0)',
]

const unreadable = (text: string, problem: Problem): AppError =>
  new AppError(
    'VALIDATION_ERROR',
    [
      `The condition cannot be used: ${problem.message}`,
      ...pointAt(text, problem),
      `It can ask for ${names.join(', ')}, as in`,
      ...examples.map((example) => `  ${example}`),
    ].join('\n'),
  )

/** How much of a long line is shown before a problem and after it. */
const context = 40

/** What a problem is in the line that it begins in, or in a part of that line. */
const pointAt = (text: string, { start, end }: Problem): string[] => {
  const feed = text.indexOf('\n', start)
  const from = Math.max(text.lastIndexOf('\n', start - 1) + 1, start - context)
  const to = Math.min(feed === -1 ? text.length : feed, start + 2 * context)
  const length = Math.max(1, Math.min(end, to) - start)
  return [`  ${text.slice(from, to)}`, `  ${' '.repeat(start - from)}${'^'.repeat(length)}`]
}
