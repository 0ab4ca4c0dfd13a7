/** A named step of a flow: when it fails, the message says which step did. */
export const step = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`
    throw error
  }
}
