/**
 * Where the cursors of a follower are kept between runs. What was given after the last `save` is given again by the next run:
 * at least once, never less. To have it exactly once, keep `item.cursor` together with what you make of the item, and give it as
 * `cursors`.
 */
export interface CursorStorage {
  /** By project; empty at first. */
  load(): Promise<Readonly<Record<string, string>>>
  /** Takes the place of what was saved before. */
  save(cursors: Readonly<Record<string, string>>): Promise<void>
}
