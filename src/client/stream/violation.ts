/** What the server sent is not what the protocol promises. The connection is ended, and the cursors tell where to go on. */
export class Violation extends Error {
  override readonly name = 'Violation'
}
