import { parseCursors } from './parse.ts'
import type { CursorStorage } from './storage.ts'

/** What is used of `localStorage` and `sessionStorage`. */
export interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Keeps cursors in the storage of a browser, under a key: `webStorageCursors(localStorage, 'my-followers')`. */
export const webStorageCursors = (storage: WebStorage, key: string): CursorStorage => ({
  load: async () => {
    const text = storage.getItem(key)
    return text === null ? {} : parseCursors(text, key)
  },
  save: async (cursors) => storage.setItem(key, JSON.stringify(cursors)),
})
