/** What goes into an element: other elements, and texts, which stay texts whatever they say. */
export type Content = Node | string | undefined

export interface Looks {
  /** Names of classes. */
  readonly class?: string
  readonly id?: string
  readonly title?: string
  readonly role?: string
  /** `aria-label` and the like, and all else that has no property. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Makes an element. There is no way to put markup into it. */
export const el = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { class: classes, id, title, role, attributes = {} }: Looks = {},
  ...contents: readonly Content[]
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  if (classes !== undefined) element.className = classes
  if (id !== undefined) element.id = id
  if (title !== undefined) element.title = title
  if (role !== undefined) element.setAttribute('role', role)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...present(contents))
  return element
}

/** Gives an element other contents. */
export const fill = (element: Element, ...contents: readonly Content[]): void =>
  element.replaceChildren(...present(contents))

const present = (contents: readonly Content[]): Array<Node | string> => contents.filter((one) => one !== undefined)

/** A button that does something. */
export const button = (looks: Looks, onClick: () => void, ...contents: readonly Content[]): HTMLButtonElement => {
  const made = el('button', looks, ...contents)
  made.type = 'button'
  made.addEventListener('click', onClick)
  return made
}

/** One choice of several, as buttons side by side of which one is pressed. */
export const choice = <Value extends string>(
  label: string,
  options: Readonly<Record<Value, string>>,
  onChoose: (value: string) => void,
): { readonly element: HTMLElement; readonly show: (value: Value) => void } => {
  const buttons = Object.entries<string>(options).map(([value, text]) => ({
    value,
    element: button({}, () => onChoose(value), text),
  }))
  return {
    element: el(
      'div',
      { class: 'choice', role: 'group', attributes: { 'aria-label': label } },
      ...buttons.map((one) => one.element),
    ),
    show: (value) => {
      for (const one of buttons) one.element.setAttribute('aria-pressed', String(one.value === value))
    },
  }
}
