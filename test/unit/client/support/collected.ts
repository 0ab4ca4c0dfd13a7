/** Takes all items as soon as they come, and remembers them. */
export class Collected<Item extends { readonly kind: string }> {
  readonly items: Item[] = []
  /** How it ended: with an error, or without one. */
  readonly ended: Promise<unknown>
  readonly #looking = new Set<() => void>()

  constructor(source: AsyncIterable<Item>) {
    this.ended = this.#run(source)
  }

  /** All items of one kind so far. */
  of<Kind extends Item['kind']>(kind: Kind): Array<Extract<Item, { readonly kind: Kind }>> {
    const isOfKind = (item: Item): item is Extract<Item, { readonly kind: Kind }> => item.kind === kind
    return this.items.filter(isOfKind)
  }

  /** Resolves with the items of a kind as soon as there are so many; rejects when it ends before. */
  async until<Kind extends Item['kind']>(
    kind: Kind,
    count = 1,
  ): Promise<Array<Extract<Item, { readonly kind: Kind }>>> {
    let isOver = false
    void this.ended.then(() => {
      isOver = true
      this.#look()
    })
    while (this.of(kind).length < count) {
      if (isOver) throw new Error(`it ended after ${this.of(kind).length} of ${count} ${kind}`)
      await new Promise<void>((resolve) => this.#looking.add(resolve))
    }
    return this.of(kind)
  }

  async #run(source: AsyncIterable<Item>): Promise<unknown> {
    try {
      for await (const item of source) {
        this.items.push(item)
        this.#look()
      }
      return undefined
    } catch (error) {
      return error
    } finally {
      this.#look()
    }
  }

  #look(): void {
    for (const resolve of this.#looking) resolve()
    this.#looking.clear()
  }
}
