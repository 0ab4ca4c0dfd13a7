/** What a key does. */
export type Action =
  | 'next'
  | 'back'
  | 'far-next'
  | 'far-back'
  | 'first'
  | 'last'
  | 'go'
  | 'search'
  | 'search-next'
  | 'search-back'
  | 'follow'
  | 'follow-id'
  | 'event'
  | 'diff'
  | 'state'
  | 'other-pane'
  | 'down'
  | 'up'
  | 'page-down'
  | 'page-up'
  | 'help'
  | 'cancel'
  | 'suspend'
  | 'quit'

/** Keys that do the same, how help shows them, and what it says. */
export interface Binding {
  readonly action: Action
  readonly keys: readonly string[]
  readonly shown: string
  readonly says: string
}

/** How far the larger steps go. */
export const farStep = 100

/** The keys by the names that the terminal gives them; letters are themselves. */
export const bindings: readonly Binding[] = [
  { action: 'next', keys: ['right', 'l', 'space', 'return'], shown: '→ l space', says: 'next record' },
  { action: 'back', keys: ['left', 'h', 'backspace'], shown: '← h', says: 'the one before' },
  { action: 'far-next', keys: ['>', '.'], shown: '>', says: `${farStep} records on` },
  { action: 'far-back', keys: ['<', ','], shown: '<', says: `${farStep} records back` },
  { action: 'first', keys: ['home', '0'], shown: 'Home 0', says: 'first record' },
  { action: 'last', keys: ['end', '$', 'G'], shown: 'End G', says: 'last record' },
  { action: 'go', keys: ['g'], shown: 'g', says: 'go to an offset or time' },
  { action: 'search', keys: ['/'], shown: '/', says: 'search text, or type:task' },
  { action: 'search-next', keys: ['n'], shown: 'n', says: 'search on' },
  { action: 'search-back', keys: ['N'], shown: 'N', says: 'search back' },
  { action: 'follow', keys: ['f'], shown: 'f', says: 'follow its subject, or stop' },
  { action: 'follow-id', keys: ['F'], shown: 'F', says: 'follow an id' },
  { action: 'event', keys: ['1'], shown: '1', says: 'the record itself' },
  { action: 'diff', keys: ['2'], shown: '2', says: 'what it changed' },
  { action: 'state', keys: ['3'], shown: '3', says: 'what was true then' },
  { action: 'other-pane', keys: ['tab'], shown: 'Tab', says: 'the next of these' },
  { action: 'down', keys: ['down', 'j'], shown: '↓ j', says: 'scroll down' },
  { action: 'up', keys: ['up', 'k'], shown: '↑ k', says: 'scroll up' },
  { action: 'page-down', keys: ['pagedown', 'd'], shown: 'PgDn d', says: 'a page down' },
  { action: 'page-up', keys: ['pageup', 'u'], shown: 'PgUp u', says: 'a page up' },
  { action: 'help', keys: ['?'], shown: '?', says: 'this help' },
  { action: 'cancel', keys: ['escape'], shown: 'Esc', says: 'leave help, prompt, search' },
  { action: 'suspend', keys: ['ctrl-z'], shown: 'Ctrl-Z', says: 'to the shell; fg returns' },
  { action: 'quit', keys: ['q', 'ctrl-c'], shown: 'q', says: 'quit' },
]

const actions: ReadonlyMap<string, Action> = new Map(
  bindings.flatMap(({ action, keys }) => keys.map((key) => [key, action] as const)),
)

export const actionOf = (key: string): Action | undefined => actions.get(key)
