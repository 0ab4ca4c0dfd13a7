import type { CursorStorage } from './storage.ts'

/** Keeps cursors as long as the program runs: for a follower that is started again within it. */
export const memoryCursors = (): CursorStorage => {
  let kept: Readonly<Record<string, string>> = {}
  return {
    load: async () => kept,
    save: async (cursors) => {
      kept = cursors
    },
  }
}
