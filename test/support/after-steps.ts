/** Does something after so many steps of whatever else is going on, each as long as a promise takes to resolve. */
export const afterSteps = async (steps: number, act: () => void): Promise<void> => {
  for (let i = 0; i < steps; i += 1) await undefined
  act()
}
