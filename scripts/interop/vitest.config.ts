import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** What needs more than npm: the official Python client. `npm test` leaves it out, `.ci/run` does not. */
const config: ViteUserConfig = mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['scripts/interop/*.test.ts'],
      globalSetup: ['scripts/interop/prepare.ts'],
      testTimeout: 300_000,
      hookTimeout: 600_000,
    },
  }),
)

export default config
