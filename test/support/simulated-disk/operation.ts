/** Names a file or directory whatever its name is, as an inode number does. */
export type NodeId = number

export const rootDirectory: NodeId = 0

/** A place for a name. */
export interface Entry {
  readonly directory: NodeId
  readonly name: string
}

/** Everything that changes a disk or makes a change durable. */
export type Operation =
  | { readonly kind: 'create'; readonly entry: Entry; readonly node: NodeId; readonly what: 'file' | 'directory' }
  | { readonly kind: 'rename'; readonly from: Entry; readonly to: Entry }
  | { readonly kind: 'remove'; readonly entry: Entry }
  | { readonly kind: 'append'; readonly file: NodeId; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: NodeId; readonly size: number }
  /** A sync that has ended. It vouches for the operations before number `since` only: it had begun then. */
  | { readonly kind: 'datasync'; readonly file: NodeId; readonly since: number }
  | { readonly kind: 'sync-directory'; readonly directory: NodeId; readonly since: number }
