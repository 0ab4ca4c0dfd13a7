import type { ASTNode } from '@marcbachmann/cel-js'
import { Lifecycle, Priority, SessionStatus, TaskStatus } from '../../events/index.ts'

/** What is wrong with an expression, and where: a range of characters. */
export interface Problem {
  readonly message: string
  readonly start: number
  readonly end: number
}

/** What a condition may call. */
export const permittedFunctions: ReadonlySet<string> = new Set([
  ...['size', 'has', 'int', 'double', 'string', 'timestamp', 'duration'],
  ...['task', 'session', 'exists', 'children', 'countTasks', 'countSessions'],
])

/** What it may call on a value, after a dot. */
export const methods: ReadonlySet<string> = new Set([
  ...['all', 'exists', 'exists_one', 'filter', 'size'],
  ...['contains', 'startsWith', 'endsWith', 'lowerAscii', 'upperAscii', 'trim'],
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfWeek', 'getHours', 'getMinutes', 'getSeconds'],
])

/** Why some of CEL is left out, for those who miss it. */
const reasons: Readonly<Record<string, string>> = {
  matches: 'a regular expression can take forever. Take contains, startsWith or endsWith',
  map: 'it makes new lists, which can grow beyond all bounds. Take filter, exists or all',
  bind: 'it can make values grow beyond all bounds',
}

const statuses: readonly string[] = [...TaskStatus.options, ...SessionStatus.options]
/** Fields that have one of a few values. Another one is a slip of the pen. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  status: statuses,
  priority: Priority.options,
  lifecycle: Lifecycle.options,
}
const argumentsOf: Readonly<Record<string, readonly string[]>> = {
  countTasks: TaskStatus.options,
  countSessions: SessionStatus.options,
}

/**
 * The first thing in an expression that is no part of the language. CEL has more than can be bounded: regular expressions,
 * and ways to give a value a name and double it, again and again. Without them no value is much longer than expression and
 * state together.
 */
export const forbidden = (node: ASTNode): Problem | undefined => {
  const own = refusal(node)
  if (own !== undefined) return { message: own, start: node.start, end: node.end }
  for (const child of childrenOf(node)) {
    const problem = isStrayList(node, child)
      ? { message: 'A list in brackets can only stand behind "in"', start: child.start, end: child.end }
      : forbidden(child)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A macro over such a list would give its elements a name. */
const isStrayList = (parent: ASTNode, child: ASTNode): boolean =>
  child.op === 'list' && !(parent.op === 'in' && parent.args[1] === child)

const refusal = (node: ASTNode): string | undefined => {
  switch (node.op) {
    case 'call':
      return refusedCall(node.args[0], permittedFunctions) ?? refusedArgument(node.args[0], node.args[1])
    case 'rcall':
      return refusedCall(node.args[0], methods)
    case '==':
    case '!=':
      return refusedValue(node.args[0], node.args[1]) ?? refusedValue(node.args[1], node.args[0])
    case 'in':
      return refusedValue(node.args[0], node.args[1])
    default:
      return undefined
  }
}

const refusedCall = (name: string, known: ReadonlySet<string>): string | undefined => {
  if (known.has(name)) return undefined
  const reason = reasons[name]
  if (reason !== undefined) return `${name} is left out, because ${reason}`
  return `There is no ${name} here. There are ${[...known].join(', ')}`
}

const refusedArgument = (name: string, args: readonly ASTNode[]): string | undefined => {
  const known = argumentsOf[name]
  return known === undefined ? undefined : refusedTexts(textsIn(args[0]), known, `${name} takes`)
}

/** A comparison of a field that has one of a few values with another value. */
const refusedValue = (field: ASTNode, value: ASTNode): string | undefined => {
  const known = field.op === '.' ? valuesOf[field.args[1]] : undefined
  return known === undefined
    ? undefined
    : refusedTexts(textsIn(value), known, `${field.input.slice(field.start, field.end)} is`)
}

const refusedTexts = (texts: readonly string[], known: readonly string[], what: string): string | undefined => {
  const wrong = texts.find((text) => !known.includes(text))
  return wrong === undefined ? undefined : `${what} one of ${[...new Set(known)].join(', ')}, and never "${wrong}"`
}

const textsIn = (node: ASTNode | undefined): string[] => {
  if (node?.op === 'list') return node.args.flatMap(textsIn)
  return node?.op === 'value' && typeof node.args === 'string' ? [node.args] : []
}

const childrenOf = (node: ASTNode): readonly ASTNode[] => {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}
