import type { Colour } from '../../support/style.ts'

export type Pane = 'event' | 'diff' | 'state'
export const panes: readonly Pane[] = ['event', 'diff', 'state']

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A line of a pane. It holds nothing that a terminal would obey. */
export interface Line {
  readonly text: string
  readonly colour?: Colour | undefined
}

/** A record in the list of those around. */
export interface Row {
  readonly offset: number
  readonly at: number
  readonly text: string
}

/** What there is to see at one record. */
export interface Scene {
  readonly offset: number
  readonly at: number
  /** The records around it, itself included, in order. */
  readonly rows: readonly Row[]
  /** What is in the pane. */
  readonly lines: readonly Line[]
  /** Whether long lines go on in the next one; otherwise they are cut. */
  readonly wraps: boolean
  /** The line to look at first. */
  readonly focus: number
}

/** The one entity whose records are walked through, and their offsets in order. */
export interface Followed {
  readonly id: string
  readonly name: string
  readonly offsets: readonly number[]
}

export interface Prompt {
  readonly kind: 'go' | 'search' | 'follow'
  readonly text: string
}

export interface Model {
  readonly title: string
  /** How many there are. */
  readonly records: number
  readonly size: Size
  /** The record that somebody wants to see; the scene may still show the one before. */
  readonly at: number
  readonly pane: Pane
  readonly scene: Scene | undefined
  /** The first line that is shown; undefined to begin where the scene says. */
  readonly scroll: number | undefined
  readonly followed: Followed | undefined
  /** What was searched for last. */
  readonly sought: string | undefined
  readonly prompt: Prompt | undefined
  /** What takes its time. */
  readonly busy: string | undefined
  readonly notice: string | undefined
  readonly help: boolean
}

export type Message =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'shown'; readonly scene: Scene }
  /** Where to go: what was searched, or asked for, was found. */
  | { readonly kind: 'found'; readonly offset: number }
  | { readonly kind: 'followed'; readonly followed: Followed }
  | { readonly kind: 'progress'; readonly text: string }
  /** It did not work, or was not there. */
  | { readonly kind: 'refused'; readonly reason: string }

export type Effect =
  /** Asks for the scene of a record; one that is not under way yet takes the place of those before. */
  | {
      readonly kind: 'show'
      readonly offset: number
      readonly pane: Pane
      readonly around: readonly number[]
      readonly followed: string | undefined
    }
  /** Asks where a moment is. */
  | { readonly kind: 'go'; readonly text: string }
  | { readonly kind: 'search'; readonly text: string; readonly from: number; readonly step: 1 | -1 }
  /** Asks for all records of an id, or of what the record at an offset is about. */
  | { readonly kind: 'follow'; readonly of: string | number }
  /** Ends a search, or whatever takes its time. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'quit' }

export interface Step {
  readonly model: Model
  readonly effects: readonly Effect[]
}
