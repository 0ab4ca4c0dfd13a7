import { type Action, actionOf, farStep } from './keys.ts'
import { layoutOf } from './layout.ts'
import {
  type Effect,
  type Followed,
  type Message,
  type Model,
  type Pane,
  type Prompt,
  panes,
  type Size,
  type Step,
} from './model.ts'

/** What the stepper shows first, and what it asks for. */
export const begin = (title: string, records: number, at: number, size: Size): Step =>
  show({
    ...{ title, records, size, at, pane: 'diff', scene: undefined, scroll: undefined, followed: undefined },
    ...{ sought: undefined, prompt: undefined, busy: undefined, notice: undefined, help: false },
  })

/** The whole of the stepper's behaviour: what becomes of the model, and what is to be done. */
export const update = (model: Model, message: Message): Step => {
  switch (message.kind) {
    case 'key':
      return model.prompt === undefined ? pressed(model, message.key) : typed(model, model.prompt, message.key)
    case 'resized':
      return show({ ...model, size: message.size })
    case 'shown':
      // A scene that comes too late is not the one that is wanted.
      return message.scene.offset === model.at
        ? still({ ...model, scene: message.scene, busy: undefined })
        : still(model)
    case 'found':
      return goTo({ ...model, busy: undefined }, message.offset)
    case 'followed':
      return begunToFollow(model, message.followed)
    case 'progress':
      return still({ ...model, busy: message.text })
    case 'refused':
      return still({ ...model, busy: undefined, notice: message.reason })
  }
}

const still = (model: Model): Step => ({ model, effects: [] })
const then = (model: Model, ...effects: readonly Effect[]): Step => ({ model, effects })

/** Asks for what the model wants to show. */
const show = (model: Model): Step => {
  const { at, pane, followed } = model
  return then(model, { kind: 'show', offset: at, pane, around: around(model), followed: followed?.id })
}

