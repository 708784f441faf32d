import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['@hubgate/source', 'node', 'import', 'default']

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    globalSetup: ['scripts/test/temporary-folder.ts'],
    // Tests run on machines that are slow and shared: time is never what they judge.
    testTimeout: 60_000,
    // One less is the default, which on two cores is one after another; most tests wait for servers and processes.
    maxWorkers: '100%',
    hookTimeout: 120_000,
    // A token or endpoint in the developer's own environment must not steer a test.
    env: { HF_TOKEN: '', HF_ENDPOINT: '', HF_HOME: '', HUBGATE_HOME: '' },
  },
})

export default config
