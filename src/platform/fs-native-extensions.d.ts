/** The part of the package that is used; it comes without types. */
declare module 'fs-native-extensions' {
  /**
   * Locks a file for as long as the descriptor is open; false when another descriptor holds a lock on it. Shared locks,
   * for which reading is enough, get along with each other.
   */
  export const tryLock: (fd: number, options?: { readonly shared: boolean }) => boolean
}
