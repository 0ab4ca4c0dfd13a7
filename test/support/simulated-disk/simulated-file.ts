import type { File } from '../../../src/platform/file-system.ts'
import type { NodeId } from './operation.ts'
import type { Recorder } from './recorder.ts'

/** An open file, whatever becomes of its name. */
export class SimulatedFile implements File {
  readonly #recorder: Recorder
  readonly #file: NodeId

  constructor(recorder: Recorder, file: NodeId) {
    this.#recorder = recorder
    this.#file = file
  }

  async size(): Promise<number> {
    return this.#content.length
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    const bytes = this.#content.subarray(position, position + buffer.length)
    buffer.set(bytes)
    return bytes.length
  }

  appendSync(bytes: Uint8Array): number {
    // A copy, since whoever writes may use the buffer for something else.
    this.#recorder.record({ kind: 'append', file: this.#file, bytes: bytes.slice() })
    return bytes.length
  }

  async append(bytes: Uint8Array): Promise<number> {
    await this.#recorder.turn()
    return this.appendSync(bytes)
  }

  datasync(): Promise<void> {
    return this.#recorder.sync((since) => ({ kind: 'datasync', file: this.#file, since }))
  }

  async truncate(size: number): Promise<void> {
    await this.#recorder.turn()
    this.#recorder.record({ kind: 'truncate', file: this.#file, size })
  }

  async close(): Promise<void> {}

  get #content(): Uint8Array {
    return this.#recorder.state.content(this.#file)
  }
}
