/** One way to break a promise: a text in a source that is replaced by another, and the tests that must notice. */
export interface Mutation {
  /** What is broken, as a sentence. */
  readonly name: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** What to run, in vitest's words: files, and with `-t` names of tests. */
  readonly tests: readonly string[]
}
