import type { TextOutput } from '../../src/cli/command.ts'

/**
 * Writes texts one after the other, each when the one before is out, so that memory does not grow however many there are.
 * When nobody reads them any more it asks for no more of them and resolves as if all had been written.
 */
export const print = async (output: TextOutput, texts: Iterable<string> | AsyncIterable<string>): Promise<void> => {
  for await (const text of texts) if (!(await isTaken(output, text))) return
}

const isTaken = (output: TextOutput, text: string): Promise<boolean> =>
  new Promise((resolve) => {
    output.write(text, (error) => resolve(error === undefined || error === null))
  })
