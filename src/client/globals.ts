import type { Environment } from './environment.ts'

/** What is the same wherever there are the usual globals. */
export const globals: Pick<Environment, 'fetch' | 'timer'> = {
  // Looked up at each call, so that whoever replaces it is heeded; called as a function, since browsers insist on that.
  fetch: (url, request) => fetch(url, request),
  timer: (ms, run) => {
    const timeout = setTimeout(run, ms)
    return () => clearTimeout(timeout)
  },
}
