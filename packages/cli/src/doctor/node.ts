import type { Check } from './checkup.ts'
import { isWell } from './finding.ts'

export const node: Check = {
  name: 'node',
  look: ({ inputs }) => [isWell('node', `${inputs.nodeVersion} on ${inputs.platform}`)],
}
