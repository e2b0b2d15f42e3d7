import { defineConfig } from 'vitest/config'

const conditions = ['@handlekit/source']

// Tests run against the sources: nothing has to be built first.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['*/test/**/*.test.ts'],
    testTimeout: 30_000,
  },
})
