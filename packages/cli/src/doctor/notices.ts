import type { Check } from './checkup.ts'
import { worthKnowing } from './finding.ts'

/** What the settings passed over or hid: other tokens, unknown keys. */
export const notices: Check = {
  name: 'settings',
  look: ({ settings }) => settings.notices.map(({ text, remedy }) => worthKnowing('settings', text, remedy)),
}
