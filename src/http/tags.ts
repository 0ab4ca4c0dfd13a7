/** The groups in which operations are shown, in this order, and what each is about. */
export const tags = {
  Projects: 'What people work on. Every project has a log of its own.',
  Tasks: 'Units of work, in a tree and with dependencies.',
  Subtasks: 'Light checklist items inside a task. Child tasks are the full kind.',
  Sessions: 'Agents at work: which tasks each has, and what it reports.',
  Log: 'Every change as it was recorded, and what was true at any time.',
  Skills: 'What agents may be given, read from a folder.',
  System: 'How the server is, and what it can do.',
} as const

export type Tag = keyof typeof tags
