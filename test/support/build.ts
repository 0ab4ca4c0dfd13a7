import { execFileSync } from 'node:child_process'

/** Compiles the sources once before all tests, so that the processes they start are of this very tree. Types are checked apart. */
export default (): void => {
  execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json', '--noCheck'], { stdio: 'inherit' })
}
