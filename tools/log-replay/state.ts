import type { EventRecord } from '../../events/index.ts'
import { asText, type ProjectState, type Row, stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { grouped } from '../support/numbers.ts'
import { plain, timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'
import { sessionLines, type TreeOptions, taskCounts, treeLines } from './tree.ts'

/** What was true right after a record. */
export interface StateThen {
  readonly record: EventRecord
  readonly state: ProjectState
  /** How many records the log has. */
  readonly records: number
}

/**
 * The state as `GET /api/projects/:id/state` answers it, with an entity a line: it is written piece by piece, and two of them can be compared by any program that compares lines.
 */
export function* stateJson({ record, state }: StateThen): Generator<string> {
  const { projectId, offset, hash, at } = record
  const head = JSON.stringify({ projectId, offset, hash, at, stateHash: stateHash(state, sha256) })
  const [project = 'null'] = textsOf(state.project.rows())
  yield `${head.slice(0, -1)},"project":${project},"tasks":[`
  yield* listed(state.task.rows())
  yield '],"sessions":['
  yield* listed(state.session.rows())
  yield ']}'
}

const textsOf = (rows: Iterable<Row<object>>): string[] => Array.from(rows, ({ json }) => asText(json))

function* listed(rows: Iterable<Row<object>>): Generator<string> {
  let last: string | undefined
  for (const { json } of rows) {
    if (last !== undefined) yield `${last},`
    last = asText(json)
  }
  if (last !== undefined) yield last
}

/** The state for people: what project, when, and its tasks as a tree. */
export function* stateLines(
  { record, state, records }: StateThen,
  options: TreeOptions,
  paint: Paint,
): Generator<string> {
  const [project] = Array.from(state.project.rows(), ({ entity }) => entity)
  yield `${project === undefined ? 'deleted' : plain(project.name)} ${paint(record.projectId, 'dim')}`
  yield `after record ${grouped(record.offset)} of ${grouped(records - 1)}, ${timeText(record.at)}`
  yield taskCounts(state, paint)
  yield ''
  for (const { text } of treeLines(state, options, paint)) yield text
  if (options.root !== undefined) return
  yield ''
  yield* sessionLines(state, paint)
}
