import type { Mutation } from './mutation.ts'

/** What events come to. */
export const projections: readonly Mutation[] = [
  {
    name: 'a layer keeps what has become durable',
    file: 'projections/table.ts',
    find: '    if (own === undefined || own.version > version) return\n    this.#unindex(id)\n    this.#rows.delete(id)\n',
    replace: '',
    test: { file: 'test/unit/projections/table.test.ts', name: 'keeps nothing of what is settled' },
  },
  {
    name: 'indexes are not kept in step',
    file: 'projections/table.ts',
    find: '      remove(buckets.get(name), id, old)\n      add(buckets.get(name), id, now)\n',
    replace: '',
    test: { file: 'test/unit/projections/table.test.ts', name: 'keeps its indexes in step' },
  },
  {
    name: 'an index that is made late has nothing of what was there before',
    file: 'projections/table.ts',
    find: "    for (const [id, own] of this.#rows) if ('created' in own) this.#index(buckets, id, own.indexed)\n",
    replace: '',
    test: { file: 'test/unit/projections/table.test.ts', name: 'from the first look into them on' },
  },
  {
    name: 'a deleted session stays in its tasks',
    file: 'projections/session.ts',
    find: '    ...[...tasks].map((task, index) => taskUnlinked(record, task, sessionId, index)),\n',
    replace: '',
    test: { file: 'test/unit/projections/session.test.ts', name: 'end when the session is deleted' },
  },
  {
    name: 'a cascade takes the root only',
    file: 'projections/task.ts',
    find: 'data.cascade ? subtree(state, data.taskId) : [data.taskId]',
    replace: '[data.taskId]',
    test: { file: 'test/unit/projections/task.test.ts', name: 'takes the subtree with it when it cascades' },
  },
  {
    name: 'a deleted task stays in dependencies',
    file: 'projections/task.ts',
    find: 'if (!gone.has(task)) dependents.add(task)',
    replace: 'if (gone.has(task)) dependents.add(task)',
    test: { file: 'test/unit/projections/task.test.ts', name: 'takes it out of sessions and dependencies' },
  },
  {
    name: 'null does not remove a merged key',
    file: 'projections/session.ts',
    find: 'Object.entries(object).filter(([key]) => !gone.has(key))',
    replace: 'Object.entries(object)',
    test: { file: 'test/unit/projections/session.test.ts', name: 'null taking keys away' },
  },
  {
    name: 'live and rebuilt timelines differ',
    file: 'projections/evolve.ts',
    find: 'task.timeline.push(...entries)',
    replace: 'task.timeline.unshift(...entries)',
    test: { file: 'test/unit/projections/evolve.test.ts', name: 'every fold gives the same state' },
  },
  {
    name: 'a version goes on from what another has put on the list that they share',
    file: 'projections/growing-list.ts',
    find: 'length === this.#items.length ? this : new SharedItems(this.first(length))',
    replace: 'this',
    test: { file: 'test/unit/projections/growing-list.test.ts', name: 'are each as it was' },
  },
  {
    name: 'an earlier version shows in JSON what later ones have',
    file: 'projections/growing-list.ts',
    find: 'this.#json.subarray(0, this.#ends[length - 1])',
    replace: 'this.#json.subarray(0, this.#ends.at(-1))',
    test: { file: 'test/unit/projections/evolve.test.ts', name: 'each of their versions is in JSON what it is' },
  },
]
