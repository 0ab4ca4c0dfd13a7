/** 128 and the number of the signal, as shells have it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Does something that is not to be left half done. When somebody wants the process to end, the work is told by its signal,
 * takes back what it has begun and fails, and that is the end of it; whoever does not want to wait for that says so twice.
 */
export const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController()
  let exitCode = 0
  const handlers = Object.entries(exitCodes).map(([name, code]) => {
    const handle = (): void => {
      exitCode = code
      controller.abort()
    }
    process.once(name, handle)
    return () => process.off(name, handle)
  })
  try {
    return await work(controller.signal)
  } catch (error) {
    if (controller.signal.aborted) return exitCode
    throw error
  } finally {
    for (const remove of handlers) remove()
  }
}
