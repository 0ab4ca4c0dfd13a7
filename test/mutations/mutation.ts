/** One way to break a promise: a text in a source that is replaced by another, and the test that must notice. */
export interface Mutation {
  /** What is broken, as a sentence. */
  readonly name: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  readonly test: {
    /** It must do without a built server: only the sources are there. */
    readonly file: string
    /** Part of its full name. Where several tests have it, one of them has to notice. */
    readonly name: string
  }
}

/** What came of it. Only what is caught is as it should be. */
export type Verdict =
  | { readonly kind: 'caught'; readonly by: string }
  | { readonly kind: 'missed' }
  /** There is no such place in the source, or no such test, or the test fails anyway, or does not come to an end. */
  | { readonly kind: 'outdated'; readonly why: string }

/** A source with the mutation in it; undefined where there is no place, or more than one, for it. */
export const mutated = ({ find, replace }: Mutation, source: string): string | undefined =>
  source.split(find).length === 2 ? source.replace(find, () => replace) : undefined
