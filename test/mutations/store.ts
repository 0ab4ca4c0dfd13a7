import type { Mutation } from './mutation.ts'

/** What is decided, and what is told. */
export const store: readonly Mutation[] = [
  {
    name: 'an answer that appends nothing does not wait',
    file: 'src/store/project-store.ts',
    find: '      const basis = await seen\n',
    replace: "      const basis = { kind: 'committed', next: this.head } as const\n",
    test: {
      file: 'test/unit/store/waiting-answers.test.ts',
      name: "that nothing is to be changed' waits until what it rests on is durable",
    },
  },
  {
    name: 'what was refused stays staged',
    file: 'src/store/project-store.ts',
    find: '    this.#layer = this.state.layer()\n    this.#staged = this.#committed.tip\n',
    replace: '    this.#staged = this.#committed.tip\n',
    test: { file: 'test/unit/store/refused-batch.test.ts', name: 'is followed by writes that go on without a gap' },
  },
  {
    name: 'reserved session ids are never released',
    file: 'src/store/directory.ts',
    find: '    for (const change of changes) if (isNewSession(change)) this.#claims.delete(change.id)\n',
    replace: '',
    test: {
      file: 'test/unit/store/directory.test.ts',
      name: 'is in its project, with how that will end, until it is released',
    },
  },
  {
    name: 'everybody sees what is staged',
    file: 'src/store/project-store.ts',
    find: '    return this.#committed.state\n',
    replace: '    return this.#layer\n',
    test: { file: 'test/unit/store/staged.test.ts', name: 'is seen by no reader, list or listener' },
  },
  {
    name: 'time runs backwards',
    file: 'src/store/project-store.ts',
    find: 'Math.max(clock(), this.#staged.at)',
    replace: 'clock()',
    test: { file: 'test/unit/store/time.test.ts', name: 'makes no record earlier than the one before it' },
  },
  {
    name: 'If-Match is not honoured',
    file: 'src/store/project-store.ts',
    find: '      this.#checkVersion(command, request.ifMatch)\n',
    replace: '',
    test: { file: 'test/unit/store/versions.test.ts', name: 'refuses with the current one' },
  },
  {
    name: 'a key under way is not seen',
    file: 'src/store/project-store.ts',
    find: 'first?.digest ?? this.#keysUnderWay.get(mark.key)?.draft.request?.digest',
    replace: 'first?.digest',
    test: { file: 'test/unit/store/idempotency.test.ts', name: 'that come at once are carried out once' },
  },
  {
    name: 'keys are forgotten at a restart',
    file: 'src/store/committed.ts',
    find: '    this.#advance(record, record)\n    this.#note(record, record.request)\n',
    replace: '    this.#advance(record, record)\n',
    test: {
      file: 'test/unit/store/idempotency.test.ts',
      name: 'after a restart is answered as the first was, and nothing is done',
    },
  },
]
