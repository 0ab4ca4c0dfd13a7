import type { Change, Fields, SourceStatus } from './change.ts'

type Weights<T> = ReadonlyArray<readonly [T, number]>

export const kinds: Weights<Change['op']> = [
  ['create', 42],
  ['update', 55],
  ['delete', 3],
]
export const statuses: Weights<SourceStatus> = [
  ['open', 40],
  ['closed', 40],
  ['in_progress', 8],
  ['blocked', 4],
  ['hooked', 2],
  ['deferred', 2],
  ['pinned', 2],
  ['done', 2],
]
export const relations: Weights<string> = [
  ['parent-child', 54],
  ['blocks', 40],
  ['discovered-from', 5],
  ['related', 1],
]
export const relatives: Weights<'there' | 'later' | 'never' | 'back'> = [
  ['there', 70],
  ['later', 15],
  ['never', 5],
  ['back', 10],
]
export const issueTypes = ['task', 'bug', 'feature', 'epic', 'chore', 'message']
export const people = ['alice', 'bob', 'amp', 'agent/worker 7', '山田']
export const labels = ['---', 'compaction', 'epic', 'haiku', 'v1.1', 'ünïcode', '🏷️']

/** Fields that a task may have none of, with how often a new one has it, and how often an update touches it. */
export type Optional = Exclude<keyof Fields, 'title' | 'status'>
export const optional: ReadonlyArray<readonly [field: Optional, inNew: number, inUpdate: number]> = [
  ['description', 0.4, 0.35],
  ['priority', 0.98, 0.33],
  ['issue_type', 0.98, 0.15],
  ['dependencies', 0.15, 0.15],
  ['labels', 0.03, 0.05],
  ['notes', 0.03, 0.06],
  ['assignee', 0.03, 0.05],
  ['comments', 0.02, 0.04],
  ['close_reason', 0.02, 0.03],
]

/** How often an update of a field that is set clears it. */
export const clearing = 0.3