/** The offsets in the list: neighbours in the log, or among those that are followed. */
const around = ({ at, records, size, followed }: Model): readonly number[] => {
  const radius = (layoutOf(size).list - 1) / 2
  if (followed !== undefined) {
    const index = followed.offsets.findIndex((offset) => offset >= at)
    const here = index === -1 ? followed.offsets.length : index
    const after = followed.offsets[here] === at ? here + 1 : here
    return [
      ...followed.offsets.slice(Math.max(0, here - radius), here),
      at,
      ...followed.offsets.slice(after, after + radius),
    ]
  }
  const [from, to] = [Math.max(0, at - radius), Math.min(records - 1, at + radius)]
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

const goTo = (model: Model, offset: number): Step =>
  show({ ...model, at: offset, scroll: undefined, notice: undefined })

const begunToFollow = (model: Model, followed: Followed): Step => {
  const following = { ...model, followed, busy: undefined }
  const nearest = followed.offsets.findLast((offset) => offset <= model.at) ?? followed.offsets[0]
  return nearest === undefined ? still({ ...model, busy: undefined }) : goTo(following, nearest)
}

const pressed = (model: Model, key: string): Step => {
  const action = actionOf(key)
  if (model.help && action !== 'quit' && action !== 'suspend') return still({ ...model, help: false })
  return action === undefined
    ? still({ ...model, notice: 'That key does nothing; ? shows the keys.' })
    : act(model, action)
}

const act = (model: Model, action: Action): Step => {
  const { at, records, sought } = model
  switch (action) {
    case 'next':
      return stepBy(model, 1)
    case 'back':
      return stepBy(model, -1)
    case 'far-next':
      return goTo(model, Math.min(records - 1, at + farStep))
    case 'far-back':
      return goTo(model, Math.max(0, at - farStep))
    case 'first':
      return goTo(model, model.followed?.offsets[0] ?? 0)
    case 'last':
      return goTo(model, model.followed?.offsets.at(-1) ?? records - 1)
    case 'go':
      return ask(model, 'go')
    case 'search':
      return ask(model, 'search')
    case 'search-next':
      return sought === undefined ? ask(model, 'search') : search(model, sought, 1)
    case 'search-back':
      return sought === undefined ? ask(model, 'search') : search(model, sought, -1)
    case 'follow':
      return model.followed === undefined
        ? follow(model, at, 'what this is about')
        : show({ ...model, followed: undefined })
    case 'follow-id':
      return ask(model, 'follow')
    case 'event':
    case 'diff':
    case 'state':
      return showPane(model, action)
    case 'other-pane':
      return showPane(model, panes[(panes.indexOf(model.pane) + 1) % panes.length] ?? 'event')
    case 'down':
      return scrollBy(model, 1)
    case 'up':
      return scrollBy(model, -1)
    case 'page-down':
      return scrollBy(model, layoutOf(model.size).body - 1)
    case 'page-up':
      return scrollBy(model, 1 - layoutOf(model.size).body)
    case 'help':
      return still({ ...model, help: true })
    case 'cancel':
      return then({ ...model, busy: undefined, notice: undefined }, { kind: 'cancel' })
    case 'suspend':
      return then(model, { kind: 'suspend' })
    case 'quit':
      return then(model, { kind: 'quit' })
  }
}

const stepBy = (model: Model, step: 1 | -1): Step => {
  const next = neighbour(model, step)
  if (next !== undefined) return goTo(model, next)
  const what = model.followed === undefined ? 'record' : `record of ${model.followed.name}`
  return still({ ...model, notice: `That is the ${step === 1 ? 'last' : 'first'} ${what}.` })
}

const neighbour = ({ at, records, followed }: Model, step: 1 | -1): number | undefined => {
  if (followed !== undefined) {
    return step === 1
      ? followed.offsets.find((offset) => offset > at)
      : followed.offsets.findLast((offset) => offset < at)
  }
  const next = at + step
  return next >= 0 && next < records ? next : undefined
}

const ask = (model: Model, kind: Prompt['kind']): Step =>
  still({ ...model, prompt: { kind, text: '' }, notice: undefined })

const search = (model: Model, text: string, step: 1 | -1): Step =>
  then(
    { ...model, sought: text, busy: `Searching ${text}`, notice: undefined },
    { kind: 'search', text, from: model.at + step, step },
  )

const follow = (model: Model, of: string | number, name: string): Step =>
  then({ ...model, busy: `Looking for records of ${name}`, notice: undefined }, { kind: 'follow', of })

const showPane = (model: Model, pane: Pane): Step => show({ ...model, pane, scroll: undefined, notice: undefined })

/** The view keeps the last line at the bottom, however far somebody scrolls. */
const scrollBy = (model: Model, lines: number): Step => {
  const { scene, scroll } = model
  const from = scroll ?? scene?.focus ?? 0
  return still({
    ...model,
    scroll: Math.max(0, Math.min(from + lines, (scene?.lines.length ?? 1) - 1)),
    notice: undefined,
  })
}

const typed = (model: Model, { kind, text }: Prompt, key: string): Step => {
  switch (key) {
    case 'ctrl-c':
    case 'escape':
      return still({ ...model, prompt: undefined })
    case 'ctrl-u':
      return still({ ...model, prompt: { kind, text: '' } })
    case 'backspace':
      return still({ ...model, prompt: text === '' ? undefined : { kind, text: [...text].slice(0, -1).join('') } })
    case 'return':
      return entered({ ...model, prompt: undefined }, kind, text.trim())
    case 'space':
      return still({ ...model, prompt: { kind, text: `${text} ` } })
    default:
      return [...key].length === 1 ? still({ ...model, prompt: { kind, text: text + key } }) : still(model)
  }
}

const entered = (model: Model, kind: Prompt['kind'], text: string): Step => {
  if (text === '') return still(model)
  switch (kind) {
    case 'go':
      return then({ ...model, busy: `Looking for ${text}` }, { kind: 'go', text })
    case 'search':
      return search(model, text, 1)
    case 'follow':
      return follow(model, text, text)
  }
}
